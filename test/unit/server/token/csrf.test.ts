import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isCsrfTokenValid, openCsrfCookie, sealCsrfToken, toCsrfHeaders } from '../../../../src/runtime/server/token/csrf'

const secrets = ['newest-secret', 'older-secret']
const token = 'a'.repeat(64)
const hash = createHash('sha256').update(`${token}${secrets}`).digest('hex')

describe('isCsrfTokenValid', () => {
  it('accepts the token that belongs to the cookie', async () => {
    expect(await isCsrfTokenValid(`${token}|${hash}`, token, secrets)).toBe(true)
  })

  it.each([undefined, '', '|', token, `${token}|`, `|${hash}`, `${token}|${hash}|x`, `${token}|${hash.slice(1)}`, `b${token.slice(1)}|${hash}`])('never accepts the cookie %j', async (cookie) => {
    expect(await isCsrfTokenValid(cookie, token, secrets)).toBe(false)
  })

  it.each([undefined, null, '', 'a', `${token}a`, [token], { toString: () => token }, 1, true])('never accepts %j as the sent token', async (sent) => {
    expect(await isCsrfTokenValid(`${token}|${hash}`, sent, secrets)).toBe(false)
  })

  it('never accepts a cookie of another secret', async () => {
    expect(await isCsrfTokenValid(`${token}|${hash}`, token, ['other'])).toBe(false)
  })
})

describe('the comparison', () => {
  it('TIM-02 takes as long for a near miss as for a far one', async () => {
    const token = 'a'.repeat(1_000_000)
    const hash = createHash('sha256').update(`${token}${secrets}`).digest('hex')
    const misses = { far: `b${token.slice(1)}`, near: `${token.slice(1)}b` }
    const best = { far: Number.POSITIVE_INFINITY, near: Number.POSITIVE_INFINITY }
    // The best of many, by turns: what else the machine does only ever adds.
    for (let round = 0; round < 40; round++) {
      for (const [kind, miss] of Object.entries(misses) as ['far' | 'near', string][]) {
        const began = performance.now()
        expect(await isCsrfTokenValid(`${token}|${hash}`, miss, secrets)).toBe(false)
        best[kind] = Math.min(best[kind], performance.now() - began)
      }
    }
    expect(best.near / best.far).toBeLessThan(1.25)
    expect(best.far / best.near).toBeLessThan(1.25)
  })
})

describe('openCsrfCookie', () => {
  it('opens what sealCsrfToken made, with each secret that was the newest once', async () => {
    for (const made of [secrets, ['older-secret']]) expect(await openCsrfCookie(await sealCsrfToken(token, made), secrets)).toBe(token)
  })

  it.each([[['newest-secret']], [['other']], [[]]])('CSRF-05 never opens what was made with %j', async (made) => {
    expect(await openCsrfCookie(await sealCsrfToken(token, made), secrets)).toBeUndefined()
  })
})

describe('toCsrfHeaders', () => {
  const send = async (cookie: string, value?: string) => (await toCsrfHeaders(new Headers({ cookie }), 'csrf', value, secrets)).get('cookie')

  it('leaves a request without the cookie alone', async () => {
    expect(await send('a=b; xcsrf=c')).toBe('a=b; xcsrf=c')
  })

  it('writes the cookie as the newest secrets make it', async () => {
    const old = await sealCsrfToken(token, ['older-secret'])
    expect(await send(`a=b; csrf=${encodeURIComponent(old)}; c=d`, old)).toBe(`a=b; c=d;csrf=${encodeURIComponent(`${token}|${hash}`)}`)
  })

  it.each(['', 'x', `${token}|${hash}|x`])('CSRF-02 never hands on the cookie %j', async (value) => {
    expect(await send(`csrf=${encodeURIComponent(value)}; a=b`, value)).toBe('a=b')
  })
})
