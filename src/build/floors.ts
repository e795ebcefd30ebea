import { existsSync, readFileSync } from 'node:fs'
import { getNitroVersion, useLogger } from '@nuxt/kit'
import type { Nuxt } from '@nuxt/schema'
import { join } from 'pathe'
import { NuxtAuthError } from '../runtime/shared/errors'

/**
 * The oldest supported version of each major. Older versions have published advisories, or defects such as sending a
 * cached response's cookies to other users.
 */
const floors: Record<string, string[]> = {
  '@auth/core': ['0.41.3'],
  'nuxt': ['3.21.10', '4.6.4'],
  'nitropack': ['2.13.6'],
  'h3': ['1.15.11'],
  'nodemailer': ['7.0.7'],
}

/** Installed versions by package name; undefined for packages that are not installed. */
type Versions = Record<string, string | undefined>

/** A package below its floor. */
export interface Outdated { name: string, version: string, floor: string }

/** The major version of Nitro. Some versions of Nuxt 3 and 4 don't report it; they all have Nitro 2. */
export function getNitro(nuxt: Nuxt): number {
  return getNitroVersion(nuxt) ?? 2
}

/** Warnings that this process has logged. `nuxt dev` runs the module's setup at every restart. */
const logged = new Set<string>()

/** Logs a warning for each installed package with known defects, once per process. */
export function warnOfOutdated({ options, _version }: Nuxt): void {
  // `nuxt prepare` runs at every installation and before builds; the build logs the warnings.
  if (options._prepare) return
  for (const { message } of listWarnings(readVersions(options.modulesDir, { nuxt: _version }))) {
    if (!logged.has(message)) useLogger().warn(message)
    logged.add(message)
  }
}

/** AUTH_M008 for each package below its floor, and for every version of Nuxt 3. Pure. */
export function listWarnings(installed: Versions): NuxtAuthError[] {
  const { nuxt = '' } = installed
  const isNuxt3 = nuxt.startsWith('3.')
  const outdated = findOutdated(installed).filter(({ name }) => name !== 'nuxt' || !isNuxt3)
  return [...isNuxt3 ? [toNuxt3Warning(nuxt)] : [], ...outdated.map(toWarning)]
}

/** AUTH_M008 for a package below its floor. Pure. */
export function toWarning({ name, version, floor }: Outdated): NuxtAuthError {
  const problem = 'is older than the versions that this module supports: it has published advisories, '
    + 'or defects that show one user\'s cookies to another'
  return new NuxtAuthError('AUTH_M008', { name, version, problem, remedy: `Update ${name} to ${floor} or later` })
}

// All of Nuxt 3 is affected; 4.6.4 is the first fixed version: CVE-2026-128071, CVE-2026-128075, GHSA-vjh5-4x84-xrqp.
function toNuxt3Warning(version: string): NuxtAuthError {
  const problem = 'has published advisories that no version of Nuxt 3 fixes: '
    + 'pages contain error details, and another spelling of a path bypasses its route rules'
  const remedy = 'Move the app to nuxt 4.6.4 or later. Until then, the `auth` rules of this module hold, '
    + 'but Nuxt\'s other route rules and its error pages are not safe'
  return new NuxtAuthError('AUTH_M008', { name: 'nuxt', version, problem, remedy })
}

/** The packages below their floor. Packages that are not installed, and newer majors, don't count. Pure. */
export function findOutdated(installed: Versions): Outdated[] {
  return Object.entries(floors).flatMap(([name, versions]) => {
    const version = installed[name]
    const major = version?.split('.')[0]
    // The floor of the oldest known major also applies to even older majors.
    const floor = versions.find(floor => floor.split('.')[0] === major) ?? versions[0]
    return version && floor && isBelow(version, floor) ? [{ name, version, floor }] : []
  })
}

/** Versions of the packages with a floor, each from the first of `folders` (`node_modules`) that contains it. */
export function readVersions(folders: string[], known: Record<string, string> = {}): Versions {
  return { ...Object.fromEntries(Object.keys(floors).map(name => [name, readVersion(folders, name)])), ...known }
}

function readVersion(folders: string[], name: string): string | undefined {
  const file = folders.map(folder => join(folder, name, 'package.json')).find(file => existsSync(file))
  // The JSON is npm's: https://docs.npmjs.com/cli/configuring-npm/package-json#version
  return file && (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version
}

function isBelow(version: string, floor: string): boolean {
  const [actual, required] = [toNumbers(version), toNumbers(floor)]
  const at = required.findIndex((number, index) => number !== actual[index])
  if (at >= 0) return (actual[at] ?? 0) < (required[at] ?? 0)
  // `1.2.3-rc.1` precedes `1.2.3`. https://semver.org/#spec-item-11
  return /^\d+\.\d+\.\d+-/.test(version)
}

function toNumbers(version: string): number[] {
  return (/^\d+\.\d+\.\d+/.exec(version)?.[0] ?? '').split('.').map(Number)
}
