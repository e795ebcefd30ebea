import {
  addComponent, addImports, addPlugin, addRouteMiddleware, addServerImports, addServerPlugin, addServerTemplate,
  addTemplate, addTypeTemplate, addVitePlugin, createResolver, defineNuxtModule,
} from '@nuxt/kit'
import type { Nuxt } from '@nuxt/schema'
import { join, relative } from 'pathe'
import { bundleAuth, disablePrefetch, refuseServerImports } from './build/bundle'
import { collectRules } from './build/collect-rules'
import type { AppRules } from './build/collect-rules'
import { findDefinitionOrWait, getRoots, restartOnMove } from './build/find-definition'
import type { DefinitionFile } from './build/find-definition'
import { getNitro, warnOfOutdated } from './build/floors'
import { resolveOptions } from './build/options'
import type { ModuleOptions, ResolvedOptions } from './build/options'
import { renderScripts, renderStylesheet } from './build/page-files'
import { addDevSecret } from './build/secret'
import { addAuthRoutes } from './build/session-route'
import { checkStaticFiles } from './build/static'
import * as templates from './build/templates'

export type { ModuleOptions } from './build/options'

/** The Nuxt module. `setup` lists everything it adds to an app, in order. */
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
    checkStaticFiles(nuxt, rules)
    addServer(nuxt, runtime, definition, options, rules)
    addAuthRoutes(nuxt, definition, options, `${runtime}/server/handler`)
    addApp(nuxt, `${runtime}/app`, options, rules)
    addTypes(nuxt, runtime, definition)
  },
})

function addServer(
  nuxt: Nuxt, runtime: string, { path, name }: DefinitionFile, options: ResolvedOptions, rules: AppRules,
): void {
  const host = `${runtime}/server/host/nitro${getNitro(nuxt) < 3 ? 2 : 3}`
  nuxt.options.nitro.alias = { ...nuxt.options.nitro.alias, '#nuxt-authjs/host': host }
  const modules = {
    '#auth': () => templates.renderAuthModule(runtime),
    '#nuxt-authjs/definition': () => templates.renderDefinitionModule(path, name),
    '#nuxt-authjs/languages': () => templates.renderLanguages(rules.getTranslatedPages()),
    '#nuxt-authjs/options': () => templates.renderOptions(options),
    '#nuxt-authjs/scripts': () => renderScripts(runtime),
    '#nuxt-authjs/style': () => renderStylesheet(runtime),
    '#nuxt-authjs/rules': () => templates.renderServerRules(rules.getRules(), rules.getSignInPaths()),
  }
  for (const [filename, getContents] of Object.entries(modules)) addServerTemplate({ filename, getContents })
  for (const [file, names] of Object.entries(templates.serverImports))
    addServerImports(names.map(name => ({ name, from: `${runtime}/server/${file}` })))
  addServerPlugin(`${runtime}/server/plugin`)
}

function addApp(nuxt: Nuxt, folder: string, options: ResolvedOptions, rules: AppRules): void {
  const { srcDir, rootDir } = nuxt.options
  addVitePlugin(() => refuseServerImports())
  addTemplate({ filename: 'nuxt-authjs/options.mjs', getContents: () => templates.renderOptions(options) })
  addTemplate({ filename: 'nuxt-authjs/rules.mjs', getContents: () => templates.renderRules(rules.getRules()) })
  const renderLanguages = () => templates.renderIsTranslated(rules.getTranslatedPages())
  addTemplate({ filename: 'nuxt-authjs/languages.mjs', getContents: renderLanguages })
  addComponent({ name: 'AuthState', filePath: `${folder}/components/AuthState` })
  addPlugin({ src: `${folder}/plugins/session.server`, mode: 'server' })
  addImports({ name: 'useAuth', from: `${folder}/composables/useAuth` })
  nuxt.hook('build:manifest', manifest => disablePrefetch(manifest, [srcDir, rootDir], folder))
  addRouteMiddleware({ name: 'nuxt-authjs', path: `${folder}/middleware/auth`, global: true }, { prepend: true })
}

function addTypes(nuxt: Nuxt, runtime: string, definition: DefinitionFile): void {
  const folder = join(nuxt.options.buildDir, 'types')
  const paths = {
    runtime: relative(folder, runtime),
    definition: relative(folder, definition.path).replace(/\.([cm]?)ts$/, ''),
    event: getNitro(nuxt) < 3 ? 'import(\'h3\').H3Event' : 'import(\'nuxt/server\').RequestEvent',
  }
  const add = (name: string, render: (types: typeof paths) => string, where: object) =>
    addTypeTemplate({ filename: `types/${name}.d.ts` as const, getContents: () => render(paths) }, where)
  const programs = { nuxt: true, nitro: true }
  add('nuxt-authjs', templates.renderTypes, programs)
  add('nuxt-authjs-rules', templates.renderRouteRuleTypes, { ...programs, node: true, shared: true })
  add('nuxt-authjs-server', templates.renderAuthTypes, programs)
}
