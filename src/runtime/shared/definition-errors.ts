import type { ErrorEntry } from './errors'

/** Errors in the definition, server/auth.ts. */
export const definitionErrors = {
  AUTH_D001: {
    status: 503,
    why: '{file}: the default export is not a definition',
    fix: 'Export `defineAuth({ providers: [ … ] })` as default from {file}',
  },
  AUTH_D002: {
    status: 503,
    why: '{file}: `{key}` can\'t be part of a definition',
    fix: 'Remove `{key}`, or use one of: {known}',
  },
  AUTH_D003: {
    status: 503,
    why: '{file}: `extend.{key}` returned {value}, expected an object',
    fix: 'Return an object from `extend.{key}`, such as `{}`',
  },
  AUTH_D004: {
    status: 503,
    why: '{file}: the provider `{provider}` has no {missing}',
    fix: 'Set {variables} in the environment, or pass `{missing}` to the provider',
  },
  AUTH_D005: {
    status: 503,
    why: '{file}: sessions can\'t be kept in the database: {missing}',
    fix: 'Pass an `adapter` with all methods that Auth.js asks for, or set `session: { strategy: \'jwt\' }`',
  },
  AUTH_D010: {
    status: 503,
    why: '{file}: `refreshWithProvider` has no token endpoint for the provider `{provider}`',
    fix: 'Pass the `id` of one of `providers` that has `issuer` or `token`, or pass `tokenEndpoint` and '
      + '`clientAuth`',
  },
  AUTH_D011: {
    status: 503,
    why: '{file}: the provider `{provider}` is at {url}, which is not encrypted',
    fix: 'Use its https address; plain http is allowed for this machine and in development',
  },
  AUTH_D012: {
    status: 503,
    why: '{file}: `authorizationParams` names `{name}`, which no client may decide',
    fix: 'Remove `{name}` from `authorizationParams`, or set it in the provider\'s own `authorization.params`',
  },
  AUTH_D013: {
    status: 503,
    why: '{file}: `providers[{index}]` is {value}, expected a provider',
    fix: 'Import the provider, such as `import GitHub from \'@auth/core/providers/github\'`, and write `providers: '
      + '[GitHub]`',
  },
  AUTH_D014: {
    status: 503,
    why: '{file}: the provider `{provider}` has no `authorize`',
    fix: 'Pass `authorize`, a function that returns the user, or null to refuse',
  },
  AUTH_D015: {
    status: 503,
    why: '{file}: `authorize` of the provider `{provider}` returned {value}, expected a user',
    fix: 'Return the user as an object with an `id`, or null to refuse',
  },
  AUTH_D016: {
    status: 503,
    why: '{file}: what `{called}` returned has {kind} in `{path}`, which JSON can\'t hold',
    fix: 'Return text, numbers, booleans, null, dates, lists and plain objects; `await` a Promise, and convert a '
      + 'Map, a Set or a BigInt',
  },
  AUTH_D017: {
    status: 503,
    why: '{file}: an update was sent, and it is ignored without `extend.update`',
    fix: 'Write `extend: { update: ({ input }) => ({ … }) }`, check the input there, and return the claims that '
      + 'change',
  },
  AUTH_D020: {
    status: 503,
    why: '{file}: `{key}` is {value}, expected {expected}',
    fix: 'Set `{key}` to {expected}',
  },
  AUTH_D021: {
    status: 503,
    why: '{file}: `{called}` needs sessions that can be revoked',
    fix: 'Set `session: { revocable: {value} }`',
  },
  AUTH_D022: {
    status: 500,
    why: '`{called}` was called with something that is not the event of a request',
    fix: 'Pass the event itself, the first parameter of the handler: `{called}(event)`',
  },
  AUTH_D030: {
    status: 503,
    why: '{file}: the session would contain the user\'s whole database row',
    fix: 'Return the fields that the browser may know, such as `{ role: user.role }`',
  },
  AUTH_D050: {
    status: 503,
    why: '{file}: the provider `{provider}` needs an adapter: {needed}',
    fix: 'Pass a database adapter as `adapter`, or remove the provider',
  },
} satisfies Record<string, ErrorEntry>
