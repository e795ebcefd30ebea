import { file, importDefinition } from '#nuxt-authjs/definition'
import { options } from '#nuxt-authjs/options'
import { withBase } from '../../shared/callback-url'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent, Awaitable } from '../../shared/types'
import { toAuthConfig, validateDefinition } from './resolve'
import type { ResolvedConfig, RuntimeDefinition } from './resolve'
import { getBase, getEnvironment, isComplete, isKept } from './environment'
import type { Environment } from './environment'
import { lazy } from '../http/lazy'
import { resolveOrigin } from '../http/request'

/** The config of one request. */
export interface RequestConfig extends ResolvedConfig {
  origin: string
  /** The app's root path, such as `/` or `/shop/`: the default target of a sign-in. */
  home: string
}

const loadStore = lazy(() => import('../store/store'))

interface Resolved { definition: RuntimeDefinition, environment: Environment, config: RequestConfig }

/** The last config of each definition: it changes only with the origin, the secrets and the variables of providers. */
const resolved = new WeakMap<object, Resolved>()
const configs = new WeakMap<AuthEvent, Promise<RequestConfig>>()
/** The config of every request, once it is known that it depends on none. */
let common: RequestConfig | undefined

/** The Auth.js config of this request, resolved once per event. Throws AUTH_D*, AUTH_S*, AUTH_R002. */
export async function getConfig(event: AuthEvent): Promise<RequestConfig> {
  if (common) return common
  const config = configs.get(event) ?? resolveConfig(event)
  configs.set(event, config)
  return await config
}

/**
 * Throws AUTH_S* and AUTH_R002 as `getConfig` does, for requests that need nothing else of the config: without a
 * secret, a server can't tell that a user is signed out. Loads the definition only if the environment is incomplete.
 */
export async function requireDeployment(event: AuthEvent): Promise<void> {
  const environment = getEnvironment(event)
  if (isComplete(environment)) resolveOrigin(event, environment, false)
  else await getConfig(event)
}

/** The exported definition: an object, or a function of the event. `NuxtAuthHandler` has it as a property. */
export async function loadDefinition(): Promise<unknown> {
  const exported = (await attempt(importDefinition)).default
  return hasDefinition(exported) ? exported.definition : exported
}

async function resolveConfig(event: AuthEvent): Promise<RequestConfig> {
  const exported = await loadDefinition()
  const environment = getEnvironment(event)
  const input = isPerRequest(exported) ? await attempt(() => exported(event)) : exported
  // A function may return the same object with other contents, so its result is checked and resolved each time.
  const last = input === exported ? resolved.get(Object(exported)) : undefined
  const definition = last?.definition ?? validateDefinition(input, file)
  const origin = resolveOrigin(event, environment, definition.trustHost === true)
  if (last?.config.origin === origin && hasSameSettings(last.environment, environment)) return last.config
  const config = toRequestConfig(definition, environment, origin, event)
  if (config.session.revocable) (await loadStore()).warnUnshared()
  resolved.set(definition, { definition, environment, config })
  if (input === exported && environment.origin && isKept(environment)) common = config
  return config
}

function hasSameSettings(left: Environment, right: Environment): boolean {
  return left === right || toSettings(left) === toSettings(right)
}

function toSettings({ secrets, variables }: Environment): string {
  return JSON.stringify([secrets, variables])
}

function toRequestConfig(
  definition: RuntimeDefinition, environment: Environment, origin: string, event: AuthEvent,
): RequestConfig {
  const base = getBase(event)
  const basePath = base + options.basePath
  const signIn = options.redirect.signIn && withBase(options.redirect.signIn, base)
  const place = { environment, origin, basePath, signIn, file, isDev: import.meta.dev === true }
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

function isPerRequest(value: unknown): value is (event: AuthEvent) => unknown {
  return typeof value === 'function'
}

function hasDefinition(value: unknown): value is { definition: unknown } {
  return typeof value === 'function' && 'definition' in value
}
