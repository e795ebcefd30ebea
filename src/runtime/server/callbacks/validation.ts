import { createError, isError } from '#nuxt-authjs/host'

/** What a validation library found wrong with one field. */
export interface Issue {
  /** The field, such as `name` or `address.city`; '' for the whole input. */
  path: string
  message: string
}

/** The 400 of a validation error: whatever carries `issues`, as Standard Schema and the libraries behind it write them. https://standardschema.dev */
export function toValidationError(cause: unknown): Error | undefined {
  const issues = toIssues(cause)
  return issues && createError({ statusCode: 400, statusMessage: 'Bad Request', data: { issues } })
}

/** The fields that a validation error names; undefined for any other error. */
export function toIssues(cause: unknown): Issue[] | undefined {
  const { issues } = (cause ?? {}) as { issues?: unknown }
  return Array.isArray(issues) && issues.length > 0 ? issues.map(toIssue) : undefined
}

// Path and message only: an issue may hold the input, and more of the app than its visitor should know.
function toIssue(issue: { path?: unknown, message?: unknown } | null): Issue {
  const path = Array.isArray(issue?.path) ? issue.path.map(part => String((part as { key?: unknown } | null)?.key ?? part)) : []
  return { path: path.join('.'), message: String(issue?.message ?? '') }
}

/** An error made with `createError` that blames the client: a status from 400 to 499. */
export function isRefusal(error: unknown): error is { statusCode: number, statusMessage?: string } {
  if (!isError(error)) return false
  const { statusCode } = error as { statusCode: number }
  return statusCode >= 400 && statusCode < 500
}
