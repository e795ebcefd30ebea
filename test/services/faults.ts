/**
 * A TCP proxy that simulates network faults.
 *
 *   const proxy = await startFaults(postgres.port)
 *   proxy.port                      // connect here instead
 *   proxy.set('blackhole')          // for existing and new connections
 *   proxy.set('pass')
 *   await proxy.close()
 */
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/**
 * `slow`: each response is five seconds late. `drip`: one byte a second. `cut`: the connection ends in the middle of a response.
 * `half-open`: a connection that was used during the fault stays dead after it, and its client gets no notice.
 */
export type Fault = 'pass' | 'refuse' | 'blackhole' | 'slow' | 'drip' | 'garbage' | 'cut' | 'half-open'
export const faults = ['refuse', 'blackhole', 'slow', 'drip', 'garbage', 'cut', 'half-open'] as const satisfies Fault[]

export interface Faults { readonly port: number, set: (fault: Fault) => void, close: () => Promise<void> }

export async function startFaults(target: number): Promise<Faults> {
  let fault: Fault = 'pass'
  const sockets = new Set<Socket>()
  const dead = new WeakSet<Socket>()
  /** The time of the last scheduled byte, by client. */
  const dripping = new WeakMap<Socket, number>()

  const server = createServer((client) => {
    if (fault === 'refuse') return client.destroy()
    const upstream = connect(target, '127.0.0.1')
    for (const [socket, other] of [[client, upstream], [upstream, client]] as const) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    client.on('data', (chunk) => {
      if (fault === 'half-open') dead.add(client)
      if (!dead.has(client)) upstream.write(chunk)
    })
    upstream.on('data', (chunk: Buffer) => answer(client, chunk))
  })

  function answer(client: Socket, chunk: Buffer): void {
    if (fault === 'pass' && !dead.has(client)) client.write(chunk)
    if (fault === 'slow') setTimeout(() => client.write(chunk), 5000)
    if (fault === 'garbage') client.write(Buffer.alloc(chunk.length, 'HTTP/1.1 400 '))
    if (fault === 'cut') client.end(chunk.subarray(0, 3))
    if (fault === 'drip') drip(client, chunk)
  }

  /** Sends one byte a second in order, so even `+OK` arrives too late. */
  function drip(client: Socket, chunk: Buffer): void {
    const start = Math.max(Date.now(), dripping.get(client) ?? 0)
    dripping.set(client, start + chunk.length * 1000)
    for (const [index, byte] of chunk.entries()) setTimeout(() => client.write(Buffer.of(byte)), start - Date.now() + index * 1000).unref()
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    set: (next) => {
      // Lost data stays lost after the fault, so existing connections are closed and clients have to reconnect.
      if (next === 'refuse' || (next === 'pass' && fault !== 'pass' && fault !== 'half-open')) for (const socket of sockets) socket.destroy()
      fault = next
    },
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    }),
  }
}
