const docs = 'https://github.com/nuxt-authjs/nuxt-authjs/blob/main/docs/errors.md'

/**
 * Every error that this module throws. Codes are permanent: M module and build, D definition, S start and secrets, R request, A app.
 * `why` is the situation in the user's words, `fix` the next thing to type; `{…}` is filled in where it is thrown.
 */
export const catalogue = {
  AUTH_M001: { status: 500, why: 'There is no auth definition: {file} does not exist', fix: 'Create {file} with `export default defineAuth({ providers: [] })`' },
  AUTH_M002: { status: 500, why: '{file} has no default export', fix: 'Write `export default defineAuth({ … })` in {file}' },
  AUTH_M003: { status: 500, why: 'Two handlers answer {basePath}: {first} and {second}', fix: 'Keep one: delete {first}, or delete {second}' },
  AUTH_M004: { status: 500, why: 'nuxt.config: {keys} of nuxt-authjs', fix: 'Use one of: {known}' },
  AUTH_M005: { status: 500, why: 'nuxt.config: `{key}` is {value}, expected {expected}', fix: 'Set `{key}` to {expected}' },
  AUTH_M006: { status: 500, why: '{pattern} is cached and guarded: what is stored for everybody can\'t be for some, so everybody counts as a stranger there', fix: 'Remove the rule of {pattern} and guard the data that the page loads, or remove its cache, swr, isr or prerender' },
  AUTH_M007: { status: 500, why: 'routeRules[\'{pattern}\'].auth can\'t be enforced on Nitro {version}', fix: 'Remove it and guard with `definePageMeta({ auth })` and `requireSession`, or use Nuxt 3 or 4' },
  AUTH_M008: { status: 500, why: '{name} {version} {problem}', fix: '{remedy}' },
  AUTH_M009: { status: 500, why: 'routeRules[\'{pattern}\'].auth closes {path} to anonymous users, and signing in needs it', fix: 'Remove the rule of \'{pattern}\', or set its `auth` to false; a rule for a wider pattern leaves {path} open by itself' },
  AUTH_M010: { status: 500, why: '{name} is {path}, and below {basePath} Auth.js answers in place of the app\'s pages', fix: 'Move the page, or set `auth.basePath` to another path such as \'/api/auth\'' },
  AUTH_M011: { status: 500, why: '{file}: the `auth` of `definePageMeta` {problem}, so nobody may enter', fix: 'Use true, false, \'guest\' or { match, redirectTo }' },
  AUTH_M012: { status: 500, why: '{file} imports \'#auth\', which exists on the server only', fix: 'Call `useAuth()` in the app; types may be imported with `import type`' },
  AUTH_M013: { status: 500, why: '{files}: the rule of \'{pattern}\' does not hold there, because with the preset {preset} the host serves these files before the server runs', fix: 'Move them from `public/` to `server/assets/`, and return them from a handler that calls `requireSession`' },
  AUTH_D001: { status: 503, why: '{file}: the default export is not a definition', fix: 'Export `defineAuth({ providers: [ … ] })` as default from {file}' },
  AUTH_D002: { status: 503, why: '{file}: `{key}` can\'t be part of a definition', fix: 'Remove `{key}`, or use one of: {known}' },
  AUTH_D003: { status: 503, why: '{file}: `extend.{key}` returned {value}, expected an object', fix: 'Return an object from `extend.{key}`, such as `{}`' },
  AUTH_D004: { status: 503, why: '{file}: the provider `{provider}` has no {missing}', fix: 'Set {variables} in the environment, or pass `{missing}` to the provider' },
  AUTH_D005: { status: 503, why: '{file}: sessions can\'t be kept in the database: {missing}', fix: 'Pass an `adapter` with all methods that Auth.js asks for, or set `session: { strategy: \'jwt\' }`' },
  AUTH_D010: { status: 503, why: '{file}: `refreshWithProvider` does not know how to ask the provider `{provider}`', fix: 'Give it the `id` of one of `providers` that has `issuer` or `token`, or pass `tokenEndpoint` and `clientAuth`' },
  AUTH_D011: { status: 503, why: '{file}: the provider `{provider}` is at {url}, which is not encrypted', fix: 'Use its https address; plain http is for this machine and for development' },
  AUTH_D012: { status: 503, why: '{file}: `authorizationParams` names `{name}`, which no client may decide', fix: 'Remove `{name}` from `authorizationParams`, or set it in the provider\'s own `authorization.params`' },
  AUTH_D013: { status: 503, why: '{file}: `providers[{index}]` is {value}, expected a provider', fix: 'Import the provider, such as `import GitHub from \'@auth/core/providers/github\'`, and write `providers: [GitHub]`' },
  AUTH_D014: { status: 503, why: '{file}: the provider `{provider}` has no `authorize`', fix: 'Pass `authorize`, a function that returns the user, or null to refuse' },
  AUTH_D015: { status: 503, why: '{file}: `authorize` of the provider `{provider}` returned {value}, expected a user', fix: 'Return the user as an object with an `id`, or null to refuse' },
  AUTH_D016: { status: 503, why: '{file}: what `{called}` returned has {kind} in `{path}`, which JSON can\'t hold', fix: 'Return text, numbers, booleans, null, dates, lists and plain objects; `await` a Promise, and convert a Map, a Set or a BigInt' },
  AUTH_D017: { status: 503, why: '{file}: an update was sent, and nothing of it is accepted without `extend.update`', fix: 'Write `extend: { update: ({ input }) => ({ … }) }`, check the input there, and return the claims that change' },
  AUTH_D020: { status: 503, why: '{file}: `{key}` is {value}, expected {expected}', fix: 'Set `{key}` to {expected}' },
  AUTH_D021: { status: 503, why: '{file}: `{called}` needs sessions that can be revoked', fix: 'Set `session: { revocable: {value} }`' },
  AUTH_D022: { status: 500, why: '`{called}` was called with something that is not the event of a request', fix: 'Pass the event itself, the first parameter of the handler: `{called}(event)`' },
  AUTH_D030: { status: 503, why: '{file}: the session would hold the user\'s whole row of the database', fix: 'Return the fields that the browser may know, such as `{ role: user.role }`' },
  AUTH_D050: { status: 503, why: '{file}: the provider `{provider}` needs an adapter: {needed}', fix: 'Pass a database adapter as `adapter`, or remove the provider' },
  AUTH_S001: { status: 503, why: 'There is no secret in production', fix: 'Set AUTH_SECRET to the output of `openssl rand -base64 33`' },
  AUTH_S002: { status: 503, why: 'The secret {name} is too weak: {bytes} bytes, or one character repeated', fix: 'Set {name} to the output of `openssl rand -base64 33` (32 bytes or more)' },
  AUTH_S003: { status: 503, why: 'The public origin of this app is unknown in production', fix: 'Set AUTH_URL to it, such as https://app.example, or AUTH_TRUST_HOST=true behind a proxy that sets the host' },
  AUTH_S004: { status: 503, why: 'AUTH_URL is not an http(s) URL', fix: 'Set AUTH_URL to the origin of this app, such as https://app.example' },
  AUTH_S020: { status: 503, why: 'Sessions are revocable, and the store is the memory of this process: no other instance learns of a sign-out, and a restart forgets it', fix: 'Set `nitro.storage.auth` to a driver that instances share, such as `{ driver: \'redis\' }`' },
  AUTH_S022: { status: 503, why: 'The memory of this process has no room for more revocations: sessions that began before {time} are refused, because nobody knows any more which of them were revoked', fix: 'Set `nitro.storage.auth` to a driver with room for them, such as `{ driver: \'redis\' }`' },
  AUTH_R001: { status: 503, why: 'The session could not be read: {step} failed', fix: 'See the cause; the visitor stays signed in and may try again' },
  AUTH_R002: { status: 400, why: 'The host of the request is not a host name', fix: 'Send a valid Host header, or set AUTH_URL' },
  AUTH_R003: { status: 503, why: '{what} could not be completed', fix: 'See the cause in the server log' },
  AUTH_R004: { status: 500, why: '{called} was called in a cached handler, whose answer goes to everybody', fix: 'Call it in a handler of its own, outside defineCachedEventHandler and routes with cache, swr or isr' },
  AUTH_R005: { status: 503, why: 'The session cookie would be {size} bytes, and browsers and proxies bring back {max}. The largest claims in bytes: {largest}', fix: 'Keep less in the token, in `extend.token` and `callbacks.jwt`: an id, and read the rest where it is needed. Leave out `picture` with `picture: null`' },
  AUTH_R010: { status: 503, why: 'The store does not answer', fix: 'See the cause, and check what `nitro.storage.auth` points to; visitors stay signed in and may try again' },
  AUTH_R011: { status: 503, why: 'The provider tokens of this session have expired and could not be refreshed', fix: 'See the cause in the server log; the visitor stays signed in, and the next attempt is made in some seconds' },
  AUTH_R012: { status: 503, why: 'The storage driver {driver} has no atomic commands: instances that run at the same time may each refresh one session, and redeem one link', fix: 'Set `nitro.storage.auth` to `{ driver: \'redis\' }`, or run one instance' },
  AUTH_R020: { status: 503, why: 'The store does not answer: the session was taken from this browser, but copies of its cookie may live on', fix: 'Call `revokeUserSessions` for the user once the store is back; without that they end within `session.maxAge`' },
  AUTH_R030: { status: 500, why: 'The token was asked for, and sessions in a database have none', fix: 'Use `getServerSession(event)`, and read from your database what the browser may not know' },
  AUTH_R031: { status: 503, why: '{file}: `authorize` returned a user whom the database does not have', fix: 'Return the `id` of a row of the users table, after `createUser` of the adapter for a new one' },
  AUTH_R050: { status: 403, why: '`{name}` failed for provider `{provider}`, and the sign-in was refused', fix: 'See the cause: a provider may leave any optional field out, such as an email. Return false, or throw `createError` with a 4xx, to refuse a sign-in' },
  AUTH_R051: { status: 403, why: 'Origin {sent} does not match {source} {origin}, so the request counts as sent by another site', fix: 'Set AUTH_URL to the origin that browsers use' },
  AUTH_R052: { status: 500, why: '`callbacks.redirect` returned no http(s) URL', fix: 'Return a URL, such as `baseUrl`; without one the path is taken that it was called with' },
  AUTH_R060: { status: 503, why: '`{called}` of the adapter returned another row than the one that was asked for', fix: 'Compare addresses and account ids exactly in the database, such as with the collation `utf8mb4_bin` in MySQL' },
  AUTH_R070: { status: 403, why: 'The session to end is not known to be one of the signed-in user\'s own', fix: 'Call `revokeSession(event, sid, { anyUser: true })` once you have checked that the caller may end it. Without `session.revocable.list` only the session that asks is known' },
  AUTH_A001: { status: 500, why: 'A page that is shared by all users can\'t change the cookies of one', fix: 'Call it in the browser, such as in a click handler or in `onMounted`, or take the page out of the cache' },
  AUTH_A002: { status: 500, why: 'The page had been sent before its cookies could be changed', fix: 'Wait for the result, with `await`, before the page is rendered, or call it in the browser' },
} as const satisfies Record<string, { status: number, why: string, fix: string }>

const statusMessages = { 400: 'Bad Request', 403: 'Forbidden', 500: 'Internal Server Error', 503: 'Service Unavailable' } as const

export type AuthErrorCode = keyof typeof catalogue

/** An error of the catalogue. `message` reads `[nuxt-authjs] CODE: why. fix. url`; `statusCode` is what an HTTP answer carries. */
export class NuxtAuthError extends Error {
  override readonly name = 'NuxtAuthError'
  readonly statusCode: number
  readonly statusMessage: string

  constructor(readonly code: AuthErrorCode, values: Record<string, string | number> = {}, options?: ErrorOptions) {
    const { why, fix, status } = catalogue[code]
    const fill = (text: string) => text.replace(/\{(\w+)\}/g, (hole, key: string) => String(values[key] ?? hole))
    super(`[nuxt-authjs] ${code}: ${fill(why)}. ${fill(fix)}. ${docs}#${code.toLowerCase()}`, options)
    this.statusCode = status
    this.statusMessage = statusMessages[status]
  }
}
