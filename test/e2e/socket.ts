import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import { url } from '@nuxt/test-utils/e2e'

/** An open WebSocket for short text messages (RFC 6455 §5.2). */
export interface OpenSocket { next: () => Promise<string>, send: (text: string) => void, closed: Promise<void>, close: () => void }

/** Opens a WebSocket with custom headers, which no browser allows. A refused upgrade resolves to its HTTP status. */
export async function openSocket(path: string, headers: Record<string, string> = {}): Promise<OpenSocket | number> {
  const upgrade = { 'connection': 'Upgrade', 'upgrade': 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': randomBytes(16).toString('base64') }
  return await new Promise((resolve, reject) => {
    const outgoing = request(url(path), { headers: { ...upgrade, ...headers } })
    outgoing.on('response', ({ statusCode = 0 }) => resolve(statusCode)).on('upgrade', (_, socket, head) => resolve(toSocket(socket, head))).on('error', reject).end()
  })
}

function toSocket(socket: Duplex, head: Buffer): OpenSocket {
  const messages: string[] = []
  let wake = () => {}
  const read = (bytes: Buffer) => {
    for (let at = 0; at + 2 <= bytes.length; at += 2 + ((bytes[at + 1] ?? 0) & 127)) {
      const [first = 0, length = 0] = bytes.subarray(at)
      if (first === 0x81) messages.push(bytes.subarray(at + 2, at + 2 + length).toString())
      if (first === 0x88) socket.destroy()
    }
    wake()
  }
  read(head)
  socket.on('data', read)
  const closed = new Promise<void>(resolve => socket.on('close', resolve))
  return {
    next: async () => {
      while (messages.length === 0) await Promise.race([new Promise<void>(resolve => wake = resolve), closed.then(() => Promise.reject(new Error('closed')))])
      return messages.shift() ?? ''
    },
    send: (text) => {
      const mask = randomBytes(4)
      const body = Buffer.from(text).map((byte, index) => byte ^ (mask[index % 4] ?? 0))
      socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | body.length]), mask, body]))
    },
    closed,
    close: () => void socket.destroy(),
  }
}
