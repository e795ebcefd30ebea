import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createId, encodeBase64url, isBase64url } from '../../../../src/runtime/server/token/base64url'

const samples = Array.from({ length: 300 }, (_, size) => randomBytes(size))

describe('base64url', () => {
  it('is encoded as by Buffer, at every length', () => {
    expect(samples.map(encodeBase64url)).toEqual(samples.map(bytes => bytes.toString('base64url')))
    expect(samples.map(bytes => isBase64url(bytes.toString('base64url')))).not.toContain(false)
  })

  it('is recognised in that spelling only, with every possible last character', () => {
    const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
    for (const start of ['A', 'Ab', 'Abc', 'Abcde', 'Abcd']) {
      for (const last of alphabet) {
        const text = start + last
        expect([text, isBase64url(text)]).toEqual([text, Buffer.from(text, 'base64url').toString('base64url') === text])
      }
    }
  })

  it.each(['A', 'Ab+A', 'Ab/A', 'AbA=', 'Ab A', 'AbA\n', 'AbcÄ'])('is not %j', text => expect(isBase64url(text)).toBe(false))
})

describe('createId', () => {
  it('has as many random bytes as asked for, and never repeats', () => {
    const ids = Array.from({ length: 1000 }, () => createId(18))
    expect(new Set(ids).size).toBe(1000)
    expect(ids.every(id => Buffer.from(id, 'base64url').length === 18 && isBase64url(id))).toBe(true)
  })
})
