import { existsSync, readFileSync } from 'node:fs'
import { getNitroVersion, useLogger } from '@nuxt/kit'
import type { Nuxt } from '@nuxt/schema'
import { join } from 'pathe'
import { NuxtAuthError } from '../runtime/shared/errors'

/** The oldest version of each major that this module's promises hold for; older ones have published advisories, or replay cookies from caches. */
const floors: Record<string, string[]> = {
  '@auth/core': ['0.41.3'],
  'nuxt': ['3.21.10', '4.6.4'],
  'nitropack': ['2.13.6'],
  'h3': ['1.15.11'],
  'nodemailer': ['7.0.7'],
}

/** The major version of Nitro. Nuxt 3 and 4 have Nitro 2, and some of them don't say so. */
export function getNitro(nuxt: Nuxt): number {
  return getNitroVersion(nuxt) ?? 2
}

/** Warnings that this process has written: `nuxt dev` sets its modules up again and again. */
const told = new Set<string>()

/** Warns, once per process, of packages with known defects, as they are found in the app's folders. */
export function warnOfOutdated({ options, _version }: Nuxt): void {
  // `nuxt prepare` runs before a build and at each installation; the build says it.
  if (options._prepare) return
  for (const { message } of listWarnings(readVersions(options.modulesDir, { nuxt: _version }))) {
    if (!told.has(message)) useLogger().warn(message)
    told.add(message)
  }
}

/** AUTH_M008 for each package below its floor, and for a Nuxt 3 of any version. Pure. */
export function listWarnings(installed: Record<string, string | undefined>): NuxtAuthError[] {
  const { nuxt = '' } = installed
  const isNuxt3 = nuxt.startsWith('3.')
  const outdated = findOutdated(installed).filter(({ name }) => name !== 'nuxt' || !isNuxt3)
  return [...isNuxt3 ? [toNuxt3Warning(nuxt)] : [], ...outdated.map(toWarning)]
}

export function toWarning({ name, version, floor }: Outdated): NuxtAuthError {
  const problem = 'is older than what this module\'s promises hold for: there are published advisories, or defects that show one visitor\'s cookies to another'
  return new NuxtAuthError('AUTH_M008', { name, version, problem, remedy: `Update ${name} to ${floor} or later` })
}

/** All of Nuxt 3 is affected, and 4.6.4 is the first fixed version: CVE-2026-128071, CVE-2026-128075, GHSA-vjh5-4x84-xrqp. */
function toNuxt3Warning(version: string): NuxtAuthError {
  const problem = 'has published advisories that no version of Nuxt 3 fixes: error details in pages, and route rules that another spelling of a path gets past'
  const remedy = 'Move the app to nuxt 4.6.4 or later. Until then the `auth` rules of this module hold, and Nuxt\'s other route rules and error pages are not safe'
  return new NuxtAuthError('AUTH_M008', { name: 'nuxt', version, problem, remedy })
}

export interface Outdated { name: string, version: string, floor: string }

/** The packages below their floor. What is not installed, or of a major that came later, is none of them. Pure. */
export function findOutdated(installed: Record<string, string | undefined>): Outdated[] {
  return Object.entries(floors).flatMap(([name, versions]) => {
    const version = installed[name]
    // A major older than every floor is measured by the oldest of them.
    const floor = versions.find(floor => version?.split('.')[0] === floor.split('.')[0]) ?? versions[0] ?? ''
    return version && isBelow(version, floor) ? [{ name, version, floor }] : []
  })
}

/** Versions of the packages with a floor, from the first of `folders` (`node_modules`) that has each. */
export function readVersions(folders: string[], known: Record<string, string> = {}): Record<string, string | undefined> {
  return { ...Object.fromEntries(Object.keys(floors).map(name => [name, readVersion(folders, name)])), ...known }
}

function readVersion(folders: string[], name: string): string | undefined {
  const file = folders.map(folder => join(folder, name, 'package.json')).find(file => existsSync(file))
  return file && (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version
}

function isBelow(version: string, floor: string): boolean {
  const [left, right] = [version, floor].map(text => (/^\d+\.\d+\.\d+/.exec(text)?.[0] ?? '').split('.').map(Number))
  const at = right?.findIndex((number, index) => number !== left?.[index]) ?? -1
  if (at >= 0) return (left?.[at] ?? 0) < (right?.[at] ?? 0)
  // `1.2.3-rc.1` comes before `1.2.3`.
  return /^\d+\.\d+\.\d+-/.test(version)
}
