import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../shared/errors'
import { getEnvironment, isComplete, keepEnvironment, requireSecrets } from './config/environment'
import type { Environment } from './config/environment'
import { loadDefinition } from './config/load'
import { validateDefinition } from './config/resolve'
import { logError } from './log'

/**
 * Checks the definition when the server starts, and logs what is wrong with it. In production, a process that could
 * not keep sessions safe exits with code 1. In development it keeps running, because the next edit restarts the
 * server.
 */
export async function requireStart(): Promise<void> {
  if (import.meta.prerender || !hasEnvironment()) return
  let isReady = false
  try {
    const environment = import.meta.dev ? getEnvironment() : keepEnvironment()
    isReady = isComplete(environment)
    await requireDefinition(environment, import.meta.dev === true || isReady)
  }
  catch (error) {
    logStartError(error)
    // The import of the definition can fail because a dependency is down. Requests then fail until it has recovered.
    const mayRecover = isReady && error instanceof NuxtAuthError && error.code.startsWith('AUTH_R')
    if (!import.meta.dev && !mayRecover) process.exit(1)
  }
}

async function requireDefinition(environment: Environment, isReady: boolean): Promise<void> {
  const exported = await loadDefinition()
  // A definition that is a function of the request is checked with each request.
  if (typeof exported === 'function') return
  const { secret, trustHost } = validateDefinition(exported, file)
  if (isReady) return
  requireSecrets(secret, environment, false)
  if (!environment.origin && !environment.trustHost && !trustHost) throw new NuxtAuthError('AUTH_S003')
}

function logStartError(error: unknown): void {
  if (error instanceof NuxtAuthError) return logError(error.message, error.cause)
  logError(`${file} could not be loaded: ${String(error)}`, error instanceof Error ? error.cause : undefined)
}

// Workers have no environment variables before their first request.
function hasEnvironment(): boolean {
  if (globalThis.navigator?.userAgent === 'Cloudflare-Workers') return false
  return typeof process !== 'undefined' && process.release?.name === 'node'
}
