import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { logCaught, logError, logRefusal, logWarning } from '../../../src/runtime/server/log'

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => void vi.restoreAllMocks())

describe('the log', () => {
  it('prefixes each line with the module, once', () => {
    logError('it failed')
    logWarning('[nuxt-authjs] AUTH_S020: why')
    expect(console.error).toHaveBeenCalledExactlyOnceWith('[nuxt-authjs] it failed')
    expect(console.warn).toHaveBeenCalledExactlyOnceWith('[nuxt-authjs] AUTH_S020: why')
  })

  it.each(['\n', '\r\n', '\u2028', '\u2029'])('never lets input start a line of its own with %j', (lineBreak) => {
    logWarning(`refused${lineBreak}forged`)
    expect(console.warn).toHaveBeenCalledExactlyOnceWith('[nuxt-authjs] refused forged')
  })

  it('passes on the cause of an error with its stack', () => {
    const cause = new Error('disk')
    logError('it failed', cause)
    logCaught(new Error('outer', { cause }))
    logCaught('a string')
    expect(vi.mocked(console.error).mock.calls).toEqual([
      ['[nuxt-authjs] it failed', cause], ['[nuxt-authjs] Error: outer', cause], ['[nuxt-authjs] a string'],
    ])
  })

  it('writes the fields of a refusal as JSON', () => {
    logRefusal('sign-in refused', { error: 'AccessDenied', status: 403 })
    expect(console.warn).toHaveBeenCalledExactlyOnceWith('[nuxt-authjs] sign-in refused {"error":"AccessDenied","status":403}')
  })
})
