/** Rows without a test because their part of the module is unfinished. A row that has a test counts as tested, listed here or not. */
export const pending: string[] = []

/** Rows without a test: what the module doesn't promise, or not in full, and what to do about it. Medium and low severity only. */
export const limits: Record<string, string> = {
  'SES-04': 'The module stores nothing for anonymous users. If the app stores something itself, for example in a cookie, the app has to drop it at sign-in.',
  'SES-08': 'A session without a database is an encrypted token, so there is no ID to guess. For a database session Auth.js generates a random UUID (122 bits).',
}

/** Limits of rows that have a test. */
export const remarks: Record<string, string> = {
  'CSRF-05': 'A form that was open while the secret changed is accepted with the older secret.',
  'INP-03': 'The head of a request is up to Node: it closes a slow one after 60 seconds (`headersTimeout`). A proxy in front may be stricter.',
  'TIM-01': 'The app checks passwords, not the module. [Passwords](./passwords.md) has the pattern.',
  'TIM-03': 'The module limits nothing until the app does. [Passwords](./passwords.md) has a middleware.',
  'LEAK-09': 'This covers the secrets of this module. Nuxt\'s dev server also shows sources and stack traces, so do not expose it to a network.',
  'RED-09': 'Nuxt\'s own `NuxtLink` refuses a script URL as well; a plain `<a :href>` does not. Leave the URL to `signIn`.',
  'HST-05': 'With `AUTH_TRUST_HOST` every host is accepted until the app lists its own: [The origin](./deploy.md#the-origin).',
  'LOG-01': 'This covers Auth.js\'s routes. Nitro logs an error in a handler of the app with the URL of the request.',
  'CSRF-06': 'Checked twice: by the origin of the request and by its token. Either check is enough.',
  'CCH-03': 'Checked twice: Nitro removes the cookies from a response that it caches, and this module neither reads a session during such a request nor stores one where the cached page could find it.',
  'INP-10': 'Node throws on a line break in a header, so a server error counts as a finding.',
  'INP-11': 'Node\'s parser ensures this, but not with `--insecure-http-parser`.',
  'COK-05': 'At most two parts, 7 872 bytes: a larger session is [AUTH_R005](./errors.md#auth_r005).',
}
