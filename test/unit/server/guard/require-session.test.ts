import { expect, it } from 'vitest'
import { toRefusal } from '../../../../src/runtime/server/guard/require-session'

it.each([['sign-in', 401, 'Unauthorized'], ['forbid', 403, 'Forbidden'], ['home', 403, 'Forbidden']] as const)('refuses with %s: %i %s', (access, statusCode, statusMessage) => {
  expect(toRefusal(access)).toMatchObject({ statusCode, statusMessage, unhandled: false, fatal: false })
})
