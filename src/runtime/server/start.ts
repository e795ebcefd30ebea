import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../shared/errors'
import { validateDefinition } from './config/resolve'
import { isComplete, keepEnvironment, requireSecrets } from './config/environment'
import type { Environment } from './config/environment'
import { logError } from './log'
import { loadDefinition } from './config/load'

/** Ends a production process that could not keep a session safe, with one line that says what to set. */
export async function requireStart(): Promise<void> {
  if (import.meta.dev || import.meta.prerender || !hasEnvironment()) return
  try {
    const environment = keepEnvironment()
    // The common case says it all in the environment, and the definition can wait for its first request.
    if (isComplete(environment)) return
    const definition = await loadDefinition()
    // A definition per request is checked with its request: there is none yet.
    if (typeof definition !== 'function') requireComplete(definition, environment)
  }
  catch (error) {
    logError(error instanceof NuxtAuthError ? error.message : `${file} could not be loaded: ${String(error)}`)
    process.exit(1)
  }
}

function requireComplete(exported: unknown, environment: Environment): void {
  const definition = validateDefinition(exported, file)
  requireSecrets(definition.secret, environment, false)
  if (!environment.origin && !environment.trustHost && !definition.trustHost) throw new NuxtAuthError('AUTH_S003')
}

// Workers have no variables before their first request.
function hasEnvironment(): boolean {
  return typeof process !== 'undefined' && process.release?.name === 'node' && globalThis.navigator?.userAgent !== 'Cloudflare-Workers'
}
