import { NuxtAuthError } from '../../shared/errors'
import { logWarning } from '../log'

/** A value that JSON would drop, empty or refuse, and where it is. */
interface Lost { path: string, kind: string }

/**
 * What a callback returned, if JSON can hold it. A value with a `toJSON`, such as a `Date`, is what that returns.
 * Throws AUTH_D016 with the path of the first other one; in development a warning, unless JSON itself would throw.
 */
export function requireJson<T>(value: T, called: string, file: string): T {
  const lost = findLost(value, '', [])
  if (!lost) return value
  const error = new NuxtAuthError('AUTH_D016', { file, called, path: lost.path || 'the result', kind: lost.kind })
  if (!import.meta.dev || lost.kind === 'a BigInt' || lost.kind === 'a reference to itself') throw error
  logWarning(error.message)
  return value
}

function findLost(value: unknown, path: string, above: object[]): Lost | undefined {
  if (value === null || value === undefined || typeof (value as { toJSON?: unknown }).toJSON === 'function') return undefined
  if (typeof value === 'bigint') return { path, kind: 'a BigInt' }
  if (typeof value === 'function' || typeof value === 'symbol') return { path, kind: `a ${typeof value}` }
  if (typeof value !== 'object') return undefined
  if (above.includes(value)) return { path, kind: 'a reference to itself' }
  if (!isPlain(value)) return { path, kind: `an object of the class ${(Object.getPrototypeOf(value) as object).constructor.name || 'without a name'}` }
  for (const [key, entry] of Object.entries(value)) {
    const lost = findLost(entry, path ? `${path}.${key}` : key, [...above, value])
    if (lost) return lost
  }
  return undefined
}

/** By the constructor's name: an object of another realm, such as a development worker's, is plain, too. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null
  return prototype === null || Array.isArray(value) || prototype.constructor?.name === 'Object'
}

/** What a value is, in an error message. */
export function toKind(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : typeof value
}
