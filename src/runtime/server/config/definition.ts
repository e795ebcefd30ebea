import type { AuthConfig } from '@auth/core/types'
import { NuxtAuthError } from '../../shared/errors'
import { toKind } from '../callbacks/json'

/** What a definition can hold: what Auth.js takes, and what this module adds. */
export const definitionKeys = [
  'providers', 'extend', 'callbacks', 'events', 'session', 'adapter', 'pages', 'texts', 'authorizationParams', 'federatedSignOut',
  'cookies', 'useSecureCookies', 'secret', 'jwt', 'debug', 'logger', 'theme', 'trustHost', 'redirectProxyUrl', 'experimental',
  'basePath', 'raw', 'skipCSRFCheck',
]

export const extendKeys = ['token', 'session', 'update', 'revalidate', 'refresh']

/** Refuses misspelt keys, which would be ignored otherwise. Throws AUTH_D002. */
export function requireKnownKeys(definition: { extend?: object }, isDatabase: boolean, file: string): void {
  refuseUnknown(Object.keys(definition), definitionKeys, '', file)
  const known = extendKeys.filter(key => !isDatabase || !['token', 'refresh', 'revalidate'].includes(key))
  refuseUnknown(Object.keys(definition.extend ?? {}), known, 'extend.', file, isDatabase ? ' (sessions in a database have no token)' : '')
}

function refuseUnknown(keys: string[], known: string[], prefix: string, file: string, reason = ''): void {
  const unknown = keys.filter(key => !known.includes(key)).map(key => prefix + key)
  if (unknown.length > 0) throw new NuxtAuthError('AUTH_D002', { file, key: unknown.join('`, `'), known: known.join(', ') + reason })
}

/** Refuses a provider that could never sign anybody in. Throws AUTH_D013, AUTH_D014. */
export function requireProviders(providers: AuthConfig['providers'], file: string): void {
  for (const [index, entry] of providers.entries()) {
    if (typeof entry === 'function') continue
    const provider = entry as { id?: unknown, type?: unknown, authorize?: unknown, options?: { authorize?: unknown } } | null
    if (typeof provider?.id !== 'string' || typeof provider.type !== 'string') {
      throw new NuxtAuthError('AUTH_D013', { file, index, value: typeof entry === 'string' ? `'${entry}'` : toKind(entry) })
    }
    // Auth.js's own `Credentials` has an `authorize` that refuses everybody; the user's is in `options`.
    const authorize = (provider.options ?? provider).authorize
    if (provider.type === 'credentials' && typeof authorize !== 'function') throw new NuxtAuthError('AUTH_D014', { file, provider: provider.id })
  }
}
