import { useLogger } from '@nuxt/kit'
import type { Nuxt } from '@nuxt/schema'
import { NuxtAuthError } from '../runtime/shared/errors'
import type { NamedRoute } from '../runtime/shared/languages'
import { getNitro } from './floors'
import { listTranslatedPages } from './languages'
import type { ResolvedOptions } from './options'
import { findGuardedPages, findSignInPaths, requirePages } from './pages'
import type { Page } from './pages'
import { closeEverything, compileRules, findCachedAndGuarded, findCachedPages, requireEnforceable, requireWayIn, withoutAuth } from './route-rules'
import type { CompiledRule, RouteRules } from './route-rules'

/** The rules of an app. Modules and pages add to them until templates are written, so each of these is asked late. */
export interface AppRules {
  /** Never throws: Nuxt would show an error of its own. Invalid rules close every path, and a hook of the build throws. */
  getRules: () => CompiledRule[]
  getSignInPaths: () => string[]
  /** With @nuxtjs/i18n, which adds its pages to the app's list. */
  getTranslatedPages: () => NamedRoute[]
}

/** Follows the app's rules until its templates are written. Invalid rules fail the build: AUTH_M005, AUTH_M007, AUTH_M009. */
export function collectRules(nuxt: Nuxt, { protect, basePath, redirect }: ResolvedOptions): AppRules {
  let routeRules: RouteRules = {}
  let pages: Page[] = []
  const compile = () => requireEnforceable(compileRules({ ...nuxt.options.routeRules as RouteRules, ...routeRules }), getNitro(nuxt))
  const getSignInPaths = () => findSignInPaths(redirect.signIn, pages)
  const check = () => requireWayIn(compile(), basePath, getSignInPaths())

  nuxt.options.experimental.extraPageMetaExtractionKeys = [...nuxt.options.experimental.extraPageMetaExtractionKeys ?? [], 'auth']
  nuxt.hook('pages:resolved', (resolved) => {
    pages = resolved
    // In development the page is there to be mended.
    if (nuxt.options.dev) warn(() => requirePages(pages, basePath))
  })
  nuxt.hook('build:before', () => {
    if (!nuxt.options.dev) requirePages(pages, basePath)
  })
  nuxt.hook('nitro:init', (nitro) => {
    routeRules = nitro.options.routeRules as RouteRules
    check()
    // The last moment before the server is bundled, when every module has added its rules.
    nitro.hooks.hook('rollup:before', ({ options }) => {
      Object.assign(options.runtimeConfig.nitro ?? {}, { routeRules: withoutAuth(options.routeRules as RouteRules) })
    })
  })
  nuxt.hook('nitro:build:before', () => {
    check()
    const conflicts = [...findCachedAndGuarded(routeRules), ...findCachedPages(routeRules, findGuardedPages(pages, protect))]
    for (const pattern of new Set(conflicts)) useLogger().warn(new NuxtAuthError('AUTH_M006', { pattern }).message)
  })
  return { getSignInPaths, getTranslatedPages: () => listTranslatedPages(pages), getRules: () => attempt(compile) ?? closeEverything() }
}

function warn(check: () => void): void {
  try {
    check()
  }
  catch (error) {
    useLogger().error((error as Error).message)
  }
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  }
  catch {
    return undefined
  }
}
