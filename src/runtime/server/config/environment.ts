import { useRuntimeConfig } from '#nuxt-authjs/host'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'

/** What an app wrote into private runtime config itself, and in development the secret that was made for it. */
export interface PrivateAuthConfig {
  secret?: string
  url?: string
  trustHost?: string | boolean
}

/** The part of runtime config that is this module's, and where the app is. Spelt out: declarations can't name a virtual module. */
export interface RuntimeConfig {
  app: { baseURL: string, buildAssetsDir: string }
  auth?: PrivateAuthConfig
}

export type Variables = Record<string, string | undefined>

/** What the deployment says. */
export interface Environment {
  /** Newest first: the first encrypts, all decrypt. */
  secrets: { name: string, value: string }[]
  /** The public origin, or undefined where it must come from the request. */
  origin: string | undefined
  trustHost: boolean
  /** A copy of the variables that start with `AUTH_`, such as `AUTH_<PROVIDER>_ID`: each read of `process.env` itself is slow. */
  variables: Variables
}

/** What a process was started with it keeps, and asking it anew at each request costs some µs. */
let kept: Environment | undefined

/** The environment of this process, from now on. For hosts that have their variables at the start. Throws AUTH_S004. */
export function keepEnvironment(): Environment {
  return kept = getEnvironment()
}

/** True for the environment of every request of this process. */
export function isKept(environment: Environment): boolean {
  return environment === kept
}

/** The environment of this request: runtime config, `process.env`, and per-request bindings on workers. */
export function getEnvironment(event?: AuthEvent): Environment {
  const bindings = getBindings(event)
  const variables = typeof process === 'undefined' ? {} : process.env
  if (bindings) return resolveEnvironment({ ...variables, ...bindings }, getRuntimeConfig(event).auth ?? {})
  return kept ?? resolveEnvironment(variables, getRuntimeConfig().auth ?? {})
}

/** Runtime config. Asked with an event, Nitro makes a copy of it: that is needed only where variables come with the request. */
export function getRuntimeConfig(event?: AuthEvent): RuntimeConfig {
  return getBindings(event) ? useRuntimeConfig(event) : useRuntimeConfig()
}

/** `app.baseURL` without its last slash. */
export function getBase(event?: AuthEvent): string {
  return getRuntimeConfig(event).app.baseURL.replace(/\/$/, '')
}

// Workers hand their variables over with each request; Nitro puts them there.
function getBindings(event?: AuthEvent): Variables | undefined {
  return (event?.context as { cloudflare?: { env?: Variables } } | undefined)?.cloudflare?.env
}

/** Reads Auth.js's own names, and `NUXT_AUTH_*` (or runtime config) which win. Throws AUTH_S004. */
export function resolveEnvironment(variables: Variables, config: PrivateAuthConfig): Environment {
  return {
    secrets: toSecrets(variables, variables.NUXT_AUTH_SECRET || config.secret),
    origin: toOrigin(variables.NUXT_AUTH_URL || config.url || variables.AUTH_URL),
    trustHost: isOn(variables.NUXT_AUTH_TRUST_HOST || config.trustHost) || isOn(variables.AUTH_TRUST_HOST),
    variables: Object.fromEntries(Object.entries(variables).filter(([name, value]) => name.startsWith('AUTH_') && typeof value === 'string')),
  }
}

/** The secrets in force, newest first: the definition's own, else the environment's. Throws AUTH_S001, AUTH_S002 outside development. */
export function requireSecrets(own: string | string[] | undefined, environment: Environment, isDev: boolean): string[] {
  const written = [own ?? []].flat().map(value => ({ name: '`secret`', value: value.trim() })).filter(({ value }) => value !== '')
  const secrets = written.length > 0 ? written : environment.secrets
  if (secrets.length === 0) throw new NuxtAuthError('AUTH_S001')
  const weak = isDev ? undefined : secrets.find(({ value }) => !isStrong(value))
  if (weak) throw new NuxtAuthError('AUTH_S002', { name: weak.name, bytes: toBytes(weak.value) })
  return secrets.map(({ value }) => value)
}

/** Environments that were found complete. */
const complete = new WeakSet<Environment>()

/** True if an app can run on the environment alone, whatever its definition says about secret and origin. */
export function isComplete(environment: Environment): boolean {
  const { secrets, origin, trustHost } = environment
  if (complete.has(environment)) return true
  if (secrets.length === 0 || !secrets.every(({ value }) => isStrong(value)) || (origin === undefined && !trustHost)) return false
  complete.add(environment)
  return true
}

/** 32 bytes or more that are not one character over and over. */
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

/** A boolean that somebody typed: only `true`, `1`, `yes` and `on` are true. */
function isOn(value: string | boolean | number | undefined): boolean {
  return /^(?:true|1|yes|on)$/i.test(String(value ?? '').trim())
}
