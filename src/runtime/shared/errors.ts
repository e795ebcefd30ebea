import { buildErrors } from './build-errors'
import { definitionErrors } from './definition-errors'
import { runtimeErrors } from './runtime-errors'

/** One error of the catalogue. */
export interface ErrorEntry {
  /** HTTP status of a response that fails with it. */
  status: keyof typeof statusMessages
  /** What is wrong, in the user's terms. `{…}` is filled in by the code that throws. */
  why: string
  /** What to do about it. */
  fix: string
}

const docs = 'https://github.com/nuxt-authjs/nuxt-authjs/blob/main/docs/errors.md'

const statusMessages = {
  400: 'Bad Request',
  403: 'Forbidden',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const

export type AuthErrorCode = keyof typeof buildErrors | keyof typeof definitionErrors | keyof typeof runtimeErrors

/**
 * Every error that this module throws, in the order of docs/errors.md. Codes are permanent.
 * M module and build, D definition, S start and secrets, R request, A app.
 */
export const catalogue: Record<AuthErrorCode, ErrorEntry> = { ...buildErrors, ...definitionErrors, ...runtimeErrors }

/**
 * An error of the catalogue. `message` reads `[nuxt-authjs] CODE: why. fix. url`, without tokens or secrets.
 * `statusCode` is the status of a response that fails with it. `cause` is the original error, if there is one.
 */
export class NuxtAuthError extends Error {
  override readonly name = 'NuxtAuthError'
  readonly statusCode: number
  readonly statusMessage: string

  constructor(readonly code: AuthErrorCode, values: Record<string, string | number> = {}, options?: ErrorOptions) {
    const { why, fix, status } = catalogue[code]
    const fill = (text: string) => text.replace(/\{(\w+)\}/g, (hole, key: string) => String(values[key] ?? hole))
    super(`[nuxt-authjs] ${code}: ${fill(why)}. ${fill(fix)}. ${docs}#${code.toLowerCase()}`, options)
    this.statusCode = status
    this.statusMessage = statusMessages[status]
  }
}
