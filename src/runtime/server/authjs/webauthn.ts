import type { Adapter } from '@auth/core/adapters'
import { parseCookies } from '#nuxt-authjs/host'
import { toJson } from '../http/answer'
import type { Answer } from '../http/answer'
import { normalizeEmail } from '../providers/email'
import type { RequestConfig } from '../config/load'
import type { MergedProvider } from '../config/providers'
import { refuseSignIn } from './refusal'
import { logAuthError } from './error-log'
import { runAuth } from './run'
import type { Run } from './run'
import { getVisitor } from '../session/session'
import type { JWT } from '../token/claims'
import { decodeToken } from '../token/codec'
import { guardWebAuthn } from '../providers/webauthn'

const verification = 'WebAuthnVerificationError'
/** Auth.js's names for what a client sent wrong: a passkey that nobody has, a challenge that is not its own. */
const mistakes = new Set(['AuthError', 'InvalidCheck'])

/**
 * Auth.js for a passkey, in two steps. POST `/signin/<id>` answers with a challenge for the browser, POST `/callback/<id>` proves it.
 * https://www.w3.org/TR/webauthn-3/
 */
export async function runWebAuthn(run: Run): Promise<Answer> {
  const { action, fields } = run
  const wish = fields?.action
  if (action.name === 'callback' && !fields) return toJson({ statusCode: 405 }, { status: 405, headers: { allow: 'POST' } })
  if (wish !== undefined && wish !== 'register' && wish !== 'authenticate') return refuse(run, 'action')
  // Whoever proves a passkey is its owner, not who was signed in before.
  const config = wish === 'register' || !fields ? run.config : forgetSession(run.config)
  const guarded = { ...run, config: { ...config, providers: guardProviders(config) } }
  if (!fields) return await runAuth(guarded)
  return action.name === 'callback' ? await prove(guarded, fields) : await offer(guarded, fields)
}

/** The challenge, with a cookie that remembers it. */
async function offer(run: Run, { action, email, callbackUrl }: Record<string, unknown>): Promise<Answer> {
  if (email !== undefined && normalizeEmail(email) === undefined) return refuse(run, 'email')
  const visitor = action === 'register' ? await getVisitor(run.event) : undefined
  // Auth.js registers under an address; a visitor may be without.
  if (visitor?.id && typeof visitor.email !== 'string') return refuse(run, 'email')
  const wish = { action: action ?? (email === undefined ? 'authenticate' : undefined), email, callbackUrl }
  const query = new URLSearchParams(Object.entries(wish).flatMap(([key, value]) => typeof value === 'string' ? [[key, value]] : []))
  const answer = await runAuth({ ...run, action: { ...run.action, name: 'webauthn-options' }, fields: undefined, parts: { ...run.parts, path: `/?${query}` } })
  if (answer.status === 400) return refuse(run, 'refused')
  // Auth.js answers 200 when it failed, too: with a URL instead of options.
  const { action: next, options } = answer.status === 200 ? answer.body as Record<string, unknown> : {}
  if (!options) return refuseSignIn(run, { status: 503, error: 'Configuration' })
  return toJson({ ok: true, status: 200, url: null, error: null, code: null, webauthn: { provider: run.action.provider, action: next, options } }, { headers: answer.headers, cookies: answer.cookies })
}

/** Hands the browser's proof to Auth.js, once it is one by its shape and the challenge is ours. */
async function prove(run: Run, { action, data }: Record<string, unknown>): Promise<Answer> {
  if (action === undefined || !isCredential(data)) return refuse(run, 'malformed')
  const challenge = await readChallenge(run)
  if (!challenge || (action === 'register') !== Boolean(challenge.registerData)) return refuse(run, 'challenge')
  // Started by a stranger and finished in somebody's session, or the other way round: nobody asked to link these two.
  if (challenge.registerData && challenge.registerData.id !== (await getVisitor(run.event))?.id) return refuseSignIn(run, { status: 403, error: 'AccountNotLinked' })
  const { config, isMistake } = watchMistakes(run.config, action === 'register')
  const answer = await runAuth({ ...run, config })
  return isMistake() ? refuse(run, 'unknown') : answer
}

/** Tells the client's mistakes, which Auth.js reports as the server's trouble, from the server's. */
function watchMistakes(config: RequestConfig, isRegistration: boolean): { config: RequestConfig, isMistake: () => boolean } {
  const { adapter, logger } = config
  let isMistake = false
  const error = (cause: Error) => {
    isMistake ||= mistakes.has((cause as { type?: string }).type ?? '')
    if (logger?.error) logger.error(cause)
    else logAuthError(isMistake ? Object.assign(new Error(verification), { type: verification }) : cause)
  }
  // A credential that has an owner is registered by nobody else: Auth.js would sign in as him. WebAuthn §7.1, step 26.
  const getUserByAccount: Adapter['getUserByAccount'] = async (account) => {
    isMistake = Boolean(await adapter?.getUserByAccount?.(account))
    if (isMistake) throw new Error('This passkey is registered already')
    return null
  }
  return { config: { ...config, adapter: isRegistration ? { ...adapter, getUserByAccount } : adapter, logger: { ...logger, error } }, isMistake: () => isMistake }
}

function refuse(run: Run, code: string): Answer {
  return refuseSignIn(run, { status: 400, error: verification, code })
}

function guardProviders(config: RequestConfig): MergedProvider[] {
  // Where addresses are proven by e-mail, none is taken on somebody's word.
  const needsProof = config.providers.some(({ type }) => type === 'email')
  return config.providers.map(provider => provider.type === 'webauthn' ? guardWebAuthn(provider, needsProof) : provider)
}

function forgetSession(config: RequestConfig): RequestConfig {
  const { adapter } = config
  return {
    ...config,
    jwt: { ...config.jwt, decode: async () => null },
    adapter: adapter && { ...adapter, getSessionAndUser: async () => null },
  }
}

/** What the challenge cookie holds, or null. Auth.js seals it twice. */
async function readChallenge({ event, config }: Run): Promise<JWT & { registerData?: { id?: string } } | null> {
  const { secret, cookies: { webauthnChallenge: { name: salt } } } = config
  const outer = await decodeToken({ token: parseCookies(event)[salt], secret, salt })
  return typeof outer?.value === 'string' ? await decodeToken({ token: outer.value, secret, salt: 'encodedWebauthnChallenge' }) : null
}

function isCredential(data: unknown): boolean {
  try {
    const { id, response } = JSON.parse(String(data)) as { id?: unknown, response?: { transports?: unknown } }
    const { transports = [] } = response ?? {}
    return typeof data === 'string' && typeof id === 'string' && typeof response === 'object' && Array.isArray(transports) && transports.every(each => typeof each === 'string')
  }
  catch {
    return false
  }
}
