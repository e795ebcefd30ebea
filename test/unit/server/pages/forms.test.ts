import type { AuthConfig } from '@auth/core/types'
import Credentials from '@auth/core/providers/credentials'
import GitHub from '@auth/core/providers/github'
import Passkey from '@auth/core/providers/passkey'
import { describe, expect, it } from 'vitest'
import { resolveProviders } from '../../../../src/runtime/server/config/providers'
import { credentials } from '../../../../src/runtime/server/define'
import { findNameField, listForms } from '../../../../src/runtime/server/pages/forms'
import { resolveTexts } from '../../../../src/runtime/server/pages/texts'

const texts = resolveTexts(undefined, 'f')
const email = { id: 'mail', type: 'email' as const, name: 'Mail', options: {}, sendVerificationRequest: () => {} }
const list = (...providers: AuthConfig['providers']) => listForms({ providers: resolveProviders(providers, {}), basePath: '/app/auth' }, texts)

describe('listForms', () => {
  it('has a form per provider, in the definition\'s order, each with its own route', () => {
    const own = credentials({ credentials: { name: {} }, authorize: () => null })
    expect(list(GitHub, own, email, Passkey({})).map(({ type, action, button }) => [type, action, button])).toEqual([
      ['oauth', '/app/auth/signin/github', 'Sign in with GitHub'],
      ['credentials', '/app/auth/callback/credentials', 'Sign in'],
      ['email', '/app/auth/signin/mail', 'Send me a sign-in link'],
      ['webauthn', '/app/auth/callback/passkey', 'Sign in with a passkey'],
    ])
  })

  it('names the provider on the buttons of several credentials forms', () => {
    const other = credentials({ id: 'pin', name: 'PIN $& card', credentials: { pin: {} }, authorize: () => null })
    expect(list(credentials({ credentials: {}, authorize: () => null }), other).map(({ button }) => button)).toEqual(['Sign in with Credentials', 'Sign in with PIN $& card'])
  })

  it('has the declared fields, from Auth.js\'s own provider too', () => {
    const inputs = { user: { label: 'User', placeholder: 'ada' }, password: { type: 'password', required: true }, tenant: { type: 'hidden', value: 'one' } }
    for (const provider of [credentials({ credentials: inputs, authorize: () => null }), Credentials({ credentials: inputs, authorize: () => null })]) {
      expect(list(provider)[0]?.fields).toEqual([
        { name: 'user', label: 'User', attributes: { type: 'text', autocomplete: 'username', placeholder: 'ada' } },
        { name: 'password', label: 'password', attributes: { type: 'password', autocomplete: 'current-password', required: true } },
        { name: 'tenant', label: 'tenant', attributes: { type: 'hidden', autocomplete: undefined, value: 'one' } },
      ])
    }
  })

  it('never takes a handler, a style or an address from an input', () => {
    const input = { onclick: 'x', onFocus: () => {}, style: 'x', formaction: 'x', src: 'x', name: 'x', id: 'x', minLength: 3, autoComplete: 'one-time-code' }
    expect(list(credentials({ credentials: { code: input }, authorize: () => null }))[0]?.fields[0]).toEqual({ name: 'code', label: 'code', attributes: { type: 'text', autocomplete: 'one-time-code', minlength: '3' } })
  })
})

describe('findNameField', () => {
  it.each([
    [{ name: {}, password: { type: 'password' } }, 'name'],
    [{ tenant: { type: 'hidden' }, email: { type: 'email' }, password: { type: 'password' } }, 'email'],
    [{ tenant: {}, login: { autocomplete: 'username webauthn' }, password: { type: 'password' } }, 'login'],
    [{ address: { autocomplete: 'email' } }, 'address'],
  ])('of %j is %s', (inputs, name) => expect(findNameField(inputs)).toBe(name))

  it.each<Parameters<typeof findNameField>[0]>([{}, { password: { type: 'password' } }, { secret: {} }, { code: { autocomplete: 'one-time-code' }, password: { type: 'password' } }])('never is a secret: %j', (inputs) => {
    expect(findNameField(inputs)).toBeUndefined()
  })
})
