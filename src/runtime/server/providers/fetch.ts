/** `error` of the page that the user returns to after a failed sign-in with a provider. */
export type FlowError = 'AccessDenied' | 'OAuthCallbackError' | 'Unavailable' | 'Configuration'

/** A failed call to a provider. The message never contains a token, a code or text of the provider. */
export class ProviderFault extends Error {
  override readonly name = 'ProviderFault'
  /** `error` of the provider's answer, if it is an error code of RFC 6749 §5.2. */
  readonly error?: string

  constructor(
    readonly flowError: FlowError, message: string, { error, ...options }: ErrorOptions & { error?: string } = {},
  ) {
    super(message, options)
    this.error = error
  }
}

/** Time limit for all provider calls of one request together, in milliseconds. */
export const providerTimeout = 8000
/** Largest answer that is accepted from a provider, in bytes. */
export const maxAnswerSize = 1024 * 1024

export interface ProviderCalls {
  /** Sends the requests: the provider's own `customFetch`, or `fetch`. */
  send: typeof fetch
  isCallable: (url: URL) => boolean
  /** Ends the calls, even while an answer is arriving. */
  signal: AbortSignal
  /** True if the definition parses the token answer itself (`token.conform`): it need not be JSON. */
  isFree?: boolean
  /** True if the definition parses the user itself (`profile`): it may be the only entry of a list. */
  takesLists?: boolean
}

/**
 * A `fetch` for provider calls: limited in time and size, without redirects, and only to allowed URLs.
 * Resolves to a complete answer with a 2xx status and a JSON object. Throws ProviderFault.
 */
export function createProviderFetch(calls: ProviderCalls): typeof fetch {
  const { send, isCallable, signal } = calls
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const place = `${url.origin}${url.pathname}`
    if (!isCallable(url)) throw new ProviderFault('Configuration', `${place} is not an allowed provider URL`)
    const limited: RequestInit = { ...init, redirect: 'manual', signal }
    const answer = await within(signal, place, () => receive(send, input, limited, place))
    const isPost = init?.method?.toUpperCase() === 'POST'
    const fault = decideFault(answer, isPost, calls)
    if (!fault) return toResponse(answer)
    const [flowError, reason] = fault
    throw new ProviderFault(flowError, `${place} ${reason}`, { error: toCode(toObject(answer.body)?.error) })
  }
}

/** The result of `run`, unless `signal` is aborted first: that is a ProviderFault. */
export async function within<T>(signal: AbortSignal, place: string, run: () => Promise<T> | T): Promise<T> {
  // A race, because the user's own `fetch` may ignore the signal.
  let stop = () => {}
  const timeout = new Promise<never>((_, reject) => {
    stop = () => reject(new ProviderFault('Unavailable', `${place} did not answer in time`))
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
  try {
    return await Promise.race([run(), timeout])
  }
  catch (cause) {
    if (cause instanceof ProviderFault) throw cause
    if (signal.aborted) throw new ProviderFault('Unavailable', `${place} did not answer in time`)
    throw cause
  }
  finally {
    signal.removeEventListener('abort', stop)
  }
}

interface Answer { status: number, headers: Headers, body: Uint8Array<ArrayBuffer> }

async function receive(
  send: typeof fetch, input: RequestInfo | URL, init: RequestInit, place: string,
): Promise<Answer> {
  try {
    const { status, headers, body } = await send(input, init)
    return { status, headers: new Headers([...headers]), body: await readBody(body, place) }
  }
  catch (cause) {
    if (cause instanceof ProviderFault) throw cause
    throw new ProviderFault('Unavailable', `${place} could not be reached`, { cause })
  }
}

type Body = Response['body']

async function readBody(stream: Body, place: string): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  const reader = stream?.getReader()
  let size = 0
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    size += next.value.byteLength
    if (size > maxAnswerSize) {
      void reader?.cancel().catch(() => {})
      throw new ProviderFault('Unavailable', `${place} answered with more than ${maxAnswerSize} bytes`)
    }
    chunks.push(new Uint8Array(next.value))
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}

/** Errors for a code that was used before or has expired: the standard's and GitHub's. */
const staleCodes = ['invalid_grant', 'bad_verification_code']

type ParsedBody = Record<string, unknown> | undefined

/** What is wrong with an answer. Outages and configuration errors are told apart. */
function decideFault(answer: Answer, isPost: boolean, calls: ProviderCalls): [FlowError, string] | undefined {
  const { status, headers, body } = answer
  if (status >= 500 || status === 429) return ['Unavailable', `answered ${status}`]
  // The target of a redirect was never checked, and no endpoint of a provider needs one.
  if (status < 200 || (status >= 300 && status < 400)) {
    return ['Configuration', 'redirects: name the address that it leads to']
  }
  const json = toObject(body)
  if (isRefusal(status, isPost, json)) return decideRefusal(status, json)
  if (calls.isFree && isPost) return undefined
  if (headers.get('content-type')?.startsWith('application/jwt')) return undefined
  const user = calls.takesLists && !isPost && !json ? toOnly(body) : json
  if (user && Object.keys(user).length > 0) return undefined
  return ['Unavailable', 'answered with something other than a JSON object']
}

// Some providers send an error of RFC 6749 with status 200.
function isRefusal(status: number, isPost: boolean, json: ParsedBody): boolean {
  return status >= 400 || (isPost && typeof json?.error === 'string' && !json.access_token)
}

function decideRefusal(status: number, json: ParsedBody): [FlowError, string] {
  if (staleCodes.includes(String(json?.error))) return ['OAuthCallbackError', 'did not accept the code']
  const code = toCode(json?.error)
  return ['Configuration', code ? `answered ${status} ${code}` : `answered ${status}`]
}

function toObject(body: Uint8Array): Record<string, unknown> | undefined {
  const value = toValue(body)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}

/** The only entry of a list, if that is an object. */
function toOnly(body: Uint8Array): object | undefined {
  const value = toValue(body)
  const [entry, ...others]: unknown[] = Array.isArray(value) ? value : []
  return typeof entry === 'object' && entry !== null && others.length === 0 ? entry : undefined
}

function toValue(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  }
  catch {
    return undefined
  }
}

// The error code of RFC 6749 §5.2 only: a description could contain anything.
function toCode(error: unknown): string | undefined {
  return typeof error === 'string' && /^\w{1,40}$/.test(error) ? error : undefined
}

function toResponse({ status, headers, body }: Answer): Response {
  // The body is already decoded.
  headers.delete('content-encoding')
  headers.delete('content-length')
  return new Response(status === 204 ? null : body, { status, headers })
}
