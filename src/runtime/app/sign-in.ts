import { navigateTo, useRouter } from '#app'
import type { AuthResult } from '../shared/types'
import type { AuthClient } from './client'
import type { PasskeyOffer } from './passkey'
import type { SessionActions } from './session'

/** A path of this app; also as `route.query` has it, where it may be missing or a list. */
export type CallbackUrl = string | null | (string | null)[]

export interface SignOutOptions {
  /** Where to go afterwards: a path of this app. Default: the page the visitor is on. */
  callbackUrl?: CallbackUrl
  /** `false` stays on the page. */
  redirect?: boolean
}

/** Beside these, everything is sent to the provider: the fields of the credentials form, an e-mail address. */
export interface SignInOptions extends SignOutOptions {
  /** Passkeys: `register` adds one for whoever is signed in, or signs up with `email`. Default: signs in with one. */
  action?: 'register' | 'authenticate'
  [field: string]: unknown
}

/** Signs in. Credentials: without leaving the page. Other providers: the browser goes there. A refusal is a result, not an exception. */
export type SignIn = (provider?: string, options?: SignInOptions, authorizationParams?: Record<string, string>) => Promise<AuthResult>
/** Signs out, and goes to `callbackUrl`. */
export type SignOut = (options?: SignOutOptions) => Promise<AuthResult>

export function createSignIn(client: AuthClient, { refresh, keep }: SessionActions): { signIn: SignIn, signOut: SignOut } {
  const signIn: SignIn = async (provider, { redirect = true, callbackUrl: wish, ...fields } = {}, params = {}) => {
    const callbackUrl = toPath(wish)
    const type = provider && (await client.getProviders().catch(() => undefined))?.[provider]?.type
    if (!type) return await follow(client, toSignInPage(client, callbackUrl), redirect)
    const path = type === 'credentials' ? `/callback/${provider}` : `/signin/${provider}?${new URLSearchParams(params)}`
    const answer: PasskeyOffer = await client.send(path, { ...fields, callbackUrl })
    const result = answer.webauthn ? await (await import('./passkey')).provePasskey(client, answer.webauthn) : answer
    if (!result.ok) return result
    // Others come back by a full request.
    if (type === 'credentials' || answer.webauthn) await refresh()
    return await follow(client, result, redirect)
  }

  const signOut: SignOut = async ({ callbackUrl, redirect = true } = {}) => {
    const result = await client.send('/signout', { callbackUrl: toPath(callbackUrl) })
    if (!result.ok) return result
    keep(null)
    return await follow(client, result, redirect)
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
