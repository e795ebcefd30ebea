import { readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { getRandomPort } from 'get-port-please'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findForms, toBytes } from './canary'
import { startNuxt, toConfig, writeApp } from './temporary'

const own = 'CANARY-own-secret-0123456789-abcdefghij'
const provider = 'CANARY-provider-secret-0123456789'
const files = {
  'nuxt.config.ts': toConfig('{}', 'devtools: { enabled: true }, nitro: { experimental: { openAPI: true, tasks: true } },'),
  'app.vue': '<template><p>{{ useAuth().data.value }}</p></template>',
  'server/auth.ts': `import GitHub from '@auth/core/providers/github'

export default defineAuth({
  providers: [credentials({ credentials: { name: {} }, authorize: ({ name }) => ({ id: '1', name }) }), GitHub],
})`,
  'server/api/fail.get.ts': 'export default defineEventHandler((): string => { throw new Error(\'failed\') })',
  'pages/broken.vue': '<script setup lang="ts">\nthrow new Error(\'failed\')\n</script>\n\n<template><p>x</p></template>',
}

const routes = [
  '/', '/nowhere', '/broken', '/api/fail', '/__nuxt_error', '/_vfs.json', '/_openapi.json', '/_scalar', '/_swagger', '/_nitro/tasks',
  '/__nuxt_devtools__/client/', '/__nuxt_devtools__/client/modules/server-routes', '/__nuxt_devtools__/auth-verify', '/__nuxt_devtools__/analyze/', '/__nuxt_vite_node__/manifest', '/_nuxt/@vite/client', '/_nuxt/@id/virtual:nuxt:config',
  ...['providers', 'signin', 'signin/github', 'error', 'csrf', 'session', 'callback/github?code=x&state=y', 'nowhere'].map(path => `/api/auth/${path}`),
]
/** URLs of project files on the dev server's bundler. */
const paths = ['node_modules/.cache/nuxt-authjs/secret', '.env', '.nuxt/dev/index.mjs', '.nuxt/dev/index.mjs.map', '.nuxt/nitro.json', '.nuxt/nuxt.json', '.nuxt/tsconfig.json', 'nuxt.config.ts', 'server/auth.ts']
const queries = ['', '?raw', '?import&raw', '?url', '?url&inline', '?inline', '?import', '?raw??', '?worker', '/', '?.svg?.wasm?init']

describe.each<[string, string, boolean]>([
  ['its own secret in .env', `AUTH_SECRET=${own}\nAUTH_GITHUB_ID=x\nAUTH_GITHUB_SECRET=${provider}\n`, false],
  ['the secret that was made for it', `AUTH_GITHUB_ID=x\nAUTH_GITHUB_SECRET=${provider}\n`, false],
  ['the project behind a symbolic link', `AUTH_GITHUB_ID=x\nAUTH_GITHUB_SECRET=${provider}\n`, true],
])('nuxt dev with %s', (_, env, isLinked) => {
  const real = writeApp({ ...files, '.env': env })
  const dir = isLinked ? `${real}-link` : real
  if (isLinked) symlinkSync(real, dir)
  let server: ReturnType<typeof startNuxt>
  let origin = ''
  let secrets: string[] = []

  beforeAll(async () => {
    const port = await getRandomPort('127.0.0.1')
    origin = `http://127.0.0.1:${port}`
    server = startNuxt(['dev', dir, '--port', String(port), '--host', '127.0.0.1', '--no-fork'])
    let output = ''
    for (const stream of [server.stdout, server.stderr]) stream.on('data', chunk => output += String(chunk))
    await vi.waitFor(async () => expect((await fetch(`${origin}/api/auth/session`)).status, output).toBe(200), { timeout: 60_000, interval: 250 })
    secrets = [provider, env.includes(own) ? own : readFileSync(join(dir, 'node_modules/.cache/nuxt-authjs/secret'), 'utf8').trim()]
  })
  afterAll(() => {
    server.kill()
    if (isLinked) rmSync(dir)
  })

  async function findSecrets(path: string): Promise<string[]> {
    const found: string[] = []
    for (const accept of ['text/html', 'application/json', '*/*']) {
      const text = await toBytes(await fetch(origin + path, { headers: { accept, 'sec-fetch-dest': 'script' }, redirect: 'manual' }))
      found.push(...secrets.flatMap(secret => findForms(text, secret)))
    }
    return found.map(form => `${path} → ${form}`)
  }

  it('LEAK-09 never shows a secret on a page, an error, or a route of its tools', async () => {
    for (const path of routes) expect(await findSecrets(path)).toEqual([])
    // The secrets exist.
    for (const path of ['/_vfs.json', '/__nuxt_devtools__/client/', '/_openapi.json']) expect([path, (await fetch(origin + path)).status]).toEqual([path, 200])
    expect((await fetch(`${origin}/api/fail`)).status).toBe(500)
  })

  it('LEAK-09 DEV-01 never serves a secret as a project file, in any spelling of its path', async () => {
    for (const path of paths) {
      for (const query of queries) {
        for (const prefix of [`/_nuxt/@fs${real}/`, `/_nuxt/@fs${dir}/`, '/_nuxt/', '/', `/_nuxt/@id/${dir}/`, `/@fs${dir}/`]) expect(await findSecrets(`${prefix}${path}${query}`)).toEqual([])
      }
    }
    if (isLinked) {
      for (const query of ['', '?raw', '?import&raw']) {
        const { status } = await fetch(`${origin}/_nuxt/@fs${real}/node_modules/.cache/nuxt-authjs/secret${query}`, { headers: { 'sec-fetch-dest': 'script' } })
        expect([query, status]).toEqual([query, 403])
      }
    }
    // Other files are served, so it is this module that hides the secrets.
    expect(await (await fetch(`${origin}/_nuxt/@fs${dir}/app.vue?raw`)).text()).toContain('useAuth().data.value')
  })
})
