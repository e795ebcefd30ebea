import { useRuntimeConfig } from '#nuxt-authjs/host'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'

/** `auth` in private runtime config: the app's own settings, and the generated secret in development. */
export interface PrivateAuthConfig {
  secret?: string
  url?: string
  trustHost?: string | boolean
}

/** The parts of runtime config that this module reads. Spelt out, because declarations can't name a virtual module. */
export interface RuntimeConfig {
  app: { baseURL: string, buildAssetsDir: string }
  auth?: PrivateAuthConfig
}

/** Environment variables by name. */
export type Variables = Record<string, string | undefined>

/** The settings of the deployment. */
export interface Environment {
  /** Newest first: the first encrypts tokens, all decrypt them. */
  secrets: { name: string, value: string }[]
  /** The public origin; undefined if it must come from the request. */
  origin: string | undefined
  trustHost: boolean
  /** A copy of the variables that start with `AUTH_`, such as `AUTH_GITHUB_ID`: reading `process.env` is slow. */
  variables: Variables
}

/** The environment of the process, which can't change. Reading it again would take microseconds per request. */
let kept: Environment | undefined

/** Keeps the environment for all requests, on hosts whose variables are known at start. Throws AUTH_S004. */
export function keepEnvironment(): Environment {
  return kept = getEnvironment()
}

/** True for the environment of every request of this process. */
export function isKept(environment: Environment): boolean {
  return environment === kept
}

/** The environment of a request: runtime config, `process.env`, and bindings on workers. Throws AUTH_S004. */
export function getEnvironment(event?: AuthEvent): Environment {
  const bindings = getBindings(event)
  const variables = typeof process === 'undefined' ? {} : process.env
  if (bindings) return resolveEnvironment({ ...variables, ...bindings }, getRuntimeConfig(event).auth ?? {})
  return kept ?? resolveEnvironment(variables, getRuntimeConfig().auth ?? {})
}

/** Runtime config. With an event, Nitro copies it, which is needed only if variables come with the request. */
export function getRuntimeConfig(event?: AuthEvent): RuntimeConfig {
  return getBindings(event) ? useRuntimeConfig(event) : useRuntimeConfig()
}

/** `app.baseURL` without its last slash. */
export function getBase(event?: AuthEvent): string {
  return getRuntimeConfig(event).app.baseURL.replace(/\/$/, '')
}

/** The variables of a Cloudflare worker, which come with each request. Nitro adds them to the event's context. */
function getBindings(event?: AuthEvent): Variables | undefined {
  const context: { cloudflare?: { env?: Variables } } | undefined = event?.context
  return context?.cloudflare?.env
}

/** Reads Auth.js's variables, and `NUXT_AUTH_*` and runtime config, which take precedence. Throws AUTH_S004. */
export function resolveEnvironment(variables: Variables, config: PrivateAuthConfig): Environment {
  return {
    secrets: toSecrets(variables, variables.NUXT_AUTH_SECRET || config.secret),
    origin: toOrigin(variables.NUXT_AUTH_URL || config.url || variables.AUTH_URL),
    trustHost: isOn(variables.NUXT_AUTH_TRUST_HOST || config.trustHost) || isOn(variables.AUTH_TRUST_HOST),
    variables: Object.fromEntries(Object.entries(variables).filter(isAuthVariable)),
  }
}

function isAuthVariable([name, value]: [string, unknown]): boolean {
  return name.startsWith('AUTH_') && typeof value === 'string'
}

/**
 * The secrets, newest first: the definition's own, or the environment's. Throws AUTH_S001, and outside development
 * AUTH_S002.
 */
export function requireSecrets(
  own: string | string[] | undefined, environment: Environment, isDev: boolean,
): string[] {
  const values = [own ?? []].flat().map(value => value.trim()).filter(value => value !== '')
  const secrets = values.length > 0 ? values.map(value => ({ name: '`secret`', value })) : environment.secrets
  if (secrets.length === 0) throw new NuxtAuthError('AUTH_S001')
  const weak = isDev ? undefined : secrets.find(({ value }) => !isStrong(value))
  if (weak) throw new NuxtAuthError('AUTH_S002', { name: weak.name, bytes: toBytes(weak.value) })
  return secrets.map(({ value }) => value)
}

/** Environments that were found complete. */
const complete = new WeakSet<Environment>()

/** True if the environment has strong secrets and an origin, so that the definition need not have them. */
export function isComplete(environment: Environment): boolean {
  const { secrets, origin, trustHost } = environment
  if (complete.has(environment)) return true
  if (origin === undefined && !trustHost) return false
  if (secrets.length === 0 || !secrets.every(({ value }) => isStrong(value))) return false
  complete.add(environment)
  return true
}

/** True for 32 bytes or more that are not one repeated character. */
export function isStrong(secret: string): boolean {
  return toBytes(secret) >= 32 && new Set(secret).size > 1
}

function toBytes(text: string): number {
  return new TextEncoder().encode(text).byteLength
}

function toSecrets(variables: Variables, configured: string | undefined) {
  const rotation = ['AUTH_SECRET_3', 'AUTH_SECRET_2', 'AUTH_SECRET_1']
  const named = [...rotation, 'AUTH_SECRET'].map(name => ({ name, value: variables[name]?.trim() ?? '' }))
  const first = { name: 'NUXT_AUTH_SECRET', value: typeof configured === 'string' ? configured.trim() : '' }
  return [first, ...named].filter(({ value }) => value !== '')
}

function toOrigin(url: string | undefined): string | undefined {
  if (!url) return undefined
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw new NuxtAuthError('AUTH_S004')
  return parsed.origin
}

/** The value of a hand-written boolean: only `true`, `1`, `yes` and `on` are true. */
function isOn(value: string | boolean | number | undefined): boolean {
  return /^(?:true|1|yes|on)$/i.test(String(value ?? '').trim())
}
