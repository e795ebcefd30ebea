import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getRandomPort } from 'get-port-please'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startNuxt, toConfig, writeApp } from './temporary'

const definition = (role: string) => `export default defineAuth({
  providers: [credentials({ credentials: { name: {} }, authorize: ({ name }) => ({ id: '1', name }) })],
  extend: { session: () => ({ role: '${role}' }) },
})`
const dir = writeApp({
  'nuxt.config.ts': toConfig(),
  'server/auth.ts': definition('first'),
  'app.vue': '<template><div><p>{{ useAuth().data.value }}</p><NuxtPage /></div></template>',
  'pages/index.vue': '<template><p>HOME</p></template>',
  'pages/wrong.vue': `<script setup>definePageMeta({ auth: Object({ unauthenticatedOnly: true }) })</script>
<template><p>WRONG</p></template>`,
})
let server: ReturnType<typeof startNuxt>
let origin = ''
let cookie = ''
let output = ''

beforeAll(async () => {
  const port = await getRandomPort('127.0.0.1')
  origin = `http://127.0.0.1:${port}`
  server = startNuxt(['dev', dir, '--port', String(port), '--host', '127.0.0.1', '--no-fork'])
  for (const stream of [server.stdout, server.stderr]) stream.on('data', chunk => output += String(chunk))
  await vi.waitFor(async () => expect((await fetch(`${origin}/api/auth/session`)).status, output).toBe(200), { timeout: 60_000, interval: 250 })
})
afterAll(() => void server.kill())

async function getSession(): Promise<unknown> {
  return await (await fetch(`${origin}/api/auth/session`, { headers: { cookie } })).json()
}

describe('nuxt dev with no environment variable set', () => {
  it('signs in', async () => {
    const csrf = await fetch(`${origin}/api/auth/csrf`)
    cookie = csrf.headers.getSetCookie().map(pair => pair.split(';')[0]).join('; ')
    const { csrfToken } = await csrf.json() as { csrfToken: string }
    const response = await fetch(`${origin}/api/auth/callback/credentials`, { method: 'POST', headers: { cookie, 'content-type': 'application/json', 'x-auth-return-redirect': '1' }, body: JSON.stringify({ csrfToken, name: 'Ada' }) })
    expect(response.status).toBe(200)
    cookie = response.headers.getSetCookie().map(pair => pair.split(';')[0]).join('; ')
    expect(await getSession()).toMatchObject({ user: { name: 'Ada' }, role: 'first' })
  })

  it('names a page rule that is invalid and not a literal, and closes the page', async () => {
    const response = await fetch(`${origin}/wrong`, { headers: { accept: 'text/html' }, redirect: 'manual' })
    expect([response.status, await response.text()]).toEqual([403, expect.not.stringContaining('WRONG')])
    await vi.waitFor(() => expect(output.replaceAll(/\s+/g, ' '))
      .toContain('AUTH_M011: /wrong: the `auth` of `definePageMeta` has `unauthenticatedOnly`, which no rule has'))
  })

  it('keeps its random secret in node_modules/.cache', () => {
    expect(readFileSync(join(dir, 'node_modules/.cache/nuxt-authjs/secret'), 'utf8').trim()).toHaveLength(44)
  })

  it('reloads server/auth.ts after an edit, and keeps the user signed in', async () => {
    await vi.waitFor(async () => {
      // The watcher starts after the first response, so the file is saved until it is noticed.
      writeFileSync(join(dir, 'server/auth.ts'), definition('second'))
      await vi.waitFor(async () => expect(await getSession()).toMatchObject({ user: { name: 'Ada' }, role: 'second' }), { timeout: 4000, interval: 250 })
    }, { timeout: 40_000, interval: 10 })
  })
})

describe('nuxt dev without a definition', () => {
  it('names the file to create, and restarts once it exists', async () => {
    const port = await getRandomPort('127.0.0.1')
    const empty = writeApp({ 'nuxt.config.ts': toConfig(), 'server/README.md': '', 'app.vue': '<template><p>x</p></template>' })
    const waiting = startNuxt(['dev', empty, '--port', String(port), '--host', '127.0.0.1', '--no-fork'])
    let output = ''
    for (const stream of [waiting.stdout, waiting.stderr]) stream.on('data', chunk => output += String(chunk))
    const ask = async () => (await fetch(`http://127.0.0.1:${port}/api/auth/session`)).headers.get('content-type')
    try {
      await vi.waitFor(async () => expect(await ask(), output).toContain('text/html'), { timeout: 30_000, interval: 250 })
      expect(output).toContain('AUTH_M001')
      await vi.waitFor(async () => {
        // As above: the watcher reports only files that are created after it started.
        rmSync(join(empty, 'server/auth.ts'), { force: true })
        writeFileSync(join(empty, 'server/auth.ts'), definition('late'))
        await vi.waitFor(async () => expect(await ask(), output).toBe('application/json'), { timeout: 10_000, interval: 250 })
      }, { timeout: 40_000, interval: 10 })
    }
    finally {
      waiting.kill()
    }
  })
})
