import { NuxtAuthError } from '../../shared/errors'
import type { Awaitable } from '../../shared/types'
import { isRefusal, toValidationError } from './validation'

/** The one function of a definition that may refuse its input: the client sent it. */
const refusable = 'extend.update'

/**
 * Runs a callback of the app and returns its result. `step` is its name in the definition.
 * An error becomes AUTH_R001 (503), unless it is one of the module's own. Only `extend.update` may refuse: with a 4xx
 * of `createError`, or with a validation error, which becomes a 400.
 */
export async function runCallback<T>(step: string, run: () => Awaitable<T>): Promise<T> {
  try {
    return await run()
  }
  catch (cause) {
    if (cause instanceof NuxtAuthError) throw cause
    const refusal = step === refusable ? toRefusal(cause) : undefined
    throw refusal ?? new NuxtAuthError('AUTH_R001', { step }, { cause })
  }
}

function toRefusal(cause: unknown): unknown {
  return isRefusal(cause) ? cause : toValidationError(cause)
}
