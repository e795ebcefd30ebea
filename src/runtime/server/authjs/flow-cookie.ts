import { parseCookies } from '#nuxt-authjs/host'
import type { AuthEvent } from '../../shared/types'
import type { Action } from '../http/actions'
import type { Answer } from '../http/answer'
import { isChunkOf, keepCookies } from '../http/cookies'
import type { SentHeaders } from '../http/headers'
import type { Cookie, Cookies } from '../config/cookies'
import type { RequestConfig } from '../config/load'
import type { MergedProvider } from '../config/providers'
import { ProviderFault } from '../providers/fetch'
import { isFormPost } from '../providers/settings'
import { getVisitor } from '../session/session'
import { decodeToken, encodeToken } from '../token/codec'
import { toHash } from '../token/hash'

/** Derives a key of its own, so that no other sealed cookie can stand in for this one. */
const salt = 'nuxt-authjs.flow'

interface FlowRun {
  event: AuthEvent
  config: RequestConfig
  action: Action
  fields: Record<string, unknown> | undefined
  isVerified: boolean
}

/** What a sign-in under way remembers, sealed in the browser that started it. */
interface SealedFlow {
  provider: string
  /** Hash of the flow's `state`. */
  state: string
  callbackUrl?: string
  /** Id of the user who asked to link the provider's account. */
  linkTo?: string
}

/** A provider's answer, as Auth.js gets it. `fault`: the answer is refused before Auth.js sees it. */
export interface ResumedFlow { headers: SentHeaders, callbackUrl?: string, fault?: ProviderFault }

/**
 * The cookies for a flow with this provider. A provider that answers with a form posts it from its own site, which the flow's
 * cookies must survive. Auth.js takes care of `state` and `nonce` itself, but not of the PKCE verifier.
 */
export function toFlowCookies(provider: MergedProvider, { cookies, useSecureCookies }: RequestConfig): Cookies {
  if (!useSecureCookies || !isFormPost(provider)) return cookies
  return { ...cookies, pkceCodeVerifier: toForeign(cookies.pkceCodeVerifier), flow: toForeign(cookies.flow) }
}

/** Browsers take `SameSite=None` only from a secure cookie. */
function toForeign({ name, options }: Cookie): Cookie {
  return { name, options: { ...options, sameSite: 'none', secure: true } }
}

/**
 * Adds the flow's cookie to an answer that sends the user to the provider. A wish to link is kept only for a verified
 * request of a signed-in user. Throws AUTH_R001 if the session can't be read.
 */
export async function sealFlow(run: FlowRun, provider: MergedProvider, answer: Answer): Promise<Answer> {
  const { event, config, fields, isVerified } = run
  const state = answer.redirect && new URL(answer.redirect, config.origin).searchParams.get('state')
  if (!isVerified || !state) return answer
  const isLinking = fields?.link === true || fields?.link === 'true'
  const linkTo = isLinking ? (await getVisitor(event))?.id : undefined
  const token = {
    provider: provider.id,
    state: await toHash(state),
    callbackUrl: getCallbackUrl(event, config, answer),
    ...(linkTo !== undefined && { linkTo: String(linkTo) }),
  } satisfies SealedFlow
  const { name, options } = toFlowCookies(provider, config).flow
  const value = await encodeToken({ token, secret: config.secret, salt, maxAge: options.maxAge })
  return { ...answer, cookies: [...answer.cookies ?? [], { name, value, options }] }
}

/**
 * Finds the flow that a provider's answer belongs to. Auth.js would link the account to whoever is signed in by now, so it
 * sees the session only if the same user asked for that in this flow; if another user did, the answer is refused.
 */
export async function resumeFlow(run: FlowRun, headers: SentHeaders, state: unknown): Promise<ResumedFlow> {
  const { event, config } = run
  const flow = await openFlow(run, state)
  const { callbackUrl, linkTo } = flow ?? {}
  if (linkTo === undefined) return { headers: withoutSession(headers, config.cookies.sessionToken.name), callbackUrl }
  const id = (await getVisitor(event))?.id
  if (id !== undefined && String(id) === linkTo) return { headers, callbackUrl }
  return { headers, fault: new ProviderFault('OAuthCallbackError', 'the user who asked to link the account is no longer signed in') }
}

async function openFlow({ event, config, action }: FlowRun, state: unknown): Promise<SealedFlow | undefined> {
  const token = await decodeToken({ token: parseCookies(event)[config.cookies.flow.name], secret: config.secret, salt })
  // Only `sealFlow` can have written it.
  const flow = (token ?? {}) as Partial<SealedFlow>
  if (typeof state !== 'string' || flow.provider !== action.provider || flow.state !== await toHash(state)) return undefined
  return flow as SealedFlow
}

// Auth.js writes the cookie only if its value changes.
function getCallbackUrl(event: AuthEvent, { cookies }: RequestConfig, answer: Answer): string | undefined {
  const { name } = cookies.callbackUrl
  return answer.cookies?.find(cookie => cookie.name === name)?.value ?? parseCookies(event)[name]
}

function withoutSession(headers: SentHeaders, session: string): SentHeaders {
  const result = new Headers([...headers])
  result.set('cookie', keepCookies(headers.get('cookie') ?? '', name => !isChunkOf(name, session)))
  return result
}
