import { navigateTo } from '#app'
import type { NuxtApp } from '#app'
import type { Router } from 'vue-router'
import { options } from '#build/nuxt-authjs/options.mjs'
import { hasLanguage, toLanguageOf } from '../shared/languages'
import type { AuthResult } from '../shared/types'
import { toAddress, toPage } from './address'
import type { AuthClient } from './client'
import type { PasskeyOffer } from './passkey'
import type { Share } from './session'
import { useAuthState } from './state'

/** A path of this app; also as `route.query` has it, where it may be missing or a list. */
export type CallbackUrl = string | null | (string | null)[]

interface Options {
  /** Where to go afterwards: a path of this app. Default: the page the visitor is on. */
  callbackUrl?: CallbackUrl
  /** `false` stays on the page. */
  redirect?: boolean
}

export interface SignOutOptions extends Options {
  /** Ends the session at the provider, too: `url` of the result is its page. Needs `federatedSignOut` in the definition. */
  federated?: boolean
}

/** What a form can send. `false`, `null` and `undefined` are left out, as an unticked checkbox is; everything else becomes text. */
export type FormField = string | number | bigint | boolean | Date | null | undefined

/** Beside these, everything is sent to the provider: the fields of the credentials form, an e-mail address. */
export interface SignInOptions extends Options {
  /** Opens the provider's page in a window of its own, which closes itself; this page stays, and knows the session. */
  popup?: boolean
  /** Adds the provider's account to whoever is signed in, where an adapter keeps accounts. Without it, nothing is ever linked. */
  link?: boolean
  /** Passkeys: `register` adds one for whoever is signed in, or signs up with `email`. Default: signs in with one. */
  action?: 'register' | 'authenticate'
  [field: string]: FormField | CallbackUrl
}

/** Signs in. Credentials: without leaving the page. Other providers: the browser goes there. A refusal is a result, not an exception. */
export type SignIn = (provider?: string, options?: SignInOptions, authorizationParams?: Record<string, string>) => Promise<AuthResult>
/** Signs out, and goes to `callbackUrl`. */
export type SignOut = (options?: SignOutOptions) => Promise<AuthResult>

export function createSignIn(client: AuthClient, share: Share): { signIn: SignIn, signOut: SignOut } {
  const { nuxtApp, base, send } = client
  const toPath = (wish: CallbackUrl | undefined, fallback: string) => typeof wish === 'string' ? toAddress(nuxtApp.$router as Router, base, wish) : fallback
  // Whoever signs out while a page renders would come back to it again and again.
  const getCurrent = (isSignOut = false) => import.meta.client ? location.href.slice(location.origin.length) : `${base}${isSignOut ? '/' : nuxtApp.ssrContext!.url}`

  const signIn: SignIn = async (provider, { redirect = true, callbackUrl: wish, popup, link, action, ...fields } = {}, params = {}) => {
    const callbackUrl = toPath(wish, getCurrent())
    if (!provider) return await follow(client, toSignInPage(client, callbackUrl), redirect)
    // Before anything is waited for: later, a browser would block it.
    const opened = popup && open('', '', 'popup,width=480,height=640')
    const flow = opened ? [...crypto.getRandomValues(new Uint32Array(4))].join('-') : ''
    const target = opened ? `${base}${options.basePath}/popup?flow=${flow}` : callbackUrl
    const sent = { ...toFormFields(fields), link, action, callbackUrl: target }
    const answer: PasskeyOffer = await send(`/signin/${encodeURIComponent(provider)}?${new URLSearchParams(params)}`, sent)
    if (opened) return await import('./popup').then(({ followPopup }) => followPopup(opened, answer, client, share, flow))
    const result: AuthResult = answer.webauthn ? await (await import('./passkey')).provePasskey(client, answer.webauthn) : answer
    // The definition's own page for whoever it refuses; every other refusal stays with the form.
    if (!result.ok) return result.redirect ? await follow(client, result, redirect) : result
    const { session } = result
    if (!session) return await follow(client, result, redirect, true)
    await nuxtApp.callHook('auth:sign-in', share(session)!)
    return await follow(client, result, redirect)
  }

  const signOut: SignOut = async ({ callbackUrl, redirect = true, federated } = {}) => {
    const result = await send('/signout', { callbackUrl: toPath(callbackUrl, getCurrent(true)), federated })
    // A sign-out that did not reach every copy of the session did reach this browser.
    if (result.ok || result.error === 'SignOut') {
      share(null)
      await nuxtApp.callHook('auth:sign-out')
    }
    return result.ok ? await follow(client, result, redirect, federated) : result
  }

  return { signIn, signOut }
}

/** The fields as a form sends them. An object is sent as it is: the server's refusal names its field. */
function toFormFields(fields: Record<string, unknown>): Record<string, unknown> {
  const sent = Object.entries(fields).filter(([, value]) => value !== false && value !== null && value !== undefined)
  return Object.fromEntries(sent.map(([name, value]) => [name, typeof value === 'object' && !(value instanceof Date) ? value : String(value)]))
}

function toSignInPage({ nuxtApp, base }: AuthClient, callbackUrl: string): AuthResult {
  const { signIn } = options.redirect
  const router = nuxtApp.$router as Router
  const page = signIn ? toAddress(router, base, toLanguageOf(getSource(nuxtApp, base, callbackUrl), signIn, router.getRoutes())) : `${base}${options.basePath}/signin`
  return { ok: true, status: 200, url: `${page}?${new URLSearchParams({ callbackUrl })}`, error: null, code: null }
}

/** The page whose language counts: the one to come back to, if its path has a language, or the one that is open. */
function getSource({ $router, ssrContext }: NuxtApp, base: string, callbackUrl: string): string {
  const { getRoutes, currentRoute } = $router as Router
  const wished = callbackUrl.startsWith(`${base}/`) ? callbackUrl.slice(base.length) : callbackUrl
  return hasLanguage(wished, getRoutes()) ? wished : ssrContext?.url ?? currentRoute.value.path
}

/**
 * Goes where the result says: within the app without a reload, elsewhere by a full request; to another site only if `isAbroad`.
 * Works in a route middleware, too, whatever that returns.
 */
async function follow({ nuxtApp, base }: AuthClient, result: AuthResult, redirect: boolean, isAbroad = false): Promise<AuthResult> {
  if (!redirect || !result.url) return result
  if (import.meta.server) return await leave(nuxtApp, result, result.url)
  const { origin, pathname, search, hash } = new URL(result.url, location.href)
  const isHome = origin === location.origin
  const router = nuxtApp.$router as Router
  // A provider may be below a path of this very origin.
  const page = isHome && !isAbroad && !pathname.startsWith(`${base + options.basePath}/`) ? toPage(router, pathname + search + hash) : undefined
  // Nuxt's own mark: from the first guard of a navigation until its end.
  const isGuard = Boolean(nuxtApp._processingMiddleware)
  // A first navigation that a guard gives up on would show an error page instead.
  if (!page || (isGuard && nuxtApp.isHydrating)) return await leave(nuxtApp, result, isHome || isAbroad || result.redirect ? result.url : `${base}/`, isGuard)
  // Forced: on the page that the visitor is on already, its guard has to decide again.
  await router.push({ ...page, force: true })
  // As the return value of a route middleware, an object is the next target: here, the page that is open by now.
  return isGuard ? { ...result, ...{ path: page.path, query: page.query, hash: page.hash } } : result
}

/** Leaves this page by a full request. */
async function leave(nuxtApp: NuxtApp, result: AuthResult, url: string, isGuard = false): Promise<AuthResult> {
  await nuxtApp.runWithContext(() => {
    if (import.meta.server) useAuthState().isLeaving = true
    return navigateTo(url, { external: true })
  })
  // The page is about to be unloaded. Until then, no other navigation may follow from what a route middleware returns.
  return isGuard ? await new Promise(() => {}) : result
}
