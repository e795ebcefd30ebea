import { describe, expect, it } from 'vitest'
import type { RequestConfig } from '../../../../src/runtime/server/config/load'
import { toPolicy } from '../../../../src/runtime/server/pages/policy'

const config = { basePath: '/api/auth', home: '/', origin: 'https://app.example' } as RequestConfig
const closed = 'default-src \'none\'; style-src \'self\'; img-src \'self\'; form-action \'none\'; frame-ancestors \'none\'; base-uri \'none\''

describe('toPolicy', () => {
  it('allows a page without a form and a script nothing but its stylesheet and images of the app', () => {
    expect(toPolicy(config, {})).toBe(closed)
  })

  it('allows form targets only on a page with a form, and plain http only for an app without TLS', () => {
    expect(toPolicy(config, { hasForm: true })).toBe(closed.replace('form-action \'none\'', 'form-action \'self\' https:'))
    expect(toPolicy({ ...config, origin: 'http://localhost:3000' }, { hasForm: true })).toContain('form-action \'self\' https: http:;')
  })

  it('allows a script and its requests only on a page with a script', () => {
    expect(toPolicy(config, { hasScript: true })).toContain('script-src \'self\'; connect-src \'self\';')
  })

  it.each([
    ['/logo.svg', '\'self\''], ['https://cdn.example/logo.svg', '\'self\' https://cdn.example'],
    ['data:image/png;base64,AA', '\'self\' data:'], ['javascript:alert(1)', '\'self\''],
  ])('allows the host of the logo %s: %s', (logo, source) => {
    expect(toPolicy({ ...config, theme: { logo } }, {})).toContain(`img-src ${source};`)
  })
})
