import type { ErrorEntry } from './errors'

/** Errors of the environment and the start (S), of requests (R) and of the app (A). */
export const runtimeErrors = {
  AUTH_S001: {
    status: 503,
    why: 'There is no secret in production',
    fix: 'Set AUTH_SECRET to the output of `openssl rand -base64 33`',
  },
  AUTH_S002: {
    status: 503,
    why: 'The secret {name} is too weak: {bytes} bytes, or one character repeated',
    fix: 'Set {name} to the output of `openssl rand -base64 33` (32 bytes or more)',
  },
  AUTH_S003: {
    status: 503,
    why: 'The public origin of this app is unknown in production',
    fix: 'Set AUTH_URL to it, such as https://app.example, or AUTH_TRUST_HOST=true behind a proxy that sets the '
      + 'host',
  },
  AUTH_S004: {
    status: 503,
    why: 'AUTH_URL is not an http(s) URL',
    fix: 'Set AUTH_URL to the origin of this app, such as https://app.example',
  },
  AUTH_S020: {
    status: 503,
    why: 'Sessions are revocable, but the store is the memory of this process: other instances don\'t learn of a '
      + 'sign-out, and a restart forgets it',
    fix: 'Set `nitro.storage.auth` to a driver that all instances share, such as `{ driver: \'redis\' }`',
  },
  AUTH_S022: {
    status: 503,
    why: 'The memory of this process has no room for more revocations. Sessions that began before {time} are '
      + 'refused, because the revoked ones can no longer be told apart',
    fix: 'Set `nitro.storage.auth` to a driver with room for them, such as `{ driver: \'redis\' }`',
  },
  AUTH_R001: {
    status: 503,
    why: 'The session could not be read: {step} failed',
    fix: 'See the cause; the user stays signed in and may try again',
  },
  AUTH_R002: {
    status: 400,
    why: 'The host of the request is not a host name',
    fix: 'Send a valid Host header, or set AUTH_URL',
  },
  AUTH_R003: {
    status: 503,
    why: '{what} could not be completed',
    fix: 'See the cause in the server log',
  },
  AUTH_R004: {
    status: 500,
    why: '{called} was called in a cached handler, whose response is shared by all users',
    fix: 'Call it in a separate handler, outside defineCachedEventHandler and routes with cache, swr or isr',
  },
  AUTH_R005: {
    status: 503,
    why: 'The session cookie would be {size} bytes, and browsers and proxies accept {max}. The largest claims in '
      + 'bytes: {largest}',
    fix: 'Put less into the token in `extend.token` and `callbacks.jwt`: an ID, and read the rest where you need '
      + 'it. Remove `picture` with `picture: null`',
  },
  AUTH_R010: {
    status: 503,
    why: 'The store does not answer',
    fix: 'See the cause, and check the storage that `nitro.storage.auth` names; users stay signed in and may try '
      + 'again',
  },
  AUTH_R011: {
    status: 503,
    why: 'The provider tokens of this session have expired and could not be refreshed',
    fix: 'See the cause in the server log; the user stays signed in, and the next attempt follows within seconds',
  },
  AUTH_R012: {
    status: 503,
    why: 'The storage driver {driver} has no atomic commands: two instances may refresh the same session, or '
      + 'redeem the same link',
    fix: 'Set `nitro.storage.auth` to `{ driver: \'redis\' }`, or run one instance',
  },
  AUTH_R020: {
    status: 503,
    why: 'The store does not answer. The session was removed from this browser, but copies of its cookie may still '
      + 'work',
    fix: 'Call `revokeUserSessions` for the user once the store has recovered; otherwise they end within '
      + '`session.maxAge`',
  },
  AUTH_R030: {
    status: 500,
    why: 'The token was requested, but sessions in a database have no token',
    fix: 'Use `getServerSession(event)`, and read data that the browser must not know from your database',
  },
  AUTH_R031: {
    status: 503,
    why: '{file}: `authorize` returned a user that the database does not have',
    fix: 'Return the `id` of a row of the users table. Create new users with `createUser` of the adapter first',
  },
  AUTH_R050: {
    status: 403,
    why: '`{name}` failed for provider `{provider}`, and the sign-in was refused',
    fix: 'See the cause: a provider may omit any optional field, such as an email. Return false, or throw '
      + '`createError` with a 4xx, to refuse a sign-in',
  },
  AUTH_R051: {
    status: 403,
    why: 'Origin {sent} does not match {source} {origin}, so the request counts as sent by another site',
    fix: 'Set AUTH_URL to the origin that browsers use',
  },
  AUTH_R052: {
    status: 500,
    why: '`callbacks.redirect` did not return an http(s) URL',
    fix: 'Return a URL, such as `baseUrl`. Until then, the path that the callback received is used',
  },
  AUTH_R060: {
    status: 503,
    why: '`{called}` of the adapter returned another row than the requested one',
    fix: 'Compare email addresses and account IDs exactly in the database, such as with the collation '
      + '`utf8mb4_bin` in MySQL',
  },
  AUTH_R070: {
    status: 403,
    why: 'The session to revoke is not known to belong to the signed-in user',
    fix: 'Check that the caller may revoke it, then call `revokeSession(event, sid, { anyUser: true })`. Without '
      + '`session.revocable.list`, only the current session is known',
  },
  AUTH_A001: {
    status: 500,
    why: 'A page that is shared by all users can\'t change the cookies of one user',
    fix: 'Call it in the browser, such as in a click handler or in `onMounted`, or remove the page from the cache',
  },
  AUTH_A002: {
    status: 500,
    why: 'The page was sent before its cookies could be changed',
    fix: 'Wait for the result, with `await`, before the page renders, or call it in the browser',
  },
} satisfies Record<string, ErrorEntry>
