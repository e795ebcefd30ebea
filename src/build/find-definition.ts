import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { getLayerDirectories, useLogger } from '@nuxt/kit'
import type { Nuxt } from '@nuxt/schema'
import { join, relative, resolve } from 'pathe'
import { NuxtAuthError } from '../runtime/shared/errors'
import type { ResolvedOptions } from './options'

const extensions = ['ts', 'mts', 'js', 'mjs']

/** Where definitions and handlers may be: the app first, then its layers. */
export interface Root { rootDir: string, serverDir: string }

export interface DefinitionFile {
  /** Absolute path. */
  path: string
  /** From the project's root, for messages. */
  name: string
  /** True where the user's own catch-all route holds the definition and answers for Auth.js. */
  isHandler: boolean
}

/**
 * Finds the user's definition: `server/auth.ts`, or his own catch-all `server/api/auth/[...].ts`.
 * Throws AUTH_M001 when there is none, AUTH_M002 when it exports nothing, AUTH_M003 when two answer the base path.
 */
export function findDefinition(roots: Root[], definition: string, basePath: string): DefinitionFile {
  const name = (path: string) => relative(roots[0]?.rootDir ?? '', path)
  const handlers = roots.flatMap(({ serverDir }) => findCatchAlls(serverDir, basePath))
  const [own] = roots.flatMap(root => findFile(root, definition))
  const [first, second] = own ? [...handlers, own] : handlers
  if (first && second) throw new NuxtAuthError('AUTH_M003', { basePath, first: name(first), second: name(second) })
  if (!first) throw new NuxtAuthError('AUTH_M001', { file: `${definition}.ts` })
  if (!hasDefaultExport(readFileSync(first, 'utf8'))) throw new NuxtAuthError('AUTH_M002', { file: name(first) })
  return { path: first, name: name(first), isHandler: first !== own }
}

/** Every path at which a definition would be found, for the watcher that restarts when one appears or goes. */
export function listCandidates({ rootDir, serverDir }: Root, definition: string): string[] {
  const bases = new Set([join(serverDir, '..', definition), join(rootDir, definition)])
  return [...bases].flatMap(base => extensions.map(extension => `${base}.${extension}`))
}

function findFile(root: Root, definition: string): string[] {
  return listCandidates(root, definition).filter(path => existsSync(path))
}

// `server/api/auth/[...].ts`, `server/routes/login/[...path].js`: Nitro's two folders, any name in the brackets.
function findCatchAlls(serverDir: string, basePath: string): string[] {
  const dirs = [join(serverDir, basePath), join(serverDir, 'routes', basePath)].filter(dir => existsSync(dir))
  return dirs.flatMap(dir => readdirSync(dir).filter(file => /^\[\.{3}\w*\]\.[cm]?[jt]s$/.test(file)).map(file => join(dir, file)))
}

function hasDefaultExport(source: string): boolean {
  const code = source.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '')
  return /\bexport\s+default\b|\bexport\s*\{[^}]*\bdefault\b[^}]*\}/.test(code)
}

/** Where definitions may be in this app: Nuxt 3 has `server/` in srcDir, Nuxt 4 in rootDir, and both say so in `serverDir`. */
export function getRoots(nuxt: Nuxt): Root[] {
  return getLayerDirectories(nuxt).map(({ root, server }) => ({ rootDir: root, serverDir: server }))
}

/** A build without a definition fails. A new app is prepared and developed before it has one: there, a message says what to create. */
export function findDefinitionOrWait({ options }: Nuxt, roots: Root[], { definition, basePath }: ResolvedOptions): DefinitionFile | undefined {
  try {
    return findDefinition(roots, definition, basePath)
  }
  catch (error) {
    if (!(error instanceof NuxtAuthError) || error.code !== 'AUTH_M001' || !(options.dev || options._prepare)) throw error
    useLogger().error(error.message)
  }
}

/** Restarts the app if its definition appears, moves or goes, which changes what is registered. Hot reload follows edits. */
export function restartOnMove(nuxt: Nuxt, roots: Root[], { definition }: ResolvedOptions): void {
  const candidates = new Set(roots.flatMap(root => listCandidates(root, definition)))
  nuxt.hook('builder:watch', async (event, path) => {
    const isMoved = (event === 'add' || event === 'unlink') && candidates.has(resolve(nuxt.options.srcDir, path))
    if (isMoved) await nuxt.callHook('restart')
  })
}
