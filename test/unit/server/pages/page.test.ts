import GitHub from '@auth/core/providers/github'
import { describe, expect, it } from 'vitest'
import { credentials } from '../../../../src/runtime/server/define'
import { listForms } from '../../../../src/runtime/server/pages/forms'
import { renderError, renderSignIn, renderSignOut, renderSwitch, renderVerifyRequest } from '../../../../src/runtime/server/pages/page'
import type { PageContext } from '../../../../src/runtime/server/pages/page'
import { resolveTexts } from '../../../../src/runtime/server/pages/texts'

const config = { basePath: '/api/auth', home: '/', origin: 'https://app.example', providers: [credentials({ credentials: { name: {}, password: { type: 'password' } }, authorize: () => null })] }
const context: PageContext = { config, texts: resolveTexts(undefined, 'f'), csrfToken: 'token', callbackUrl: '/', error: null, code: null }
const renderers = {
  signIn: (context: PageContext, name?: string) => renderSignIn(context, listForms(config, context.texts), name).text,
  signOut: (context: PageContext) => renderSignOut(context).text,
  switch: (context: PageContext, email = 'ada@app.example') => renderSwitch(context, { action: '/api/auth/callback/email', token: 'link', email }).text,
  error: (context: PageContext) => renderError(context).text,
  verifyRequest: (context: PageContext) => renderVerifyRequest(context).text,
}
const count = (text: string, part: string) => text.split(part).length - 1

describe.each(Object.entries(renderers))('the page %s', (_, render) => {
  it('has a language, a direction, a title and one heading', () => {
    const page = render({ ...context, texts: { ...context.texts, lang: 'ar', dir: 'rtl' } })
    expect(page).toContain('<html lang="ar" dir="rtl">')
    const [, heading] = /<h1>(.+)<\/h1>/.exec(page) ?? []
    expect(page).toContain(`<title>${heading}</title>`)
    expect(count(page, '<h1>')).toBe(1)
  })

  it('has no inline style, no inline script and no handler', () => {
    expect(render({ ...context, error: 'x' })).not.toMatch(/<style|<script>|\sstyle=|\son\w+=/)
  })

  it('never lets a word from outside become markup', () => {
    const hostile = '"><script>alert(1)</script>\'&'
    const texts = Object.fromEntries(Object.entries(context.texts).map(([key, text]) => [key, typeof text === 'string' ? hostile : Object.fromEntries(Object.keys(text).map(name => [name, hostile]))]))
    const page = render({ ...context, texts: texts as never, csrfToken: hostile, callbackUrl: hostile, error: hostile, code: hostile }, hostile)
    expect(page).not.toContain('<script>')
    expect(page).not.toMatch(/"">|=""&gt;/)
    expect(page).toContain('&lt;script&gt;')
  })

  it.each(['__proto__', 'constructor', '<b>', 'a'.repeat(10_000)])('INP-06 never repeats the error %j', (error) => {
    const page = render({ ...context, error, code: error })
    expect(page).toBe(render({ ...context, error: 'x', code: null }))
  })
})

describe('the sign-in page', () => {
  it('moves the focus to the first field that waits for somebody to type', () => {
    expect(renderers.signIn(context)).toMatch(/<input type="text"[^>]* name="name"[^>]* autofocus>/)
    const again = renderers.signIn({ ...context, error: 'CredentialsSignin' }, 'ada')
    expect(again).toMatch(/ name="name"[^>]* value="ada"/)
    expect(again).toMatch(/<input type="password"[^>]* autofocus/)
    for (const page of [renderers.signIn(context), again]) expect(count(page, 'autofocus')).toBe(1)
  })

  it('moves the focus to the error where there is nothing to type', () => {
    const page = renderSignIn({ ...context, error: 'OAuthCallbackError' }, listForms({ ...config, providers: [GitHub({})] }, context.texts)).text
    expect(page).toMatch(/role="alert" tabindex="-1" autofocus>/)
  })

  it('ties its error to its fields', () => {
    expect(count(renderers.signIn({ ...context, error: 'CredentialsSignin' }), 'aria-describedby="error" aria-invalid="true"')).toBe(2)
    expect(renderers.signIn(context)).not.toMatch(/aria-|role="alert"/)
  })

  it('says so where there is no way to sign in', () => {
    expect(renderSignIn(context, []).text).toContain(context.texts.noProviders)
  })
})

describe('the logo', () => {
  const render = (logo: string) => renderers.error({ ...context, config: { ...config, theme: { logo } } })

  it.each([['/logo.svg', 'https://app.example/logo.svg'], ['https://cdn.example/l.png', 'https://cdn.example/l.png'], ['data:image/png;base64,AA', 'data:image/png;base64,AA']])('%s is shown', (logo, src) => {
    expect(render(logo)).toContain(`<img class="logo" src="${src}" alt="">`)
  })

  it.each(['', 'javascript:alert(1)', 'data:text/html,x', 'blob:https://app.example/x', 'http://['])('%j never is', (logo) => {
    expect(render(logo)).not.toContain('<img')
  })
})
