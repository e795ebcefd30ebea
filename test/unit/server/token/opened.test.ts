import { randomBytes } from 'node:crypto'
import { getBuiltinModule } from 'node:process'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decodeToken, encodeToken } from '../../../../src/runtime/server/token/codec'
import { isReturning, recall, remember } from '../../../../src/runtime/server/token/opened'

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
  it('is deciphered until it comes again, and its MAC verified each time', async () => {
    const token = await encodeToken({ token: { name: 'Ada' }, secret, salt })
    const [decipher, hash] = [vi.spyOn(crypto.Decipheriv.prototype, 'update'), vi.spyOn(crypto, 'hash')]
    // A MAC is two hashes.
    for (const [deciphered, hashed] of [[1, 2], [2, 4], [2, 6], [2, 8]]) {
      expect(await open(token)).toMatchObject({ name: 'Ada' })
      expect([decipher.mock.calls.length, hash.mock.calls.length]).toEqual([deciphered, hashed])
    }
    vi.advanceTimersByTime(60_000)
    for (let turn = 0; turn < 4; turn++) expect(await open(token)).toMatchObject({ name: 'Ada' })
    expect([decipher.mock.calls.length, hash.mock.calls.length]).toEqual([4, 16])
  })

  it.each([['its IV', 2], ['its ciphertext', 3]])('is refused with one character of %s changed, and with another secret', async (_, part) => {
    const token = await encodeToken({ token: { name: 'Ada' }, secret, salt })
    for (let turn = 0; turn < 3; turn++) expect(await open(token)).toMatchObject({ name: 'Ada' })
    const forged = token.split('.').map((text, index) => index === part ? (text.startsWith('A') ? 'B' : 'A') + text.slice(1) : text).join('.')
    expect([await open(forged), await open(token, `${secret}!`)]).toEqual([null, null])
  })

  it('ends at its time', async () => {
    const token = await encodeToken({ token: { name: 'Ada' }, secret, salt, maxAge: 10 })
    for (let turn = 0; turn < 3; turn++) expect(await open(token)).not.toBeNull()
    vi.advanceTimersByTime(26_000)
    expect(await open(token)).toBeNull()
  })

  it('is another object each time: what one request does to it, the next does not see', async () => {
    const token = await encodeToken({ token: { user: { role: 'guest' } }, secret, salt })
    for (let turn = 0; turn < 4; turn++) {
      const opened = await open(token) as { user: { role: string } }
      expect(opened).toMatchObject({ user: { role: 'guest' } })
      opened.user.role = 'admin'
    }
  })
})

describe('what is remembered', () => {
  const toOpened = (token: string, payload: object = { name: 'Ada' }) => ({ token, sealed: new Uint8Array(4), tag: new Uint8Array(4), payload })
  /** Tokens with an id of their own, so long. */
  const toTokens = (count: number, length: number) => Array.from({ length: count }, (_, index) => String(index).padStart(length, '-'))

  it('is forgotten within a minute, also where nobody asks in between', () => {
    remember(toOpened('token'))
    expect(recall('token')).toMatchObject({ payload: { name: 'Ada' } })
    vi.advanceTimersByTime(29_000)
    expect(recall('token')).toMatchObject({ payload: { name: 'Ada' } })
    vi.advanceTimersByTime(31_000)
    expect(recall('token')).toBeUndefined()
    for (const gap of [60_000, 59_000, 45_000, 31_000, 1000]) {
      remember(toOpened('token'))
      for (let time = gap; time < 60_000; time += gap) {
        vi.advanceTimersByTime(gap)
        recall('another')
      }
      vi.advanceTimersByTime(60_000)
      expect([gap, recall('token')]).toEqual([gap, undefined])
    }
  })

  it('is nothing of a token that comes once, nor of one that comes again a minute later', () => {
    const tags = Array.from({ length: 100 }, () => randomBytes(32))
    vi.setSystemTime(60_000)
    expect(tags.filter(tag => isReturning(tag)).length).toBe(0)
    vi.advanceTimersByTime(29_000)
    // Two of them may have the same place.
    expect(tags.filter(tag => isReturning(tag)).length).toBeGreaterThan(90)
    vi.advanceTimersByTime(31_000)
    expect(tags.filter(tag => isReturning(tag)).length).toBe(0)
  })

  it('is two million characters of tokens at most', () => {
    const tokens = toTokens(5000, 1000)
    for (const token of tokens) remember(toOpened(token))
    const known = tokens.filter(token => recall(token)).length
    expect([known > 1000, known <= 2000]).toEqual([true, true])
    expect(recall(tokens.at(-1)!)).toMatchObject({ payload: { name: 'Ada' } })
    const long = toTokens(1, 1_000_001)[0]!
    remember(toOpened(long))
    expect(recall(long)).toBeUndefined()
  })

  it('is of the very same token: not of another with the same tag', () => {
    const tag = 'x'.repeat(43)
    remember(toOpened(`header..iv.sealed.${tag}`, { name: 'mine' }))
    expect([recall(`header..iv.sealed.${tag}`)?.payload, recall(`header..iv.sealeD.${tag}`), recall(tag)]).toEqual([{ name: 'mine' }, undefined, undefined])
  })

  it('is a copy: what the caller writes into its bytes and its payload later is not in it', () => {
    const sealed = Buffer.from('sealed')
    const payload = { user: { role: 'guest' } }
    remember({ token: 'copied', sealed, tag: sealed, payload })
    sealed.fill(0)
    payload.user.role = 'admin'
    expect(recall('copied')!.payload).toEqual({ user: { role: 'guest' } })
    expect(Buffer.from(recall('copied')!.sealed).toString()).toBe('sealed')
    // Of a block that small buffers share it would keep all.
    expect(recall('copied')!.sealed.buffer.byteLength).toBe(6)
  })
})
