import { file, importDefinition } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../shared/errors'
import type { AuthEvent, Awaitable } from '../shared/types'
import { toAuthConfig, validateDefinition } from './config'
import type { ResolvedConfig, RuntimeDefinition } from './config'
import { getBase, getEnvironment, getRuntimeConfig } from './environment'
import type { Environment } from './environment'
import { resolveOrigin } from './request'
import { warnUnshared } from './revocation'
import { getStore } from './store'

/** The definition at work for one request. */
export interface RequestConfig extends ResolvedConfig {
  origin: string
  /** The app's root path, such as `/` or `/shop/`: where nobody said where to go. */
  home: string
}

/** The last config of each definition: it changes only with the origin and the secrets. */
const resolved = new WeakMap<RuntimeDefinition, { key: string, config: RequestConfig }>()
const configs = new WeakMap<AuthEvent, Promise<RequestConfig>>()

/** The Auth.js config of this request, resolved once per event. Throws AUTH_D*, AUTH_S*, AUTH_R002. */
export function getConfig(event: AuthEvent): Promise<RequestConfig> {
  const known = configs.get(event)
  if (known) return known
  const config = resolveConfig(event)
  configs.set(event, config)
  return config
}

/** The definition as exported: an object, or a function of the event; unwrapped where `NuxtAuthHandler` carries it. */
export async function loadDefinition(): Promise<unknown> {
  const exported = (await attempt(importDefinition)).default
  return hasDefinition(exported) ? exported.definition : exported
}

async function resolveConfig(event: AuthEvent): Promise<RequestConfig> {
  const exported = await loadDefinition()
  // A user's function: its result is checked on the next line.
  const input = typeof exported === 'function' ? await attempt(() => (exported as (event: AuthEvent) => unknown)(event)) : exported
  const definition = validateDefinition(input, file)
  const environment = getEnvironment(event)
  const origin = resolveOrigin(event, environment, definition.trustHost === true)
  const key = JSON.stringify([origin, environment.secrets])
  // What a function returned may be the same object with other contents: it is resolved each time.
  const last = typeof exported === 'function' ? undefined : resolved.get(definition)
  if (last?.key === key) return last.config
  const config = toRequestConfig(definition, environment, origin, event)
  if (config.session.revocable) warnUnshared(getStore())
  resolved.set(definition, { key, config })
  return config
}

function toRequestConfig(definition: RuntimeDefinition, environment: Environment, origin: string, event: AuthEvent): RequestConfig {
  const base = getBase(event)
  const { auth } = getRuntimeConfig(event).public
  const { signIn } = auth.redirect
  const place = { environment, origin, basePath: base + auth.basePath, signIn: signIn && base + signIn, file, isDev: import.meta.dev === true }
  return { ...toAuthConfig(definition, place), origin, home: `${base}/` }
}

async function attempt<T>(run: () => Awaitable<T>): Promise<T> {
  try {
    return await run()
  }
  catch (cause) {
    throw new NuxtAuthError('AUTH_R001', { step: file }, { cause })
  }
}

function hasDefinition(value: unknown): value is { definition: unknown } {
  return typeof value === 'function' && 'definition' in value
}
