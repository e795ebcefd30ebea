import type { AuthEvent } from '../shared/types'

/** One value per event. */
export interface Memo<T> {
  get: (event: AuthEvent) => T | undefined
  set: (event: AuthEvent, value: T | undefined) => void
}

/**
 * Keeps a value with its event: on it, because a WeakMap by events costs each request some µs of garbage collection.
 * Never on `event.context`, which a cached render shares with the visitor who caused it. A copy of the event has nothing of it.
 */
export function createMemo<T>(name: string): Memo<T> {
  const key = Symbol(`nuxt-authjs:${name}`)
  return {
    get: event => (event as { [key]?: T })[key],
    set: (event, value) => void Object.defineProperty(event, key, { value, configurable: true }),
  }
}
