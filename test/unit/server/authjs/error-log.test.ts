import { CredentialsSignin, OAuthProfileParseError, Verification } from '@auth/core/errors'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createErrorLogger, logAuthError } from '../../../../src/runtime/server/authjs/error-log'
import type { RunNotes } from '../../../../src/runtime/server/authjs/error-log'

const lines: unknown[][] = []
const toNotes = (): RunNotes => ({ flow: { signal: new AbortController().signal, isDev: false }, callbacks: {}, refusal: {}, provider: 'x' })

beforeEach(() => {
  lines.length = 0
  for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockImplementation((...line) => void lines.push(line))
})
afterEach(() => void vi.restoreAllMocks())

describe('createErrorLogger', () => {
  it('notes the error, and passes it to the definition\'s logger instead of the log', () => {
    const [error, notes, own] = [new Error('x'), toNotes(), vi.fn()]
    createErrorLogger({ logger: { error: own } } as never, notes)(error)
    expect([notes.flow.error, own.mock.calls, lines]).toEqual([error, [[error]], []])
  })

  it('reports a failed profile with the provider, its code and the cause', () => {
    const cause = new TypeError('email is null')
    const notes = toNotes()
    createErrorLogger({} as never, notes)(Object.assign(new OAuthProfileParseError(), { cause: { err: cause } }))
    expect(notes.callbacks.fault).toMatchObject({ kind: 'failed', name: 'profile', code: 'AUTH_R050' })
    expect(lines).toEqual([[expect.stringContaining('AUTH_R050'), cause]])
  })
})

describe('logAuthError', () => {
  it('writes one line with the reason for a refused sign-in', () => {
    logAuthError(new CredentialsSignin(), { ...toNotes(), refusal: { reason: 'a field is not text' } })
    logAuthError(Object.assign(new Verification(), { cause: { hasInvite: true } }), toNotes())
    expect(lines.flat()).toEqual([expect.stringContaining('a field is not text'), expect.stringContaining('the link has expired')])
  })

  it('writes the cause of any other error', () => {
    const error = new RangeError('x')
    logAuthError(error)
    expect(lines).toEqual([[expect.stringContaining('RangeError: x'), error]])
  })
})
