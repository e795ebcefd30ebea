import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** The fault of a network: `black` accepts all data and forwards none, permanently; a number delays each packet. */
export type Weather = 'fair' | 'refuse' | 'black' | 'garbage' | 'drip' | number

/** A network with faults between an app and a server. Connections stay half-open after `black`. */
export interface Proxy { port: number, weather: Weather, close: () => Promise<void> }

/** A proxy to a port on loopback. */
export async function startProxy(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    if (proxy.weather === 'refuse') return void client.destroy()
    const upstream = connect(target, '127.0.0.1')
    const pair = [client, upstream]
    let isDead = false
    const pass = (from: Socket, to: Socket) => from.on('data', (data: Buffer) => {
      isDead ||= proxy.weather === 'black'
      if (!isDead) send(to, data, proxy.weather, to === client)
    })
    pass(client, upstream)
    pass(upstream, client)
    for (const socket of pair) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => {
        sockets.delete(socket)
        // A dead connection forwards nothing, not even its end.
        if (!isDead) for (const each of pair) each.destroy()
      })
    }
  })
  const proxy: Proxy = {
    port: 0,
    weather: 'fair',
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    }),
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  proxy.port = (server.address() as AddressInfo).port
  return proxy
}

function send(to: Socket, data: Buffer, weather: Weather, isAnswer: boolean): void {
  if (weather === 'refuse') return void to.destroy()
  if (weather === 'garbage' && isAnswer) return void to.write('HTTP/1.1 400 Bad Request\r\n\r\n')
  // One byte a second, so no response is complete in time.
  if (weather === 'drip' && isAnswer) return void data.forEach((byte, index) => setTimeout(() => to.write(Buffer.of(byte)), index * 1000).unref())
  if (typeof weather === 'number') return void setTimeout(() => to.write(data), weather).unref()
  to.write(data)
}
