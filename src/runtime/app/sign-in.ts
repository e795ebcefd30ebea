import { navigateTo, useRouter } from '#app'
import type { AuthResult } from '../shared/types'
import type { AuthClient } from './client'
import type { SessionActions } from './session'

/** A path of this app; also as `route.query` has it, where it may be missing or a list. */
export type CallbackUrl = string | null | (string | null)[]

export interface SignOutOptions {
  /** Where to go afterwards: a path of this app. Default: the page the visitor is on. */
  callbackUrl?: CallbackUrl
  /** `false` stays on the page. */
  redirect?: boolean
}

/** Beside these two, everything is sent to the provider: the fields of the credentials form, an e-mail address. */
export interface SignInOptions extends SignOutOptions { [field: string]: unknown }

/** Signs in. Credentials: without leaving the page. Other providers: the browser goes there. A refusal is a result, not an exception. */
export type SignIn = (provider?: string, options?: SignInOptions, authorizationParams?: Record<string, string>) => Promise<AuthResult>
/** Signs out, and goes to `callbackUrl`. */
export type SignOut = (options?: SignOutOptions) => Promise<AuthResult>

export function createSignIn(client: AuthClient, { refresh, keep }: SessionActions): { signIn: SignIn, signOut: SignOut } {
  const signIn: SignIn = async (provider, { redirect = true, callbackUrl: wish, ...fields } = {}, params = {}) => {
    const callbackUrl = toPath(wish)
    const type = provider && (await client.getProviders().catch(() => undefined))?.[provider]?.type
    if (!type) return await follow(client, toSignInPage(client, callbackUrl), redirect)
    if (type !== 'credentials') return await follow(client, await client.send(`/signin/${provider}?${new URLSearchParams(params)}`, { ...fields, callbackUrl }), redirect)
    const result = await client.send(`/callback/${provider}`, { ...fields, callbackUrl })
    if (!result.ok) return result
    await refresh()
    return await follow(client, result, redirect)
  }

  const signOut: SignOut = async ({ callbackUrl, redirect = true } = {}) => {
    const result = await client.send('/signout', { callbackUrl: toPath(callbackUrl) })
    // A sign-out that did not reach every copy of the session did reach this browser.
    if (result.ok || result.error === 'SignOut') keep(null)
    return result.ok ? await follow(client, result, redirect) : result
  }

  return { signIn, signOut }
}

function toSignInPage({ base, config }: AuthClient, callbackUrl: string): AuthResult {
  const page = config.redirect.signIn || `${config.basePath}/signin`
  return { ok: true, status: 200, url: `${base}${page}?${new URLSearchParams({ callbackUrl })}`, error: null, code: null }
}

/** Goes where the result says: within the app without a reload, elsewhere (a provider's page, Auth.js's own) by a full request. */
async function follow({ nuxtApp, base, config }: AuthClient, result: AuthResult, redirect: boolean): Promise<AuthResult> {
  const { url } = result
  if (redirect && url) {
    const path = import.meta.client ? toPagePath(url, base, base + config.basePath) : undefined
    // Forced: on the page that the visitor is on already, its guard has to decide again.
    const toPage = () => navigateTo({ ...useRouter().resolve(path ?? ''), force: true })
    await nuxtApp.runWithContext(() => path ? toPage() : navigateTo(url, { external: true }))
  }
  return result
}

/** The path of a page of this app, as the router has it; undefined for every other address. */
function toPagePath(url: string, base: string, authPath: string): string | undefined {
  const { origin, pathname, search, hash } = new URL(url, location.href)
  if (origin !== location.origin || !pathname.startsWith(`${base}/`) || pathname.startsWith(`${authPath}/`)) return undefined
  return (pathname.slice(base.length) + search + hash).replace(/^\/+/, '/')
}

function toPath(wish: CallbackUrl | undefined): string {
  if (typeof wish === 'string') return wish
  return import.meta.client ? location.pathname + location.search : '/'
}
