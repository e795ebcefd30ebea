import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'pathe'
import { createStorage } from 'unstorage'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { refuseServerImports } from '../../../src/build/bundle'
import { findDefinition } from '../../../src/build/find-definition'
import { findOutdated, toWarning } from '../../../src/build/floors'
import type { Outdated } from '../../../src/build/floors'
import { compileRules, findCachedAndGuarded, requireEnforceable, requireSignInOpen } from '../../../src/build/route-rules'
import { requirePages } from '../../../src/build/pages'
import { findGuardedFiles } from '../../../src/build/static'
import { resolveOptions } from '../../../src/build/options'
import { bindAdapter } from '../../../src/runtime/server/config/adapter'
import { validateDefinition } from '../../../src/runtime/server/config/resolve'
import { sealCsrfToken } from '../../../src/runtime/server/token/csrf'
import { startDatabaseRun } from '../../../src/runtime/server/authjs/database-run'
import { getConfig } from '../../../src/runtime/server/config/load'
import { requireSecrets, resolveEnvironment } from '../../../src/runtime/server/config/environment'
import { acceptUpdate, extendToken, requireFields } from '../../../src/runtime/server/callbacks/extend'
import { requireSession } from '../../../src/runtime/server/guard/require-session'
import handler from '../../../src/runtime/server/handler'
import { resolveLifetimes } from '../../../src/runtime/server/config/lifetime'
import { createMemoryStore } from '../../../src/runtime/server/store/memory'
import { requireFit } from '../../../src/runtime/server/http/cookies'
import { guardCredentials } from '../../../src/runtime/server/providers/authorize'
import { requireProviderKeys } from '../../../src/runtime/server/providers/settings'
import { resolveOrigin } from '../../../src/runtime/server/http/request'
import { requestTokens } from '../../../src/runtime/server/refresh/grant'
import { revoke } from '../../../src/runtime/server/revocation/revocation'
import { getServerSession, getToken } from '../../../src/runtime/server/session/session'
import { pageCookies } from '../../../src/runtime/server/session/page-cookies'
import { revokeSession } from '../../../src/runtime/server/session/user-sessions'
import { revokeToken } from '../../../src/runtime/server/revocation/sign-out'
import { createStore, warnUnshared } from '../../../src/runtime/server/store/store'
import { encodeToken } from '../../../src/runtime/server/token/codec'
import { catalogue, NuxtAuthError } from '../../../src/runtime/shared/errors'
import type { AuthErrorCode } from '../../../src/runtime/shared/errors'
import Credentials from '@auth/core/providers/credentials'
import type { CredentialsConfig } from '@auth/core/providers/credentials'
import GitHub from '@auth/core/providers/github'
import { credentials } from '../../../src/runtime/server/define'
import { current } from '../definition-module'
import { toEvent } from '../event'
import { MemoryAdapter } from '../memory-adapter'
import { storage } from '../host'

const root = mkdtempSync(join(tmpdir(), 'errors-'))
afterAll(() => rmSync(root, { recursive: true }))
mkdirSync(join(root, 'server/api/auth'), { recursive: true })
writeFileSync(join(root, 'server/auth.ts'), '')
writeFileSync(join(root, 'server/api/auth/[...].ts'), '')

const find = (definition: string, basePath: string) => findDefinition([{ rootDir: root, serverDir: join(root, 'server') }], definition, basePath)
const environment = (variables: Record<string, string> = {}) => resolveEnvironment(variables, {})

/** The handler answers with a status alone; what happened is the cause. */
const reveal = (answer: Promise<unknown>) => answer.catch((error: Error) => Promise.reject(error.cause))

const row = { id: '7', email: '', emailVerified: null }

/** A request of a user whose session is in a database. */
function withSession() {
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', 'https://app.example')
  const adapter = new MemoryAdapter([row])
  adapter.getSessionAndUser = async key => ({ session: { sessionToken: key, userId: '7', expires: new Date(Date.now() + 60_000) }, user: row })
  current.definition = { providers: [], adapter }
  return toEvent({ cookie: `__Host-authjs.session-token=${'a'.repeat(43)}` })
}
const fail = () => Promise.reject(new Error('x'))
const toBrokenDriver = (name: string) => ({ name, getInstance: () => ({ status: 'ready', on: () => {}, get: fail }), getItem: fail, setItem: fail, getKeys: fail })

/** How to run into each of them. A code without an entry is a type error here. */
const throwers: Record<AuthErrorCode, () => unknown> = {
  AUTH_M001: () => find('nowhere', '/x'),
  AUTH_M002: () => find('server/auth', '/x'),
  AUTH_M003: () => find('server/auth', '/api/auth'),
  AUTH_M004: () => resolveOptions({ origin: 'x' } as never),
  AUTH_M005: () => resolveOptions({ basePath: 'x' }),
  AUTH_M006: () => Promise.reject(new NuxtAuthError('AUTH_M006', { pattern: findCachedAndGuarded({ '/x/**': { auth: true, swr: true } })[0] ?? '' })),
  AUTH_M007: () => requireEnforceable(compileRules({ '/x/**': { auth: true } }), 3),
  AUTH_M008: () => Promise.reject(toWarning(findOutdated({ h3: '1.15.4' })[0] as Outdated)),
  AUTH_M009: () => requireSignInOpen(compileRules({ '/api/auth/**': { auth: true } }), '/api/auth', []),
  AUTH_M010: () => resolveOptions({ basePath: '/auth', redirect: { signIn: '/auth/login' } }),
  AUTH_M011: () => requirePages([{ path: '/x', meta: { auth: 'x' } }], '/api/auth'),
  AUTH_M012: () => refuseServerImports().resolveId('#auth'),
  AUTH_M013: () => {
    const [found] = findGuardedFiles(['/x/a.txt'], compileRules({ '/x/**': { auth: true } }), '/_nuxt')
    throw new NuxtAuthError('AUTH_M013', { pattern: found?.pattern ?? '', files: found?.files.join() ?? '', preset: 'netlify' })
  },
  AUTH_D001: () => validateDefinition({}, 'server/auth.ts'),
  AUTH_D002: () => validateDefinition({ providers: [], extend: { jwt: 1 } }, 'server/auth.ts'),
  AUTH_D003: () => extendToken({ token: () => 1 as never }, {}, { user: {} }, 'server/auth.ts'),
  AUTH_D004: () => requireProviderKeys(GitHub({}), 'server/auth.ts'),
  AUTH_D005: () => validateDefinition({ providers: [], adapter: {} }, 'server/auth.ts'),
  AUTH_D010: () => requestTokens({ event: toEvent(), config: { providers: [] } as never, options: { provider: 'nowhere' }, token: {}, signal: AbortSignal.timeout(1000) }),
  AUTH_D011: () => requireProviderKeys({ ...GitHub({}), issuer: 'http://id.example' }, 'server/auth.ts'),
  AUTH_D012: () => validateDefinition({ providers: [], authorizationParams: ['state'] }, 'server/auth.ts'),
  AUTH_D013: () => validateDefinition({ providers: ['github'] }, 'server/auth.ts'),
  AUTH_D014: () => validateDefinition({ providers: [Credentials({})] }, 'server/auth.ts'),
  AUTH_D015: () => {
    const [provider] = guardCredentials([credentials({ credentials: {}, authorize: () => true as never })], {})
    return (provider as CredentialsConfig).authorize({}, new Request('https://app.example'))
  },
  AUTH_D016: () => extendToken({ token: () => ({ team: new Map() }) }, {}, { user: {} }, 'server/auth.ts'),
  AUTH_D017: async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementationOnce(() => {})
    await acceptUpdate({}, {}, { name: 'x' }, 'server/auth.ts')
    expect(warn).toHaveBeenCalledWith(new NuxtAuthError('AUTH_D017', { file: 'server/auth.ts' }).message)
    throw new NuxtAuthError('AUTH_D017', { file: 'server/auth.ts' })
  },
  AUTH_D020: () => resolveLifetimes({ maxAge: -1 }, 'jwt', undefined, 'server/auth.ts'),
  AUTH_D021: () => {
    stubDeployment()
    return revokeSession(toEvent(), 'x')
  },
  AUTH_D022: () => getToken({ event: toEvent() } as never),
  AUTH_S001: () => requireSecrets(undefined, environment(), false),
  AUTH_S002: () => requireSecrets('x', environment(), false),
  AUTH_S003: () => resolveOrigin(toEvent(), environment(), false),
  AUTH_S004: () => environment({ AUTH_URL: 'x' }),
  AUTH_R001: () => {
    current.definition = () => Promise.reject(new Error('x'))
    return getServerSession(toEvent({ cookie: 'authjs.session-token=x' }))
  },
  AUTH_R003: () => {
    stubDeployment()
    // A provider that has no way to sign in.
    current.definition = { providers: [() => ({ id: 'nobody', type: 'credentials', credentials: {} })], logger: { error: () => {} } }
    return reveal(Promise.resolve(handler(toEvent({}, '/api/auth/providers'))))
  },
  AUTH_R004: () => requireSession(Object.assign(toEvent(), { context: { cache: {} } })),
  AUTH_R005: () => requireFit('x'.repeat(9000), { picture: 'x' }),
  AUTH_D030: () => requireFields({ user: row }, row, 'server/auth.ts'),
  AUTH_R030: () => getToken(withSession()),
  AUTH_R031: async () => await startDatabaseRun(withSession(), await getConfig(withSession()), 'callback').config.jwt?.encode?.({ token: { sub: '9' }, secret: '', salt: '' }),
  AUTH_R060: () => bindAdapter({ createUser: user => ({ ...user, email: 'ada@app.example' }) }).createUser?.({ id: '8', email: '\u00E1da@app.example', emailVerified: null }),
  AUTH_A001: () => pageCookies.requireOpen(Object.assign(toEvent(), { context: { cache: {} } })),
  AUTH_A002: () => {
    const page = toEvent()
    page.node.res.flushHeaders()
    pageCookies.requireOpen(page)
  },
  AUTH_R011: async () => {
    vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
    vi.stubEnv('AUTH_URL', 'https://app.example')
    vi.spyOn(console, 'error').mockImplementationOnce(() => {})
    current.definition = { providers: [], extend: { refresh: { due: () => true, run: fail } } }
    const salt = '__Host-authjs.session-token'
    return await getToken(toEvent({ cookie: `${salt}=${await encodeToken({ secret: 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD', salt })}` }))
  },
  AUTH_R010: () => createStore(toBrokenDriver('redis'), 'auth:').get('x:1'),
  AUTH_R012: () => {
    const warn = vi.spyOn(console, 'warn').mockImplementationOnce(() => {})
    createStore(toBrokenDriver('fs'), 'auth:')
    expect(warn).toHaveBeenCalledWith(new NuxtAuthError('AUTH_R012', { driver: 'fs' }).message)
    throw new NuxtAuthError('AUTH_R012', { driver: 'fs' })
  },
  AUTH_S020: () => {
    const warn = vi.spyOn(console, 'warn').mockImplementationOnce(() => {})
    warnUnshared(createMemoryStore())
    expect(warn).toHaveBeenCalledWith(new NuxtAuthError('AUTH_S020').message)
    throw new NuxtAuthError('AUTH_S020')
  },
  AUTH_S022: async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    for (let index = 0; index < 100_001; index++) await revoke(`s-${index}`, `user-${index % 2000}`, resolveLifetimes({ revocable: true }, 'jwt', undefined, 'server/auth.ts'))
    const line = String(warn.mock.lastCall?.[0])
    warn.mockRestore()
    expect(line).toContain('AUTH_S022')
    throw new NuxtAuthError('AUTH_S022', { time: /before (\S+)/.exec(line)?.[1] ?? '' })
  },
  AUTH_R070: () => {
    stubDeployment()
    current.definition = { providers: [], session: { revocable: true } }
    return revokeSession(toEvent(), 'x')
  },
  AUTH_R020: () => {
    vi.spyOn(console, 'warn').mockImplementationOnce(() => {})
    storage.current = createStorage()
    storage.current.mount('auth', toBrokenDriver('fs') as never)
    const config = { session: resolveLifetimes({ revocable: true }, 'jwt', undefined, 'server/auth.ts') }
    return revokeToken(config as never, { sid: 'x' })
  },
  AUTH_D050: () => validateDefinition({ providers: [{ id: 'mail', type: 'email' }] }, 'server/auth.ts'),
  AUTH_R051: async () => {
    stubDeployment()
    const log = vi.spyOn(console, 'warn').mockImplementationOnce(() => {})
    await handler(toEvent({ origin: 'http://localhost:3001', host: 'localhost:3001' }, '/api/auth/signout', '{}'))
    const values = { sent: 'http://localhost:3001', source: 'AUTH_URL', origin: 'https://app.example' }
    expect(log.mock.lastCall).toEqual([new NuxtAuthError('AUTH_R051', values).message])
    throw new NuxtAuthError('AUTH_R051', values)
  },
  AUTH_R050: () => throwLogged({ signIn: () => fail() }, 'AUTH_R050'),
  AUTH_R052: () => throwLogged({ redirect: () => 'javascript:x' }, 'AUTH_R052'),
  AUTH_R002: () => resolveOrigin(toEvent({ host: 'x@y' }), environment({ AUTH_TRUST_HOST: '1' }), false),
}

/** Signs in by a definition whose callback is wrong. What is only logged is thrown here, so that it counts. */
async function throwLogged(callbacks: object, code: AuthErrorCode): Promise<never> {
  stubDeployment()
  current.definition = { providers: [credentials({ credentials: {}, authorize: () => ({ id: '1' }) })], callbacks }
  const log = vi.spyOn(console, 'error').mockImplementationOnce(() => {})
  const cookie = `__Host-authjs.csrf-token=${encodeURIComponent(await sealCsrfToken('token', ['x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD']))}`
  await handler(toEvent({ cookie, 'content-type': 'application/json' }, '/api/auth/callback/credentials', '{"csrfToken":"token"}'))
  const values = { name: 'callbacks.signIn', provider: 'credentials' }
  expect(log.mock.lastCall?.[0]).toBe(new NuxtAuthError(code, values).message)
  throw new NuxtAuthError(code, values)
}

function stubDeployment(): void {
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', 'https://app.example')
  current.definition = { providers: [] }
}

describe.each(Object.entries(throwers))('%s', (code, thrower) => {
  it('is thrown with why, fix and address, every hole filled', async () => {
    const error = await Promise.resolve().then(thrower).then(() => undefined, (error: unknown) => error)
    expect(error).toBeInstanceOf(NuxtAuthError)
    const { message, statusCode } = error as NuxtAuthError
    expect(message).toMatch(new RegExp(`^\\[nuxt-authjs\\] ${code}: .+\\. .+\\. https://\\S+/docs/errors\\.md#${code.toLowerCase()}$`))
    expect(message).not.toMatch(/\{\w+\}|undefined|\n/)
    expect(statusCode).toBe(catalogue[code as AuthErrorCode].status)
  })
})

it('carries its cause', () => {
  const cause = new Error('database')
  expect(new NuxtAuthError('AUTH_R001', { step: 'x' }, { cause }).cause).toBe(cause)
})
