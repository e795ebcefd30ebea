import { createError } from 'h3'
import { describe, expect, it } from 'vitest'
import { isGrantRevoked, toLogLine } from '../../../../src/runtime/server/refresh/failure'

const withFields = (fields: object) => Object.assign(new Error('x'), fields)

describe('isGrantRevoked', () => {
  it.each([
    ['an error of oauth4webapi', withFields({ error: 'invalid_grant' })],
    ['an error of $fetch', withFields({ data: { error: 'invalid_grant' } })],
    ['a cause', withFields({ cause: { error: 'invalid_grant' } })],
    ['createError with 401', createError({ statusCode: 401 })],
  ])('is true for %s', (_, error) => {
    expect(isGrantRevoked(error)).toBe(true)
  })

  it.each([
    ['another error code', withFields({ error: 'server_error' })],
    ['another status', createError({ statusCode: 403 })],
    ['a status of an HTTP client', withFields({ statusCode: 401 })],
    ['an empty body', withFields({ data: null })],
    ['a string', 'invalid_grant'],
    ['undefined', undefined],
    ['null', null],
  ])('is false for %s', (_, error) => {
    expect(isGrantRevoked(error)).toBe(false)
  })
})

describe('toLogLine', () => {
  const token = { sub: '1', accessToken: 'access-0', refreshToken: 'refresh-0' }

  it('names error, code, message and cause on one line', () => {
    const error = withFields({ message: 'no\nanswer', code: 'E1', cause: { message: 'connect ECONNREFUSED', error: 'server_error' } })
    expect(toLogLine(error, token)).toBe('Error E1 no answer connect ECONNREFUSED server_error')
  })

  it('LOG-01 never contains a claim of the token that may be a secret', () => {
    const error = withFields({ message: 'access-0 was refused', cause: new Error('sent refresh-0') })
    expect(toLogLine(error, token)).toBe('Error … was refused sent …')
  })

  it.each([[undefined, 'Error undefined'], [null, 'Error null'], ['text', 'Error text']])('describes %s, which is no error', (error, line) => {
    expect(toLogLine(error, token)).toBe(line)
  })
})
