/** Rows whose tests come with a part of the module that is still on its way. A row that has a test counts as tested, here or not. */
export const pending: string[] = [
  'ACT-01',
]

/** What is not promised, or not in full, and what to do about it. Medium and low rows only, where there is no test. */
export const limits: Record<string, string> = {
  'SES-04': 'The module keeps nothing of a visitor who is not signed in. What the app keeps itself, in a cookie of its own, is the app\'s to drop at the sign-in.',
  'SES-08': 'A session without a database is an encrypted token, not a number to guess. For a database session Auth.js makes a random UUID (122 bits).',
}

/** Limits of rows that do have tests. */
export const remarks: Record<string, string> = {
  'CSRF-05': 'A form that was open while the secret changed is taken with the older one.',
  'INP-03': 'The head of a request is Node\'s: it cuts a slow one after 60 seconds (`headersTimeout`). A proxy in front may be stricter.',
  'TIM-01': 'Checking a password is the app\'s. [Passwords](./passwords.md) has the pattern.',
  'TIM-03': 'Nothing is limited until the app does. [Passwords](./passwords.md) has a middleware.',
  'LEAK-09': 'The secrets of this module. What else the dev server shows, sources and stacks, is Nuxt\'s: do not open it to a network.',
  'RED-09': 'Nuxt\'s own `NuxtLink` refuses a script as well; a plain `<a :href>` does not. Leave the address to `signIn`.',
  'HST-05': 'With `AUTH_TRUST_HOST` every host is taken until the app lists its own: [The origin](./deploy.md#the-origin).',
  'LOG-01': 'For Auth.js\'s routes. A failure in a handler of the app is logged by Nitro, with the address that was asked for.',
  'CSRF-06': 'Twice: by who sends it, and by its token. Each holds without the other.',
  'CCH-03': 'Twice: Nitro takes the cookies away where it stores an answer, and this module neither reads a session there nor keeps one where the stored page would find it.',
  'INP-10': 'Node refuses a line break in a header by failing, so a failure counts as found.',
  'INP-11': 'Node\'s parser does this, and no longer with `--insecure-http-parser`.',
  'COK-05': 'At most two parts, 7 872 bytes: larger is [AUTH_R005](./errors.md#auth_r005).',
}
