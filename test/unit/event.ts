import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { createEvent } from 'h3'

/** A real h3 event for a made-up request. */
export function toEvent(headers: Record<string, string> = {}, path = '/', body?: string) {
  const request = Object.assign(new IncomingMessage(new Socket()), { headers, url: path, method: body === undefined ? 'GET' : 'POST' })
  // In chunks, as from a network.
  for (let at = 0; at < (body?.length ?? 0); at += 16_384) request.push(body?.slice(at, at + 16_384))
  request.push(null)
  return createEvent(request, new ServerResponse(request))
}
