import GitHub from '@auth/core/providers/github'
import { describe, expect, it } from 'vitest'
import { credentials } from '../../../../src/runtime/server/define'
import { listForms } from '../../../../src/runtime/server/pages/forms'
import type { PageContext } from '../../../../src/runtime/server/pages/layout'
import { renderSignIn } from '../../../../src/runtime/server/pages/sign-in'
import { resolveTexts } from '../../../../src/runtime/server/pages/texts'

const config = { basePath: '/api/auth', home: '/', origin: 'https://app.example', providers: [credentials({ credentials: { name: {}, password: { type: 'password' } }, authorize: () => null })] }
const context: PageContext = { config, texts: resolveTexts(undefined, 'f'), csrfToken: 'token', callbackUrl: '/', error: null, code: null }
const render = (context: PageContext, name?: string) => renderSignIn(context, listForms(config, context.texts), name).text
const count = (text: string, part: string) => text.split(part).length - 1

describe('the sign-in page', () => {
  it('moves the focus to the first empty field', () => {
    expect(render(context)).toMatch(/<input type="text"[^>]* name="name"[^>]* autofocus>/)
    const again = render({ ...context, error: 'CredentialsSignin' }, 'ada')
    expect(again).toMatch(/ name="name"[^>]* value="ada"/)
    expect(again).toMatch(/<input type="password"[^>]* autofocus/)
    for (const page of [render(context), again]) expect(count(page, 'autofocus')).toBe(1)
  })

  it('moves the focus to the error if it has no field', () => {
    const page = renderSignIn({ ...context, error: 'OAuthCallbackError' }, listForms({ ...config, providers: [GitHub({})] }, context.texts)).text
    expect(page).toMatch(/role="alert" tabindex="-1" autofocus>/)
  })

  it('describes the fields of a refused form by the error', () => {
    expect(count(render({ ...context, error: 'CredentialsSignin' }), 'aria-describedby="error" aria-invalid="true"')).toBe(2)
    expect(render(context)).not.toMatch(/aria-|role="alert"/)
  })

  it('hides a passkey form until its script has run', () => {
    const passkey = { type: 'webauthn' as const, action: '/api/auth/callback/passkey', fields: [], button: 'Passkey', passkey: { options: '/o', isAutofilled: true } }
    const page = renderSignIn(context, [passkey]).text
    expect(page).toContain(`hidden data-passkey="/o" data-autofill data-failed="${context.texts.passkeyFailed}">`)
    expect(page).toContain(`<p class="note">${context.texts.passkeyUnavailable}</p>`)
    expect(page).toContain('<script type="module" src="/api/auth/passkey.js"></script>')
  })

  it('says so if no sign-in method is available', () => {
    expect(renderSignIn(context, []).text).toContain(context.texts.noProviders)
  })
})
