import { file } from '#nuxt-authjs/definition'
import { parseCookies, setCookie } from '#nuxt-authjs/host'
import { passkeyScript, popupScript } from '#nuxt-authjs/scripts'
import { toCallbackPath } from '../../shared/callback-url'
import type { AuthEvent } from '../../shared/types'
import { statuses } from '../http/actions'
import type { Action } from '../http/actions'
import type { Answer } from '../http/answer'
import { openCsrfCookie, sealCsrfToken } from '../authjs/csrf'
import type { RequestConfig } from '../config/load'
import { toQuery } from '../http/request'
import type { RequestParts } from '../http/request'
import { listForms } from './forms'
import type { Markup } from './html'
import { getLogo, renderError, renderPopup, renderSignIn, renderSignOut, renderSwitch, renderVerifyRequest } from './page'
import type { PageContext } from './page'
import { renderStyle } from './style'
import { resolveTexts } from './texts'
import { createId } from '../token/base64url'

interface Asked { event: AuthEvent, config: RequestConfig, parts: RequestParts, action: Action }

const ownPages: Record<string, 'signIn' | 'signOut' | 'error' | 'verifyRequest'> = { 'signin': 'signIn', 'signout': 'signOut', 'error': 'error', 'verify-request': 'verifyRequest' }
const outages = ['Configuration', 'Unavailable']

/** Auth.js's pages, in this module's own words: plain HTML that needs no script, or the way to the app's own page. */
export async function answerPage({ event, config, parts, action }: Asked): Promise<Answer> {
  if (action.name === 'style.css') return toFile('text/css', renderStyle(config.theme))
  if (action.name === 'passkey.js') return toFile('text/javascript', passkeyScript)
  if (action.name === 'popup.js') return toFile('text/javascript', popupScript)
  const query = toQuery(parts.path)
  const cookies = parseCookies(event)
  const callbackUrl = toCallbackPath(query.get('callbackUrl') ?? (action.name === 'signin' ? cookies[config.cookies.callbackUrl.name] : undefined), config.origin, config.home)
  const own = ownPages[action.name]
  const page = own && config.pages?.[own]
  if (page && !isOwn(page, config)) return toCustomPage(page, query, action.name === 'signin' || query.has('callbackUrl') ? callbackUrl : undefined)

  const context = { config, texts: resolveTexts(config.texts, file), csrfToken: await issueCsrfToken(event, config), callbackUrl, error: query.get('error'), code: query.get('code') }
  return toPage(config, render(event, context, action.name), getStatus(action.name, context.error))
}

/** Asks a user who is signed in whether a magic link may sign in somebody else in this browser. */
export async function answerSwitch({ event, config, parts, action }: Asked): Promise<Answer> {
  const query = toQuery(parts.path)
  const callbackUrl = toCallbackPath(query.get('callbackUrl'), config.origin, config.home)
  const context = { config, texts: resolveTexts(config.texts, file), csrfToken: await issueCsrfToken(event, config), callbackUrl, error: null, code: null }
  const link = { action: `${config.basePath}/callback/${action.provider}`, token: query.get('token') ?? '', email: query.get('email') ?? '' }
  return toPage(config, { markup: renderSwitch(context, link), hasForm: true }, 200)
}

function toPage(config: RequestConfig, { markup, hasForm = false, hasScript = false, isPopup = false }: Rendered, status: number): Answer {
  return { status, body: markup.text, headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': toPolicy(config, hasForm, hasScript),
    'x-content-type-options': 'nosniff',
    // A site that opened one of these pages can't navigate its window. The popup's last page belongs to its opener.
    ...(!isPopup && { 'cross-origin-opener-policy': 'same-origin' }),
    ...(status === 503 && { 'retry-after': '30' }),
  } }
}

interface Rendered { markup: Markup, hasForm?: boolean, hasScript?: boolean, isPopup?: boolean }

function render(event: AuthEvent, context: PageContext & { config: RequestConfig }, name: string): Rendered {
  if (name === 'signout') return { markup: renderSignOut(context), hasForm: true }
  if (name === 'error') return { markup: renderError(context) }
  if (name === 'popup') return { markup: renderPopup(context), hasScript: true, isPopup: true }
  if (name === 'verify-request') return { markup: renderVerifyRequest(context) }
  const forms = listForms(context.config, context.texts)
  return { markup: renderSignIn(context, forms, takeName(event, context)), hasForm: true, hasScript: forms.some(({ passkey }) => passkey) }
}

/** The refused user name, once. */
function takeName(event: AuthEvent, { config, error }: PageContext & { config: RequestConfig }): string | undefined {
  const { name, options } = config.cookies.userName
  const value = parseCookies(event)[name]
  if (value !== undefined) setCookie(event, name, '', { ...options, maxAge: 0 })
  return error === 'CredentialsSignin' ? value?.slice(0, 200) : undefined
}

/** The visitor's own token where he has one: forms that are open in other tabs stay good. */
async function issueCsrfToken(event: AuthEvent, config: RequestConfig): Promise<string> {
  const { name, options } = config.cookies.csrfToken
  const sent = parseCookies(event)[name]
  const token = await openCsrfCookie(sent, config.secret) ?? createId(32)
  const cookie = await sealCsrfToken(token, config.secret)
  if (cookie !== sent) setCookie(event, name, cookie, options)
  return token
}

// An app that names one of these pages as its own would send its visitors in circles.
function isOwn(page: string, { basePath, origin }: RequestConfig): boolean {
  const { pathname } = new URL(page, origin)
  return Object.keys(ownPages).some(name => pathname === `${basePath}/${name}`)
}

function toCustomPage(page: string, query: URLSearchParams, callbackUrl: string | undefined): Answer {
  const kept = new URLSearchParams(query)
  if (callbackUrl !== undefined) kept.set('callbackUrl', callbackUrl)
  const location = kept.size === 0 ? page : `${page}${page.includes('?') ? '&' : '?'}${kept}`
  return { status: 302, headers: { location } }
}

/** A page that tells of a failure has the failure's status: password managers and monitors go by it. */
function getStatus(name: string, error: string | null): number {
  if (['signout', 'verify-request', 'popup'].includes(name) || (name === 'signin' && error === null)) return 200
  if (outages.includes(error ?? '')) return 503
  return (Object.hasOwn(statuses, error ?? '') ? statuses[error ?? ''] : undefined) ?? 400
}

/**
 * Nothing but this app's own stylesheet, logo and script. Forms go to this app; where they lead on from there is a redirect,
 * which Chromium holds to `form-action`, too: a provider's host, and whatever hosts it sends a visitor on to, are known to nobody here.
 */
function toPolicy(config: RequestConfig, hasForm: boolean, hasScript: boolean): string {
  const logo = getLogo(config)
  const images = !logo || logo.origin === config.origin ? '' : logo.protocol === 'data:' ? ' data:' : ` ${logo.origin}`
  const targets = config.origin.startsWith('http:') ? '\'self\' https: http:' : '\'self\' https:'
  return [
    'default-src \'none\'', 'style-src \'self\'', `img-src 'self'${images}`, hasScript && 'script-src \'self\'; connect-src \'self\'',
    `form-action ${hasForm ? targets : '\'none\''}`, 'frame-ancestors \'none\'', 'base-uri \'none\'',
  ].filter(Boolean).join('; ')
}

function toFile(type: string, text: string): Answer {
  return { status: 200, headers: { 'content-type': `${type}; charset=utf-8`, 'x-content-type-options': 'nosniff' }, body: text }
}
