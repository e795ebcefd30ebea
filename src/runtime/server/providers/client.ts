/** How the visitor is told that a sign-in with a provider failed: `error` of the page that he comes back to. */
export type FlowError = 'AccessDenied' | 'OAuthCallbackError' | 'Unavailable' | 'Configuration'

/** A provider that did not do its part. Its message holds no token, no code and nothing that the provider wrote. */
export class ProviderFault extends Error {
  override readonly name = 'ProviderFault'
  /** `error` of the provider's answer, if it is a code as RFC 6749 §5.2 has it. */
  readonly error?: string
  constructor(readonly flowError: FlowError, message: string, { error, ...options }: ErrorOptions & { error?: string } = {}) {
    super(message, options)
    this.error = error
  }
}

/** What all calls to providers may take together, per request, in milliseconds. */
export const providerTimeout = 8000
/** Largest answer of a provider, in bytes. */
export const maxAnswerSize = 1024 * 1024

export interface ProviderCalls {
  /** What sends the requests: the provider's own `customFetch`, or `fetch`. */
  send: typeof fetch
  isCallable: (url: URL) => boolean
  /** Ends the calls, also while an answer is still arriving. */
  signal: AbortSignal
  /** True where the definition reads the token answer itself (`token.conform`), which then need not be JSON. */
  isFree?: boolean
  /** True where the definition reads the user itself (`profile`), which then may be in a list. */
  takesLists?: boolean
}

/**
 * A `fetch` for provider calls: bounded in time and size, without redirects, only to addresses that are allowed.
 * Resolves to a complete answer with a 2xx status and a JSON object. Throws ProviderFault.
 */
export function createProviderFetch({ send, isCallable, signal, isFree = false, takesLists = false }: ProviderCalls): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const place = `${url.origin}${url.pathname}`
    if (!isCallable(url)) throw new ProviderFault('Configuration', `${place} is an address that no provider may be called at`)
    const answer = await within(signal, place, () => receive(send, input, { ...init, redirect: 'manual', signal }, place))
    const isPost = init?.method?.toUpperCase() === 'POST'
    const fault = decideFault(answer, isPost, isFree, takesLists)
    if (fault) throw new ProviderFault(fault[0], `${place} ${fault[1]}`, { error: toCode(toObject(answer.body)?.error) })
    return toResponse(answer)
  }
}

/** What `run` resolves to, unless the provider's time is over first. Throws ProviderFault. */
export async function within<T>(signal: AbortSignal, place: string, run: () => Promise<T> | T): Promise<T> {
  // Also for what knows nothing of the signal: a `fetch` of the user's own.
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

async function receive(send: typeof fetch, input: RequestInfo | URL, init: RequestInit, place: string): Promise<Answer> {
  try {
    const { status, headers, body } = await send(input, init)
    return { status, headers: new Headers([...headers]), body: await readBody(body, place) }
  }
  catch (cause) {
    if (cause instanceof ProviderFault) throw cause
    throw new ProviderFault('Unavailable', `${place} could not be reached`, { cause })
  }
}

async function readBody(stream: ReadableStream<Uint8Array> | null, place: string): Promise<Uint8Array<ArrayBuffer>> {
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

/** A code that was used, or is too old: the standard's word and GitHub's. */
const staleCodes = ['invalid_grant', 'bad_verification_code']

/** What is wrong with an answer. An outage and a mistake in the configuration are different words. */
function decideFault({ status, headers, body }: Answer, isPost: boolean, isFree: boolean, takesLists: boolean): [FlowError, string] | undefined {
  if (status >= 500 || status === 429) return ['Unavailable', `answered ${status}`]
  // Where it leads, nobody has checked; and no endpoint of a provider needs one.
  if (status < 200 || (status >= 300 && status < 400)) return ['Configuration', 'redirects: name the address that it leads to']
  const json = toObject(body)
  const code = toCode(json?.error)
  // Some say with 200 what RFC 6749 says with 400.
  const isRefused = status >= 400 || (isPost && typeof json?.error === 'string' && !json.access_token)
  if (isRefused) return staleCodes.includes(String(json?.error)) ? ['OAuthCallbackError', 'did not accept the code'] : ['Configuration', `answered ${status}${code ? ` ${code}` : ''}`]
  if (isFree && isPost) return undefined
  if (headers.get('content-type')?.startsWith('application/jwt')) return undefined
  const user = takesLists && !isPost && !json ? toOnly(body) : json
  return user && Object.keys(user).length > 0 ? undefined : ['Unavailable', 'answered with something that is no JSON object']
}

function toObject(body: Uint8Array): Record<string, unknown> | undefined {
  const value = toValue(body)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}

/** The only entry of a list, if that is an object. */
function toOnly(body: Uint8Array): object | undefined {
  const value = toValue(body)
  const [entry, ...others] = Array.isArray(value) ? value as unknown[] : []
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

// The name of an error as RFC 6749 §5.2 has it; a description could hold anything.
function toCode(error: unknown): string | undefined {
  return typeof error === 'string' && /^\w{1,40}$/.test(error) ? error : undefined
}

function toResponse({ status, headers, body }: Answer): Response {
  // The body is decoded already.
  headers.delete('content-encoding')
  headers.delete('content-length')
  return new Response(status === 204 ? null : body, { status, headers })
}
