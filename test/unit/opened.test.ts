import { getBuiltinModule } from 'node:process'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decodeToken, encodeToken } from '../../src/runtime/server/token'
import { recall, remember } from '../../src/runtime/server/opened'

const secret = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'
const salt = 'authjs.session-token'
const crypto = getBuiltinModule('node:crypto')
const open = (token: string, other = secret) => decodeToken({ token, secret: other, salt })

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('a token that was opened a moment ago', () => {
  it('is deciphered once, and its MAC verified each time', async () => {
    const token = await encodeToken({ token: { name: 'Ada' }, secret, salt })
    const [decipher, hash] = [vi.spyOn(crypto, 'createDecipheriv'), vi.spyOn(crypto, 'hash')]
    for (let turn = 0; turn < 3; turn++) expect(await open(token)).toMatchObject({ name: 'Ada' })
    // Whoever sealed it knows what is in it. A MAC is two hashes.
    expect([decipher.mock.calls.length, hash.mock.calls.length]).toEqual([0, 6])
    vi.advanceTimersByTime(60_000)
    for (let turn = 0; turn < 3; turn++) expect(await open(token)).toMatchObject({ name: 'Ada' })
    expect([decipher.mock.calls.length, hash.mock.calls.length]).toEqual([1, 12])
  })

  it.each([['its IV', 2], ['its ciphertext', 3]])('is refused with one character of %s changed, and with another secret', async (_, part) => {
    const token = await encodeToken({ token: { name: 'Ada' }, secret, salt })
    expect(await open(token)).toMatchObject({ name: 'Ada' })
    const forged = token.split('.').map((text, index) => index === part ? (text.startsWith('A') ? 'B' : 'A') + text.slice(1) : text).join('.')
    expect([await open(forged), await open(token, `${secret}!`)]).toEqual([null, null])
  })

  it('ends at its time', async () => {
    const token = await encodeToken({ token: { name: 'Ada' }, secret, salt, maxAge: 10 })
    expect(await open(token)).not.toBeNull()
    vi.advanceTimersByTime(26_000)
    expect(await open(token)).toBeNull()
  })

  it('is another object each time: what one request does to it, the next does not see', async () => {
    const token = await encodeToken({ token: { user: { role: 'guest' } }, secret, salt })
    const first = await open(token) as { user: { role: string } }
    first.user.role = 'admin'
    expect(await open(token)).toMatchObject({ user: { role: 'guest' } })
  })
})

describe('what is remembered', () => {
  it('is forgotten within a minute, also where nobody asks in between', () => {
    remember('tag', 'text')
    expect(recall('tag')).toBe('text')
    vi.advanceTimersByTime(29_000)
    expect(recall('tag')).toBe('text')
    vi.advanceTimersByTime(31_000)
    expect(recall('tag')).toBeUndefined()
    for (const gap of [60_000, 59_000, 45_000, 31_000, 1000]) {
      remember('tag', 'text')
      for (let time = gap; time < 60_000; time += gap) {
        vi.advanceTimersByTime(gap)
        recall('another')
      }
      vi.advanceTimersByTime(60_000)
      expect([gap, recall('tag')]).toEqual([gap, undefined])
    }
  })

  it('is at most a thousand texts, none of them long', () => {
    for (let index = 0; index < 5000; index++) remember(`tag ${index}`, 'text')
    expect(Array.from({ length: 5000 }, (_, index) => recall(`tag ${index}`)).filter(text => text !== undefined).length).toBeLessThanOrEqual(1000)
    expect(recall('tag 4999')).toBe('text')
    remember('long', 'x'.repeat(4097))
    expect(recall('long')).toBeUndefined()
  })
})
