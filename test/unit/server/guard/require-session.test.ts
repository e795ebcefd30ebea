import { afterEach, expect, it, vi } from 'vitest'
import { requireSession, toRefusal } from '../../../../src/runtime/server/guard/require-session'
import { toEvent } from '../../event'

afterEach(() => void vi.unstubAllGlobals())

it.each([['sign-in', 401, 'Unauthorized'], ['forbid', 403, 'Forbidden'], ['home', 403, 'Forbidden']] as const)('refuses with %s: %i %s', (access, statusCode, statusMessage) => {
  expect(toRefusal(access)).toMatchObject({ statusCode, statusMessage, unhandled: false, fatal: false })
})

it('refuses without looking for where it was thrown, and every other error still knows', async () => {
  const { stackTraceLimit } = Error
  const refusal = await requireSession(toEvent()).catch((error: Error) => error) as Error
  expect(refusal).toMatchObject({ statusCode: 401 })
  expect(refusal.stack?.split('\n')).toHaveLength(1)
  expect(Error.stackTraceLimit).toBe(stackTraceLimit)
  expect(new Error('another').stack).toContain('require-session.test.ts')
})

it('refuses as well where the host freezes its intrinsics', () => {
  class Frozen extends Error {}
  Object.defineProperty(Frozen, 'stackTraceLimit', { value: 5, writable: false })
  vi.stubGlobal('Error', Frozen)
  expect(toRefusal('sign-in')).toMatchObject({ statusCode: 401 })
})
