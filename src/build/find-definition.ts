import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { getLayerDirectories, useLogger } from '@nuxt/kit'
import type { Nuxt } from '@nuxt/schema'
import { join, relative, resolve } from 'pathe'
import { NuxtAuthError } from '../runtime/shared/errors'
import type { ResolvedOptions } from './options'

const extensions = ['ts', 'mts', 'js', 'mjs']

/** The app or one of its layers: the folders that definitions and handlers are searched in. */
export interface Root { rootDir: string, serverDir: string }

/** The file with the user's definition. */
export interface DefinitionFile {
  /** Absolute path. */
  path: string
  /** Path relative to the project's root, for messages. */
  name: string
  /** True if the user's own catch-all route contains the definition and handles the requests for Auth.js. */
  isHandler: boolean
}

/**
 * Finds the user's definition: `server/auth.ts`, or their own catch-all route such as `server/api/auth/[...].ts`.
 * Throws AUTH_M001 if there is no such file, AUTH_M002 if it has no default export, and AUTH_M003 if there are two.
 */
export function findDefinition(roots: Root[], definition: string, basePath: string): DefinitionFile {
  const toName = (path: string) => relative(roots[0]?.rootDir ?? '', path)
  const handlers = roots.flatMap(({ serverDir }) => findCatchAlls(serverDir, basePath))
  const [own] = roots.flatMap(root => listCandidates(root, definition)).filter(path => existsSync(path))
  const [first, second] = own ? [...handlers, own] : handlers
  if (!first) throw new NuxtAuthError('AUTH_M001', { file: `${definition}.ts` })
  if (second) throw new NuxtAuthError('AUTH_M003', { basePath, first: toName(first), second: toName(second) })
  if (!hasDefaultExport(readFileSync(first, 'utf8'))) throw new NuxtAuthError('AUTH_M002', { file: toName(first) })
  return { path: first, name: toName(first), isHandler: first !== own }
}

/** Every path that `findDefinition` accepts as the definition, whether or not the file exists. */
export function listCandidates({ rootDir, serverDir }: Root, definition: string): string[] {
  const bases = new Set([join(serverDir, '..', definition), join(rootDir, definition)])
  return [...bases].flatMap(base => extensions.map(extension => `${base}.${extension}`))
}

// `server/api/auth/[...].ts` or `server/routes/login/[...path].js`: Nitro scans both folders and takes any name.
function findCatchAlls(serverDir: string, basePath: string): string[] {
  const dirs = [join(serverDir, basePath), join(serverDir, 'routes', basePath)].filter(dir => existsSync(dir))
  const isCatchAll = (file: string) => /^\[\.{3}\w*\]\.[cm]?[jt]s$/.test(file)
  return dirs.flatMap(dir => readdirSync(dir).filter(isCatchAll).map(file => join(dir, file)))
}

function hasDefaultExport(source: string): boolean {
  const code = source.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '')
  return /\bexport\s+default\b|\bexport\s*\{[^}]*\bdefault\b[^}]*\}/.test(code)
}

/** The app and its layers, the app first. Nuxt 3 has `server/` below `srcDir`, Nuxt 4 below `rootDir`. */
export function getRoots(nuxt: Nuxt): Root[] {
  return getLayerDirectories(nuxt).map(({ root, server }) => ({ rootDir: root, serverDir: server }))
}

/**
 * Like `findDefinition`, but a missing definition fails only builds. In development and while types are prepared it is
 * logged, so that a new app can be installed and started before it has one.
 */
export function findDefinitionOrWait(
  { options }: Nuxt, roots: Root[], { definition, basePath }: ResolvedOptions,
): DefinitionFile | undefined {
  try {
    return findDefinition(roots, definition, basePath)
  }
  catch (error) {
    const isMissing = error instanceof NuxtAuthError && error.code === 'AUTH_M001'
    if (!isMissing || !(options.dev || options._prepare)) throw error
    useLogger().error(error.message)
  }
}

/** Restarts Nuxt when the definition is created, moved or deleted. Edits need no restart: Nitro reloads the file. */
export function restartOnMove(nuxt: Nuxt, roots: Root[], { definition }: ResolvedOptions): void {
  const candidates = new Set(roots.flatMap(root => listCandidates(root, definition)))
  nuxt.hook('builder:watch', async (event, path) => {
    const isMoved = (event === 'add' || event === 'unlink') && candidates.has(resolve(nuxt.options.srcDir, path))
    if (isMoved) await nuxt.callHook('restart')
  })
}
