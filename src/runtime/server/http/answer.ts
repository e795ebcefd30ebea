import type { Failure } from '../authjs/outcome'

/** An HTTP answer as a plain object. The host writes it, so no web Response is built on the way. */
export interface Answer {
  status: number
  /** By lowercase name. */
  headers: Record<string, string>
  cookies?: AnswerCookie[]
  /** Redirect target, until it is decided whether it becomes a `Location` header or JSON. */
  redirect?: string
  /** Why the request did not succeed; absent for a success. */
  failure?: Failure
  /** Text, or a value that is sent as JSON. */
  body?: string | object | null
}

export interface AnswerCookie { name: string, value: string, options: object }

/** A JSON answer. */
export function toJson(body: object | null, { status = 200, headers, cookies }: Partial<Answer> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, cookies, body }
}
