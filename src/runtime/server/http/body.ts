import { getBody } from '#nuxt-authjs/host'
import type { AuthEvent } from '../../shared/types'
import type { SentHeaders } from './headers'

/** Largest body of a sign-in, in bytes. */
export const maxBodySize = 64 * 1024
/** Milliseconds that a body may take: a form takes one, and who sends byte by byte wants the connection. */
export const bodyDeadline = 10_000

/** The body as text, or the HTTP status that refuses it: 400 where it breaks off, 408 too slow, 413 too large. */
export async function readText(event: AuthEvent, headers: SentHeaders, deadline = bodyDeadline): Promise<string | 400 | 408 | 413> {
  if (Number(headers.get('content-length') ?? 0) > maxBodySize) return 413
  const body = await getBody(event) ?? []
  // What is there already takes no time.
  if (Array.isArray(body)) return await drain(body)
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<408>(resolve => timer = setTimeout(resolve, deadline, 408))
  // Lost to the deadline, the reading goes on until the connection ends, and its failure is nobody's any more.
  return await Promise.race([drain(body).catch(() => 400 as const), late]).finally(() => clearTimeout(timer))
}

async function drain(body: AsyncIterable<Uint8Array> | Uint8Array[]): Promise<string | 413> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    // Read to its end and thrown away: a stream that is left early fails later, where nobody catches it.
    if (size <= maxBodySize) text += decoder.decode(chunk, { stream: true })
  }
  return size <= maxBodySize ? text + decoder.decode() : 413
}
