import { file } from '#nuxt-authjs/definition'
import { parseCookies, setCookie } from '#nuxt-authjs/host'
import { passkeyScript, popupScript } from '#nuxt-authjs/scripts'
import { toCallbackPath } from '../../shared/callback-url'
import type { AuthEvent } from '../../shared/types'
import { openCsrfCookie, sealCsrfToken } from '../token/csrf'
import type { RequestConfig } from '../config/load'
import { statuses } from '../http/actions'
import type { Action } from '../http/actions'
import type { Answer } from '../http/answer'
import { toQuery } from '../http/request'
import type { RequestParts } from '../http/request'
import { createId } from '../token/base64url'
import { findAppPage, redirectToAppPage } from './redirect'
import { listForms } from './forms'
import type { Markup } from './html'
import type { PageContext } from './layout'
import { toPolicy } from './policy'
import type { PageParts } from './policy'
import { takeUserName } from './retry'
import { renderSignIn } from './sign-in'
import { renderStyle } from './style'
import { resolveTexts } from './texts'
import { renderError, renderPopup, renderSignOut, renderSwitch, renderVerifyRequest } from './views'

/** A request for a default page, or for one of the files that the pages load. */
interface PageRequest { event: AuthEvent, config: RequestConfig, parts: RequestParts, action: Action }

interface Page extends PageParts { markup: Markup, isPopup?: boolean }

const outages = ['Configuration', 'Unavailable']

/**
 * A default page, which replaces Auth.js's own; one of the files it loads; or a redirect to the app's own page.
 * Throws AUTH_D002 if a text of the definition is invalid.
 */
export async function answerPage({ event, config, parts, action }: PageRequest): Promise<Answer> {
  if (action.name === 'style.css') return toFile('text/css', renderStyle(config.theme))
  if (action.name === 'passkey.js') return toFile('text/javascript', passkeyScript)
  if (action.name === 'popup.js') return toFile('text/javascript', popupScript)

  const query = toQuery(parts.path)
  const isSignIn = action.name === 'signin'
  const sent = query.get('callbackUrl') ?? (isSignIn ? parseCookies(event)[config.cookies.callbackUrl.name] : undefined)
  const callbackUrl = toCallbackPath(sent, config.origin, config.home)
  const appPage = findAppPage(action.name, config)
  if (appPage) return redirectToAppPage(appPage, query, isSignIn || query.has('callbackUrl') ? callbackUrl : undefined)

  const context = await createContext(event, config, callbackUrl)
  const failed = { ...context, error: query.get('error'), code: query.get('code') }
  return toPage(config, renderPage(event, config, failed, action.name), getStatus(action.name, failed.error))
}

/**
 * Asks a signed-in user whether a magic link may sign in another user in this browser.
 * Throws AUTH_D002 if a text of the definition is invalid.
 */
export async function answerSwitch({ event, config, parts, action }: PageRequest): Promise<Answer> {
  const query = toQuery(parts.path)
  const callbackUrl = toCallbackPath(query.get('callbackUrl'), config.origin, config.home)
  const context = await createContext(event, config, callbackUrl)
  const markup = renderSwitch(context, {
    action: `${config.basePath}/callback/${action.provider}`,
    token: query.get('token') ?? '',
    email: query.get('email') ?? '',
  })
  return toPage(config, { markup, hasForm: true }, 200)
}

async function createContext(event: AuthEvent, config: RequestConfig, callbackUrl: string): Promise<PageContext> {
  const texts = resolveTexts(config.texts, file)
  return { config, texts, csrfToken: await issueCsrfToken(event, config), callbackUrl, error: null, code: null }
}

function renderPage(event: AuthEvent, config: RequestConfig, context: PageContext, action: string): Page {
  if (action === 'signout') return { markup: renderSignOut(context), hasForm: true }
  if (action === 'error') return { markup: renderError(context) }
  if (action === 'popup') return { markup: renderPopup(context), hasScript: true, isPopup: true }
  if (action === 'verify-request') return { markup: renderVerifyRequest(context) }
  const forms = listForms(config, context.texts)
  const takenName = takeUserName(event, config)
  const name = context.error === 'CredentialsSignin' ? takenName : undefined
  const hasScript = forms.some(({ passkey }) => passkey)
  return { markup: renderSignIn(context, forms, name), hasForm: true, hasScript }
}

function toPage(config: RequestConfig, page: Page, status: number): Answer {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': toPolicy(config, page),
    'x-content-type-options': 'nosniff',
    // A site that opened one of these pages can't navigate its window. The popup's last page belongs to its opener.
    ...(!page.isPopup && { 'cross-origin-opener-policy': 'same-origin' }),
    ...(status === 503 && { 'retry-after': '30' }),
  }
  return { status, body: page.markup.text, headers }
}

function toFile(type: string, text: string): Answer {
  const headers = { 'content-type': `${type}; charset=utf-8`, 'x-content-type-options': 'nosniff' }
  return { status: 200, headers, body: text }
}

/** The status of the error that a page shows: password managers and monitors rely on it. */
function getStatus(action: string, error: string | null): number {
  if (['signout', 'verify-request', 'popup'].includes(action)) return 200
  if (error === null) return action === 'signin' ? 200 : 400
  if (outages.includes(error)) return 503
  return Object.hasOwn(statuses, error) ? statuses[error] ?? 400 : 400
}

/** The browser's CSRF token, kept if it has a valid one: forms that are open in other tabs stay valid. */
async function issueCsrfToken(event: AuthEvent, config: RequestConfig): Promise<string> {
  const { name, options } = config.cookies.csrfToken
  const sent = parseCookies(event)[name]
  const token = await openCsrfCookie(sent, config.secret) ?? createId(32)
  const cookie = await sealCsrfToken(token, config.secret)
  if (cookie !== sent) setCookie(event, name, cookie, options)
  return token
}
