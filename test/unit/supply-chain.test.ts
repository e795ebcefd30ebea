import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { findOutdated } from '../../src/build/floors'
import { findFaults, listProduction, toName } from '../package/production'
import type { Lockfile } from '../package/production'

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')) as T
}

const readLockfile = () => readJson<Lockfile>('package-lock.json')

/** The lockfile with one package changed as an attacker might. */
function damage(path: string, change: object): Lockfile {
  const { packages } = readLockfile()
  expect(packages[path], path).toBeDefined()
  return { packages: { ...packages, [path]: { ...packages[path], ...change } } }
}

describe('the dependencies that an app installs with this package', () => {
  it('are exactly these packages, so an additional one is a decision', () => {
    expect(listProduction(readLockfile()).map(toName)).toEqual([
      '@auth/core', '@nuxt/kit', '@panva/hkdf', 'consola', 'cookie-es', 'defu', 'destr', 'errx', 'exsolve', 'fdir', 'ignore', 'jose', 'klona', 'microdiff', 'nostics',
      'oauth4webapi', 'package-manager-detector', 'pathe', 'picomatch', 'preact', 'preact-render-to-string', 'rc9', 'scule', 'std-env', 'tinyexec', 'tinyglobby', 'unctx', 'verkit',
    ])
  })

  it('come from a registry, have an integrity, run no install script, have a free license, and have no known vulnerable version', () => {
    expect(findFaults(readLockfile())).toEqual([])
  })

  it('are those of package.json', () => {
    const { dependencies } = readJson<{ dependencies: object }>('package.json')
    expect(readLockfile().packages['']?.dependencies).toEqual(dependencies)
  })

  it('never include an install script of this package', () => {
    const { scripts } = readJson<{ scripts: object }>('package.json')
    expect(Object.keys(scripts).filter(name => /^(?:pre|post)?(?:install|prepare)$|^dependencies$/.test(name))).toEqual([])
  })

  it('are tested with no vulnerable version either', () => {
    const installed = Object.entries(readLockfile().packages).flatMap(([path, { version }]) => findOutdated({ [toName(path)]: version }))
    expect(installed).toEqual([])
  })
})

describe('the workflows that build and publish it', () => {
  it('use only GitHub\'s own actions and this repository', () => {
    const folder = fileURLToPath(new URL('../../.github/workflows/', import.meta.url))
    const used = readdirSync(folder).flatMap(file => [...readFileSync(folder + file, 'utf8').matchAll(/\buses:\s*(\S+)/g)].map(([, action]) => `${file}: ${action}`))
    expect(used.length).toBeGreaterThan(5)
    expect(used.filter(line => !/: (?:actions\/[\w-]+@v\d+|\.\/\S+)$/.test(line))).toEqual([])
  })
})

describe('a manipulated lockfile', () => {
  const jose = 'node_modules/jose'
  it.each<[string, string, object, string]>([
    ['a package without its hash', jose, { integrity: undefined }, `${jose}: no sha512 integrity`],
    ['a weak hash', jose, { integrity: 'sha1-3xEfAyYqz1r+dZ9w2Zk3Zz1Zk3Y=' }, `${jose}: no sha512 integrity`],
    ['no version', jose, { version: undefined }, `${jose}: no version`],
    ['a repository', jose, { resolved: 'git+ssh://git@git.example/jose.git#1' }, `${jose}: not from a registry`],
    ['an archive without TLS', jose, { resolved: 'http://archive.example/jose.tgz' }, `${jose}: not from a registry`],
    ['a folder', jose, { link: true, resolved: 'folder' }, `${jose}: not from a registry`],
    ['a dependency of a dependency by its address', 'node_modules/@nuxt/kit', { dependencies: { pathe: 'https://archive.example/pathe.tgz' } }, 'node_modules/@nuxt/kit: pathe is not from a registry'],
    ['a dependency by a repository\'s name', '', { dependencies: { jose: 'someone/jose' } }, 'jose: someone/jose is not from a registry'],
    ['a dependency that is not there', '', { dependencies: { nobody: '^1.0.0' } }, 'nobody: ^1.0.0 is not from a registry'],
    ['a script at installation', 'node_modules/tinyglobby', { hasInstallScript: true }, 'node_modules/tinyglobby: runs a script at installation'],
    ['another licence', jose, { license: 'AGPL-3.0' }, `${jose}: licence AGPL-3.0`],
    ['no licence', jose, { license: undefined }, `${jose}: licence undefined`],
    ['a version with published advisories', 'node_modules/@auth/core', { version: '0.41.2' }, 'node_modules/@auth/core: below 0.41.3'],
  ])('never passes with %s', (_, path, change, fault) => {
    expect(findFaults(damage(path, change))).toEqual([fault])
  })

  it('never hides an additional dependency of a package', () => {
    const lockfile = damage(jose, { dependencies: { extra: '^1.0.0' } })
    lockfile.packages['node_modules/jose/node_modules/extra'] = { version: '1.0.0' }
    expect(listProduction(lockfile)).toContain('node_modules/jose/node_modules/extra')
    expect(findFaults(lockfile)).toEqual(['node_modules/jose/node_modules/extra: no sha512 integrity', 'node_modules/jose/node_modules/extra: licence undefined'])
  })
})
