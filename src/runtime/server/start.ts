import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../shared/errors'
import { validateDefinition } from './config/resolve'
import type { RuntimeDefinition } from './config/resolve'
import { getEnvironment, isComplete, keepEnvironment, requireSecrets } from './config/environment'
import type { Environment } from './config/environment'
import { logError } from './log'
import { loadDefinition } from './config/load'

/**
 * Checks the definition when the server starts. Ends a production process that could not keep a session safe, with one line that says what to set.
 * In development the line alone is written: the next edit starts the server anew.
 */
export async function requireStart(): Promise<void> {
  if (import.meta.prerender || !hasEnvironment()) return
  let isReady = false
  try {
    const environment = import.meta.dev ? getEnvironment() : keepEnvironment()
    isReady = isComplete(environment)
    const exported = await loadDefinition()
    // A definition per request is checked with its request: there is none yet.
    if (typeof exported === 'function') return
    const definition = validateDefinition(exported, file)
    if (!import.meta.dev && !isReady) requireComplete(definition, environment)
  }
  catch (error) {
    logError(error instanceof NuxtAuthError ? error.message : `${file} could not be loaded: ${String(error)}`, (error as Error).cause)
    // A module that could not be imported may be another dependency's trouble: its requests say so.
    if (!import.meta.dev && !(isReady && isCode(error, 'AUTH_R'))) process.exit(1)
  }
}

function isCode(error: unknown, prefix: string): boolean {
  return error instanceof NuxtAuthError && error.code.startsWith(prefix)
}

function requireComplete({ secret, trustHost }: RuntimeDefinition, environment: Environment): void {
  requireSecrets(secret, environment, false)
  if (!environment.origin && !environment.trustHost && !trustHost) throw new NuxtAuthError('AUTH_S003')
}

// Workers have no variables before their first request.
function hasEnvironment(): boolean {
  return typeof process !== 'undefined' && process.release?.name === 'node' && globalThis.navigator?.userAgent !== 'Cloudflare-Workers'
}
