import { mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'pathe'
import { isFileLoadingAllowed, resolveConfig } from 'vite'
import { afterAll, describe, expect, it } from 'vitest'
import { getDevSecret, toDeniedPatterns, toRealPath } from '../../../src/build/secret'
import { isStrong } from '../../../src/runtime/server/config/environment'

const root = mkdtempSync(join(tmpdir(), 'secret-'))
afterAll(() => rmSync(root, { recursive: true }))

describe('getDevSecret', () => {
  it('SEC-01 creates one random secret per project, keeps it, and lets only its owner read it', () => {
    const [one, two] = [join(root, 'a/secret'), join(root, 'b/secret')]
    const secret = getDevSecret(one)
    expect(isStrong(secret)).toBe(true)
    expect(getDevSecret(one)).toBe(secret)
    expect(getDevSecret(two)).not.toBe(secret)
    expect(statSync(one).mode & 0o777).toBe(0o600)
  })

  it('replaces a file without a secret', () => {
    const file = join(root, 'broken')
    writeFileSync(file, 'short')
    expect(isStrong(getDevSecret(file))).toBe(true)
  })
})

async function listAllowed(root: string, files: string[]): Promise<string[]> {
  const deny = toDeniedPatterns(`${root}/node_modules/.cache/nuxt-authjs/secret`, `${root}/.nuxt`)
  const config = await resolveConfig({ configFile: false, root, server: { fs: { allow: ['/'], deny } } }, 'serve')
  return files.filter(file => isFileLoadingAllowed(config, `${root}/${file}`))
}

describe('toRealPath', () => {
  it('resolves symbolic links, even for a file that does not exist yet', () => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'real-')))
    symlinkSync(dir, `${dir}/link`)
    expect(toRealPath(`${dir}/link/node_modules/.cache/x`)).toBe(`${dir}/node_modules/.cache/x`)
    expect(toRealPath(`${dir}/link`)).toBe(dir)
    rmSync(dir, { recursive: true })
  })
})

describe('toDeniedPatterns', () => {
  it('DEV-01 never lets Vite serve the secret or the built server through a symbolic link inside the project', async () => {
    const hidden = ['self/node_modules/.cache/nuxt-authjs/secret', 'self/self/node_modules/.cache/nuxt-authjs/secret', 'self/.nuxt/dev/index.mjs', 'NODE_MODULES/.CACHE/nuxt-authjs/SECRET']
    expect(await listAllowed('/home/ada/app', [...hidden, 'app.vue'])).toEqual(['app.vue'])
  })

  it.each(['/home/ada/app', '/home/ada/[group] (1)/app {x}', '/home/@ada/a+b!c'])('never lets Vite serve the secret or the built server of %s, or the files that Vite denies by default', async (root) => {
    const hidden = ['node_modules/.cache/nuxt-authjs/secret', '.nuxt/dev/index.mjs', '.nuxt/dev/chunks/x.mjs', '.nuxt/dev/index.mjs.map', '.env', '.env.local', 'key.pem', '.git/config']
    const shown = ['app.vue', '.nuxt/imports.d.ts', 'dev/index.ts', 'node_modules/vue/index.mjs', 'node_modules/.cache/nuxt-authjs/secrets.ts']
    expect(await listAllowed(root, [...hidden, ...shown])).toEqual(shown)
  })
})
