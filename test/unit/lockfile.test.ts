import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

interface Entry { version?: string, integrity?: string, optionalDependencies?: Record<string, string> }
interface Lockfile { packages: Record<string, Entry> }

const root = fileURLToPath(new URL('../..', import.meta.url))
const hosts = existsSync(`${root}/test/compat`) ? readdirSync(`${root}/test/compat`).map(host => `test/compat/${host}/package-lock.json`) : []
const lockfiles = ['package-lock.json', 'test/bench/package-lock.json', ...hosts].filter(path => existsSync(`${root}/${path}`))

function readLockfile(path: string): Lockfile {
  return JSON.parse(readFileSync(`${root}/${path}`, 'utf8'))
}

/** The path where npm finds `name` from `parent`: the nearest `node_modules`, as Node resolves it. */
function resolvePackage({ packages }: Lockfile, parent: string, name: string): string | undefined {
  const path = parent ? `${parent}/node_modules/${name}` : `node_modules/${name}`
  if (packages[path]) return path
  if (!parent) return undefined
  return resolvePackage({ packages }, parent.slice(0, Math.max(0, parent.lastIndexOf('/node_modules/'))), name)
}

/** Says why `npm ci` refuses an optional package, or nothing. */
function findFault(lockfile: Lockfile, parent: string, name: string, range: string): string | undefined {
  const path = resolvePackage(lockfile, parent, name)
  if (!path) return `${parent} → ${name}@${range}: no entry`
  const { version, integrity } = lockfile.packages[path]!
  if (!version || !integrity) return `${parent} → ${path}: no version or integrity`
  if (/^\d[^ |]*$/.test(range) && version !== range) return `${parent} → ${path}: ${version} is not ${range}`
}

function findFaults(lockfile: Lockfile): string[] {
  return Object.entries(lockfile.packages).flatMap(([parent, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies).flatMap(([name, range]) => findFault(lockfile, parent, name, range) ?? []))
}

/** The paths of the platform packages of `name`, e.g. `node_modules/@rollup/rollup-linux-x64-gnu`. */
function getPlatforms(lockfile: Lockfile, name: string): string[] {
  const parents = Object.keys(lockfile.packages).filter(path => path === name || path.endsWith(`node_modules/${name}`))
  return parents.flatMap(parent => Object.keys(lockfile.packages[parent]?.optionalDependencies ?? {})
    .flatMap(platform => resolvePackage(lockfile, parent, platform) ?? []))
}

describe.each(lockfiles)('%s', (path) => {
  it('names every optional platform package with its version and integrity', () => {
    expect(findFaults(readLockfile(path))).toEqual([])
  })
})

describe('package-lock.json, damaged', () => {
  it.each(['rollup', 'unrs-resolver', 'esbuild', 'oxc-parser', 'test'])('never misses a lost platform package of %s', (name) => {
    const platforms = getPlatforms(readLockfile('package-lock.json'), name)
    expect(platforms).not.toEqual([])

    for (const platform of platforms) {
      const { [platform]: lost, ...packages } = readLockfile('package-lock.json').packages
      expect(lost).toBeDefined()
      expect(findFaults({ packages }), platform).not.toEqual([])
    }
  })

  it('never accepts a platform package without its integrity', () => {
    const lockfile = readLockfile('package-lock.json')
    delete lockfile.packages['node_modules/@rollup/rollup-linux-x64-gnu']!.integrity
    expect(findFaults(lockfile)).toContainEqual(expect.stringContaining('no version or integrity'))
  })

  it('never accepts a platform package of another version', () => {
    const lockfile = readLockfile('package-lock.json')
    lockfile.packages['node_modules/@rollup/rollup-linux-x64-gnu']!.version = '0.0.1'
    expect(findFaults(lockfile)).toContainEqual(expect.stringContaining('0.0.1 is not'))
  })
})

it.each(lockfiles)('%s names no package that npm ci would omit', (path) => {
  const extraneous = Object.entries(readLockfile(path).packages).filter(([, entry]) => 'extraneous' in entry)
  expect(extraneous.map(([name]) => name)).toEqual([])
})
