import { findOutdated } from '../../src/build/floors'

interface Entry {
  version?: string
  integrity?: string
  resolved?: string
  link?: boolean
  license?: string
  hasInstallScript?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}
export interface Lockfile { packages: Record<string, Entry> }

/** Licenses that only require their text to be included. */
const licences = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0']

/** The dependencies that an entry needs at run time, without optional peers. */
function getNeeds({ dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta }: Entry): Record<string, string> {
  const peers = Object.entries(peerDependencies).filter(([name]) => !peerDependenciesMeta?.[name]?.optional)
  return { ...Object.fromEntries(peers), ...optionalDependencies, ...dependencies }
}

/** The path where npm finds `name` from `parent`: the nearest `node_modules`, as Node resolves it. */
function resolvePackage(lockfile: Lockfile, parent: string, name: string): string | undefined {
  const path = `${parent}${parent && '/'}node_modules/${name}`
  if (lockfile.packages[path]) return path
  return parent ? resolvePackage(lockfile, parent.slice(0, Math.max(0, parent.lastIndexOf('/node_modules/'))), name) : undefined
}

/** Paths of the packages that an app installs with this package, without development dependencies. Pure. */
export function listProduction(lockfile: Lockfile): string[] {
  const found = new Set<string>()
  const visit = (parent: string) => Object.keys(getNeeds(lockfile.packages[parent] ?? {})).forEach((name) => {
    const path = resolvePackage(lockfile, parent, name)
    if (!path || found.has(path)) return
    found.add(path)
    visit(path)
  })
  visit('')
  return [...found].sort()
}

/** The name of the package at a path. */
export function toName(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

/** True for a version range or a registry tag, false for a URL, a repository or a folder. */
function isRange(range: string): boolean {
  return !/[:/]/.test(range.replace(/^npm:@[^/]+\/|^npm:/, ''))
}

function findFaultsOf(path: string, entry: Entry): string[] {
  const { version, integrity, resolved, link, license, hasInstallScript } = entry
  const [outdated] = findOutdated({ [toName(path)]: version })
  const faults = [
    !version && 'no version',
    !/^sha512-[\w+/]{86}==$/.test(integrity ?? '') && 'no sha512 integrity',
    (link || (resolved !== undefined && !/^https:.*\.tgz$/.test(resolved))) && 'not from a registry',
    ...Object.entries(getNeeds(entry)).map(([name, range]) => !isRange(range) && `${name} is not from a registry`),
    hasInstallScript && 'runs a script at installation',
    !licences.includes(license ?? '') && `licence ${license}`,
    outdated && `below ${outdated.floor}`,
  ]
  return faults.filter(fault => typeof fault === 'string').map(fault => `${path}: ${fault}`)
}

/** Unacceptable packages, one line each. Pure. */
export function findFaults(lockfile: Lockfile): string[] {
  const { '': own = {} } = lockfile.packages
  const sources = Object.entries(getNeeds(own)).filter(([name, range]) => !isRange(range) || !resolvePackage(lockfile, '', name)).map(([name, range]) => `${name}: ${range} is not from a registry`)
  return [...sources, ...listProduction(lockfile).flatMap(path => findFaultsOf(path, lockfile.packages[path] ?? {}))]
}
