import { expect } from 'vitest'
import type { Attack } from '../attack'
import { Client, cookieName, signedIn } from '../client'

const script = { 'x-auth-return-redirect': '1' }
const queries = ['?error=CredentialsSignin', '?error=x&code=y', '?callbackUrl=%2F&error=AccessDenied']

export const results: Attack[] = [
  {
    row: 'ACT-01',
    promise: 'never takes an error in a callback URL for the result of a sign-in or a sign-out',
    async run({ main }) {
      for (const query of queries) {
        const ada = new Client(main)
        const callbackUrl = `/member${query}`
        const signIn = await ada.post('/api/auth/callback/credentials', { name: 'ada', password: 'right', callbackUrl }, script)
        expect([signIn.status, await signIn.json()]).toEqual([200, expect.objectContaining({ ok: true, error: null, url: main.origin + callbackUrl })])
        const signOut = await ada.post('/api/auth/signout', { callbackUrl }, script)
        expect([signOut.status, await signOut.json()]).toEqual([200, expect.objectContaining({ ok: true, error: null })])
        const wrong = await ada.post('/api/auth/callback/credentials', { name: 'ada', password: 'wrong', callbackUrl: '/member' }, script)
        expect([wrong.status, await wrong.json()]).toEqual([401, expect.objectContaining({ ok: false, error: 'CredentialsSignin' })])
      }
    },
  },
  {
    row: 'RED-11',
    promise: 'never redirects to the value of a callback-url cookie without sanitising it',
    async run({ main }) {
      for (const value of ['/..//evil.example', '/%2e%2e//evil.example', '//evil.example', '/\\evil.example']) {
        const ada = new Client(main)
        await ada.csrf()
        const cookie = `${ada.cookieHeader()}; authjs.callback-url=${encodeURIComponent(value)}`
        const body = new URLSearchParams({ csrfToken: await ada.csrf(), name: 'ada', password: 'right' })
        const answer = await ada.fetch('/api/auth/callback/credentials', { method: 'POST', body, headers: { cookie, origin: main.origin } })
        const target = new URL(answer.headers.get('location') ?? '', main.origin)
        expect([value, answer.status, target.origin, target.pathname.startsWith('//')]).toEqual([value, 302, main.origin, false])
        expect(answer.headers.get('location'), value).not.toMatch(/^\/[/\\.]/)
      }
    },
  },
  {
    row: 'COK-10',
    promise: 'never accepts another session, and never fails, because of odd cookie parts',
    async run({ main }) {
      const sealed = (await signedIn(main)).sealed()
      const middle = Math.floor(sealed.length / 2)
      const [first, second] = [sealed.slice(0, middle), sealed.slice(middle)]
      const parts = {
        gap: [[0, first], [2, second]], reversed: [[1, second], [0, first]], duplicated: [[0, first], [0, first], [1, second]],
        negative: [[-1, sealed]], named: [['NaN', sealed]], high: [[999999999, sealed]], many: Array.from({ length: 300 }, (_, index) => [index, 'A']),
      }
      for (const [kind, list] of Object.entries(parts)) {
        const cookie = list.map(([index, value]) => `${cookieName}.${index}=${value}`).join('; ')
        const client = new Client(main)
        for (const path of ['/api/auth/session', '/api/admin', '/member']) {
          const answer = await client.fetch(path, { headers: { cookie } })
          expect([kind, path, answer.status < 500]).toEqual([kind, path, true])
        }
        expect([undefined, '1'], kind).toContain((await client.session({ cookie }))?.uid)
      }
    },
  },
  {
    row: 'INP-14',
    promise: 'never answers an unexpected GET with a 5xx, a shared header, or a stack trace in the log',
    async run({ main }) {
      const before = main.log().length
      const paths = ['signin/github', 'signin/credentials', 'signin/nobody', 'callback/credentials', 'callback/nobody', 'webauthn-options/github', 'signout/github']
      for (const path of paths) {
        const answer = await new Client(main).fetch(`/api/auth/${path}`)
        expect([path, answer.status < 500, answer.headers.get('cache-control')]).toEqual([path, true, 'private, no-store'])
      }
      expect(main.log().slice(before)).not.toMatch(/\n\s+at /)
    },
  },
]
