import { describe, expect, it } from 'vitest'
import { credentials } from '../../../../src/runtime/server/define'
import { listForms } from '../../../../src/runtime/server/pages/forms'
import type { PageContext } from '../../../../src/runtime/server/pages/layout'
import { renderSignIn } from '../../../../src/runtime/server/pages/sign-in'
import { resolveTexts } from '../../../../src/runtime/server/pages/texts'
import { renderError, renderPopup, renderSignOut, renderSwitch, renderVerifyRequest } from '../../../../src/runtime/server/pages/views'

const config = { basePath: '/api/auth', home: '/', origin: 'https://app.example', providers: [credentials({ credentials: { name: {}, password: { type: 'password' } }, authorize: () => null })] }
const context: PageContext = { config, texts: resolveTexts(undefined, 'f'), csrfToken: 'token', callbackUrl: '/', error: null, code: null }
const renderers = {
  signIn: (context: PageContext, name?: string) => renderSignIn(context, listForms(config, context.texts), name).text,
  signOut: (context: PageContext) => renderSignOut(context).text,
  switch: (context: PageContext, email = 'ada@app.example') => renderSwitch(context, { action: '/api/auth/callback/email', token: 'link', email }).text,
  error: (context: PageContext) => renderError(context).text,
  popup: (context: PageContext) => renderPopup(context).text,
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

  it('never lets a text, a field or a query become markup', () => {
    const hostile = '"><script>alert(1)</script>\'&'
    const texts = Object.fromEntries(Object.entries(context.texts).map(([key, text]) => [key, typeof text === 'string' ? hostile : Object.fromEntries(Object.keys(context.texts.errors).map(name => [name, hostile]))]))
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

describe('renderSignOut', () => {
  it('asks before it signs out, and cancels to the callback URL', () => {
    const page = renderers.signOut({ ...context, callbackUrl: '/account' })
    expect(page).toContain('<form class="fields" method="post" action="/api/auth/signout">')
    expect(page).toContain('<button autofocus>Sign out</button>')
    expect(page).toContain('<a href="/account">Cancel</a>')
  })
})

describe('renderSwitch', () => {
  it('names the address, and moves the focus away from the button', () => {
    const page = renderers.switch(context, 'ada+$&@app.example')
    expect(page).toContain('This link signs you in as ada+$&amp;@app.example instead.')
    expect(page).toContain('<input type="hidden" name="token" value="link">')
    expect(page).toContain('<a href="/" autofocus>Cancel</a>')
  })
})

describe('renderError', () => {
  it('explains the error, and links back with the callback URL', () => {
    const page = renderers.error({ ...context, error: 'Verification', callbackUrl: '/account' })
    expect(page).toContain(context.texts.errors.Verification)
    expect(page).toContain('<a href="/api/auth/signin?callbackUrl=%2Faccount">Back to sign-in</a>')
  })

  it('has a general text without an error', () => {
    expect(renderers.error(context)).toContain(context.texts.errors.default)
  })
})

describe('renderPopup', () => {
  it('loads the script that closes the window', () => {
    expect(renderers.popup(context)).toContain('<script defer src="/api/auth/popup.js"></script>')
  })
})
