import { NuxtAuthError } from '../../shared/errors'
import { logWarning } from '../log'

/** A value that JSON would drop, empty or refuse, and its path. */
interface Problem { path: string, kind: string }

/**
 * Returns the result of a callback, if JSON can hold it. Of an object with a `toJSON`, such as a `Date`, JSON holds the
 * result of that. Throws AUTH_D016 with the path of the first other value. In development it only logs a warning,
 * except for values that make JSON itself throw.
 */
export function requireJson<T>(value: T, callback: string, file: string, isDev: boolean = import.meta.dev === true): T {
  const problem = findProblem(value, '', [])
  if (!problem) return value
  const { path, kind } = problem
  const error = new NuxtAuthError('AUTH_D016', { file, called: callback, path: path || 'the result', kind })
  if (!isDev || kind === 'a BigInt' || kind === 'a reference to itself') throw error
  logWarning(error.message)
  return value
}

/** Depth first. `ancestors` are the objects that contain `value`. */
function findProblem(value: unknown, path: string, ancestors: object[]): Problem | undefined {
  const kind = toUnfitKind(value, ancestors)
  if (kind) return { path, kind }
  if (typeof value !== 'object' || value === null || hasToJson(value)) return undefined
  for (const [key, entry] of Object.entries(value)) {
    const problem = findProblem(entry, path ? `${path}.${key}` : key, [...ancestors, value])
    if (problem) return problem
  }
  return undefined
}

/** The kind of a value that JSON can't hold itself, for an error message; undefined for any other. */
function toUnfitKind(value: unknown, ancestors: object[]): string | undefined {
  if (value === null || value === undefined || hasToJson(value)) return undefined
  if (typeof value === 'bigint') return 'a BigInt'
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  if (typeof value !== 'object') return undefined
  if (ancestors.includes(value)) return 'a reference to itself'
  const name = toClassName(value)
  return Array.isArray(value) || name === 'Object' ? undefined : `an object of the class ${name || 'without a name'}`
}

function hasToJson(value: NonNullable<unknown>): boolean {
  return 'toJSON' in Object(value) && typeof Object(value).toJSON === 'function'
}

/** By name, because a plain object of another realm, such as a development worker's, has another `Object`. */
function toClassName(value: object): string {
  const prototype: { constructor?: { name?: string } } | null = Object.getPrototypeOf(value)
  return prototype === null ? 'Object' : prototype.constructor?.name ?? ''
}

/** What kind of value something is, for an error message. */
export function toKind(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : typeof value
}
