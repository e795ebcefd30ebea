// A load generator that uses less CPU than the server: plain keep-alive sockets with one request at a time.
import { connect } from 'node:net'

const end = Buffer.from('\r\n\r\n')
const lastChunk = Buffer.from('0\r\n\r\n')

/** A request as bytes. */
function toBytes({ method = 'GET', path, headers = {}, body = '' }, port) {
  const lines = { host: `127.0.0.1:${port}`, accept: '*/*', ...headers, ...(body && { 'content-length': Buffer.byteLength(body) }) }
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`)
}

/** The length of the first response in `bytes`, or undefined while it is incomplete. */
function findEnd(bytes) {
  const head = bytes.indexOf(end)
  if (head < 0) return undefined
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(bytes.latin1Slice(0, head + 2)) ?? []
  if (length === undefined) return bytes.subarray(-5).equals(lastChunk) ? bytes.length : undefined
  const total = head + 4 + Number(length)
  return bytes.length >= total ? total : undefined
}

/** Throws unless the response is complete and as expected. */
function verify(bytes, { path, status, marks }) {
  if (Number(bytes.latin1Slice(9, 12)) === status && marks.every(mark => bytes.includes(mark))) return
  throw new Error(`${path} → not ${status} with ${marks.join(', ')}:\n${bytes.subarray(0, 2000)}`)
}

/**
 * Sends `request` on `connections` for `seconds` or until `requests` are answered.
 * Returns the milliseconds of each. Every response is verified.
 */
export async function load(port, request, { connections = 10, seconds = Infinity, requests = Infinity }) {
  const bytes = toBytes(request, port)
  const latencies = []
  const until = performance.now() + seconds * 1000
  let begun = 0
  const isOver = () => begun >= requests || performance.now() >= until
  await Promise.all(Array.from({ length: connections }, () => new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setNoDelay()
    let pending
    let sent = 0
    const send = () => {
      if (isOver()) return socket.end()
      begun++
      sent = performance.now()
      socket.write(bytes)
    }
    socket.on('data', (chunk) => {
      try {
        pending = pending ? Buffer.concat([pending, chunk]) : chunk
        if (findEnd(pending) === undefined) return
        latencies.push(performance.now() - sent)
        verify(pending, request)
        pending = undefined
        send()
      }
      catch (error) {
        socket.destroy(error)
      }
    })
    socket.on('connect', send).on('error', reject).on('close', () => pending || sent === 0 ? reject(new Error(`${request.path}: closed in the middle`)) : resolve())
  })))
  return latencies
}
