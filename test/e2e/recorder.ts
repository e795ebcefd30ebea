import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findForms } from './canary'

/** A proxy between a browser and an app that records every byte sent to the browser. */
export interface Recorder {
  /** Options for a browser page. By default Chromium bypasses a proxy for loopback. */
  readonly proxy: { server: string, bypass: string }
  /** Paths of all responses so far, in order. */
  getPaths: () => string[]
  /** Values of the session cookie so far. Its own header line is not part of a recorded response, because it has to reach the browser. */
  getCookies: () => string[]
  /** Paths of the responses whose headers or body contain `value`, in any encoding. */
  find: (value: string) => string[]
  close: () => void
}

interface Answer { path: string, text: string }

export async function startRecorder(cookieName: string): Promise<Recorder> {
  const answers: Answer[] = []
  const cookies = new Set<string>()
  const isCookieLine = (line: string) => line.toLowerCase().startsWith(`set-cookie: ${cookieName}=`)

  function keep(path: string, lines: string[], body: Buffer): void {
    for (const line of lines.filter(isCookieLine)) cookies.add(line.split(/[=;]/)[1] ?? '')
    answers.push({ path, text: [...lines.filter(line => !isCookieLine(line)), body.toString('latin1')].join('\n') })
  }

  const server = createServer((asked, answer) => {
    const { url = '', method } = asked
    const app = request(url, { method, headers: { ...asked.headers, 'accept-encoding': 'identity' } }, async (given) => {
      const body = Buffer.concat(await given.toArray())
      keep(new URL(url).pathname, toLines(given.rawHeaders), body)
      answer.writeHead(given.statusCode ?? 502, given.rawHeaders).end(body)
    })
    app.on('error', () => answer.writeHead(502).end())
    asked.pipe(app)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))

  return {
    proxy: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bypass: '<-loopback>' },
    getPaths: () => answers.map(({ path }) => path),
    getCookies: () => [...cookies].filter(value => value !== ''),
    find: value => answers.filter(({ text }) => findForms(text, value).length > 0).map(({ path }) => path),
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function toLines(rawHeaders: string[]): string[] {
  return rawHeaders.flatMap((name, index) => index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : [])
}
