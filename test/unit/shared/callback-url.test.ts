import { describe, expect, it } from 'vitest'
import { toCallbackPath } from '../../../src/runtime/shared/callback-url'
import { createRandom } from '../random'

const origin = 'https://app.example'

describe('toCallbackPath', () => {
  it.each([
    ['/account', '/account'],
    ['/a/b?tab=1&x=%2F#top', '/a/b?tab=1&x=%2F#top'],
    ['https://app.example/account?x=1', '/account?x=1'],
    ['https://app.example', '/'],
    ['HTTPS://APP.example/x', '/x'],
    ['account', '/account'],
    ['https:evil.example', '/evil.example'],
    ['/%E0%A4%A', '/%E0%A4%A'],
    ['/日本?q=é', '/%E6%97%A5%E6%9C%AC?q=%C3%A9'],
    ['/..//evil.example', '/evil.example'],
    ['/%2e%2e//evil.example', '/evil.example'],
  ])('keeps %s as %s', (value, path) => expect(toCallbackPath(value, origin)).toBe(path))

  it.each([
    'https://evil.example', '//evil.example', '/\\evil.example', '\\\\evil.example', '///evil.example', '/\t/evil.example', '/\n/evil.example',
    'https://app.example.evil.example', 'https://app.example@evil.example', 'https://user:pw@app.example/', 'http://app.example/', 'https://app.example:8443/',
    'javascript:alert(1)', 'java\tscript:alert(1)', 'data:text/html,x', 'blob:https://app.example/x', 'vbscript:x', 'file:///etc/passwd', '\u0000/x', 'x'.repeat(3000),
    1, true, [], {}, null, undefined, Number.POSITIVE_INFINITY, ['/x'],
  ])('replaces %j', value => expect(toCallbackPath(value, origin, '/fallback/')).toBe('/fallback/'))

  it.each([
    ['/', '/shop/'],
    ['/admin', '/shop/admin'],
    ['admin?tab=1', '/shop/admin?tab=1'],
    ['?tab=1', '/shop/?tab=1'],
    ['/shopping', '/shop/shopping'],
    ['/shop', '/shop'],
    ['/shop?tab=1', '/shop?tab=1'],
    ['/shop/admin#top', '/shop/admin#top'],
    ['/#/admin', '/shop/#/admin'],
    ['/shop/../admin', '/shop/admin'],
    ['//evil.example', '/shop/'],
    ['https://evil.example', '/shop/'],
    ['https://app.example/other', '/other'],
    ['https://app.example/shop/admin', '/shop/admin'],
  ])('takes %s for a path of the app below /shop/: %s', (value, path) => expect(toCallbackPath(value, origin, '/shop/')).toBe(path))

  it('never leaves the origin, starts with exactly one slash and is idempotent, for 100 000 hostile values', () => {
    const seed = Number(process.env.SEED ?? 20261121)
    const { next, pick } = createRandom(seed)
    const parts = ['/', '//', '\\', '..', '.', '%2f', '%5c', '%2e', '@', ':', 'https:', 'http://', 'javascript:', 'evil.example', 'app.example', 'app.example.', '?', '#', '&', ';', '\t', '\n', '\r', '\u0000', ' ', '\u00A0', '\uFF0F', '\u2044', '\uD800', 'é', '[', ']', '::1', '%', '%zz', 'x', '1', 'user:pw@', 'blob:', 'data:', '\u202E']
    for (let round = 0; round < 100_000; round++) {
      const value = Array.from({ length: 1 + Math.floor(next() * 9) }, () => pick(parts)).join('')
      const path = toCallbackPath(value, origin)
      const context = `seed ${seed}: ${JSON.stringify(value)} → ${JSON.stringify(path)}`
      if (!/^\/(?![/\\])/.test(path) || new URL(path, origin).origin !== origin || toCallbackPath(path, origin) !== path || /[\r\n\t\0]/.test(path)) expect.fail(context)
    }
  })
})
