import { expect, it } from 'vitest'
import { isSession } from '../../../src/runtime/shared/session'

const expires = '2030-01-01T00:00:00.000Z'
const end = Date.parse(expires)

it('accepts a user and an end in the future', () => {
  expect(isSession({ user: {}, expires }, end - 1)).toBe(true)
  expect(isSession({ user: { name: 'Ada' }, expires: new Date(Date.now() + 60_000).toISOString() })).toBe(true)
})

it('GRD-04 never accepts a session at or after its end', () => {
  expect(isSession({ user: {}, expires }, end)).toBe(false)
  expect(isSession({ user: {}, expires: '2001-01-01' })).toBe(false)
})

it.each([
  undefined, null, '', 'session', 1, true, [], {}, { expires }, { user: null, expires }, { user: 'Ada', expires },
  { user: {} }, { user: {}, expires: 'never' }, { user: {}, expires: null },
  { statusCode: 503, message: 'Service Unavailable' },
])('GRD-03 never accepts %j', (value) => {
  expect(isSession(value, 0)).toBe(false)
})
