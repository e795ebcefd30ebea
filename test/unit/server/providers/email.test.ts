import { describe, expect, it } from 'vitest'
import { normalizeEmail } from '../../../../src/runtime/server/providers/email'
import { createRandom } from '../../random'

describe('normalizeEmail', () => {
  it.each([
    ['ada@app.example', 'ada@app.example'],
    ['ADA@App.Example', 'ada@app.example'],
    ['  ada@app.example ', 'ada@app.example'],
    ['ada+tag@app.example', 'ada+tag@app.example'],
    ['o\'brien@app.example', 'o\'brien@app.example'],
    ['ada@localhost', 'ada@localhost'],
    ['ada@B\u00FCcher.example', 'ada@b\u00FCcher.example'],
    ['Jos\u00C9@app.example', 'jos\u00E9@app.example'],
    ['jose\u0301@app.example', 'jos\u00E9@app.example'],
    [`${'a'.repeat(242)}@app.example`, `${'a'.repeat(242)}@app.example`],
  ])('turns %j into %s', (written, expected) => expect(normalizeEmail(written)).toBe(expected))

  it.each([
    '', ' ', 'ada', '@app.example', 'ada@', 'ada@@app.example', 'ada@app.example@evil.example', 'ada@app..example', 'ada@.example', 'ada@app.example.', 'ada@-app.example', 'ada@app_x.example',
    'a@x,b@y', 'ada@app.example,eve@evil.example', 'ada;eve@app.example', '"a@x"@y', '"ada"@app.example', 'Ada <ada@app.example>', '<script>@app.example', 'ada@[127.0.0.1]', 'group:ada@app.example', '(ada)ada@app.example',
    'ada @app.example', 'ada@app.example\r\n', 'ada\r\nbcc:eve@app.example', 'ada\0@app.example', 'ada\t@app.example', 'ada\u00A0@app.example', 'ada\u200B@app.example', 'ada\u202E@app.example', 'ada\uD800@app.example', 'ada\uFEFF@app.example',
    `${'a'.repeat(243)}@app.example`, `${'\u00E9'.repeat(130)}@app.example`, 'a'.repeat(100_000),
  ])('refuses %j', written => expect(normalizeEmail(written)).toBeUndefined())

  it.each([
    'ada\uFF20app.example', 'ada\uFE6Bapp.example', 'ad\uFF41@app.example', '\u212Aate@app.example', 'ada@app\uFF0Eexample', 'ada@app\u3002example', '\uFB01ona@app.example', 'ada@app.exam\u2119le', 'a\u2105@app.example', '\u0130da@app.example', 'e\u0301\uFF20app@x.example',
  ])('never turns %j into another user\'s address', written => expect(normalizeEmail(written)).toBeUndefined())

  it.each([undefined, null, 1, true, ['ada@app.example'], { toString: () => 'ada@app.example' }])('refuses %j', value => expect(normalizeEmail(value)).toBeUndefined())

  it('never changes its own result', () => {
    const { next, pick } = createRandom(7)
    const letters = [...'aA@.,"<> -+\'\u00E9\u0301\uFF20\u212A\u0130\u03A3\u00DF\u1E9E\u202E\uD83D\uDE00']
    let found = 0
    for (let round = 0; round < 20_000; round++) {
      const email = normalizeEmail(Array.from({ length: 1 + Math.floor(next() * 6) }, () => pick(letters)).join('') + pick(['@x.example', '']))
      if (email === undefined) continue
      found++
      expect(normalizeEmail(email)).toBe(email)
      expect(email.split('@').length).toBe(2)
      expect(email).not.toMatch(/[\s",<>]/)
    }
    expect(found).toBeGreaterThan(500)
  })
})
