import type { JWT } from '@auth/core/jwt'
import Credentials from '@auth/core/providers/credentials'
import GitHub from '@auth/core/providers/github'
import { describe, expect, it, vi } from 'vitest'
import { credentials } from '../../../../src/runtime/server/define'
import { toAuthConfig, validateDefinition } from '../../../../src/runtime/server/config/resolve'
import type { Place, RuntimeDefinition } from '../../../../src/runtime/server/config/resolve'
import { resolveEnvironment } from '../../../../src/runtime/server/config/environment'
import { MemoryAdapter } from '../../memory-adapter'

const place: Place = {
  environment: resolveEnvironment({ AUTH_SECRET: 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD' }, {}),
  origin: 'https://app.example', basePath: '/api/auth', signIn: '', file: 'server/auth.ts', isDev: false,
}
const base = { user: { name: 'Ada' }, expires: '2999-01-01T00:00:00.000Z' }

function resolve(definition: Partial<RuntimeDefinition>, where: Partial<Place> = {}) {
  return toAuthConfig({ providers: [], ...definition }, { ...place, ...where })
}

async function jwt(definition: Partial<RuntimeDefinition>, params: object): Promise<unknown> {
  return await resolve(definition).callbacks.jwt?.(params as never)
}

async function session(definition: Partial<RuntimeDefinition>, token: object): Promise<unknown> {
  return await resolve(definition).callbacks.session?.({ session: base, token } as never)
}

describe('toAuthConfig', () => {
  it('SEC-05 never changes the definition', async () => {
    const definition = Object.freeze({ providers: Object.freeze([]) as never[], session: Object.freeze({ maxAge: 60 }), callbacks: Object.freeze({ jwt: ({ token }: { token: JWT }) => token }), cookies: Object.freeze({}) })
    const config = toAuthConfig(definition, place)
    expect(config.session).toEqual({ maxAge: 60, strategy: 'jwt', updateAge: 86400 })
    expect(definition).not.toHaveProperty('secret')
  })

  it('names the session cookie for the strictest prefix that fits', () => {
    const name = (cookies: RuntimeDefinition['cookies'], origin?: string) => resolve({ cookies }, origin ? { origin } : {}).cookies.sessionToken.name
    expect(name(undefined)).toBe('__Host-authjs.session-token')
    expect(name({ sessionToken: { options: { domain: 'app.example' } } })).toBe('__Secure-authjs.session-token')
    expect(name(undefined, 'http://localhost:3000')).toBe('authjs.session-token')
    expect(name({ sessionToken: { name: 'mine' } })).toBe('mine')
    expect(resolve({}).cookies.sessionToken.options).toEqual({ httpOnly: true, sameSite: 'lax', path: '/', secure: true })
  })

  it('never debugs in production', () => {
    expect(resolve({ debug: true }).debug).toBe(false)
    expect(resolve({ debug: true }, { isDev: true }).debug).toBe(true)
  })

  it('uses the app\'s sign-in page unless the definition names one', () => {
    expect(resolve({}, { signIn: '/login' }).pages).toEqual({ signIn: '/login' })
    expect(resolve({ pages: { signIn: '/enter', error: '/oops' } }, { signIn: '/login' }).pages).toEqual({ signIn: '/enter', error: '/oops' })
  })
})

describe('callbacks', () => {
  it('run after the extension and see its result', async () => {
    const seen = vi.fn(({ token }: { token: object }) => ({ ...token, after: true }))
    const definition = { extend: { token: () => ({ role: 'admin' }) }, callbacks: { jwt: seen } }
    expect(await jwt(definition, { token: { sub: '1' }, user: { id: '1' } })).toMatchObject({ sub: '1', role: 'admin', after: true })
    const shown = { extend: { session: () => ({ role: 'admin' }) }, callbacks: { session: ({ session }: { session: object }) => ({ ...session, seen: Object.keys(session) }) } }
    expect(await session(shown as never, {})).toEqual({ ...base, role: 'admin', seen: ['user', 'expires', 'role'] })
  })

  it('keep the id_token for a federated sign-out where the definition asks for it, and never let extend.token forge it', async () => {
    const account = { provider: 'kc', id_token: 'a.b.c' }
    const forging = { extend: { token: () => ({ federatedSignOut: 'forged' }) } }
    expect(await jwt({ ...forging, federatedSignOut: true }, { token: {}, user: {}, account })).toEqual({ federatedSignOut: { provider: 'kc', idToken: 'a.b.c' }, sid: expect.any(String), auth_time: expect.any(Number) })
    expect(await jwt(forging, { token: {}, user: {}, account })).toEqual({ sid: expect.any(String), auth_time: expect.any(Number) })
    expect(await jwt({ federatedSignOut: true }, { token: {}, user: {}, account: { provider: 'password' } })).toEqual({ sid: expect.any(String), auth_time: expect.any(Number) })
  })

  it('POL-04 take the image of a user that callbacks.jwt copies into the token', async () => {
    const copying = { callbacks: { jwt: ({ token, user }: { token: JWT, user?: object }) => ({ ...token, ...user }) } }
    const user = { id: '1', name: 'Ada', image: '/image.png', picture: '/picture.png' }
    expect(await jwt(copying, { token: { picture: user.image }, user })).toMatchObject({ picture: '/image.png' })
  })

  it('give each session an identity at sign-in, which nothing overwrites', async () => {
    const definition = { extend: { token: () => ({ sid: 'mine' }) } }
    const sids = await Promise.all([1, 2].map(async () => (await jwt(definition, { token: {}, user: { id: '1' } }) as { sid: string }).sid))
    expect(sids).toEqual([expect.stringMatching(/^[\w-]{22,}$/), expect.stringMatching(/^[\w-]{22,}$/)])
    expect(sids[0]).not.toBe(sids[1])
    expect(await jwt(definition, { token: { sid: 'kept' } })).toEqual({ sid: 'kept' })
  })

  it('extend the token at sign-in only', async () => {
    const token = vi.fn(() => ({ role: 'admin' }))
    expect(await jwt({ extend: { token } }, { token: { sub: '1' } })).toEqual({ sub: '1' })
    expect(token).not.toHaveBeenCalled()
  })

  it('end the session by returning null', async () => {
    expect(await jwt({ callbacks: { jwt: () => null } }, { token: { sub: '1' } })).toBeNull()
    expect(await jwt({ callbacks: { jwt: () => null } }, { token: { sub: '1' }, trigger: 'update', session: {} })).toBeNull()
  })

  it('UPD-01 never hand what a client sent to a callback that merges it', async () => {
    const merging = { callbacks: { jwt: ({ token, trigger, session }: { token: JWT, trigger?: string, session?: object }): JWT => trigger === 'update' ? { ...token, ...session } : token } }
    const params = { token: { sub: '1', role: 'member' }, trigger: 'update', session: { role: 'admin', sub: '2' } }
    expect(await jwt(merging, params)).toEqual({ sub: '1', role: 'member' })
    const accepting = { ...merging, extend: { update: () => ({ nickname: 'x' }) } }
    expect(await jwt(accepting, params)).toEqual({ sub: '1', role: 'member', nickname: 'x' })
  })

  it('name callbacks.jwt where it fails on an update, and say that an update needs extend.update', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const reading = { callbacks: { jwt: ({ token, session }: { token: JWT, session?: { user: { name: string } } }) => ({ ...token, name: session!.user.name }) } }
    await expect(jwt(reading, { token: { sub: '1' }, trigger: 'update', session: { user: { name: 'x' } } })).rejects.toMatchObject({ code: 'AUTH_R001', message: expect.stringContaining('callbacks.jwt (trigger: update) failed') as string, cause: expect.any(TypeError) as Error })
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('AUTH_D017'))
    warn.mockRestore()
  })

  it('UPD-02 never change who somebody is on update', async () => {
    const definition = { extend: { update: ({ input }: { input: unknown }) => input as object }, callbacks: { jwt: ({ token }: { token: object }) => ({ ...token, sub: 'victim', exp: 1 }) } }
    expect(await jwt(definition, { token: { sub: '1', exp: 5 }, trigger: 'update', session: { sub: '2', role: 'x' } })).toEqual({ sub: '1', exp: 5, role: 'x' })
  })

  it('give a session that is plain JSON', async () => {
    expect(await session({ extend: { session: () => ({ since: new Date(0), gone: undefined }) } }, {})).toEqual({ ...base, since: '1970-01-01T00:00:00.000Z' })
  })

  it('keep user and expires where a callback leaves them out', async () => {
    expect(await session({ callbacks: { session: () => ({ role: 'admin' }) as never } }, {})).toEqual({ ...base, role: 'admin' })
    expect(await session({ callbacks: { session: () => ({ expires: undefined, role: 'admin' }) as never } }, {})).toEqual({ ...base, role: 'admin' })
  })

  it.each([
    ['a user without the field', { user: { uid: '1' } }, { uid: '1' }],
    ['null', { user: { email: null } }, { email: null }],
    ['undefined', { user: { name: 'Ada', email: undefined } }, { name: 'Ada' }],
    ['user: undefined', { user: undefined }, {}],
  ])('LEAK-12 send what callbacks.session returns, and never bring a field back: %s', async (_, own, user) => {
    expect(await session({ callbacks: { session: () => own as never } }, {})).toStrictEqual({ ...base, user })
  })

  it('LEAK-12 never bring back what extend.session took away, where callbacks.session has no user', async () => {
    const extend = { session: () => ({ user: { name: null } }) }
    expect(await session({ extend, callbacks: { session: () => ({ role: 'admin' }) as never } }, {})).toStrictEqual({ ...base, user: { name: null }, role: 'admin' })
  })

  it('keep a failed refresh visible where callbacks.session leaves it out', async () => {
    const failed = { ...base, error: 'RefreshFailed' }
    const show = (own: object) => resolve({ callbacks: { session: () => own as never } }).callbacks.session?.({ session: failed, token: {} } as never)
    expect(await show({ user: {} })).toStrictEqual({ user: {}, expires: base.expires, error: 'RefreshFailed' })
    expect(await show({ user: {}, error: undefined })).toStrictEqual({ user: {}, expires: base.expires })
  })

  it.each([undefined, null, 'x', []])('refuse %j from callbacks.session: a forgotten return is no session', async (own) => {
    await expect(async () => await session({ callbacks: { session: () => own as never } }, {})).rejects.toThrow(/AUTH_R001: .*callbacks\.session \(returned .*, expected a session\)/)
  })
})

describe('validateDefinition', () => {
  it.each([undefined, null, {}, [], 'x', { providers: {} }])('refuses %j with AUTH_D001', (value) => {
    expect(() => validateDefinition(value, 'server/auth.ts')).toThrow(/AUTH_D001: server\/auth\.ts/)
  })

  it('names every unknown key of extend at once', () => {
    expect(() => validateDefinition({ providers: [], extend: { jwt: 1, sesion: 1 } }, 'f')).toThrow(/AUTH_D002: f: `extend\.jwt`, `extend\.sesion` can't be part of a definition\. Remove `extend\.jwt`, `extend\.sesion`, or use one of: token, /)
  })

  it('refuses an unknown key of extend with AUTH_D002, and says which are known', () => {
    expect(() => validateDefinition({ providers: [], extend: { jwt: () => ({}) } }, 'server/auth.ts')).toThrow(/AUTH_D002: .*`extend\.jwt`.*token, session, update/)
  })

  it('refuses an unknown key of the definition with AUTH_D002, and says which are known', () => {
    expect(() => validateDefinition({ providers: [], exted: {} }, 'server/auth.ts')).toThrow(/AUTH_D002: server\/auth\.ts: `exted`.*providers, extend/)
  })

  it.each([['github', '\'github\''], [null, 'null'], [undefined, 'undefined'], [{}, 'object'], [[], 'an array']])('refuses %j among the providers with AUTH_D013', (provider, value) => {
    expect(() => validateDefinition({ providers: [GitHub, provider] }, 'f')).toThrow(`AUTH_D013: f: \`providers[1]\` is ${value}, expected a provider`)
  })

  it.each([
    ['credentials()', credentials({ credentials: {} } as never)],
    ['Credentials of @auth/core', Credentials({})],
    ['an object', { id: 'credentials', type: 'credentials', credentials: {} }],
  ])('refuses %s without authorize with AUTH_D014', (_, provider) => {
    expect(() => validateDefinition({ providers: [provider] }, 'f')).toThrow('AUTH_D014: f: the provider `credentials` has no `authorize`')
  })

  it('refuses an adapter that can\'t keep sessions, and none at all, with AUTH_D005', () => {
    expect(() => validateDefinition({ providers: [], adapter: {} }, 'f')).toThrow(/AUTH_D005: f: .*the adapter has no createSession, getSessionAndUser/)
    expect(() => validateDefinition({ providers: [], session: { strategy: 'database' } }, 'f')).toThrow(/AUTH_D005: f: .*there is no adapter/)
    expect(validateDefinition({ providers: [], adapter: new MemoryAdapter() }, 'f')).toBeDefined()
    expect(validateDefinition({ providers: [], adapter: {}, session: { strategy: 'jwt' } }, 'f')).toBeDefined()
  })

  it('refuses extend.token where sessions have no token', () => {
    const extend = { token: () => ({}) }
    expect(() => validateDefinition({ providers: [], adapter: new MemoryAdapter(), extend }, 'f')).toThrow(/AUTH_D002: f: `extend\.token`.*session, update \(sessions in a database have no token\)/)
    expect(validateDefinition({ providers: [], extend }, 'f')).toBeDefined()
  })
})
