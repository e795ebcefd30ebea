/** The pages of the playground, in the order of the menu, and the page of the docs about each. */
export const flows = [
  { path: '/login', name: 'Password', docs: 'use-auth.md', text: 'Name and password, checked by your own code. Two requests, no reload.' },
  { path: '/provider', name: 'Provider', docs: 'providers.md', text: 'An OpenID provider: sign in on its page or in a popup, and sign out of both sessions.' },
  { path: '/magic-link', name: 'Magic link', docs: 'magic-link.md', text: 'A link by email that works once.' },
  { path: '/passkey', name: 'Passkey', docs: 'passkeys.md', text: 'A fingerprint or a PIN instead of a password.' },
  { path: '/pages', name: 'Pages', docs: 'pages.md', text: 'The default pages, for an app without pages of its own.' },
  { path: '/update', name: 'Update', docs: 'session-fields.md', text: 'Changes to the session, checked on the server.' },
  { path: '/tabs', name: 'Tabs', docs: 'freshness.md', text: 'Sign-ins, updates and expiry show in every open tab.' },
  { path: '/guards', name: 'Guards', docs: 'guards.md', text: 'Pages and APIs for guests, members and admins.' },
]
