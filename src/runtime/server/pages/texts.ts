import { NuxtAuthError } from '../../shared/errors'

/** The texts of the default pages. */
export interface PageTexts {
  /** Language of these texts, such as `en` or `pt-BR`. */
  lang: string
  dir: 'ltr' | 'rtl'
  signIn: string
  /** Label of a button; `{provider}` is the provider's name. */
  signInWith: string
  email: string
  sendLink: string
  passkey: string
  passkeyUnavailable: string
  passkeyFailed: string
  noProviders: string
  signOut: string
  signOutQuestion: string
  cancel: string
  /** Title and button of the page that asks before a magic link replaces another user's session. */
  switchAccount: string
  /** `{email}` is the address that the link was sent to. */
  switchQuestion: string
  checkEmail: string
  linkSent: string
  /** Title of a sign-in popup that could not close itself. */
  complete: string
  closeWindow: string
  error: string
  toSignIn: string
  toHome: string
  /** By the `code` of a refused sign-in, or by Auth.js's error name. `default` is for every other error. */
  errors: Record<string, string>
}

const outage = 'The service is temporarily unavailable. If you were signed in, you still are. '
  + 'Please try again in a few minutes.'
const otherAccount = 'An account with this email address already exists. Please sign in the way you did before.'

const english: PageTexts = {
  lang: 'en',
  dir: 'ltr',
  signIn: 'Sign in',
  signInWith: 'Sign in with {provider}',
  email: 'Email',
  sendLink: 'Send me a sign-in link',
  passkey: 'Sign in with a passkey',
  passkeyUnavailable: 'To sign in with a passkey, use a browser that supports passkeys, with JavaScript turned on.',
  passkeyFailed: 'The passkey was not used. Please try again.',
  noProviders: 'No sign-in method is available.',
  signOut: 'Sign out',
  signOutQuestion: 'Do you want to sign out?',
  cancel: 'Cancel',
  switchAccount: 'Switch accounts',
  switchQuestion: 'You are already signed in. This link signs you in as {email} instead. Do you want to continue?',
  checkEmail: 'Check your email',
  linkSent: 'We sent a sign-in link to your email address. It works once.',
  complete: 'Done',
  closeWindow: 'You can close this window.',
  error: 'Something went wrong',
  toSignIn: 'Back to sign-in',
  toHome: 'Go to the home page',
  errors: {
    default: 'The request could not be completed. Please try again.',
    AccessDenied: 'The sign-in was cancelled, or this account is not allowed to sign in.',
    AccountNotLinked: otherAccount,
    Configuration: outage,
    CredentialsSignin: 'The sign-in failed. Please check the details you entered.',
    MissingCSRF: 'This form has expired. Please submit it again.',
    OAuthAccountNotLinked: otherAccount,
    OAuthCallbackError: 'The sign-in was not completed. Please try again.',
    SessionRequired: 'Please sign in to see this page.',
    Unavailable: outage,
    Verification: 'This link is no longer valid. It has already been used, or it has expired.',
    WebAuthnVerificationError: 'This passkey could not be verified.',
  },
}

/**
 * The English texts, overridden by the definition's own.
 * Throws AUTH_D002 with every key that is unknown or whose text is not a string.
 */
export function resolveTexts(own: Partial<PageTexts> = {}, file: string): PageTexts {
  const isText = ([key, text]: [string, unknown]) =>
    Object.hasOwn(english, key) && (key === 'errors' || typeof text === 'string')
  const invalid = Object.entries(own).filter(entry => !isText(entry))
  if (invalid.length > 0) {
    const key = invalid.map(([key]) => `texts.${key}`).join('`, `')
    throw new NuxtAuthError('AUTH_D002', { file, key, known: Object.keys(english).join(', ') })
  }
  return { ...english, ...own, errors: { ...english.errors, ...own.errors } }
}

/** The text for an error. Never repeats the request's own words. */
export function getErrorText({ errors }: PageTexts, error: string, code: string | null): string {
  const known = [code, error, 'default'].find(name => name !== null && Object.hasOwn(errors, name))
  return errors[known ?? ''] ?? ''
}
