import { connect } from 'node:net'

export interface RawAnswer {
  /** 0 if the connection closed without a response. */
  status: number
  head: string
  body: string
  /** Number of responses: more than one if a request was parsed as two. */
  count: number
  /** Milliseconds until the connection closed. */
  took: number
  /** True if the client gave up before the connection closed. */
  isHanging: boolean
}

/** Sends raw bytes and reads until the server closes the connection. `drip` sends one more byte at that interval in milliseconds. */
export async function sendBytes(origin: string, bytes: string, { patience = 10_000, drip = 0 }: { patience?: number, drip?: number } = {}): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin)
  const began = Date.now()
  return await new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let isHanging = false
    const socket = connect(Number(port), hostname, () => void socket.write(Buffer.from(bytes, 'latin1')))
    const dripping = drip > 0 ? setInterval(() => socket.writable && socket.write('x'), drip) : undefined
    const end = setTimeout(() => {
      isHanging = true
      socket.destroy()
    }, patience)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {}).on('close', () => {
      clearTimeout(end)
      clearInterval(dripping)
      const text = Buffer.concat(chunks).toString('latin1')
      const [head = '', ...body] = text.split('\r\n\r\n')
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), head, body: body.join('\r\n\r\n'), count: [...text.matchAll(/HTTP\/1\.1 \d{3} /g)].length, took: Date.now() - began, isHanging })
    })
  })
}

export interface RawRequest { method?: string, headers?: [name: string, value: string][], body?: string }

/** Sends a raw request line and headers, repeated ones too. Adds Host and `connection: close` unless they are given. */
export function toBytes(origin: string, target: string, { method = 'GET', headers = [], body = '' }: RawRequest = {}): string {
  const has = (name: string) => headers.some(([other]) => other.toLowerCase() === name)
  const all = [...has('host') ? [] : [['host', new URL(origin).host]], ...has('connection') ? [] : [['connection', 'close']], ...body === '' || has('content-length') || has('transfer-encoding') ? [] : [['content-length', String(Buffer.byteLength(body, 'latin1'))]], ...headers]
  return `${method} ${target} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

export async function sendRaw(origin: string, target: string, request?: RawRequest): Promise<RawAnswer> {
  return await sendBytes(origin, toBytes(origin, target, request))
}
