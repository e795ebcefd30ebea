import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { startServer } from './server'
import { runNuxt, toConfig, writeApp } from './temporary'

const definition = 'export default defineAuth({ providers: [] })'
const page = '<template><p>page</p></template>'

function listFiles(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name)).sort()
}

describe('a failing build says what is wrong and how to fix it', () => {
  it.each([
    ['no definition', {}, '{}', /AUTH_M001: There is no auth definition: server\/auth\.ts does not exist\. Create server\/auth\.ts with `export default defineAuth/],
    ['a definition that exports nothing', { 'server/auth.ts': 'export const auth = 1' }, '{}', /AUTH_M002: server\/auth\.ts has no default export/],
    ['two handlers', { 'server/auth.ts': definition, 'server/api/auth/[...].ts': definition }, '{}', /AUTH_M003: Two handlers answer \/api\/auth: server\/api\/auth\/\[\.\.\.\]\.ts and server\/auth\.ts/],
    ['an unknown option', { 'server/auth.ts': definition }, '{ origin: "x" }', /AUTH_M004: nuxt\.config: `auth\.origin` is not an option/],
    ['a wrong route rule', { 'server/auth.ts': definition }, '{}, routeRules: { "/x": { auth: { disableServerSideAuth: true } } }', /AUTH_M005: nuxt\.config: `routeRules\['\/x'\]\.auth` is \{"disableServerSideAuth":true\}/],
    ['a route rule that closes signing in', { 'server/auth.ts': definition }, '{}, routeRules: { "/api/auth/**": { auth: true } }', /AUTH_M009: routeRules\['\/api\/auth\/\*\*'\]\.auth closes \/api\/auth\/csrf/],
    ['a wrong page rule', { 'server/auth.ts': definition, 'pages/login.vue': `<script setup>definePageMeta({ auth: { unauthenticatedOnly: true } })</script>${page}` }, '{}', /AUTH_M011: \S*pages\/login\.vue: the `auth` of `definePageMeta` has `unauthenticatedOnly`/],
    ['a page below the base path', { 'server/auth.ts': definition, 'pages/auth/login.vue': page }, '{ basePath: "/auth" }', /AUTH_M010: \S*pages\/auth\/login\.vue is \/auth\/login, and below \/auth Auth\.js answers/],
    ['a server module in a page', { 'server/auth.ts': definition, 'pages/index.vue': `<script setup>import { getServerSession } from '#auth'\nconsole.log(getServerSession)</script>${page}` }, '{}', /AUTH_M012: \S*pages\/index\.vue imports '#auth', which exists on the server only/],
    ['an impossible value', { 'server/auth.ts': definition }, '{ basePath: "auth" }', /AUTH_M005: nuxt\.config: `auth\.basePath` is "auth", expected a path/],
  ])('%s', async (_, files, options, message) => {
    const { code, output } = await runNuxt('build', writeApp({ 'nuxt.config.ts': toConfig(options), 'app.vue': page, ...files }))
    expect(code).not.toBe(0)
    expect(output.replaceAll(/\s+/g, ' ')).toMatch(message)
  })

  it('refuses the handler of a module at the same base path, and names both', async () => {
    const more = `serverHandlers: [{ route: '/api/auth/**', handler: './other.ts' }]`
    const { code, output } = await runNuxt('build', writeApp({ 'server/auth.ts': definition, 'other.ts': 'export default defineEventHandler(() => 1)', 'nuxt.config.ts': toConfig('{}', more), 'app.vue': page }))
    expect(code).not.toBe(0)
    expect(output).toMatch(/AUTH_M003: .*server\/auth\.ts and .*other\.ts/)
  })
})

describe('an app that has no definition yet', () => {
  it('is prepared, with a message that says which file to create', async () => {
    const { code, output } = await runNuxt('prepare', writeApp({ 'nuxt.config.ts': toConfig(), 'app.vue': page }))
    expect(code).toBe(0)
    expect(output).toContain('AUTH_M001')
  })
})

describe('a route of the app at the session\'s address', () => {
  const handler = 'export default defineEventHandler(() => ({ own: true }))'

  it.each([
    ['no file of the app', {}, null],
    ['a file for every method', { 'server/api/auth/session.ts': handler }, { own: true }],
    ['a file for GET', { 'server/api/auth/session.get.ts': handler }, { own: true }],
    ['a file for every action', { 'server/api/auth/[action].ts': handler }, { own: true }],
  ])('wins over the module\'s: %s', async (_, files, expected) => {
    const dir = writeApp({ ...files, 'server/auth.ts': definition, 'nuxt.config.ts': toConfig(), 'app.vue': page })
    const { code, output } = await runNuxt('build', dir)
    expect(code, output).toBe(0)
    const { origin, stop } = await startServer({}, join(dir, '.output/server/index.mjs'))
    try {
      expect(await (await fetch(`${origin}/api/auth/session`)).json()).toEqual(expected)
      // A trailing slash makes it another path, for this route as for the wildcard.
      if (!expected) expect((await fetch(`${origin}/api/auth/session/`)).status).toBe(404)
    }
    finally {
      await stop()
    }
  })
})

describe('a page that is cached and guarded', () => {
  it('is named in a warning, whether its rule is a route rule or a page rule', async () => {
    const { output } = await runNuxt('build', writeApp({
      'nuxt.config.ts': toConfig('{}', `routeRules: { '/meta': { swr: 60 }, '/rule': { swr: 60, auth: true }, '/fine': { swr: 60 } }`),
      'server/auth.ts': definition,
      'app.vue': '<template><NuxtPage /></template>',
      'pages/meta.vue': '<script setup>definePageMeta({ auth: { match: { user: { name: "x" } } } })</script><template><p /></template>',
      'pages/rule.vue': page,
      'pages/fine.vue': page,
    }))
    expect([...output.matchAll(/AUTH_M006: (\S+) is cached and guarded/g)].map(match => match[1]).sort()).toEqual(['/meta', '/rule'])
  })
})

describe('nuxt generate', () => {
  it('CCH-04 prerenders without a secret, a session or a cookie, and writes nothing outside the build folders', async () => {
    const dir = writeApp({
      'nuxt.config.ts': toConfig('{}', `nitro: { prerender: { routes: ['/'] } }`),
      'server/auth.ts': definition,
      'pages/index.vue': '<script setup>const { status } = useAuth()</script><template><p>status: {{ status }}</p></template>',
      'pages/member.vue': '<script setup>definePageMeta({ auth: true })</script><template><p>MEMBER-MARKER</p></template>',
      'app.vue': '<template><NuxtPage /></template>',
    })
    const before = listFiles(dir)
    const { code, output } = await runNuxt('generate', dir, { AUTH_SECRET: 'build-canary-secret-0123456789abcdef', AUTH_URL: 'https://app.example' })
    // AUTH_M008 is logged for every version of Nuxt 3.
    expect(output).not.toMatch(/AUTH_(?!M008)[A-Z]\d+/)
    expect(code).toBe(0)
    expect(listFiles(dir).filter(file => !/\/(?:\.nuxt|\.output|dist|node_modules)(?:\/|$)/.test(file.slice(dir.length)))).toEqual(before)
    const html = readFileSync(join(dir, '.output/public/index.html'), 'utf8')
    expect(html).toContain('status: loading')
    for (const file of listFiles(join(dir, '.output/public'))) expect(readFileSync(file, 'utf8')).not.toMatch(/authjs\.session-token=|csrfToken":"[0-9a-f]|build-canary/)
  })
})

describe('prerendering', () => {
  const files = {
    'server/auth.ts': definition,
    'server/api/own.get.ts': 'export default defineEventHandler(async (event) => { await requireSession(event); return { marker: \'OWN-MARKER\' } })',
    'app.vue': '<template><NuxtPage /></template>',
    'pages/index.vue': '<template><p>HOME-MARKER <NuxtLink v-for="to in [\'/member\', \'/login\', \'/ruled\', \'/open\', \'/dynamic\', \'/parent/child\', \'/users/7\']" :key="to" :to="to">{{ to }}</NuxtLink> <a href="/api/auth/signin">Sign in</a></p></template>',
    'pages/open.vue': '<template><p>OPEN-MARKER</p></template>',
    'pages/member.vue': '<script setup>definePageMeta({ auth: true })</script><template><p>MEMBER-MARKER</p></template>',
    'pages/login.vue': '<script setup>definePageMeta({ auth: \'guest\' })</script><template><p>LOGIN-MARKER</p></template>',
    'pages/ruled.vue': '<template><p>RULED-MARKER</p></template>',
    'pages/dynamic.vue': '<script setup>const rule = Boolean(1)\ndefinePageMeta({ auth: Boolean(1) })</script><template><p>DYNAMIC-MARKER</p></template>',
    'pages/parent.vue': '<script setup>definePageMeta({ auth: true })</script><template><p>PARENT-MARKER <NuxtPage /></p></template>',
    'pages/parent/child.vue': '<template><p>CHILD-MARKER</p></template>',
    'pages/users/[id].vue': '<script setup>definePageMeta({ auth: { match: { role: \'admin\' } } })</script><template><p>USER-MARKER</p></template>',
  }
  const rules = 'routeRules: { \'/ruled\': { auth: true }, \'/member\': { prerender: true } }'
  const left = ['/api/auth/signin', '/api/own', '/dynamic', '/login', '/member', '/parent/child', '/ruled', '/users/7']

  it.each([
    ['crawled', 'build', `nitro: { prerender: { crawlLinks: true, failOnError: true, routes: ['/', '/api/own', '/dynamic'] } }`, /The server renders them for each request/],
    ['listed', 'build', `nitro: { prerender: { failOnError: true, routes: ['/', '/open', ${left.map(path => `'${path}'`).join()}] } }`, /The server renders them for each request/],
    ['generated', 'generate', `nitro: { prerender: { routes: ['/api/own', '/users/7'] } }`, /A static host answers 404 there/],
  ])('CCH-11 never stores anything guarded, a page for guests or anything of Auth.js: %s', async (_, command, nitro, effect) => {
    const dir = writeApp({ ...files, 'nuxt.config.ts': toConfig('{}', `${rules}, ${nitro}`) })
    // Without a public origin: a build that asked Auth.js would fail with AUTH_S003.
    const { code, output } = await runNuxt(command, dir)
    expect(code, output).toBe(0)
    const stored = listFiles(join(dir, '.output/public')).filter(file => !file.includes('/_nuxt/')).map(file => [file.slice(join(dir, '.output/public').length), readFileSync(file, 'utf8')] as const)
    const text = stored.map(([, text]) => text).join('\n')
    expect(text).toContain('HOME-MARKER')
    expect(text).toContain('OPEN-MARKER')
    expect(text.match(/(?:OWN|MEMBER|LOGIN|RULED|DYNAMIC|PARENT|CHILD|USER)-MARKER|csrfToken|http-equiv="refresh"/g)).toBeNull()
    expect(stored.map(([file]) => file).filter(file => left.some(path => file.startsWith(path)))).toEqual([])
    const [line = ''] = /\[nuxt-authjs\] Not prerendered[^\n]*(?:\n[^\n]+)*/.exec(output) ?? []
    expect(line.replaceAll(/\s+/g, ' ')).toMatch(effect)
    for (const path of left) expect(line).toContain(path)
    expect(output.match(/Not prerendered/g)).toHaveLength(1)
  })
})

describe('a rule on a file of public/', () => {
  it('GRD-24 is named in a warning, but only if the host serves the file before the server runs', async () => {
    const dir = writeApp({
      'nuxt.config.ts': toConfig('{}', 'routeRules: { \'/files/**\': { auth: true } }'),
      'server/auth.ts': definition,
      'app.vue': page,
      'public/files/report.txt': 'FILE-MARKER',
      'public/open.txt': 'OPEN-MARKER',
    })
    const { code, output } = await runNuxt('build', dir, { NITRO_PRESET: 'netlify' })
    expect(code, output).toBe(0)
    expect(output.replaceAll(/\s+/g, ' ')).toMatch(/AUTH_M013: \/files\/report\.txt: the rule of '\/files\/\*\*' does not hold there, because with the preset netlify /)
    expect(output).not.toContain('open.txt')
    expect((await runNuxt('build', dir)).output).not.toContain('AUTH_M013')
  })
})

describe('what the module adds to the client, gzip', () => {
  const script = (setup: string) => `<script setup>${setup}</script><template><p>{{ shown }}</p></template>`
  const reading = script('const { data: shown } = useAuth()')
  const flowing = script('const { data: shown, signIn, signOut, update, refresh, getProviders, getCsrfToken } = useAuth(); const all = { signIn, signOut, update, refresh, getProviders, getCsrfToken }; if (import.meta.client) window.all = all')
  const nothing = script('const shown = useState(\'auth\', () => null)')

  /** Lazy-loaded chunks, each with a text that no other chunk contains. */
  const chunks = { flows: 'x-auth-return-redirect', guard: 'auth:redirect', popup: 'PopupClosed', passkey: 'WebAuthnCancelled' }
  type Sizes = Record<keyof typeof chunks | 'page', number>

  async function measure(pageSource: string, config: string): Promise<Sizes> {
    const dir = writeApp({ 'nuxt.config.ts': config, 'server/auth.ts': definition, 'app.vue': '<template><NuxtPage /></template>', 'pages/index.vue': pageSource, 'pages/other.vue': page })
    const { code, output } = await runNuxt('build', dir)
    expect(code, output).toBe(0)
    const scripts = listFiles(join(dir, '.output/public/_nuxt')).filter(file => file.endsWith('.js')).map(file => readFileSync(file))
    const size = (files: Buffer[]) => files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).byteLength, 0)
    const sizes = Object.entries(chunks).map(([name, text]) => [name, size(scripts.filter(file => file.includes(text)))])
    return { ...Object.fromEntries(sizes) as Sizes, page: size(scripts.filter(file => !Object.values(chunks).some(text => file.includes(text)))) }
  }

  it('is at most 2 kB for a page that reads useAuth, 3.5 kB with every flow used, and 1 kB more once there is a passkey', async () => {
    const without = await measure(nothing, toConfig().replace(/modules: \[.*?\]/, 'modules: []').replace('auth: {},', ''))
    const read = (await measure(reading, toConfig())).page - without.page
    const { page, flows, guard, popup, passkey } = await measure(flowing, toConfig())
    const every = page - without.page + flows
    process.stdout.write(`client gzip: without the module ${without.page} B, reading useAuth +${read} B, every flow +${every} B; on first use: guard ${guard} B, popup ${popup} B, passkey ${passkey} B\n`)
    // A missing chunk would count as 0 bytes.
    for (const size of [read, flows, guard, popup, passkey]) expect(size).toBeGreaterThan(0)
    expect(read).toBeLessThanOrEqual(2048)
    expect(every).toBeLessThanOrEqual(3584)
  }, 120_000)
})
