import { describe, expect, it } from 'vitest'
import { PlainHeaders } from '../../../../src/runtime/server/http/headers'

const sent = { 'cookie': 'a=1; b=2', 'x-forwarded-for': ['10.0.0.1', '10.0.0.2'], 'origin': 'https://app.example', 'x-empty': '', 'x-none': undefined }
const plain = new PlainHeaders(sent)
const web = new Headers([['cookie', sent.cookie], ['x-forwarded-for', '10.0.0.1'], ['x-forwarded-for', '10.0.0.2'], ['origin', sent.origin], ['x-empty', '']])

describe('headers of a Node request', () => {
  it.each(['cookie', 'Cookie', 'X-Forwarded-For', 'origin', 'x-empty', 'x-other', 'constructor', '__proto__', 'toString'])('have the same values as in a Headers object: %s', (name) => {
    expect([plain.get(name), plain.has(name)]).toEqual([web.get(name), web.has(name)])
  })

  it('are listed as in a Headers object, and convert to one', () => {
    expect(Object.fromEntries(plain)).toEqual(Object.fromEntries(web))
    expect([...new Headers([...plain])]).toEqual([...web])
  })
})
