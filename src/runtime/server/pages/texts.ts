import { NuxtAuthError } from '../../shared/errors'

/** What the default pages say. */
export interface PageTexts {
  /** Language of these texts, such as `en` or `pt-BR`. */
  lang: string
  dir: 'ltr' | 'rtl'
  signIn: string
  /** A button; `{provider}` is the provider's name. */
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
  /** Asked before a magic link replaces another user's session. */
  switchAccount: string
  /** `{email}` is the address that the link was sent to. */
  switchQuestion: string
  checkEmail: string
  linkSent: string
  /** What a window of its own says that could not close itself. */
  complete: string
  closeWindow: string
  error: string
  toSignIn: string
  toHome: string
  /** By `code` of a refused sign-in, or by Auth.js's error name. `default` is for every other error. */
  errors: Record<string, string>
}

const outage = 'The server could not do this right now. If you were signed in, you still are. Please try again in a few minutes.'
const otherAccount = 'There is an account with this address already. Sign in the way you did before.'

const english: PageTexts = {
  lang: 'en',
  dir: 'ltr',
  signIn: 'Sign in',
  signInWith: 'Sign in with {provider}',
  email: 'E-mail',
  sendLink: 'Send me a sign-in link',
  passkey: 'Sign in with a passkey',
  passkeyUnavailable: 'To sign in with a passkey, use a browser that has them, with JavaScript on.',
  passkeyFailed: 'The passkey was not used. You can try again.',
  noProviders: 'There is no way to sign in here.',
  signOut: 'Sign out',
  signOutQuestion: 'Do you want to sign out?',
  cancel: 'Cancel',
  switchAccount: 'Switch accounts',
  switchQuestion: 'You are already signed in. This link signs you in as {email} instead. Do you want to continue?',
  checkEmail: 'Check your e-mail',
  linkSent: 'A link to sign in is on its way to your address. It works once.',
  complete: 'Complete',
  closeWindow: 'You can close this window.',
  error: 'That did not work',
  toSignIn: 'Back to sign-in',
  toHome: 'Go to the start page',
  errors: {
    default: 'Something went wrong. Please try again.',
    AccessDenied: 'The sign-in was cancelled, or is not allowed for this account.',
    AccountNotLinked: otherAccount,
    Configuration: outage,
    CredentialsSignin: 'The sign-in was refused. Please check what you entered.',
    MissingCSRF: 'This form was open for too long. Please send it again.',
    OAuthAccountNotLinked: otherAccount,
    OAuthCallbackError: 'The sign-in was not completed. You can try again.',
    SessionRequired: 'Please sign in to see that page.',
    Unavailable: outage,
    Verification: 'This link is no longer valid: it has been used, or it is too old.',
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

/** What to tell of an error. Never a word of what the request said itself. */
export function getErrorText({ errors }: PageTexts, error: string, code: string | null): string {
  const known = [code, error, 'default'].find(name => name !== null && Object.hasOwn(errors, name))
  return errors[known ?? ''] ?? ''
}
