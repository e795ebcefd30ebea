import { createError } from 'h3'
import { describe, expect, it, vi } from 'vitest'
import { prepareCallbacks, toFault } from '../../../../src/runtime/server/authjs/callbacks'
import type { CallbackNotes } from '../../../../src/runtime/server/authjs/callbacks'
import { ProviderFault } from '../../../../src/runtime/server/providers/fetch'

const origin = 'https://app.example'

function prepare(callbacks: object, name = 'callback', type = 'credentials') {
  const notes: CallbackNotes = {}
  const config = { callbacks, origin, session: {} } as never
  return { notes, ...prepareCallbacks(config, { name, provider: 'x' }, { id: 'x', type } as never, notes) }
}

describe('callbacks.redirect', () => {
  const redirect = () => 'https://other.example/'

  it.each(['callback', 'signout'])('may return another origin at the end of a flow: %s', async (name) => {
    const prepared = prepare({ redirect }, name)
    expect(await prepared.redirect?.({ url: '/x', baseUrl: origin })).toBe('https://other.example/')
    expect(prepared.notes.isForeign).toBe(true)
  })

  it('is not called at the start of a flow', async () => {
    expect(await prepare({ redirect }, 'signin').redirect?.({ url: '/x', baseUrl: origin })).toBe(`${origin}/x`)
  })

  it.each(['javascript:alert(1)', '', 7, undefined])('never redirects to %j: the log says so', async (target) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const prepared = prepare({ redirect: () => target })
    expect(await prepared.redirect?.({ url: 'https://evil.example', baseUrl: origin })).toBe(origin)
    expect(log).toHaveBeenCalledWith(expect.stringContaining('AUTH_R052'))
    log.mockRestore()
  })
})

describe('callbacks.signIn', () => {
  it('refuses the sign-in and notes the page that it returns', async () => {
    const { signIn, notes } = prepare({ signIn: () => '/pay' })
    expect(await signIn?.({} as never)).toBe(false)
    expect(notes).toMatchObject({ page: `${origin}/pay`, reason: 'callbacks.signIn named another page' })
  })

  it('never allows a passkey with a value that is merely truthy', async () => {
    expect(await prepare({ signIn: () => 1 }, 'callback', 'webauthn').signIn?.({} as never)).toBe(false)
    expect(await prepare({ signIn: () => 1 }).signIn?.({} as never)).toBe(true)
  })

  it('notes why it failed, and still throws', async () => {
    const error = createError({ statusCode: 451, statusMessage: 'region' })
    const { signIn, notes } = prepare({ signIn: () => Promise.reject(error) })
    await expect(signIn?.({} as never)).rejects.toThrow()
    expect(notes.fault).toMatchObject({ kind: 'refused', name: 'callbacks.signIn', status: 451, code: 'region' })
  })
})

describe('callbacks.jwt', () => {
  it('is absent if the definition has none, and may end the session', async () => {
    expect(prepare({}).jwt).toBeUndefined()
    expect(await prepare({ jwt: () => null }).jwt?.({ token: {}, user: { id: '1' } } as never)).toBeNull()
  })
})

describe('toFault', () => {
  it.each<[unknown, string]>([
    [createError({ statusCode: 403 }), 'refused'],
    [createError({ statusCode: 502 }), 'outage'],
    [new TypeError('fetch failed'), 'outage'],
    [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'outage'],
    [new DOMException('x', 'TimeoutError'), 'outage'],
    [new TypeError('x is undefined'), 'failed'],
    ['a string', 'failed'],
    [undefined, 'failed'],
  ])('takes %s as %s', (cause, kind) => expect(toFault('callbacks.signIn', cause)?.kind).toBe(kind))

  it('leaves errors of Auth.js and of a provider to their own type', () => {
    expect(toFault('profile', new ProviderFault('Unavailable', 'x'))).toBeUndefined()
    expect(toFault('profile', Object.assign(new Error('x'), { kind: 'signIn' }))).toBeUndefined()
  })
})
