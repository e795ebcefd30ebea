import type { AuthConfig } from '@auth/core/types'
import type { Variables } from './environment'

/** A provider as one plain object, with the user's settings and the environment's already in it. */
export type MergedProvider = Exclude<AuthConfig['providers'][number], (...rest: never[]) => unknown>

/** A provider whose own pages sign users in. */
export type OAuthProvider = Extract<MergedProvider, { type: 'oauth' | 'oidc' }>

type ProviderInput = Pick<MergedProvider, 'id' | 'type'> & { options?: object }
type Settings = Record<PropertyKey, unknown>

/**
 * The providers of a definition as plain objects, in the definition's order: functions are called, and settings that
 * the definition lacks are taken from `AUTH_<ID>_ID`, `AUTH_<ID>_SECRET`, `AUTH_<ID>_ISSUER` and `AUTH_<ID>_KEY`.
 * New objects. https://authjs.dev/guides/environment-variables#oauth-variables
 */
export function resolveProviders(providers: AuthConfig['providers'], variables: Variables): MergedProvider[] {
  return providers.map((entry) => {
    if (typeof entry !== 'function') return withVariables(mergeProvider(entry), getVariables(entry, variables))
    const own = getVariables(entry({}), variables)
    return withVariables(mergeProvider(entry(own)), own)
  })
}

/** True for a provider whose own pages sign users in. */
export function isOAuth(provider: MergedProvider | undefined): provider is OAuthProvider {
  return provider?.type === 'oauth' || provider?.type === 'oidc'
}

/** The start of a provider's environment variables, such as `AUTH_GITHUB_`. */
export function toVariablePrefix(id: string): string {
  return `AUTH_${id.toUpperCase().replace(/-/g, '_')}_`
}

function getVariables({ id, options }: ProviderInput, variables: Variables) {
  // `GitHub({ id: 'github-work' })` also takes GitHub's variables, the only ones that Auth.js reads for it.
  const ids = [options && 'id' in options ? String(options.id) : id, id]
  const get = (name: string) => ids.map(each => variables[toVariablePrefix(each) + name]).find(isSet)
  return { clientId: get('ID'), clientSecret: get('SECRET'), issuer: get('ISSUER'), apiKey: get('KEY') }
}

function isSet(value: string | undefined): value is string {
  return value !== undefined
}

type OwnVariables = ReturnType<typeof getVariables>

function withVariables(provider: MergedProvider, { apiKey, ...oauth }: OwnVariables): MergedProvider {
  if (provider.type === 'email') return mergeSettings({ apiKey }, provider)
  return isOAuth(provider) ? mergeSettings(oauth, provider) : provider
}

/** Auth.js keeps the user's own settings in `options`. They win, level by level, but never change the type. */
function mergeProvider({ options = {}, ...provider }: ProviderInput): MergedProvider {
  return { ...mergeSettings(provider, options), type: provider.type } as MergedProvider
}

/** `own` over `defaults`; `undefined` changes nothing. */
function mergeSettings<Own extends object>(defaults: object, own: Own): Own {
  const merged: Settings = { ...defaults }
  // Symbols too: a `customFetch` is one.
  for (const key of Reflect.ownKeys(own)) {
    const [before, value] = [merged[key], (own as Settings)[key]]
    // A `customFetch` that a provider has itself, as Entra's does, takes precedence.
    if (typeof key === 'symbol' && before !== undefined) continue
    if (value !== undefined) merged[key] = isPlain(before) && isPlain(value) ? mergeSettings(before, value) : value
  }
  return merged as Own
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
