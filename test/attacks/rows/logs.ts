import { expect } from 'vitest'
import type { Attack } from '../attack'
import { Client, cookieName, signedIn } from '../client'
import type { Running } from '../server'
import { canaries } from './leaks'

const typed = 'PWCANARY-typed-by-a-visitor'

/** Resolves with the server's log output during `run`. One more request is answered before it resolves, so the output is complete. */
async function listen(server: Running, run: () => Promise<unknown>): Promise<string[]> {
  const before = server.log().length
  await run()
  await fetch(`${server.origin}/api/auth/csrf`)
  return server.log().slice(before).split('\n').filter(line => line !== '')
}

export const logs: Attack[] = [
  {
    row: 'LOG-01',
    promise: 'never writes a password, token, code or secret into the log, even with debug on',
    async run({ main }) {
      const lines = await listen(main, async () => {
        const ada = await signedIn(main)
        await ada.session()
        await ada.submit('/api/auth/signin/github', {})
        await ada.fetch(`/api/auth/callback/github?code=${typed}&state=${typed}`)
        await new Client(main).signIn('ada', typed)
        await new Client(main).signIn('locked')
        await new Client(main).submit('/api/auth/callback/credentials', { name: 'ada', password: typed, csrfToken: typed })
        await new Client(main).fetch('/api/auth/session', { headers: { cookie: `${cookieName}=${ada.sealed()}x` } })
        await ada.submit('/api/auth/signout', {})
        for (const secret of [typed, canaries[0], canaries[1], ada.sealed() || 'eyJ', 'code_verifier']) expect(main.log(), secret).not.toContain(secret)
      })
      expect(lines.join('\n')).not.toMatch(/PWCANARY|eyJ[\w-]{20}|CANARY-access|CANARY-client/)
    },
  },
  {
    row: 'LOG-02',
    promise: 'writes one line for a wrong password, a malformed token and a forged request, and never any user input',
    async run({ main }) {
      const forged = 'x\r\n[nuxt-authjs] forged line\u2028{"x":1}'
      const cases: [string, RegExp, () => Promise<unknown>][] = [
        ['wrong password', /^\[nuxt-authjs\] sign-in refused \{"error":"CredentialsSignin","provider":"credentials","reason":"authorize returned no user"\}$/, () => new Client(main).signIn(`ada${forged}`, typed)],
        ['malformed token', /^\[nuxt-authjs\] session refused \{"reason":".+"\}$/, () => fetch(`${main.origin}/api/auth/session`, { headers: { cookie: `${cookieName}=${encodeURIComponent(forged)}` } })],
        ['another site', /^\[nuxt-authjs\] request refused \{"status":403,"reason":".+"\}$/, () => new Client(main).submit('/api/auth/signout', {}, { origin: 'https://forged.example' })],
        ['no token', /^\[nuxt-authjs\] sign-in refused \{"error":"MissingCSRF","provider":"credentials","reason":"[^"]+"\}$/, () => new Client(main).submit('/api/auth/callback/credentials', { csrfToken: forged })],
      ]
      for (const [what, line, run] of cases) {
        const lines = await listen(main, run)
        expect(lines.join('\n'), what).not.toMatch(/forged|PWCANARY/)
        expect(lines, what).toEqual([expect.stringMatching(line)])
      }
    },
  },
  {
    row: 'LOG-02',
    promise: 'writes one line at most, and never a stack, for a request that a guard refuses',
    async run({ main }) {
      const grace = await signedIn(main, 'grace')
      for (const [client, statuses] of [[new Client(main), [302, 401]], [grace, [403]]] as const) {
        for (const path of ['/admin', '/api/admin']) {
          let status = 0
          const lines = await listen(main, async () => void ({ status } = await client.fetch(path, { headers: { accept: 'text/html' } })))
          expect(statuses, path).toContain(status)
          expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(1)
          expect(lines.join('\n'), path).not.toMatch(/^\s+at /m)
        }
      }
    },
  },
  {
    row: 'LOG-02',
    promise: 'logs what failed in an outage, and never the request\'s cookie or query',
    async run({ main }) {
      const fragile = new Client(main)
      await fragile.signIn('fragile')
      const lines = await listen(main, () => fragile.fetch(`/api/auth/session?token=${typed}`))
      expect(lines.filter(line => line.includes('AUTH_R001'))).toHaveLength(1)
      expect(lines.join('\n')).not.toMatch(/PWCANARY|eyJ[\w-]{20}/)
    },
  },
]
