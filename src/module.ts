import {
  addComponent, addImports, addPlugin, addRouteMiddleware, addServerHandler, addServerImports, addServerPlugin, addServerTemplate,
  addTemplate, addTypeTemplate, createResolver, defineNuxtModule, getLayerDirectories, getNitroVersion, useLogger,
} from '@nuxt/kit'
import type { Nuxt } from '@nuxt/schema'
import { defu } from 'defu'
import { join, relative, resolve } from 'pathe'
import { findDefinition, listCandidates } from './build/find-definition'
import type { DefinitionFile, Root } from './build/find-definition'
import { resolveOptions } from './build/options'
import type { ModuleOptions, ResolvedOptions } from './build/options'
import { toDenied } from './build/dev-files'
import { findOutdated, readVersions } from './build/floors'
import { NuxtAuthError } from './runtime/shared/errors'
import { withoutPrefetch } from './build/prefetch'
import { compileRules, findCachedAndGuarded, findCachedPages, findGuardedPages, requireEnforceable, withoutAuth } from './build/route-rules'
import type { CompiledRule, RouteRules } from './build/route-rules'
import { getDevSecret } from './build/secret'
import { addSessionRoute } from './build/session-route'
import { renderAuthModule, renderAuthTypes, renderDefinitionModule, renderOptions, renderRouteRuleTypes, renderRules, renderTypes, serverImports } from './build/templates'

export type { ModuleOptions } from './build/options'

/** What nuxt-authjs adds to an app, in order. */
export default defineNuxtModule<ModuleOptions>({
  meta: { name: 'nuxt-authjs', configKey: 'auth', compatibility: { nuxt: '>=3.17.7' } },
  setup(input, nuxt) {
    const options = resolveOptions(input)
    warnOfOutdated(nuxt)
    const runtime = createResolver(import.meta.url).resolve('./runtime')
    const roots = getRoots(nuxt)
    restartOnMove(nuxt, roots, options)
    const definition = findDefinitionOrWait(nuxt, roots, options)
    if (!definition) return

    addDevSecret(nuxt)
    const getRules = collectRules(nuxt, options)
    addServer(nuxt, runtime, definition, options, getRules)
    addApp(nuxt, runtime, options, getRules)
    addTypes(nuxt, runtime, definition)
  },
})

// What the module relies on elsewhere: found in the app's folders, whatever installed it.
function warnOfOutdated({ options, _version }: Nuxt): void {
  for (const outdated of findOutdated(readVersions(options.modulesDir, { nuxt: _version }))) useLogger().warn(new NuxtAuthError('AUTH_M008', { ...outdated }).message)
}

/** A build without a definition fails. A new app is prepared and developed before it has one: there, it is said and waited for. */
function findDefinitionOrWait({ options }: Nuxt, roots: Root[], { definition, basePath }: ResolvedOptions): DefinitionFile | undefined {
  try {
    return findDefinition(roots, definition, basePath)
  }
  catch (error) {
    if (!(error instanceof NuxtAuthError) || error.code !== 'AUTH_M001' || !(options.dev || options._prepare)) throw error
    useLogger().error(error.message)
  }
}

// Layers in order, the app first. Paths: Nuxt 3 has `server/` in srcDir, Nuxt 4 in rootDir; both say so in `serverDir`.
function getRoots(nuxt: Nuxt): Root[] {
  return getLayerDirectories(nuxt).map(({ root, server }) => ({ rootDir: root, serverDir: server }))
}

// Nuxt 3 and 4 have Nitro 2, some of them without saying so.
function getNitro(nuxt: Nuxt): number {
  return getNitroVersion(nuxt) ?? 2
}

// In development alone: no production secret is ever read at build, and what runtime config holds costs every page that renders.
function addDevSecret({ options }: Nuxt): void {
  const { rootDir, buildDir, dev, _prepare, runtimeConfig } = options
  if (!dev || _prepare) return
  const file = join(rootDir, 'node_modules/.cache/nuxt-authjs/secret')
  options.vite = defu({ server: { fs: { deny: toDenied(file, buildDir) } } }, options.vite)
  if (process.env.AUTH_SECRET || process.env.NUXT_AUTH_SECRET) return
  Object.assign(runtimeConfig, { auth: defu(runtimeConfig.auth as object, { secret: getDevSecret(file) }) })
}

function addServer(nuxt: Nuxt, runtime: string, definition: DefinitionFile, options: ResolvedOptions, getRules: () => CompiledRule[]): void {
  aliasServer(nuxt, '#nuxt-authjs/host', `${runtime}/server/host/nitro${getNitro(nuxt) < 3 ? 2 : 3}`)
  addServerTemplate({ filename: '#nuxt-authjs/definition', getContents: () => renderDefinitionModule(definition.path, definition.name) })
  addServerTemplate({ filename: '#auth', getContents: () => renderAuthModule(runtime) })
  for (const [file, names] of Object.entries(serverImports)) addServerImports(names.map(name => ({ name, from: `${runtime}/server/${file}` })))
  addServerTemplate({ filename: '#nuxt-authjs/options', getContents: () => renderOptions(options) })
  addServerTemplate({ filename: '#nuxt-authjs/rules', getContents: () => renderRules(getRules()) })
  addServerPlugin(`${runtime}/server/plugin`)
  const handler = `${runtime}/server/handler`
  const route = `${options.basePath}/**`
  if (!definition.isHandler) addRoutes(nuxt, options, handler)
  nuxt.hook('modules:done', () => refuseSecondHandler(nuxt, definition, route, handler))
}

function aliasServer({ options }: Nuxt, name: string, path: string): void {
  options.nitro.alias = { ...options.nitro.alias, [name]: path }
}

function addRoutes(nuxt: Nuxt, { basePath }: ResolvedOptions, handler: string): void {
  addServerHandler({ route: `${basePath}/**`, handler, lazy: true })
  // Nitro 3 searches no tree. In development files come and go, and a new one has to win.
  if (getNitro(nuxt) < 3 && !nuxt.options.dev) nuxt.hook('nitro:init', nitro => addSessionRoute(nitro, basePath, handler))
}

function refuseSecondHandler({ options }: Nuxt, { name }: DefinitionFile, route: string, own: string): void {
  const other = [...options.serverHandlers, ...options.devServerHandlers].find(entry => entry.route === route && entry.handler !== own)
  if (other) throw new NuxtAuthError('AUTH_M003', { basePath: route, first: name, second: String(other.handler) })
}

// Asked for when templates are written: until then modules and pages add to the route rules.
function collectRules(nuxt: Nuxt, { protect }: ResolvedOptions): () => CompiledRule[] {
  let routeRules: RouteRules = {}
  let guarded: string[] = []
  nuxt.options.experimental.extraPageMetaExtractionKeys = [...nuxt.options.experimental.extraPageMetaExtractionKeys ?? [], 'auth']
  nuxt.hook('pages:resolved', pages => void (guarded = findGuardedPages(pages, protect)))
  nuxt.hook('nitro:init', (nitro) => {
    routeRules = nitro.options.routeRules as RouteRules
    // The last moment before the server is bundled: whoever adds to the rules has done so.
    nitro.hooks.hook('rollup:before', ({ options }) => void Object.assign(options.runtimeConfig.nitro ?? {}, { routeRules: withoutAuth(options.routeRules as RouteRules) }))
  })
  nuxt.hook('nitro:build:before', () => {
    const conflicts = [...findCachedAndGuarded(routeRules), ...findCachedPages(routeRules, guarded)]
    for (const pattern of new Set(conflicts)) useLogger().warn(new NuxtAuthError('AUTH_M006', { pattern }).message)
  })
  return () => requireEnforceable(compileRules({ ...nuxt.options.routeRules as RouteRules, ...routeRules }), getNitro(nuxt))
}

function addApp(nuxt: Nuxt, runtime: string, options: ResolvedOptions, getRules: () => CompiledRule[]): void {
  addTemplate({ filename: 'nuxt-authjs/options.mjs', getContents: () => renderOptions(options) })
  addTemplate({ filename: 'nuxt-authjs/rules.mjs', getContents: () => renderRules(getRules()) })
  addComponent({ name: 'AuthState', filePath: `${runtime}/app/components/AuthState` })
  addPlugin({ src: `${runtime}/app/plugins/session.server`, mode: 'server' })
  addImports({ name: 'useAuth', from: `${runtime}/app/composables/useAuth` })
  nuxt.hook('build:manifest', manifest => withoutPrefetch(manifest, [nuxt.options.srcDir, nuxt.options.rootDir], `${runtime}/app`))
  addRouteMiddleware({ name: 'nuxt-authjs', path: `${runtime}/app/middleware/auth`, global: true }, { prepend: true })
}

function addTypes(nuxt: Nuxt, runtime: string, definition: DefinitionFile): void {
  const types = join(nuxt.options.buildDir, 'types')
  const paths = { runtime: relative(types, runtime), definition: relative(types, definition.path).replace(/\.([cm]?)ts$/, ''), event: getNitro(nuxt) >= 3 ? 'import(\'nuxt/server\').RequestEvent' : 'import(\'h3\').H3Event' }
  addTypeTemplate({ filename: 'types/nuxt-authjs.d.ts', getContents: () => renderTypes(paths) }, { nuxt: true, nitro: true })
  addTypeTemplate({ filename: 'types/nuxt-authjs-rules.d.ts', getContents: () => renderRouteRuleTypes(paths) }, { nuxt: true, nitro: true, node: true, shared: true })
  addTypeTemplate({ filename: 'types/nuxt-authjs-server.d.ts', getContents: () => renderAuthTypes(paths) }, { nuxt: true, nitro: true })
}

// Hot reload follows edits; a definition that appears, moves or goes changes what is registered.
function restartOnMove(nuxt: Nuxt, roots: Root[], { definition }: ResolvedOptions): void {
  const candidates = new Set(roots.flatMap(root => listCandidates(root, definition)))
  nuxt.hook('builder:watch', async (event, path) => {
    const isMoved = (event === 'add' || event === 'unlink') && candidates.has(resolve(nuxt.options.srcDir, path))
    if (isMoved) await nuxt.callHook('restart')
  })
}
