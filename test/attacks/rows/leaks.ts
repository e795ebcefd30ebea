import { expect } from 'vitest'
import { findForms } from '../../e2e/canary'
import type { Attack } from '../attack'
import { Client, mapSerial, signedIn, toText } from '../client'

/** Values that stay on the server: server-only fields from `authorize`, a provider's secret, database details in an error. */
export const canaries = ['CANARY-access-token-5f1c', 'CANARY-client-secret-77ab', 'CANARY pg://user:password@database']
const paths = ['/', '/member', '/admin', '/swr', '/_payload.json', '/member/_payload.json', '/nowhere', '/api/nowhere', '/api/auth/nowhere', '/api/me', '/api/admin', '/__nuxt_error', ...['session', 'signin', 'signout', 'error', 'error?error=Configuration', 'verify-request', 'providers', 'csrf', 'callback/github?error=access_denied', 'callback/github?code=x&state=y', 'callback/nobody'].map(path => `/api/auth/${path}`)]
const accepts = ['text/html', 'application/json', '*/*']

export const leaks: Attack[] = [
  {
    row: 'LEAK-01',
    promise: 'never sends a server-only value, in any encoding, on any path',
    async run({ main }) {
      const ada = await signedIn(main)
      for (const path of paths) {
        for (const accept of accepts) {
          const text = await toText(await ada.fetch(path, { headers: { accept } }))
          for (const canary of canaries) expect(findForms(text, canary), `${path} ${accept}`).toEqual([])
        }
      }
      const answers = [await ada.post('/api/auth/session', { data: { nickname: 'x' } }), await ada.post('/api/auth/callback/credentials', { name: 'ada', password: 'right' }, { 'x-auth-return-redirect': '1' }), await ada.submit('/api/auth/signin/github', {})]
      for (const text of await mapSerial(answers, toText)) expect(canaries.flatMap(canary => findForms(text, canary))).toEqual([])
    },
  },
  {
    row: 'LEAK-03',
    promise: 'never writes the current or an older session cookie into a body',
    async run({ main }) {
      const ada = await signedIn(main)
      for (const path of paths) expect(await ada.text(path), path).not.toContain(ada.sealed().slice(0, 40))
    },
  },
  {
    row: 'LEAK-06',
    promise: 'never adds a field to a session that the definition does not return',
    async run({ main }) {
      for (const name of ['ada', 'grace', 'polluted']) {
        const session = await (await signedIn(main, name)).session() as { user: object }
        expect([Object.keys(session).sort(), Object.keys(session.user).filter(key => !['name', 'email', 'image', 'id'].includes(key))]).toEqual([['expires', 'nickname', 'role', 'uid', 'user'], []])
      }
    },
  },
  {
    row: 'LEAK-07',
    promise: 'never reveals the reason of an internal error',
    async run({ main }) {
      const client = new Client(main)
      const answers = [await client.signIn('outage'), await client.post('/api/auth/callback/credentials', { name: 'outage', password: 'right' }, { 'x-auth-return-redirect': '1' })]
      const fragile = new Client(main)
      answers.push(await fragile.signIn('fragile'), await fragile.post('/api/auth/callback/credentials', { name: 'fragile', password: 'right' }, { 'x-auth-return-redirect': '1' }))
      for (const path of ['/', '/member', '/api/me', '/api/auth/session']) {
        for (const accept of accepts) answers.push(await fragile.fetch(path, { headers: { accept } }))
      }
      for (const text of await mapSerial(answers, toText)) expect(text).not.toMatch(/CANARY|pg:|node_modules|\bat \S+ \(|"stack"/)
    },
  },
  {
    row: 'LEAK-11',
    promise: 'never sends the URL of a callback to another site as the referrer',
    async run({ main }) {
      for (const path of ['callback/github?code=x&state=y', 'signin?callbackUrl=/x', 'session', 'error?error=x'])
        expect(['no-referrer', 'same-origin'], path).toContain((await fetch(`${main.origin}/api/auth/${path}`, { redirect: 'manual' })).headers.get('referrer-policy'))
    },
  },
  {
    row: 'POL-01',
    promise: 'never turns a __proto__ property into a role',
    async run({ main }) {
      const polluted = await signedIn(main, 'polluted')
      expect([(await polluted.session())?.role, (await polluted.fetch('/api/admin')).status]).toEqual(['member', 403])
      for (const body of ['{"__proto__":{"role":"admin","uid":"1"}}', '{"constructor":{"prototype":{"role":"admin"}}}', '{"data":{"__proto__":{"role":"admin"}}}']) {
        for (const path of ['/api/auth/session', '/api/auth/callback/credentials', '/api/auth/signout']) await fetch(main.origin + path, { method: 'POST', body, redirect: 'manual', headers: { 'content-type': 'application/json' } })
      }
      await fetch(`${main.origin}/api/auth/signin?__proto__[role]=admin&constructor[prototype][role]=admin`)
      expect((await (await signedIn(main, 'grace')).session())?.role).toBe('member')
      expect((await fetch(`${main.origin}/api/admin`)).status).toBe(401)
    },
  },
]
