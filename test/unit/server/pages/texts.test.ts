import { describe, expect, it } from 'vitest'
import { getErrorText, resolveTexts } from '../../../../src/runtime/server/pages/texts'

const english = resolveTexts(undefined, 'server/auth.ts')
const generic = english.errors.default

describe('resolveTexts', () => {
  it('has English, and each of the app\'s own texts on top', () => {
    const texts = resolveTexts({ signIn: 'Anmelden', errors: { locked: 'Gesperrt.' } }, 'server/auth.ts')
    expect(texts).toEqual({ ...english, signIn: 'Anmelden', errors: { ...english.errors, locked: 'Gesperrt.' } })
  })

  it.each([{ signin: 'x' }, { signIn: 5 }, { constructor: 'x' }, JSON.parse('{ "__proto__": "x" }')])('refuses %j with AUTH_D002', (texts) => {
    expect(() => resolveTexts(texts, 'server/auth.ts')).toThrow(/AUTH_D002: server\/auth\.ts: `texts\.\w+`/)
  })

  it('names every wrong key at once', () => {
    const texts = { signin: 'x', signOut: 'Abmelden', cancel: 5, sign_up: 'y' }
    expect(() => resolveTexts(texts as never, 'server/auth.ts')).toThrow(
      'AUTH_D002: server/auth.ts: `texts.signin`, `texts.cancel`, `texts.sign_up` can\'t be part of a definition. '
      + 'Remove `texts.signin`, `texts.cancel`, `texts.sign_up`, or use one of: ',
    )
  })

  it('names a single wrong key', () => {
    expect(() => resolveTexts({ signin: 'x' } as never, 'server/auth.ts')).toThrow(
      'AUTH_D002: server/auth.ts: `texts.signin` can\'t be part of a definition. Remove `texts.signin`, or use one of: ',
    )
  })
})

describe('getErrorText', () => {
  it.each(['AccessDenied', 'Configuration', 'CredentialsSignin', 'MissingCSRF', 'OAuthAccountNotLinked', 'OAuthCallbackError', 'Verification'])('has words for %s', (error) => {
    expect(getErrorText(english, error, null)).not.toBe(generic)
  })

  it('prefers the app\'s text for a code, then the text for the error', () => {
    const texts = resolveTexts({ errors: { locked: 'Gesperrt.' } }, 'server/auth.ts')
    expect(getErrorText(texts, 'CredentialsSignin', 'locked')).toBe('Gesperrt.')
    expect(getErrorText(texts, 'CredentialsSignin', 'other')).toBe(english.errors.CredentialsSignin)
  })

  it('says of an outage that a signed-in user stays signed in', () => {
    for (const error of ['Configuration', 'Unavailable']) expect(getErrorText(english, error, null)).toContain('still')
  })

  it.each(['', 'x', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '<b>', 'a'.repeat(10_000)])('INP-06 never has more than the general text for %j', (error) => {
    expect(getErrorText(english, error, error)).toBe(generic)
  })
})
