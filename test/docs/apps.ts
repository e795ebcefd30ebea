import { posix } from 'node:path'
import type { Block } from './pages'

/** A code block that is a file of an app. Its first line is a comment with the file's name. */
export interface Sample extends Block { file: string }

/** One Nuxt app. Each group of `variants` replaces some of its `files`, and is checked alongside. */
export interface App { name: string, files: Sample[], variants: Sample[][] }

/** Allowed languages of a fence, and whether each is a file of an app. */
const languages: Record<string, boolean> = { ts: true, vue: true, sh: false, env: false, json: false, http: false, text: false }

/** The blocks that are files. Throws for a block without a file name, and for an unknown language. */
export function toSamples(blocks: Block[]): Sample[] {
  return blocks.flatMap((block) => {
    const isFile = languages[block.language]
    if (isFile === undefined) throw new Error(`${block.page}:${block.line}: use one of ${Object.keys(languages).join(', ')} instead of \`${block.language}\``)
    if (!isFile) return []
    const [, script, template] = /^(?:\/\/ (\S+)|<!-- (\S+) -->)\n/.exec(block.code) ?? []
    const file = script ?? template
    if (!file?.endsWith(`.${block.language}`)) throw new Error(`${block.page}:${block.line}: name the file in a comment on the first line`)
    return { ...block, file }
  })
}

/**
 * The samples of one page as apps. A second version of the definition starts another app, which the samples after it belong to;
 * a second version of any other file is a variant.
 */
export function toApps(samples: Sample[]): App[] {
  const apps: App[] = []
  for (const sample of samples) {
    const app = apps.at(-1)
    const known = app?.files.find(({ file }) => file === sample.file || (isDefinition(file) && isDefinition(sample.file)))
    if (!app || (known && known.code !== sample.code && isDefinition(sample.file))) apps.push({ name: toName(sample, apps.length), files: [sample], variants: [] })
    else if (!known) app.files.push(sample)
    else if (known.code !== sample.code) app.variants.push([sample])
  }
  for (const app of apps) addImported(app, samples)
  return apps
}

/**
 * Merges apps. Pages that begin with the same definition share one if their routes agree:
 * routes decide what `$fetch` returns. A definition that no page or route depends on is a variant.
 */
export function mergeApps(apps: App[]): App[] {
  const merged: App[] = []
  for (const app of apps.filter(app => !isLone(app))) {
    const host = merged.find(other => isSameServer(other, app))
    if (host) addFiles(host, app)
    else merged.push(app)
  }
  const lone = apps.filter(isLone)
  const [host, ...others] = merged
  return host ? [{ ...host, variants: [...host.variants, ...lone.flatMap(({ files, variants }) => [files, ...variants])] }, ...others] : lone
}

export function isDefinition(file: string): boolean {
  return /^server\/(?:auth|api\/auth\/\[\.\.\.\w*\])\.ts$/.test(file)
}

function addFiles(host: App, { files, variants }: App): void {
  for (const sample of files) {
    const known = host.files.find(({ file }) => file === sample.file)
    if (!known) host.files.push(sample)
    else if (known.code !== sample.code) host.variants.push([sample])
  }
  host.variants.push(...variants)
}

function isSameServer(one: App, other: App): boolean {
  const definition = ({ files }: App) => files.find(({ file }) => isDefinition(file))?.code
  const isOther = ({ file, code }: Sample) => file.startsWith('server/') && one.files.some(known => known.file === file && known.code !== code)
  return definition(one) === definition(other) && !other.files.some(isOther)
}

function isLone({ files }: App): boolean {
  return files.every(({ file }) => file === 'server/auth.ts' || file === 'nuxt.config.ts' || /^server\/[\w-]+\.ts$/.test(file))
}

function toName({ page }: Sample, index: number): string {
  return `${posix.basename(page, '.md').toLowerCase()}-${index + 1}`
}

/** Adds a helper from earlier on the page to every app that imports it. */
function addImported({ files, variants }: App, samples: Sample[]): void {
  for (const sample of [...files, ...variants.flat()]) {
    for (const [, path = ''] of sample.code.matchAll(/from '(\.{1,2}\/[^']+)'/g)) {
      const file = `${posix.join(posix.dirname(sample.file), path)}.ts`
      const imported = samples.find(other => other.file === file)
      if (imported && !files.some(other => other.file === file)) files.push(imported)
    }
  }
}
