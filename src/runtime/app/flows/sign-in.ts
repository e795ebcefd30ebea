import { isTranslated } from '#build/nuxt-authjs/languages.mjs'
import { options } from '#build/nuxt-authjs/options.mjs'
import { hasLanguage } from '../../shared/languages'
import type { AuthResult } from '../../shared/types'
import { localise, toAddress } from '../address'
import { getRouter } from '../context'
import type { ShareSession } from '../session'
import type { AuthClient } from './client'
import { follow, getCurrentAddress, toCallbackAddress } from './navigation'
import type { CallbackUrl, RedirectOptions } from './navigation'
import type { PasskeyOffer } from './passkey'

/** A form field. `false`, `null` and `undefined` are left out, as an unticked checkbox is; other values become text. */
export type FormField = string | number | bigint | boolean | Date | null | undefined

/** Options of `signIn()`. Any other field is sent to the provider, such as a password or an email address. */
export interface SignInOptions extends RedirectOptions {
  /** Opens the provider's page in a popup, which closes itself. This page stays open and gets the session. */
  popup?: boolean
  /** Links the provider's account to the signed-in user. Needs an adapter. Nothing is linked without this option. */
  link?: boolean
  /** Passkeys: `register` adds one for the signed-in user, or signs up with `email`. Default: `authenticate`. */
  action?: 'register' | 'authenticate'
  [field: string]: FormField | CallbackUrl
}

/**
 * Signs in with a provider: by credentials without leaving the page, by any other provider on the provider's page.
 * Without a provider, goes to the sign-in page. A refusal is a result, not an exception.
 */
export type SignIn = (
  provider?: string, options?: SignInOptions, authorizationParams?: Record<string, string>,
) => Promise<AuthResult>

/** `signIn()` of one app. */
export function createSignIn(client: AuthClient, share: ShareSession): SignIn {
  return async (provider, { redirect = true, callbackUrl, popup, link, action, ...fields } = {}, params = {}) => {
    const address = toCallbackAddress(client, callbackUrl, getCurrentAddress(client))
    if (!provider) return await follow(client, toSignInPage(client, address), redirect)
    // Browsers block a popup that opens after an `await`.
    const opened = popup && open('', '', 'popup,width=480,height=640')
    const flow = opened ? [...crypto.getRandomValues(new Uint32Array(4))].join('-') : ''
    const target = opened ? `${client.base}${options.basePath}/popup?flow=${flow}` : address
    const path = `/signin/${encodeURIComponent(provider)}?${new URLSearchParams(params)}`
    const answer = await client.send<PasskeyOffer>(path, { ...toFormFields(fields), link, action, callbackUrl: target })
    if (opened) return await (await import('./popup')).followPopup(opened, answer, client, share, flow)
    return await finish(client, share, await prove(client, answer), redirect)
  }
}

/** Answers a passkey challenge, if the server sent one. */
async function prove(client: AuthClient, answer: PasskeyOffer): Promise<AuthResult> {
  return answer.webauthn ? await (await import('./passkey')).provePasskey(client, answer.webauthn) : answer
}

async function finish(
  client: AuthClient, share: ShareSession, result: AuthResult, redirect: boolean,
): Promise<AuthResult> {
  // A refusal stays with the form, unless the definition named a page for it.
  if (!result.ok) return result.redirect ? await follow(client, result, redirect) : result
  if (!result.session) return await follow(client, result, redirect, true)
  const session = share(result.session)
  if (session) await client.nuxtApp.callHook('auth:sign-in', session)
  return await follow(client, result, redirect)
}

/** The fields as a form sends them. Objects are sent unchanged, so that the server's refusal can name their field. */
function toFormFields(fields: Record<string, unknown>): Record<string, unknown> {
  const sent = Object.entries(fields).filter(([, value]) => value !== false && value !== null && value !== undefined)
  const toValue = (value: unknown) => typeof value === 'object' && !(value instanceof Date) ? value : String(value)
  return Object.fromEntries(sent.map(([name, value]) => [name, toValue(value)]))
}

function toSignInPage(client: AuthClient, callbackUrl: string): AuthResult {
  const { nuxtApp, base } = client
  const { signIn } = options.redirect
  const page = signIn
    ? toAddress(getRouter(nuxtApp), base, localise(nuxtApp, getLocalisedPath(client, callbackUrl), signIn))
    : `${base}${options.basePath}/signin`
  return { ok: true, status: 200, url: `${page}?${new URLSearchParams({ callbackUrl })}`, error: null, code: null }
}

/** The path whose language the sign-in page gets: `callbackUrl` if it has a language, otherwise the current page. */
function getLocalisedPath({ nuxtApp, base }: AuthClient, callbackUrl: string): string {
  const { getRoutes, currentRoute } = getRouter(nuxtApp)
  const path = callbackUrl.startsWith(`${base}/`) ? callbackUrl.slice(base.length) : callbackUrl
  return isTranslated && hasLanguage(path, getRoutes()) ? path : nuxtApp.ssrContext?.url ?? currentRoute.value.path
}
