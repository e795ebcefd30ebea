import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { root, run } from './pack'
import { listProduction, toName } from './production'
import type { Lockfile } from './production'

interface Component { 'name': string, 'version': string, 'purl': string, 'hashes'?: { alg: string }[], 'bom-ref': string }
interface Bom { bomFormat: string, metadata: { component: Component }, components: Component[], dependencies: { ref: string, dependsOn: string[] }[] }

const readJson = <T>(path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as T
let bom: Bom

beforeAll(async () => {
  bom = JSON.parse(await run(process.execPath, ['test/package/sbom.mjs'])) as Bom
})

describe('the bill of materials of a release', () => {
  it('describes this package', () => {
    const { name, version, dependencies } = readJson<{ name: string, version: string, dependencies: object }>('package.json')
    expect([bom.bomFormat, bom.metadata.component.name, bom.metadata.component.purl]).toEqual(['CycloneDX', name, `pkg:npm/${name}@${version}`])
    const direct = bom.dependencies.find(({ ref }) => ref === bom.metadata.component['bom-ref'])?.dependsOn
    expect(direct?.map(ref => ref.slice(0, ref.lastIndexOf('@'))).sort()).toEqual(Object.keys(dependencies).sort())
  })

  it('lists every production dependency in its tested version, and no development dependency', () => {
    const lockfile = readJson<Lockfile>('package-lock.json')
    const expected = listProduction(lockfile).map(path => `${toName(path)}@${lockfile.packages[path]?.version}`)
    expect(bom.components.map(({ name, version }) => `${name}@${version}`).sort()).toEqual(expected.sort())
    expect(bom.components.filter(({ hashes }) => !hashes?.some(({ alg }) => alg === 'SHA-512'))).toEqual([])
  })
})
