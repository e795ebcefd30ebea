import { describe, expect, it } from 'vitest'
import { html } from '../../../../src/runtime/server/pages/html'
import { getLogo, renderDocument, renderHiddenFields } from '../../../../src/runtime/server/pages/layout'
import { resolveTexts } from '../../../../src/runtime/server/pages/texts'

const config = { basePath: '/api/auth', home: '/', origin: 'https://app.example', theme: undefined }
const texts = resolveTexts(undefined, 'f')
const context = { config, texts, csrfToken: 'token', callbackUrl: '/account', error: null, code: null }

describe('renderDocument', () => {
  it('has the language, the direction, the title as its heading, and the body', () => {
    const page = renderDocument({ ...context, texts: { ...texts, lang: 'ar', dir: 'rtl' } }, 'A & B', html`<p>Body</p>`).text
    expect(page).toContain('<html lang="ar" dir="rtl">')
    expect(page).toContain('<title>A &amp; B</title>')
    expect(page).toContain('<h1>A &amp; B</h1>\n<p>Body</p></main>')
  })

  it('loads the stylesheet of its own base path', () => {
    const page = renderDocument({ ...context, config: { ...config, basePath: '/shop/auth' } }, '', html``).text
    expect(page).toContain('<link rel="stylesheet" href="/shop/auth/style.css">')
  })
})

describe('renderHiddenFields', () => {
  it('has the CSRF token and the callback URL', () => {
    const fields = renderHiddenFields({ ...context, callbackUrl: '/"' }).text
    expect(fields).toBe('<input type="hidden" name="csrfToken" value="token">\n<input type="hidden" name="callbackUrl" value="/&quot;">\n')
  })
})

describe('the logo', () => {
  const render = (logo: string) => renderDocument({ ...context, config: { ...config, theme: { logo } } }, '', html``).text

  it.each([['/logo.svg', 'https://app.example/logo.svg'], ['https://cdn.example/l.png', 'https://cdn.example/l.png'], ['data:image/png;base64,AA', 'data:image/png;base64,AA']])('is shown for %s', (logo, src) => {
    expect(render(logo)).toContain(`<img class="logo" src="${src}" alt="">`)
  })

  it.each(['', 'javascript:alert(1)', 'data:text/html,x', 'blob:https://app.example/x', 'http://['])('never is %j', (logo) => {
    expect(render(logo)).not.toContain('<img')
    expect(getLogo({ ...config, theme: { logo } })).toBeUndefined()
  })
})
