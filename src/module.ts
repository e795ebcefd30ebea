import {
  addComponent, addImports, addPlugin, addRouteMiddleware, addServerImports, addServerPlugin, addServerTemplate,
  addTemplate, addTypeTemplate, addVitePlugin, createResolver, defineNuxtModule,
} from '@nuxt/kit'
import type { Nuxt } from '@nuxt/schema'
import { join, relative } from 'pathe'
import { refuseServerImports, withoutPrefetch } from './build/bundle'
import { collectRules } from './build/collect-rules'
import type { AppRules } from './build/collect-rules'
import { findDefinitionOrWait, getRoots, restartOnMove } from './build/find-definition'
import type { DefinitionFile } from './build/find-definition'
import { getNitro, warnOfOutdated } from './build/floors'
import { bundleAuth } from './build/bundle-auth'
import { renderLanguages } from './build/languages'
import { resolveOptions } from './build/options'
import type { ModuleOptions, ResolvedOptions } from './build/options'
import { renderScripts, renderStylesheet } from './build/page-files'
import { addDevSecret } from './build/secret'
import { addAuthRoutes } from './build/session-route'
import { guardStatic } from './build/static'
import {
  renderAuthModule, renderAuthTypes, renderDefinitionModule, renderOptions, renderRouteRuleTypes, renderRules, renderServerRules, renderTypes, serverImports,
} from './build/templates'

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
    const rules = collectRules(nuxt, options)
    bundleAuth(nuxt, runtime)
    guardStatic(nuxt, rules)
    addServer(nuxt, runtime, definition, options, rules)
    addAuthRoutes(nuxt, definition, options, `${runtime}/server/handler`)
    addApp(nuxt, runtime, options, rules)
    addTypes(nuxt, runtime, definition)
  },
})

function addServer(nuxt: Nuxt, runtime: string, definition: DefinitionFile, options: ResolvedOptions, rules: AppRules): void {
  aliasServer(nuxt, '#nuxt-authjs/host', `${runtime}/server/host/nitro${getNitro(nuxt) < 3 ? 2 : 3}`)
  addServerTemplate({ filename: '#nuxt-authjs/definition', getContents: () => renderDefinitionModule(definition.path, definition.name) })
  addServerTemplate({ filename: '#auth', getContents: () => renderAuthModule(runtime) })
  for (const [file, names] of Object.entries(serverImports)) addServerImports(names.map(name => ({ name, from: `${runtime}/server/${file}` })))
  addServerTemplate({ filename: '#nuxt-authjs/options', getContents: () => renderOptions(options) })
  addServerTemplate({ filename: '#nuxt-authjs/languages', getContents: () => renderLanguages(rules.getTranslatedPages()) })
  addServerTemplate({ filename: '#nuxt-authjs/rules', getContents: () => renderServerRules(rules.getRules(), rules.getSignInPaths()) })
  addServerTemplate({ filename: '#nuxt-authjs/scripts', getContents: () => renderScripts(runtime) })
  addServerTemplate({ filename: '#nuxt-authjs/style', getContents: () => renderStylesheet(runtime) })
  addServerPlugin(`${runtime}/server/plugin`)
}

function aliasServer({ options }: Nuxt, name: string, path: string): void {
  options.nitro.alias = { ...options.nitro.alias, [name]: path }
}

function addApp(nuxt: Nuxt, runtime: string, options: ResolvedOptions, { getRules }: AppRules): void {
  addVitePlugin(() => refuseServerImports())
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
  const event = getNitro(nuxt) >= 3 ? 'import(\'nuxt/server\').RequestEvent' : 'import(\'h3\').H3Event'
  const paths = { runtime: relative(types, runtime), definition: relative(types, definition.path).replace(/\.([cm]?)ts$/, ''), event }
  const everywhere = { nuxt: true, nitro: true, node: true, shared: true }
  addTypeTemplate({ filename: 'types/nuxt-authjs.d.ts', getContents: () => renderTypes(paths) }, { nuxt: true, nitro: true })
  addTypeTemplate({ filename: 'types/nuxt-authjs-rules.d.ts', getContents: () => renderRouteRuleTypes(paths) }, everywhere)
  addTypeTemplate({ filename: 'types/nuxt-authjs-server.d.ts', getContents: () => renderAuthTypes(paths) }, { nuxt: true, nitro: true })
}
