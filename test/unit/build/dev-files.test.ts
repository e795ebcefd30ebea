import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isFileLoadingAllowed, resolveConfig } from 'vite'
import { describe, expect, it } from 'vitest'
import { toDeniedPatterns, toRealPath } from '../../../src/build/dev-files'

async function listAllowed(root: string, files: string[]): Promise<string[]> {
  const deny = toDeniedPatterns(`${root}/node_modules/.cache/nuxt-authjs/secret`, `${root}/.nuxt`)
  const config = await resolveConfig({ configFile: false, root, server: { fs: { allow: ['/'], deny } } }, 'serve')
  return files.filter(file => isFileLoadingAllowed(config, `${root}/${file}`))
}

describe('toRealPath', () => {
  it('is the path behind symbolic links, also of a file that is not there yet', () => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'real-')))
    symlinkSync(dir, `${dir}/link`)
    expect(toRealPath(`${dir}/link/node_modules/.cache/x`)).toBe(`${dir}/node_modules/.cache/x`)
    expect(toRealPath(`${dir}/link`)).toBe(dir)
    rmSync(dir, { recursive: true })
  })
})

describe('toDeniedPatterns', () => {
  it('DEV-01 never lets Vite show the secret or the built server by a symbolic link inside the project', async () => {
    const hidden = ['self/node_modules/.cache/nuxt-authjs/secret', 'self/self/node_modules/.cache/nuxt-authjs/secret', 'self/.nuxt/dev/index.mjs', 'NODE_MODULES/.CACHE/nuxt-authjs/SECRET']
    expect(await listAllowed('/home/ada/app', [...hidden, 'app.vue'])).toEqual(['app.vue'])
  })

  it.each(['/home/ada/app', '/home/ada/[group] (1)/app {x}', '/home/@ada/a+b!c'])('never lets Vite show the secret or the built server of %s, or what it refuses by itself', async (root) => {
    const hidden = ['node_modules/.cache/nuxt-authjs/secret', '.nuxt/dev/index.mjs', '.nuxt/dev/chunks/x.mjs', '.nuxt/dev/index.mjs.map', '.env', '.env.local', 'key.pem', '.git/config']
    const shown = ['app.vue', '.nuxt/imports.d.ts', 'dev/index.ts', 'node_modules/vue/index.mjs', 'node_modules/.cache/nuxt-authjs/secrets.ts']
    expect(await listAllowed(root, [...hidden, ...shown])).toEqual(shown)
  })
})
