import { connect } from 'node:net'

/**
 * Sends a raw request line, without a client that would normalize it. Status 0: the server closed the connection.
 * @param {string} origin
 * @param {string} target
 * @param {{ method?: string, headers?: Record<string, string> }} [request]
 */
export async function sendRawTo(origin, target, { method = 'GET', headers = {} } = {}) {
  const { hostname, port } = new URL(origin)
  const lines = Object.entries({ host: `${hostname}:${port}`, connection: 'close', accept: '*/*', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return await new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => void socket.write(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`))
    const chunks = []
    const done = () => {
      const [head = '', ...body] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n')
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), head, body: body.join('\r\n\r\n') })
    }
    socket.on('data', chunk => chunks.push(chunk)).on('error', done).on('close', done).setTimeout(10_000, () => socket.destroy())
  })
}
