import { useLogger } from '@nuxt/kit'
import type { Nuxt } from '@nuxt/schema'
import { NuxtAuthError } from '../runtime/shared/errors'
import type { NamedRoute } from '../runtime/shared/languages'
import { getNitro } from './floors'
import type { ResolvedOptions } from './options'
import { findGuardedPages, findSignInPaths, listTranslatedPages, requirePages } from './pages'
import type { Page } from './pages'
import {
  compileRules, denyAll, findCachedAndGuarded, findCachedPages, requireEnforceable, requireSignInOpen, withoutAuth,
} from './route-rules'
import type { CompiledRule, RouteRules } from './route-rules'

/**
 * The rules and pages of an app. Other modules add to them until templates are written, so call these functions as late
 * as possible.
 */
export interface AppRules {
  /**
   * Never throws, because Nuxt would replace the error in a template. Invalid rules deny every path, and a build hook
   * throws their error.
   */
  getRules: () => CompiledRule[]
  /** The paths of the app's own sign-in page. */
  getSignInPaths: () => string[]
  /** The pages translated by @nuxtjs/i18n. */
  getTranslatedPages: () => NamedRoute[]
}

/**
 * Collects the app's rules until its templates are written.
 * Invalid rules fail the build: AUTH_M005, AUTH_M007, AUTH_M009, and AUTH_M010 and AUTH_M011 for pages.
 */
export function collectRules(nuxt: Nuxt, { protect, basePath, redirect }: ResolvedOptions): AppRules {
  let routeRules: RouteRules = {}
  let pages: Page[] = []
  const compile = () => requireEnforceable(compileRules({ ...nuxt.options.routeRules, ...routeRules }), getNitro(nuxt))
  const getSignInPaths = () => findSignInPaths(redirect.signIn, pages)
  const check = () => requireSignInOpen(compile(), basePath, getSignInPaths())

  const { experimental } = nuxt.options
  experimental.extraPageMetaExtractionKeys = [...experimental.extraPageMetaExtractionKeys ?? [], 'auth']
  nuxt.hook('pages:resolved', (resolved) => {
    pages = resolved
    // An invalid page must not stop the development server: its developer is about to fix it.
    if (nuxt.options.dev) logError(() => requirePages(pages, basePath))
  })
  nuxt.hook('build:before', () => {
    if (!nuxt.options.dev) requirePages(pages, basePath)
  })
  nuxt.hook('nitro:init', (nitro) => {
    routeRules = nitro.options.routeRules
    check()
    // The last hook before the server is bundled: every module has added its rules.
    nitro.hooks.hook('rollup:before', ({ options }) => {
      Object.assign(options.runtimeConfig.nitro ?? {}, { routeRules: withoutAuth(options.routeRules) })
    })
  })
  nuxt.hook('nitro:build:before', () => {
    check()
    const guardedPages = findGuardedPages(pages, protect)
    const conflicts = new Set([...findCachedAndGuarded(routeRules), ...findCachedPages(routeRules, guardedPages)])
    for (const pattern of conflicts) useLogger().warn(new NuxtAuthError('AUTH_M006', { pattern }).message)
  })
  return {
    getRules: () => ignoreError(compile) ?? denyAll(),
    getSignInPaths,
    getTranslatedPages: () => listTranslatedPages(pages),
  }
}

function logError(check: () => void): void {
  try {
    check()
  }
  catch (error) {
    if (!(error instanceof NuxtAuthError)) throw error
    useLogger().error(error.message)
  }
}

function ignoreError<T>(run: () => T): T | undefined {
  try {
    return run()
  }
  catch {
    return undefined
  }
}
