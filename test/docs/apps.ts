import { posix } from 'node:path'
import type { Block } from './pages'

/** A block that is a file of an app: its first line is a comment with the file's name. */
export interface Sample extends Block { file: string }

/** One Nuxt app. `files` are where they would be; `variants` are other versions of one of them, checked beside it. */
export interface App { name: string, files: Sample[], variants: Sample[] }

/** What may be in a fence, and whether it is a file of an app. */
const languages: Record<string, boolean> = { ts: true, vue: true, sh: false, env: false, json: false, http: false, text: false }

/** The blocks that are files. Throws for one that names none, and for a language that nobody checks. */
export function toSamples(blocks: Block[]): Sample[] {
  return blocks.flatMap((block) => {
    const isFile = languages[block.language]
    if (isFile === undefined) throw new Error(`${block.page}:${block.line}: use one of ${Object.keys(languages).join(', ')} instead of \`${block.language}\``)
    if (!isFile) return []
    const [, file] = /^(?:\/\/ (\S+)|<!-- (\S+) -->)\n/.exec(block.code)?.filter(Boolean) ?? []
    if (!file?.endsWith(`.${block.language}`)) throw new Error(`${block.page}:${block.line}: name the file in a comment on the first line`)
    return { ...block, file }
  })
}

/**
 * The samples of one page as apps. A second version of the definition begins another app, which the samples after it belong to;
 * a second version of any other file is a variant. A definition that no sample depends on is a variant too.
 */
export function toApps(samples: Sample[]): App[] {
  const apps: App[] = []
  for (const sample of samples) {
    const app = apps.at(-1)
    const known = app?.files.find(({ file }) => file === sample.file || (isDefinition(file) && isDefinition(sample.file)))
    if (!app || (known && known.code !== sample.code && isDefinition(sample.file))) apps.push({ name: toName(sample, apps.length), files: [sample], variants: [] })
    else if (!known) app.files.push(sample)
    else if (known.code !== sample.code) app.variants.push(sample)
  }
  for (const app of apps) addImported(app, samples)
  const [first, ...rest] = apps
  const lone = rest.filter(isLone)
  first?.variants.push(...lone.flatMap(app => app.files))
  return apps.filter(app => !lone.includes(app))
}

/** Apps with the same definition as one: pages that begin alike are checked together. Routes decide what `$fetch` returns, so those agree too. */
export function mergeApps(apps: App[]): App[] {
  return apps.reduce<App[]>((merged, app) => {
    const host = merged.find(other => isSameServer(other, app))
    if (!host) return [...merged, app]
    for (const sample of app.files) {
      const known = host.files.find(({ file }) => file === sample.file)
      if (!known) host.files.push(sample)
      else if (known.code !== sample.code) host.variants.push(sample)
    }
    host.variants.push(...app.variants)
    return merged
  }, [])
}

function isSameServer(one: App, other: App): boolean {
  const definition = ({ files }: App) => files.find(({ file }) => isDefinition(file))?.code
  const differs = (file: string, code: string) => one.files.some(known => known.file === file && known.code !== code)
  return definition(one) === definition(other) && !other.files.some(({ file, code }) => file.startsWith('server/') && differs(file, code))
}

export function isDefinition(file: string): boolean {
  return /^server\/(?:auth|api\/auth\/\[\.\.\.\w*\])\.ts$/.test(file)
}

// Its own handler is never lone: the module has to find it.
function isLone({ files: [definition, ...others] }: App): boolean {
  return definition?.file === 'server/auth.ts' && others.every(({ file }) => !/\.vue$|^server\/(?:api|routes)\//.test(file) && definition.code.includes(`/${posix.basename(file, '.ts')}'`))
}

function toName({ page }: Sample, index: number): string {
  return `${posix.basename(page, '.md').toLowerCase()}-${index + 1}`
}

/** A helper that the page showed before belongs to every app that imports it. */
function addImported({ files, variants }: App, samples: Sample[]): void {
  for (const sample of [...files, ...variants]) {
    for (const [, path = ''] of sample.code.matchAll(/from '(\.{1,2}\/[^']+)'/g)) {
      const file = `${posix.join(posix.dirname(sample.file), path)}.ts`
      const imported = samples.find(other => other.file === file)
      if (imported && !files.some(other => other.file === file)) files.push(imported)
    }
  }
}
