/** The pages of the playground, in the order of the menu, and the page of the docs about each. */
export const flows = [
  { path: '/login', name: 'Password', docs: 'use-auth.md', text: 'Name and password, checked by your own code. Two requests, no reload.' },
  { path: '/provider', name: 'Provider', docs: 'providers.md', text: 'An OpenID provider: on its own page, in a window, and out of both sessions.' },
  { path: '/magic-link', name: 'Magic link', docs: 'magic-link.md', text: 'A link by mail that works once.' },
  { path: '/passkey', name: 'Passkey', docs: 'passkeys.md', text: 'A fingerprint or a PIN instead of a password.' },
  { path: '/pages', name: 'Pages', docs: 'pages.md', text: 'What a visitor sees where the app has no page of its own.' },
  { path: '/update', name: 'Update', docs: 'session-fields.md', text: 'A change of the session, checked on the server.' },
  { path: '/tabs', name: 'Tabs', docs: 'freshness.md', text: 'What one tab does shows in all of them. The end of a session, too.' },
  { path: '/guards', name: 'Guards', docs: 'guards.md', text: 'Pages and APIs for some: strangers, members and admins.' },
]
