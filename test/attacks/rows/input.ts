import { request } from 'node:http'
import { expect } from 'vitest'
import type { Attack } from '../attack'
import { expectNoFailure } from '../attack'
import { Client, mapSerial, signedIn, toText } from '../client'
import { sendBytes, sendRaw, toBytes } from '../raw'
import { getMemory } from '../server'
import type { Running } from '../server'

const posts = ['/api/auth/session', '/api/auth/callback/credentials', '/api/auth/signin/credentials', '/api/auth/signin/github', '/api/auth/signout']
const json = { 'content-type': 'application/json' }

/** Posts `bytes` in chunks, without a content length, and resolves with the status. */
async function pour({ origin }: Running, bytes: number, path = '/api/auth/signout'): Promise<number> {
  return await new Promise((resolve) => {
    const outgoing = request(origin + path, { method: 'POST', headers: { ...json, origin } }, response => resolve(response.resume().statusCode ?? 0))
    outgoing.on('error', () => resolve(0))
    const part = Buffer.alloc(65_536, 'x')
    let left = bytes
    const write = () => {
      while (left > 0) {
        left -= part.length
        if (!outgoing.write(part)) return void outgoing.once('drain', write)
      }
      outgoing.end()
    }
    write()
  })
}

export const input: Attack[] = [
  {
    row: 'INP-01',
    promise: 'refuses a body that is not a JSON object with 400',
    async run({ main }) {
      const bodies = ['{bad', 'null', '[]', '1', 'NaN', '"x"', '{"a":', '\uFEFF', '{"a":1}{', '\'{}\'', '{a:1}', '', ' ', '['.repeat(50_000), '{"a":'.repeat(10_000)]
      for (const path of posts) {
        for (const body of bodies) expect([path, body.slice(0, 9), (await fetch(main.origin + path, { method: 'POST', body, headers: json, redirect: 'manual' })).status]).toEqual([path, body.slice(0, 9), 400])
      }
    },
  },
  {
    row: 'INP-01',
    promise: 'refuses a form with a repeated field with 400, and never reads a repeated JSON key differently from Auth.js',
    async run({ main }) {
      const client = new Client(main)
      const csrfToken = await client.csrf()
      const form = `csrfToken=${csrfToken}&name=ada&password=right&callbackUrl=/member`
      for (const path of posts) {
        for (const twice of ['callbackUrl=https://evil.example', 'csrfToken=x', `csrfToken=${csrfToken}`, 'name=grace', '%6eame=ada', 'code=a&code=b', 'state=a&state=a'])
          expect([path, twice, (await client.fetch(path, { method: 'POST', body: `${form}&${twice}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status]).toEqual([path, twice, 400])
      }
      const body = `{"csrfToken":"${csrfToken}","name":"ada","password":"right","callbackUrl":"/member","callbackUrl":"https://evil.example"}`
      const response = await client.fetch('/api/auth/callback/credentials?callbackUrl=/a&callbackUrl=//evil.example', { method: 'POST', body, headers: json })
      expect([response.status, response.headers.get('location')]).toEqual([302, `${main.origin}/`])
    },
  },
  {
    row: 'INP-02',
    promise: 'refuses a large body with 413, with or without a content length, and never keeps it in memory',
    async run({ main }) {
      const client = await signedIn(main, 'grace')
      for (const path of posts) {
        expect([path, (await client.fetch(path, { method: 'POST', body: `{"x":"${'x'.repeat(1_000_000)}"}`, headers: json })).status]).toEqual([path, 413])
        expect((await client.fetch(path, { method: 'POST', body: new URLSearchParams(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, '1'])) })).status).toBe(413)
      }
      await pour(main, 50_000_000)
      const before = getMemory(main.pid)
      for (let round = 0; round < 4; round++) expect(await pour(main, 50_000_000)).toBe(413)
      // 200 MB kept in memory would be visible. V8 allows 64 MB outside its heap before it collects them.
      expect(getMemory(main.pid) - before).toBeLessThan(100)
    },
  },
  {
    row: 'INP-03',
    promise: 'cuts off a body that arrives byte by byte after 15 seconds at most',
    isSlow: true,
    async run({ main }) {
      const before = main.log().length
      const slow = await Promise.all(posts.map(path => sendBytes(main.origin, toBytes(main.origin, path, { method: 'POST', headers: [['content-type', 'application/json'], ['content-length', '60000'], ['connection', 'keep-alive']], body: '{' }), { drip: 500, patience: 30_000 })))
      for (const { status, took, isHanging } of slow) expect([status, isHanging, took < 16_000]).toEqual([408, false, true])
      expect(main.log().slice(before)).not.toMatch(/unhandled|aborted/i)
      expect((await fetch(`${main.origin}/api/auth/session`)).status).toBe(200)
    },
  },
  {
    row: 'INP-04',
    promise: 'refuses other media types with 415, and other text encodings with 400',
    async run({ main }) {
      const types = ['multipart/form-data; boundary=x', 'application/xml', 'text/xml', 'text/plain', 'a'.repeat(500), 'application/jsonp', 'application/json-seq', 'application/csp-report', 'text/json', ';application/json', 'x,application/json', 'application/x-www-form-urlencoded+json', '*/*', 'application/']
      for (const path of posts) {
        for (const type of types) expect([path, type.slice(0, 40), (await fetch(main.origin + path, { method: 'POST', body: '{}', headers: { 'content-type': type }, redirect: 'manual' })).status]).toEqual([path, type.slice(0, 40), 415])
        expect((await sendRaw(main.origin, path, { method: 'POST', headers: [['content-length', '0']] })).status).toBe(415)
        const utf16 = Buffer.from('{"a":"b"}', 'utf16le')
        expect([400, 415]).toContain((await fetch(main.origin + path, { method: 'POST', body: utf16, headers: { 'content-type': 'application/json; charset=utf-16' } })).status)
      }
    },
  },
  {
    row: 'INP-06',
    promise: 'shows a page for any error code in the URL, and never renders it as markup',
    async run({ main }) {
      const errors = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'x'.repeat(10_000), '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '\'onmouseover=\'', '{{7*7}}', '%00', '\u202E', 'Configuration', 'Verification', 'AccessDenied']
      for (const path of ['error', 'signin', 'signout', 'verify-request', 'callback/github']) {
        for (const error of errors) {
          const response = await fetch(`${main.origin}/api/auth/${path}?${new URLSearchParams({ error, error_description: error, code: error })}`, { redirect: 'manual' })
          expectNoFailure(response.status, `${path} ${error.slice(0, 30)}`)
          expect(await response.text(), path).not.toMatch(/<script>alert|<img src=x|'onmouseover|native code/)
        }
      }
    },
  },
  {
    row: 'INP-07',
    promise: 'never answers as an Auth.js route on another spelling of its path, which a rate limit by path would miss',
    async run({ main }) {
      const client = new Client(main)
      const body = new URLSearchParams({ csrfToken: await client.csrf(), name: 'ada', password: 'right' }).toString()
      for (const path of ['/api/auth/./callback/credentials', '/api/auth/x/../callback/credentials', '/api/auth/callback/%2e/credentials', '/api/auth/callback/x/../credentials', '/api/auth/callback\\credentials', '/api/auth//callback/credentials', '/api/auth/callback/credentials/', '/api/auth/callback/credentials;x', '/API/auth/callback/credentials', '/api/auth/callback/credentials%00', `${main.origin}/api/auth/./callback/credentials`]) {
        const { status, head } = await sendRaw(main.origin, path, { method: 'POST', body, headers: [['content-type', 'application/x-www-form-urlencoded'], ['cookie', client.cookieHeader()]] })
        expectNoFailure(status, path)
        expect(head, path).not.toMatch(/session-token=ey/)
      }
    },
  },
  {
    row: 'INP-09',
    promise: 'never passes anything but strings to authorize',
    async run({ main }) {
      for (const value of [{ a: 1 }, ['ada'], 1, true, null, { toString: 'x' }, [[]]]) {
        const before = main.log().length
        const response = await new Client(main).post('/api/auth/callback/credentials', { name: value, password: value }, { 'x-auth-return-redirect': '1' })
        expect([JSON.stringify(value), response.status]).toEqual([JSON.stringify(value), 400])
        expect(main.log().slice(before)).not.toContain('TypeError')
      }
      for (const name of ['ada\0', '\uD83D\uDE00', '\uD800', '\u202Eada', '\'; DROP TABLE users--', '__proto__', 'constructor', '', ' ada']) {
        const client = new Client(main)
        expect([name, (await client.post('/api/auth/callback/credentials', { name, password: 'right' }, { 'x-auth-return-redirect': '1' })).status]).toEqual([name, 401])
        expect(client.sealed()).toBe('')
      }
    },
  },
  {
    row: 'INP-10',
    promise: 'never lets a line break in user input start a header',
    async run({ main }) {
      const breaks = ['%0d%0ax-injected:%201', '%0ax-injected:%201', '%0d%0a%0d%0a<p>x-injected: 1', '%E5%98%8A%E5%98%8Dx-injected:%201', '\u560A\u560Dx-injected: 1', '%0d%0aset-cookie:%20x-injected=1']
      const client = new Client(main)
      const csrf = await client.csrf()
      for (const text of breaks) {
        const answers = await mapSerial([`/member?x=${text}`, `/member/${text}`, `/api/auth/signin?callbackUrl=/${text}`, `/api/auth/error?error=${text}`, `/api/auth/callback/github?error=${text}`, `/api/auth/signin/${text}`, `/${text}`], path => sendRaw(main.origin, encodeURI(decodeURI(path)).replaceAll('%25', '%'), { headers: [['accept', 'text/html'], ['cookie', `authjs.callback-url=/${encodeURI(text)}`]] }))
        const posted = await mapSerial(['/api/auth/callback/credentials', '/api/auth/signin/github', '/api/auth/signout'], path => sendRaw(main.origin, path, { method: 'POST', body: `csrfToken=${csrf}&name=ada&password=right&callbackUrl=/${encodeURI(text)}`, headers: [['content-type', 'application/x-www-form-urlencoded'], ['cookie', client.cookieHeader()]] }))
        for (const { status, head } of [...answers, ...posted]) {
          expectNoFailure(status, text)
          expect(head, text).not.toMatch(/^(?:x-injected|set-cookie: x-injected)/im)
        }
      }
    },
  },
  {
    row: 'INP-11',
    promise: 'never parses one request as two',
    async run({ main }) {
      const { host } = new URL(main.origin)
      const hidden = `GET /api/auth/providers HTTP/1.1\r\nhost: ${host}\r\n\r\n`
      const head = (headers: string) => `POST /api/auth/signout HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n${headers}\r\n\r\n`
      const requests = [
        `${head(`content-length: 4\r\ntransfer-encoding: chunked`)}0\r\n\r\n${hidden}`, `${head(`transfer-encoding: chunked\r\ncontent-length: ${hidden.length + 5}`)}0\r\n\r\n${hidden}`, `${head('content-length: 0\r\ncontent-length: 40')}${hidden}`, `${head('content-length: 4, 40')}${hidden}`, `${head('content-length: +4')}${hidden}`, `${head('content-length: 0x4')}${hidden}`, `${head('content-length: -1')}${hidden}`,
        `${head('transfer-encoding: ChunKedx')}0\r\n\r\n${hidden}`, `${head('transfer-encoding: identity, chunked\r\ncontent-length: 3')}0\r\n\r\n${hidden}`, `${head('transfer-encoding : chunked')}0\r\n\r\n${hidden}`, `${head('transfer-encoding:\x0Bchunked')}0\r\n\r\n${hidden}`, `${head('transfer-encoding: chunked\r\ntransfer-encoding: x')}0\r\n\r\n${hidden}`, `${head('x: y\n\ntransfer-encoding: chunked')}0\r\n\r\n${hidden}`, `${head('transfer-encoding: chunked')}g\r\n\r\n${hidden}`, `${head('transfer-encoding: chunked')}ffffffffffffffffff\r\n\r\n${hidden}`,
      ]
      for (const bytes of requests) {
        const { status, count, isHanging } = await sendBytes(main.origin, bytes, { patience: 3000 })
        expect([[0, 400, 408, 411].includes(status) || count <= 1, count <= 1, isHanging && status === 200], bytes.slice(0, 200)).toEqual([true, true, false])
      }
    },
  },
  {
    row: 'INP-12',
    promise: 'never matches a name with another that only looks the same',
    async run({ main }) {
      expect((await signedIn(main, 'Ren\u00E9')).sealed()).not.toBe('')
      for (const name of ['Rene\u0301', 'REN\u00C9', 'Ren\uFF25', 'Ren\u00E9\u200B', '\uFEFFRen\u00E9', 'ad\u0430', '\u24D0da', 'ADA']) {
        const client = new Client(main)
        expectNoFailure((await client.signIn(name)).status, name)
        expect(client.sealed(), name).toBe('')
      }
      expect(await toText(await new Client(main).post('/api/auth/callback/credentials', { name: '\uDFFF', password: '\uD800' }))).not.toContain('session-token=ey')
    },
  },
]
