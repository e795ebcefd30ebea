import type { Adapter } from '@auth/core/adapters'
import type { AuthConfig } from '@auth/core/types'
import { NuxtAuthError } from '../../shared/errors'
import type { Awaitable } from '../../shared/types'
import { withTimeout } from '../http/timeout'
import { logError } from '../log'
import { resolveProviders } from './providers'

/** Time limit of one call to the database, in milliseconds. */
export const adapterTimeout = 2000

const sessionMethods = [
  'createSession', 'getSessionAndUser', 'updateSession', 'deleteSession', 'getUser', 'updateUser',
] as const
// Auth.js requires these for sessions in the database, with any provider.
const accountMethods = ['createUser', 'getUserByEmail', 'getUserByAccount', 'linkAccount'] as const
const otherMethods = [
  'deleteUser', 'unlinkAccount', 'createVerificationToken', 'useVerificationToken',
  'getAccount', 'getAuthenticator', 'createAuthenticator', 'listAuthenticatorsByUserId', 'updateAuthenticatorCounter',
] as const
const methods = [...sessionMethods, ...accountMethods, ...otherMethods]

/** An adapter that can keep sessions. */
export type SessionAdapter = Adapter & Required<Pick<Adapter, typeof sessionMethods[number]>>

/** The methods that a type of provider needs, wherever sessions are kept. */
const providerMethods: Record<string, readonly (keyof Adapter)[]> = {
  email: ['createVerificationToken', 'useVerificationToken', 'getUserByEmail'],
  webauthn: [
    'createUser', 'getUser', 'linkAccount', 'getAccount',
    'getAuthenticator', 'createAuthenticator', 'listAuthenticatorsByUserId', 'updateAuthenticatorCounter',
  ],
}

/** Checks that email and passkey providers have the adapter they need. Throws AUTH_D050. */
export function requireProviderAdapter(
  { adapter, providers }: Pick<AuthConfig, 'adapter' | 'providers'>, file: string,
): void {
  for (const { type, id } of resolveProviders(providers, {})) {
    const missing = (providerMethods[type] ?? []).filter(name => typeof adapter?.[name] !== 'function')
    if (missing.length === 0) continue
    const needed = adapter ? `the adapter has no ${missing.join(', ')}` : `there is none, with ${missing.join(', ')}`
    throw new NuxtAuthError('AUTH_D050', { file, provider: id, needed })
  }
}

/** Where sessions are kept, as Auth.js decides it: in the database if the definition has an adapter. */
export function resolveStrategy({ adapter, session }: Pick<AuthConfig, 'adapter' | 'session'>): 'jwt' | 'database' {
  return session?.strategy ?? (adapter ? 'database' : 'jwt')
}

/** Checks that the adapter can keep sessions. Throws AUTH_D005. */
export function requireSessionAdapter(adapter: Adapter | undefined, file: string): void {
  if (!adapter) throw new NuxtAuthError('AUTH_D005', { file, missing: 'there is no adapter' })
  const missing = [...sessionMethods, ...accountMethods].filter(name => typeof adapter[name] !== 'function')
  if (missing.length === 0) return
  throw new NuxtAuthError('AUTH_D005', { file, missing: `the adapter has no ${missing.join(', ')}` })
}

/**
 * The adapter as a plain object of bound methods, because Auth.js copies methods from object to object, which loses
 * those of a class. A call that fails or takes longer than `adapterTimeout` throws AUTH_R001.
 */
export function bindAdapter(adapter: Adapter): Adapter {
  // Nineteen signatures; here arguments are only passed on.
  const own = adapter as Record<string, (...input: unknown[]) => unknown>
  const bound = methods.filter(name => typeof own[name] === 'function')
    .map(name => [name, (...input: unknown[]) => askAdapter(name, () => own[name]?.(...input))])
  return withExactLookups(Object.fromEntries(bound) as Adapter)
}

/**
 * The adapter, with every row compared to the lookup: a database may ignore case and accents, as MySQL does by default,
 * and would sign `alice@éxample.com` in as `alice@example.com`.
 */
function withExactLookups({ getUserByEmail, createUser, getUserByAccount, getAccount, ...others }: Adapter): Adapter {
  return {
    ...others,
    ...(getUserByEmail && { getUserByEmail: async (email) => {
      const row = await getUserByEmail(email)
      return requireSame(row, !row || isSameEmail(row.email, email), 'getUserByEmail')
    } }),
    // Some adapters return an existing row instead of failing.
    ...(createUser && { createUser: async (user) => {
      const row = await createUser(user)
      if (user.email && row?.email && !isSameEmail(row.email, user.email)) {
        throw new NuxtAuthError('AUTH_R060', { called: 'createUser' })
      }
      return row
    } }),
    ...(getAccount && { getAccount: async (id, provider) => {
      const row = await getAccount(id, provider)
      return requireSame(row, isSameAccount(row, id, provider), 'getAccount')
    } }),
    ...(getUserByAccount && { getUserByAccount: async (asked) => {
      const user = await getUserByAccount(asked)
      if (!user || !getAccount) return user
      const { providerAccountId: id, provider } = asked
      return requireSame(user, isSameAccount(await getAccount(id, provider), id, provider), 'getUserByAccount')
    } }),
  }
}

function requireSame<T>(row: T | null, isSame: boolean, called: string): T | null {
  if (isSame) return row
  logError(new NuxtAuthError('AUTH_R060', { called }).message)
  return null
}

function isSameEmail(left: unknown, right: unknown): boolean {
  return toSpelling(left) === toSpelling(right)
}

// Case is ignored: rows from before `normalizeEmail` may have capitals.
function toSpelling(email: unknown): string {
  return String(email).normalize('NFC').toLowerCase().trim()
}

function isSameAccount(
  row: { providerAccountId: unknown, provider: unknown } | null, id: string, provider: string,
): boolean {
  return !row || (String(row.providerAccountId) === String(id) && row.provider === provider)
}

/** Calls the database, for `limit` milliseconds at most. Throws AUTH_R001 with the cause; later results are ignored. */
export async function askAdapter<T>(name: string, ask: () => Awaitable<T>, limit = adapterTimeout): Promise<T> {
  try {
    return await withTimeout((async () => await ask())(), limit)
  }
  catch (cause) {
    if (cause instanceof NuxtAuthError) throw cause
    throw new NuxtAuthError('AUTH_R001', { step: `adapter.${name}` }, { cause })
  }
}
