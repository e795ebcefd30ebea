import type { Adapter } from '@auth/core/adapters'
import type { AuthConfig } from '@auth/core/types'
import { NuxtAuthError } from '../../shared/errors'
import type { Awaitable } from '../../shared/types'
import { withTimeout } from '../http/timeout'
import { logError } from '../log'
import { resolveProviders } from './providers'

/** How long a database may take for one question, in milliseconds. */
export const adapterTimeout = 2000

const sessionMethods = ['createSession', 'getSessionAndUser', 'updateSession', 'deleteSession', 'getUser', 'updateUser'] as const
// Auth.js asks for these as soon as sessions are in the database, whatever the providers are.
const accountMethods = ['createUser', 'getUserByEmail', 'getUserByAccount', 'linkAccount'] as const
const otherMethods = [
  'deleteUser', 'unlinkAccount', 'createVerificationToken', 'useVerificationToken',
  'getAccount', 'getAuthenticator', 'createAuthenticator', 'listAuthenticatorsByUserId', 'updateAuthenticatorCounter',
] as const
const methods = [...sessionMethods, ...accountMethods, ...otherMethods]

/** An adapter that can keep sessions. */
export type SessionAdapter = Adapter & Required<Pick<Adapter, typeof sessionMethods[number]>>

/** What Auth.js asks of the adapter for a type of provider, whatever the sessions are kept in. */
const providerMethods: Record<string, readonly (keyof Adapter)[]> = {
  email: ['createVerificationToken', 'useVerificationToken', 'getUserByEmail'],
  webauthn: ['createUser', 'getUser', 'linkAccount', 'getAccount', 'getAuthenticator', 'createAuthenticator', 'listAuthenticatorsByUserId', 'updateAuthenticatorCounter'],
}

/** Checks that email and passkey providers have the adapter they need. Throws AUTH_D050. */
export function requireProviderAdapter({ adapter, providers }: Pick<AuthConfig, 'adapter' | 'providers'>, file: string): void {
  for (const { type, id } of resolveProviders(providers, {})) {
    const missing = (providerMethods[type] ?? []).filter(name => typeof adapter?.[name] !== 'function')
    if (missing.length === 0) continue
    const needed = adapter ? `the adapter has no ${missing.join(', ')}` : `there is none, with ${missing.join(', ')}`
    throw new NuxtAuthError('AUTH_D050', { file, provider: id, needed })
  }
}

/** How a definition's sessions are kept, as Auth.js decides it: in the database as soon as there is an adapter. */
export function resolveStrategy({ adapter, session }: Pick<AuthConfig, 'adapter' | 'session'>): 'jwt' | 'database' {
  return session?.strategy ?? (adapter ? 'database' : 'jwt')
}

/** Checks that the adapter can keep sessions. Throws AUTH_D005. */
export function requireSessionAdapter(adapter: Adapter | undefined, file: string): void {
  if (!adapter) throw new NuxtAuthError('AUTH_D005', { file, missing: 'there is no adapter' })
  const missing = [...sessionMethods, ...accountMethods].filter(name => typeof adapter[name] !== 'function')
  if (missing.length > 0) throw new NuxtAuthError('AUTH_D005', { file, missing: `the adapter has no ${missing.join(', ')}` })
}

/**
 * The adapter as a plain object of bound methods, each with a limit of time: Auth.js copies methods from object to object,
 * which loses those of a class. A call that fails or takes longer is AUTH_R001.
 */
export function bindAdapter(adapter: Adapter): Adapter {
  // Nineteen signatures, and none of them matters to who only passes arguments on.
  const own = adapter as Record<string, (...input: unknown[]) => unknown>
  const bound = methods.filter(name => typeof own[name] === 'function')
    .map(name => [name, (...input: unknown[]) => askAdapter(name, () => own[name]?.(...input))])
  return withExactLookups(Object.fromEntries(bound) as Adapter)
}

/**
 * The adapter, which finds only the row that it was asked for: a database may compare without case and accents, as MySQL does
 * by default, and `alice@éxample.com` would be signed in as `alice@example.com`.
 */
function withExactLookups({ getUserByEmail, createUser, getUserByAccount, getAccount, ...others }: Adapter): Adapter {
  return {
    ...others,
    ...(getUserByEmail && { getUserByEmail: async (email) => {
      const row = await getUserByEmail(email)
      return requireSame(row, !row || isSameEmail(row.email, email), 'getUserByEmail')
    } }),
    // A method that returns the row that is there already, instead of failing.
    ...(createUser && { createUser: async (user) => {
      const row = await createUser(user)
      if (user.email && row?.email && !isSameEmail(row.email, user.email)) throw new NuxtAuthError('AUTH_R060', { called: 'createUser' })
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

// Case is no difference: rows from before `normalizeEmail` may have capitals.
function toSpelling(email: unknown): string {
  return String(email).normalize('NFC').toLowerCase().trim()
}

function isSameAccount(row: { providerAccountId: unknown, provider: unknown } | null, id: string, provider: string): boolean {
  return !row || (String(row.providerAccountId) === String(id) && row.provider === provider)
}

/** Asks the database, for `limit` milliseconds at most. Throws AUTH_R001 with the cause; what comes later is nobody's. */
export async function askAdapter<T>(name: string, ask: () => Awaitable<T>, limit = adapterTimeout): Promise<T> {
  try {
    return await withTimeout((async () => await ask())(), limit)
  }
  catch (cause) {
    throw cause instanceof NuxtAuthError ? cause : new NuxtAuthError('AUTH_R001', { step: `adapter.${name}` }, { cause })
  }
}
