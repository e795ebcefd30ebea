import { getBody } from '#nuxt-authjs/host'
import type { AuthEvent } from '../../shared/types'
import type { SentHeaders } from './headers'

/** Largest body of a sign-in, in bytes. */
export const maxBodySize = 64 * 1024
/**
 * Time limit for receiving a body, in milliseconds. A form takes about 1 ms; a slow client would keep the connection
 * open.
 */
export const bodyDeadline = 10_000

/** HTTP status of a body that is incomplete, too slow or too large. */
export type BodyStatus = 400 | 408 | 413

/** The body as text, or the HTTP status that refuses it. `deadline` in milliseconds. */
export async function readText(
  event: AuthEvent,
  headers: SentHeaders,
  deadline = bodyDeadline,
): Promise<string | BodyStatus> {
  if (Number(headers.get('content-length') ?? 0) > maxBodySize) return 413
  const body = await getBody(event) ?? []
  // An array has arrived already, so it needs no deadline.
  if (Array.isArray(body)) return await drain(body)
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<408>(resolve => timer = setTimeout(resolve, deadline, 408))
  // After the deadline, reading continues until the connection ends. Late rejections are ignored.
  return await Promise.race([drain(body).catch(() => 400 as const), late]).finally(() => clearTimeout(timer))
}

async function drain(body: AsyncIterable<Uint8Array> | Uint8Array[]): Promise<string | 413> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    // An oversized body is read to its end and discarded: a stream left early rejects later, uncaught.
    if (size <= maxBodySize) text += decoder.decode(chunk, { stream: true })
  }
  return size <= maxBodySize ? text + decoder.decode() : 413
}
