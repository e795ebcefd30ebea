// The requests to each app, and the content that each response must have, so that a fast error doesn't count.

/** `isSignedIn`: sent with the visitor's cookies. `marks`: bytes that every answer has. `warmth`: a page and a sign-in take longer until all of their code is compiled. */
export const scenarios = [
  { id: 'ping', name: 'route without a session', path: () => '/api/ping', isSignedIn: true, status: 200, marks: () => ['"ok":true'] },
  { id: 'session', name: 'GET session, signed in', path: ({ session }) => session, isSignedIn: true, status: 200, marks: () => ['"name":"Ada"', '"role":"admin"'] },
  { id: 'guarded', name: 'guarded API, signed in', path: () => '/api/guarded', isSignedIn: true, status: 200, marks: () => ['"name":"Ada"', '"role":"admin"'] },
  { id: 'refused', name: 'guarded API, anonymous', path: () => '/api/guarded', isSignedIn: false, status: 401, marks: () => [] },
  { id: 'account', warmth: 3, name: 'SSR page with the session', path: () => '/account', isSignedIn: true, status: 200, marks: () => ['Account of Ada, admin', '</html>'] },
  { id: 'plain', name: 'SSR page without, signed in', path: () => '/plain', isSignedIn: true, status: 200, marks: () => ['Account of nobody, plain', '</html>'] },
  { id: 'anonymous', name: 'SSR page without, anonymous', path: () => '/plain', isSignedIn: false, status: 200, marks: () => ['Account of nobody, plain', '</html>'] },
  { id: 'sign-in', name: 'POST of a sign-in', isSignIn: true, warmth: 3, requests: 1500, marks: ({ signIn }) => [signIn.cookie] },
]

/** A scenario as a request to one running app. */
export function toRequest({ path, isSignedIn, isSignIn, status, marks }, { app, visitor }) {
  if (isSignIn) return { ...visitor.form, status: 200, marks: marks(app) }
  // The app without auth can't refuse a request.
  const expected = app.id === 'none' && status === 401 ? 200 : status
  return { path: path(app), headers: isSignedIn ? { cookie: visitor.toCookie() } : {}, status: expected, marks: marks(app) }
}
