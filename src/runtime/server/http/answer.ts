import type { Failure } from '../authjs/outcome'

/** An HTTP response as a plain object, which the host sends. A web Response would have to be built and read again. */
export interface Answer {
  status: number
  /** By lowercase name. */
  headers: Record<string, string>
  cookies?: AnswerCookie[]
  /** Redirect target. It later becomes a `Location` header, or JSON for a script. */
  redirect?: string
  /** Why the request failed; absent if it succeeded. */
  failure?: Failure
  /** Text, or a value that is sent as JSON. */
  body?: string | object | null
}

/** A cookie to set. `options` are those of a `Set-Cookie` header, as h3 takes them. */
export interface AnswerCookie { name: string, value: string, options: object }

/** An answer whose body is sent as JSON. */
export function toJson(body: object | null, { status = 200, headers, cookies }: Partial<Answer> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, cookies, body }
}
