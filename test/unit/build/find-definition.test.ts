import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'pathe'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findDefinition } from '../../../src/build/find-definition'

let root = ''
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'definition-'))))
afterEach(() => rmSync(root, { recursive: true }))

function write(files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
}

const find = (definition = 'server/auth', basePath = '/api/auth', layers = ['']) =>
  findDefinition(layers.map(layer => ({ rootDir: join(root, layer), serverDir: join(root, layer, 'server') })), definition, basePath)

describe('findDefinition', () => {
  it.each(['ts', 'mts', 'js', 'mjs'])('finds server/auth.%s', (extension) => {
    write({ [`server/auth.${extension}`]: 'export default defineAuth({})' })
    expect(find()).toEqual({ path: join(root, `server/auth.${extension}`), name: `server/auth.${extension}`, isHandler: false })
  })

  it('finds a layer\'s definition, and the app\'s before it', () => {
    write({ 'layer/server/auth.ts': 'export default 1' })
    expect(find('server/auth', '/api/auth', ['app', 'layer']).name).toBe('../layer/server/auth.ts')
    write({ 'app/server/auth.ts': 'export default 1' })
    expect(find('server/auth', '/api/auth', ['app', 'layer']).name).toBe('server/auth.ts')
  })

  it.each([['server/api/auth/[...].ts', '/api/auth'], ['server/api/auth/[...path].js', '/api/auth'], ['server/routes/login/[...].mts', '/login']])('finds the app\'s own handler %s', (file, basePath) => {
    write({ [file]: 'export default NuxtAuthHandler({})' })
    expect(find('server/auth', basePath)).toMatchObject({ name: file, isHandler: true })
  })

  it('refuses to go on without one: AUTH_M001 names the file to create', () => {
    expect(() => find()).toThrow('AUTH_M001: There is no auth definition: server/auth.ts does not exist. Create server/auth.ts')
    expect(() => find('config/auth')).toThrow('config/auth.ts')
  })

  it.each(['', 'export const auth = defineAuth({})', '// export default x', '/* export default x */', 'const url = \'x\'; defineAuth({})'])('refuses a file without a default export, %j, with AUTH_M002', (text) => {
    write({ 'server/auth.ts': text })
    expect(() => find()).toThrow('AUTH_M002: server/auth.ts has no default export')
  })

  it.each(['export default defineAuth({})', 'export { auth as default }', 'export { default } from \'./other\'', 'const url = \'https://x\'\nexport default url'])('takes %j for a default export', (text) => {
    write({ 'server/auth.ts': text })
    expect(find().name).toBe('server/auth.ts')
  })

  it('refuses two that answer the base path with AUTH_M003, which names both', () => {
    write({ 'server/auth.ts': 'export default 1', 'server/api/auth/[...].ts': 'export default 1' })
    expect(() => find()).toThrow(/AUTH_M003: Two handlers answer \/api\/auth: server\/api\/auth\/\[\.\.\.\]\.ts and server\/auth\.ts/)
    rmSync(join(root, 'server/auth.ts'))
    write({ 'server/routes/api/auth/[...all].ts': 'export default 1' })
    expect(() => find()).toThrow('AUTH_M003')
  })
})
