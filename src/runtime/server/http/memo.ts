import type { AuthEvent } from '../../shared/types'

/** One value per event. */
export interface Memo<T> {
  get: (event: AuthEvent) => T | undefined
  set: (event: AuthEvent, value: T | undefined) => void
}

/** A class below this one gives its fields to the object that it is constructed with. */
const Given = function (event: AuthEvent) {
  return event
} as unknown as new (event: AuthEvent) => AuthEvent

/**
 * Keeps a value with its event: on it, because a WeakMap by events costs each request some µs of garbage collection.
 * Never on `event.context`, which a cached render shares with the visitor who caused it. In a private field: a copy of the event has nothing of it.
 */
export function createMemo<T>(): Memo<T> {
  return class Kept extends Given {
    #value?: T

    static get(event: AuthEvent): T | undefined {
      return #value in event ? event.#value : undefined
    }

    static set(event: AuthEvent, value: T | undefined): void {
      const kept = #value in event ? event : new Kept(event)
      kept.#value = value
    }
  }
}
