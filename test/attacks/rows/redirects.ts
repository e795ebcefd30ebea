import { expect } from 'vitest'
import type { Attack } from '../attack'
import { expectNoFailure } from '../attack'
import { Client, cookieName, mapSerial, signedIn } from '../client'
import { toRedirects } from '../payloads'
import { sendRaw } from '../raw'
import type { Arena, Running } from '../server'

const evil = 'evil.example'
const password = { name: 'ada', password: 'right' }

/** Expects that a browser with this response stays on the origin, runs nothing, and gets no injected header. */
async function expectToStay({ origin }: Running, response: Response, what: string): Promise<void> {
  expectNoFailure(response.status, what)
  const body = await response.text()
  const told = response.headers.get('content-type')?.includes('json') ? (JSON.parse(body) as { url?: string } | null)?.url : undefined
  const cookie = response.headers.getSetCookie().find(cookie => cookie.startsWith('authjs.callback-url='))
  const stored = cookie && decodeURIComponent(cookie.split(/[=;]/)[1] ?? '')
  for (const target of [response.headers.get('location'), told, stored].filter(target => target !== null && target !== undefined && target !== '')) {
    const url = new URL(target ?? '', origin)
    expect([url.origin, url.username, url.password, /[\r\n]/.test(target ?? '')], `${what} → ${target?.slice(0, 200)}`).toEqual([origin, '', '', false])
  }
}

const endpoints = ['/api/auth/callback/credentials', '/api/auth/signin', '/api/auth/signin/credentials', '/api/auth/signout']
const doors: Record<string, (client: Client, path: string, payload: string) => Promise<Response>> = {
  body: (client, path, callbackUrl) => path === '/api/auth/signin' ? client.submit('/api/auth/signin/nobody', { callbackUrl }) : client.submit(path, { ...password, callbackUrl }),
  json: (client, path, callbackUrl) => client.post(path, { ...password, callbackUrl }, { 'x-auth-return-redirect': '1' }),
  query: (client, path, callbackUrl) => path === '/api/auth/signin' ? client.fetch(`${path}?${new URLSearchParams({ callbackUrl })}`) : client.submit(`${path}?${new URLSearchParams({ callbackUrl })}`, password),
  cookie: async (client, path, callbackUrl) => {
    const csrf = [...client.cookies].find(([name]) => name.includes('csrf'))?.join('=')
    // A lone surrogate has no encoding.
    const cookie = `${csrf}; authjs.callback-url=${encodeURIComponent(callbackUrl.toWellFormed())}`
    return await client.submit(path, password, { cookie })
  },
}

async function attackDoor({ main }: Arena, door: keyof typeof doors): Promise<void> {
  const client = new Client(main)
  await client.csrf()
  const cookies = [...client.cookies].filter(([name]) => name.includes('csrf'))
  const payloads = toRedirects(evil, main.origin)
  expect(payloads.length).toBeGreaterThanOrEqual(131)
  for (const path of endpoints) {
    await mapSerial(payloads, async (payload) => {
      client.cookies.clear()
      for (const [name, value] of cookies) client.cookies.set(name, value)
      const response = await doors[door]!(client, path, payload)
      await expectToStay(main, response, `${door} ${path} ${JSON.stringify(payload.slice(0, 200))}`)
    })
  }
}

export const redirects: Attack[] = [
  ...Object.keys(doors).map(door => ({ row: 'RED-01', promise: `never redirects to another origin because of a callback URL in the ${door}`, run: (arena: Arena) => attackDoor(arena, door) })),
  {
    row: 'RED-02, RED-03',
    promise: 'never keeps credentials, another scheme or a second slash in the return URL of a guard',
    async run({ main }) {
      const targets = ['//evil.example', '/\\evil.example', '/..//evil.example/member', '/%2e%2e//evil.example', '//evil.example/member', '/member//evil.example', '/member?x=//evil.example', 'http://evil.example/member', '/member\\..\\..\\\\evil.example', '/member/..//evil.example', '/%2f/evil.example/member']
      for (const target of targets) {
        const { status, head } = await sendRaw(main.origin, target, { headers: [['accept', 'text/html']] })
        expectNoFailure(status, target)
        const location = /^location: (.*)$/im.exec(head)?.[1]?.trim()
        if (!location) continue
        const url = new URL(location, main.origin)
        expect([location, url.origin], target).toEqual([expect.stringMatching(/^\/(?![/\\])/), main.origin])
        const back = url.searchParams.get('callbackUrl') ?? '/'
        expect([back, new URL(back, main.origin).origin], target).toEqual([expect.stringMatching(/^\/(?![/\\])/), main.origin])
      }
    },
  },
  {
    row: 'RED-04',
    promise: 'never fails or ends the session because of a callback URL that would execute',
    async run({ main }) {
      const ada = await signedIn(main)
      for (const payload of ['javascript:alert(1)', 'data:text/html,x', 'java\tscript:alert(1)', 'vbscript:x']) {
        const encoded = encodeURIComponent(payload)
        const cookie = `${cookieName}=${ada.sealed()}; authjs.callback-url=${encoded}`
        for (const headers of [{ cookie }, { cookie: `${cookieName}=${ada.sealed()}` }]) {
          const response = await ada.fetch(`/api/auth/session?callbackUrl=${encoded}`, { headers })
          expect([response.status, (await response.json() as { uid?: string } | null)?.uid], payload).toEqual([200, '1'])
        }
        const signedIn = await new Client(main).submit('/api/auth/callback/credentials', { ...password, callbackUrl: payload })
        expect([signedIn.status, new URL(signedIn.headers.get('location') ?? '', main.origin).href], payload).toEqual([302, `${main.origin}/`])
      }
    },
  },
  {
    row: 'RED-05',
    promise: 'refuses a callback URL that is not a string with 400',
    async run({ main }) {
      for (const callbackUrl of ['123', 'true', '[]', '{}', 'null', '1e999', '["/x"]', '{"toString":"x"}']) {
        const client = new Client(main)
        const csrfToken = await client.csrf()
        for (const path of ['/api/auth/callback/credentials', '/api/auth/signout', '/api/auth/signin/github'])
          expect([callbackUrl, path, (await client.fetch(path, { method: 'POST', body: `{"csrfToken":"${csrfToken}","name":"ada","password":"right","callbackUrl":${callbackUrl}}`, headers: { 'content-type': 'application/json' } })).status]).toEqual([callbackUrl, path, 400])
      }
    },
  },
  {
    row: 'RED-06',
    promise: 'replaces a callback URL that is long, malformed or contains NUL with one of the app\'s paths',
    async run({ main }) {
      for (const payload of [`/${'x'.repeat(20_000)}`, '/\uD800', '%zz', '/%zz', '/\0', '/%00', '\uFFFF']) {
        const client = new Client(main)
        const response = await client.post('/api/auth/callback/credentials', { ...password, callbackUrl: payload })
        await expectToStay(main, response, JSON.stringify(payload.slice(0, 40)))
        expect(response.headers.get('location')?.length ?? 0).toBeLessThan(4000)
      }
    },
  },
]
