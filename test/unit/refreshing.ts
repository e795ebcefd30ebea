import { decode, encode } from '@auth/core/jwt'
import { createStorage } from 'unstorage'
import { vi } from 'vitest'
import type { RuntimeDefinition } from '../../src/runtime/server/config/resolve'
import { current } from './definition-module'
import type { toEvent } from './event'
import type { createFakeRedis } from './fake-redis'
import { storage } from './host'

const secret = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'
export const name = '__Host-authjs.session-token'
export const minute = 60_000

/** A provider that rotates: a refresh token works once, and using it again revokes the grant. */
export const provider = {
  calls: 0,
  reuses: 0,
  valid: 'refresh-0',
  answer: undefined as undefined | (() => Promise<unknown>),
  refresh: async (token: string) => {
    provider.calls++
    await provider.answer?.()
    if (token !== provider.valid) {
      provider.reuses++
      provider.valid = ''
      throw Object.assign(new Error('invalid_grant'), { error: 'invalid_grant' })
    }
    provider.valid = `refresh-${provider.calls}`
    return { accessToken: `access-${provider.calls}`, refreshToken: provider.valid, expiresAt: Date.now() + 5 * minute }
  },
}

/** The session that `toCookie` writes. */
export const session = { sid: '' }

/** A new session, with a new grant of the provider. */
export function signIn() {
  session.sid = crypto.randomUUID()
  Object.assign(provider, { calls: 0, reuses: 0, valid: 'refresh-0', answer: undefined })
}

/** Makes the provider fail with `error`. */
export function fail(error: unknown) {
  provider.answer = () => Promise.reject(error as Error)
}

/** A definition whose sessions are refreshed at the provider. `more`: other settings of `extend.refresh`. */
export const toDefinition = (more: object = {}): RuntimeDefinition => ({
  providers: [],
  extend: {
    session: ({ token }) => ({ access: token.accessToken }),
    update: ({ input }) => ({ note: input }),
    refresh: {
      due: ({ token }) => Number(token.expiresAt) < Date.now(),
      run: ({ token }) => provider.refresh(String(token.refreshToken)),
      ...more,
    },
  },
})

export function setUp() {
  vi.stubEnv('AUTH_SECRET', secret)
  vi.stubEnv('AUTH_URL', 'https://app.example')
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.spyOn(console, 'error').mockImplementation(() => {})
  signIn()
  current.definition = toDefinition()
}

export function tearDown() {
  vi.unstubAllEnvs()
  vi.useRealTimers()
  vi.restoreAllMocks()
  storage.current = createStorage()
}

/** The module in another process: only the store and the provider are shared. */
export async function startProcess(redis: ReturnType<typeof createFakeRedis>) {
  vi.resetModules()
  const [{ getToken }, host, definition] = await Promise.all([
    import('../../src/runtime/server/session/session'), import('./host'), import('./definition-module'),
  ])
  host.storage.current = createStorage().mount('auth', redis.driver as never)
  definition.current.definition = toDefinition()
  return { getToken }
}

export const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)

/** The `Cookie` header of the session, whose access token has expired. */
export async function toCookie(claims: object = {}) {
  const tokens = { accessToken: 'access-0', refreshToken: 'refresh-0', expiresAt: 0 }
  const token = { sid: session.sid, sub: '1', name: 'Ada', ...tokens, ...claims }
  return `${name}=${await encode({ token, secret, salt: name })}`
}

export const toCookies = (event: ReturnType<typeof toEvent>) =>
  [event.node.res.getHeader('set-cookie') ?? []].flat().map(String)
export const toJar = (event: ReturnType<typeof toEvent>) => toCookies(event)[0]?.split(';')[0] ?? ''
export const open = (cookie: string) => decode({ token: cookie.split(/[=;]/)[1], secret, salt: name })
