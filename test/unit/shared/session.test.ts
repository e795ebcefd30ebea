import { describe, expect, it } from 'vitest'
import { isSession } from '../../../src/runtime/shared/session'

const expires = '2040-01-01T00:00:00.000Z'

describe('isSession', () => {
  it('takes an object with a user and an end in the future', () => {
    expect(isSession({ user: {}, expires, role: 'admin' })).toBe(true)
  })

  it('compares the end with the given time, in milliseconds', () => {
    expect(isSession({ user: {}, expires }, Date.parse(expires) - 1)).toBe(true)
    expect(isSession({ user: {}, expires }, Date.parse(expires))).toBe(false)
  })

  it.each([
    null, undefined, 'text', 1, [], {}, { message: 'There was a problem' },
    { user: null, expires }, { user: 'Ada', expires }, { user: {} }, { user: {}, expires: 'soon' }, { user: {}, expires: '2001-01-01' },
  ])('never takes %j for a session', (value) => {
    expect(isSession(value)).toBe(false)
  })
})
