import { connect } from 'node:net'
import { url } from '@nuxt/test-utils/e2e'

export interface RawAnswer { status: number, head: string, body: string }

/** Sends a request line as it is, without a client that would tidy it up. Status 0: the server closed the connection. */
export async function sendRaw(target: string, { method = 'GET', headers = {} }: { method?: string, headers?: Record<string, string> } = {}): Promise<RawAnswer> {
  const { hostname, port } = new URL(url('/'))
  const lines = Object.entries({ host: `${hostname}:${port}`, connection: 'close', accept: '*/*', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return await new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => void socket.write(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`))
    const chunks: Buffer[] = []
    const done = () => {
      const text = Buffer.concat(chunks).toString('latin1')
      const [head = '', ...body] = text.split('\r\n\r\n')
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), head, body: body.join('\r\n\r\n') })
    }
    socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', done).on('close', done).setTimeout(10_000, () => socket.destroy())
  })
}
