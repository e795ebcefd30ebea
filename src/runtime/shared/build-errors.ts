import type { ErrorEntry } from './errors'

/** Errors of the module and of the build, most of them in nuxt.config. */
export const buildErrors = {
  AUTH_M001: {
    status: 500,
    why: 'There is no auth definition: {file} does not exist',
    fix: 'Create {file} with `export default defineAuth({ providers: [] })`',
  },
  AUTH_M002: {
    status: 500,
    why: '{file} has no default export',
    fix: 'Write `export default defineAuth({ … })` in {file}',
  },
  AUTH_M003: {
    status: 500,
    why: 'Two handlers answer {basePath}: {first} and {second}',
    fix: 'Keep one: delete {first}, or delete {second}',
  },
  AUTH_M004: {
    status: 500,
    why: 'nuxt.config: {keys} of nuxt-authjs',
    fix: 'Use one of: {known}',
  },
  AUTH_M005: {
    status: 500,
    why: 'nuxt.config: `{key}` is {value}, expected {expected}',
    fix: 'Set `{key}` to {expected}',
  },
  AUTH_M006: {
    status: 500,
    why: '{pattern} is cached and guarded. A stored response is shared by all users, so it is rendered for an '
      + 'anonymous user',
    fix: 'Remove the rule of {pattern} and guard the data that the page loads, or remove its cache, swr, isr or '
      + 'prerender',
  },
  AUTH_M007: {
    status: 500,
    why: 'routeRules[\'{pattern}\'].auth can\'t be enforced on Nitro {version}',
    fix: 'Remove it and guard with `definePageMeta({ auth })` and `requireSession`, or use Nuxt 3 or 4',
  },
  AUTH_M008: {
    status: 500,
    why: '{name} {version} {problem}',
    fix: '{remedy}',
  },
  AUTH_M009: {
    status: 500,
    why: 'routeRules[\'{pattern}\'].auth closes {path} to anonymous users, and signing in needs it',
    fix: 'Remove the rule of \'{pattern}\', or set its `auth` to false; a rule for a wider pattern leaves {path} '
      + 'open by itself',
  },
  AUTH_M010: {
    status: 500,
    why: '{name} is {path}, and below {basePath} Auth.js answers in place of the app\'s pages',
    fix: 'Move the page, or set `auth.basePath` to another path such as \'/api/auth\'',
  },
  AUTH_M011: {
    status: 500,
    why: '{file}: the `auth` of `definePageMeta` {problem}, so the page is closed to all users',
    fix: 'Use true, false, \'guest\' or { match, redirectTo }',
  },
  AUTH_M012: {
    status: 500,
    why: '{file} imports \'#auth\', which exists on the server only',
    fix: 'Call `useAuth()` in the app; types may be imported with `import type`',
  },
  AUTH_M013: {
    status: 500,
    why: '{files}: the rule of \'{pattern}\' does not hold there, because with the preset {preset} the host serves '
      + 'these files before the server runs',
    fix: 'Move them from `public/` to `server/assets/`, and return them from a handler that calls `requireSession`',
  },
} satisfies Record<string, ErrorEntry>
