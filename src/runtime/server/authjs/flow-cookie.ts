import { parseCookies } from '#nuxt-authjs/host'
import type { AuthEvent } from '../../shared/types'
import type { Answer } from '../http/answer'
import { isChunkOf, keepCookies } from '../http/cookies'
import type { SentHeaders } from '../http/headers'
import { toQuery } from '../http/request'
import type { Cookie, Cookies } from '../config/cookies'
import type { RequestConfig } from '../config/load'
import type { OAuthProvider } from '../config/providers'
import { ProviderFault } from '../providers/fetch'
import { isFormPost } from '../providers/settings'
import { getVisitor } from '../session/session'
import { decodeToken, encodeToken } from '../token/codec'
import { toHash } from '../token/hash'
import { toFlowQuery } from './flow'
import type { Run } from './run'

/** Derives a separate key, so that no other sealed cookie is accepted in place of this one. */
const salt = 'nuxt-authjs.flow'

/** The memory of a sign-in under way, sealed in the browser that started it. */
interface SealedFlow {
  provider: string
  /** Hash of the flow's `state`. */
  state: string
  callbackUrl?: string
  /** Id of the user who asked to link the provider's account. */
  linkTo?: string
}

/** A provider's answer in the form that Auth.js gets it. If there is a `fault`, Auth.js never sees the answer. */
export interface ResumedFlow { headers: SentHeaders, callbackUrl?: string, fault?: ProviderFault }

/**
 * The cookies for a flow with this provider. A provider that answers with a form posts it from its own site, and the
 * browser must send the flow's cookies along. Auth.js provides for `state` and `nonce`, but not for the PKCE verifier.
 */
export function toFlowCookies(provider: OAuthProvider, { cookies, useSecureCookies }: RequestConfig): Cookies {
  if (!useSecureCookies || !isFormPost(provider)) return cookies
  return { ...cookies, pkceCodeVerifier: toForeign(cookies.pkceCodeVerifier), flow: toForeign(cookies.flow) }
}

/** Browsers take `SameSite=None` only from a secure cookie. */
function toForeign({ name, options }: Cookie): Cookie {
  return { name, options: { ...options, sameSite: 'none', secure: true } }
}

/**
 * Adds the flow's cookie to an answer that redirects to the provider. A request to link the account is kept only if it
 * is verified and its user is signed in. Throws AUTH_R001 if the session can't be read.
 */
export async function sealFlow(run: Run, provider: OAuthProvider, answer: Answer): Promise<Answer> {
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
 * Finds the flow that a provider's answer belongs to. Auth.js would link the account to the user who is signed in now,
 * so it sees the session only if that user asked for the link in this flow. If another user did, the answer is refused.
 */
export async function resumeFlow(run: Run, provider: OAuthProvider): Promise<ResumedFlow> {
  const { event, config, action, fields, parts: { headers, path } } = run
  const state = isFormPost(provider) ? fields?.state : toFlowQuery(action, toQuery(path)).get('state')
  const flow = await openFlow(run, state)
  const { callbackUrl, linkTo } = flow ?? {}
  if (linkTo === undefined) return { headers: withoutSession(headers, config.cookies.sessionToken.name), callbackUrl }
  const id = (await getVisitor(event))?.id
  if (id !== undefined && String(id) === linkTo) return { headers, callbackUrl }
  const reason = 'the user who asked to link the account is no longer signed in'
  return { headers, fault: new ProviderFault('OAuthCallbackError', reason) }
}

async function openFlow({ event, config, action }: Run, state: unknown): Promise<SealedFlow | undefined> {
  const token = await decodeToken({ token: parseCookies(event)[config.cookies.flow.name], secret: config.secret, salt })
  // An authentic token with this salt is one that `sealFlow` made.
  const flow = token as SealedFlow | null
  if (!flow || typeof state !== 'string' || flow.provider !== action.provider) return undefined
  return flow.state === await toHash(state) ? flow : undefined
}

/** Auth.js sets the cookie only if its value changes. */
function getCallbackUrl(event: AuthEvent, { cookies }: RequestConfig, answer: Answer): string | undefined {
  const { name } = cookies.callbackUrl
  return answer.cookies?.find(cookie => cookie.name === name)?.value ?? parseCookies(event)[name]
}

function withoutSession(headers: SentHeaders, session: string): SentHeaders {
  const result = new Headers([...headers])
  result.set('cookie', keepCookies(headers.get('cookie') ?? '', name => !isChunkOf(name, session)))
  return result
}
