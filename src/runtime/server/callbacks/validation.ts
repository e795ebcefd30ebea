import { createError, isError } from '#nuxt-authjs/host'

/** One problem that a validation library found. */
export interface Issue {
  /** The field, such as `name` or `address.city`; '' for the whole input. */
  path: string
  message: string
}

/** The 400 response of a validation error; undefined for any other error. */
export function toValidationError(cause: unknown): Error | undefined {
  const issues = toIssues(cause)
  return issues && createError({ statusCode: 400, statusMessage: 'Bad Request', data: { issues } })
}

/** The issues of an error, in the form of Standard Schema; undefined if it has none. https://standardschema.dev */
export function toIssues(cause: unknown): Issue[] | undefined {
  const issues = isObject(cause) && 'issues' in cause ? cause.issues : undefined
  return Array.isArray(issues) && issues.length > 0 ? issues.map(toIssue) : undefined
}

// Path and message only: an issue may contain the input, and details that are not for users.
function toIssue(issue: unknown): Issue {
  if (!isObject(issue)) return { path: '', message: '' }
  const path = 'path' in issue && Array.isArray(issue.path) ? issue.path.map(toSegment) : []
  return { path: path.join('.'), message: 'message' in issue ? String(issue.message ?? '') : '' }
}

/** Standard Schema has a segment as a key, or as an object with the key. */
function toSegment(segment: unknown): string {
  return String(isObject(segment) && 'key' in segment ? segment.key ?? segment : segment)
}

/** True for an error of `createError` that blames the client: a status from 400 to 499. */
export function isRefusal(error: unknown): error is { statusCode: number, statusMessage?: string } {
  if (!isError(error)) return false
  // h3 v1 and v2 agree on this property; their types don't.
  const { statusCode } = error as { statusCode: number }
  return statusCode >= 400 && statusCode < 500
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
