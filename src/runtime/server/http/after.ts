import type { Awaitable } from '../../shared/types'

/**
 * What `next` makes of a value: at once where the value is there, because each wait costs a turn and leaves a promise
 * to collect.
 */
export function after<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  // TypeScript does not narrow a type that it does not know yet.
  return isPending(value) ? Promise.resolve(value).then(next) : next(value as T)
}

/** What `run` returns, or what `fail` makes of its error, whether it throws or rejects. */
export function recover<T>(run: () => Awaitable<T>, fail: (cause: unknown) => Awaitable<T>): Awaitable<T> {
  try {
    const value = run()
    return isPending(value) ? Promise.resolve(value).catch(fail) : value
  }
  catch (cause) {
    return fail(cause)
  }
}

// Whatever `await` waits for: a query builder of a database has a `then`, and is no Promise.
function isPending<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
