import type { AuthConfig } from '@auth/core/types'
import { NuxtAuthError } from '../../shared/errors'
import { toKind } from '../callbacks/json'

/** The keys of a definition: Auth.js's, and the module's own. */
export const definitionKeys = [
  'providers', 'extend', 'callbacks', 'events', 'session', 'adapter', 'pages', 'texts', 'authorizationParams',
  'federatedSignOut', 'cookies', 'useSecureCookies', 'secret', 'jwt', 'debug', 'logger', 'theme', 'trustHost',
  'redirectProxyUrl', 'experimental', 'basePath', 'raw', 'skipCSRFCheck',
]

/** The keys of `extend`. */
export const extendKeys = ['token', 'session', 'update', 'revalidate', 'refresh']

/** Those that are for sessions in tokens. */
const tokenKeys = ['token', 'refresh', 'revalidate']

/** Checks for misspelt keys, which would otherwise be ignored. Throws AUTH_D002, which names all of them. */
export function requireKnownKeys(definition: { extend?: object }, isDatabase: boolean, file: string): void {
  refuseUnknown(Object.keys(definition), definitionKeys, '', file)
  const known = extendKeys.filter(key => !isDatabase || !tokenKeys.includes(key))
  const reason = isDatabase ? ' (sessions in a database have no token)' : ''
  refuseUnknown(Object.keys(definition.extend ?? {}), known, 'extend.', file, reason)
}

function refuseUnknown(keys: string[], known: string[], prefix: string, file: string, reason = ''): void {
  const unknown = keys.filter(key => !known.includes(key)).map(key => prefix + key)
  if (unknown.length === 0) return
  throw new NuxtAuthError('AUTH_D002', { file, key: unknown.join('`, `'), known: known.join(', ') + reason })
}

interface WrittenProvider { id: unknown, type: unknown, authorize?: unknown, options?: { authorize?: unknown } }

/** Checks for providers that could never sign a user in. Throws AUTH_D013, AUTH_D014. */
export function requireProviders(providers: AuthConfig['providers'], file: string): void {
  for (const [index, entry] of providers.entries()) {
    if (typeof entry === 'function') continue
    // The type is only a promise: a definition may be plain JavaScript.
    const provider = entry as Partial<WrittenProvider> | null
    if (typeof provider?.id !== 'string' || typeof provider.type !== 'string') {
      const value = typeof entry === 'string' ? `'${entry}'` : toKind(entry)
      throw new NuxtAuthError('AUTH_D013', { file, index, value })
    }
    if (provider.type !== 'credentials') continue
    // Auth.js's own `Credentials` has an `authorize` that refuses every user; the definition's is in `options`.
    const { authorize } = provider.options ?? provider
    if (typeof authorize !== 'function') throw new NuxtAuthError('AUTH_D014', { file, provider: provider.id })
  }
}
