/** What goes back to a visitor, plain until the host writes it: a web Response would cost more than what it tells of. */
export interface Answer {
  status: number
  /** By lower-case name. */
  headers: Record<string, string>
  cookies?: AnswerCookie[]
  /** Where the visitor is to go, until it is decided how he is told. */
  redirect?: string
  /** A text, or what is sent as JSON. */
  body?: string | object | null
}

export interface AnswerCookie { name: string, value: string, options: object }

/** An answer that is JSON. */
export function toJson(body: object | null, { status = 200, headers, cookies }: Partial<Answer> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, cookies, body }
}
