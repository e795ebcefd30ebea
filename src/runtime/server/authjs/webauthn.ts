import type { Adapter } from '@auth/core/adapters'
import { parseCookies } from '#nuxt-authjs/host'
import type { RequestConfig } from '../config/load'
import type { MergedProvider } from '../config/providers'
import { toJson } from '../http/answer'
import type { Answer } from '../http/answer'
import { normalizeEmail } from '../providers/email'
import { guardWebAuthn } from '../providers/webauthn'
import { getVisitor } from '../session/session'
import type { JWT } from '../token/claims'
import { decodeToken } from '../token/codec'
import { logAuthError } from './error-log'
import { refuseSignIn } from './outcome'
import { runAuth } from './run'
import type { Run } from './run'

const verification = 'WebAuthnVerificationError'
/** Auth.js's names for mistakes of the client: an unknown passkey, or the challenge of another browser. */
const mistakes = new Set(['AuthError', 'InvalidCheck'])

/**
 * Auth.js for a passkey, in two steps: POST `/signin/<id>` returns a challenge, and POST `/callback/<id>` verifies the
 * browser's answer to it. https://www.w3.org/TR/webauthn-3/
 */
export async function runWebAuthn(run: Run): Promise<Answer> {
  const { action, fields } = run
  const requested = fields?.action
  if (action.name === 'callback' && !fields) {
    return toJson({ statusCode: 405 }, { status: 405, headers: { allow: 'POST' } })
  }
  if (requested !== undefined && requested !== 'register' && requested !== 'authenticate') return refuse(run, 'action')
  // A passkey signs its owner in, also if another user is signed in.
  const config = requested === 'register' || !fields ? run.config : withoutSession(run.config)
  const guarded = { ...run, config: { ...config, providers: guardProviders(config) } }
  if (!fields) return await runAuth(guarded)
  return action.name === 'callback' ? await verify(guarded, fields) : await createChallenge(guarded, fields)
}

/** A challenge for the browser, and the cookie that remembers it. */
async function createChallenge(run: Run, { action, email, callbackUrl }: Record<string, unknown>): Promise<Answer> {
  if (email !== undefined && normalizeEmail(email) === undefined) return refuse(run, 'email')
  const visitor = action === 'register' ? await getVisitor(run.event) : undefined
  // Auth.js needs an email address for a registration, and users may be without.
  if (visitor?.id && typeof visitor.email !== 'string') return refuse(run, 'email')
  const ceremony = action ?? (email === undefined ? 'authenticate' : undefined)
  const query = toOptionsQuery({ action: ceremony, email, callbackUrl })
  const { provider } = run.action
  const answer = await runAuth({
    ...run,
    action: { name: 'webauthn-options', provider },
    fields: undefined,
    parts: { ...run.parts, path: `/?${query}` },
  })
  if (answer.status === 400) return refuse(run, 'refused')
  // After a failure Auth.js also answers with status 200, but with a URL instead of options.
  const { action: next, options } = answer.status === 200 ? toRecord(answer.body) : {}
  if (!options) return refuseSignIn(run, { status: 503, error: 'Configuration' })
  const webauthn = { provider, action: next, options }
  const result = { ok: true, status: 200, url: null, error: null, code: null, webauthn }
  return toJson(result, { headers: answer.headers, cookies: answer.cookies })
}

function toOptionsQuery(fields: Record<string, unknown>): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) if (typeof value === 'string') query.set(name, value)
  return query
}

/** Auth.js verifies a browser's answer if it has the right shape and belongs to a challenge of this app. */
async function verify(run: Run, { action, data }: Record<string, unknown>): Promise<Answer> {
  if (action === undefined || !isCredential(data)) return refuse(run, 'malformed')
  const challenge = await readChallenge(run)
  if (!challenge || (action === 'register') !== Boolean(challenge.registerData)) return refuse(run, 'challenge')
  // The user has changed since the challenge was made: the new user did not ask for this passkey.
  if (challenge.registerData && challenge.registerData.id !== (await getVisitor(run.event))?.id) {
    return refuseSignIn(run, { status: 403, error: 'AccountNotLinked' })
  }
  const { config, isMistake } = watchMistakes(run.config, action === 'register')
  const answer = await runAuth({ ...run, config })
  return isMistake() ? refuse(run, 'unknown') : answer
}

interface WatchedConfig { config: RequestConfig, isMistake: () => boolean }

/** Distinguishes mistakes of the client, which Auth.js reports as errors of the server, from errors of the server. */
function watchMistakes(config: RequestConfig, isRegistration: boolean): WatchedConfig {
  const { adapter, logger } = config
  let isMistake = false
  const error = (cause: Error & { type?: string }) => {
    isMistake ||= mistakes.has(cause.type ?? '')
    if (logger?.error) logger.error(cause)
    else logAuthError(isMistake ? Object.assign(new Error(verification), { type: verification }) : cause)
  }
  // A passkey with an owner can't be registered again: Auth.js would sign in as the owner. WebAuthn §7.1, step 26.
  const getUserByAccount: Adapter['getUserByAccount'] = async (account) => {
    isMistake = Boolean(await adapter?.getUserByAccount?.(account))
    if (isMistake) throw new Error('This passkey is already registered')
    return null
  }
  const own = isRegistration ? { ...adapter, getUserByAccount } : adapter
  return { config: { ...config, adapter: own, logger: { ...logger, error } }, isMistake: () => isMistake }
}

function refuse(run: Run, code: string): Answer {
  return refuseSignIn(run, { status: 400, error: verification, code })
}

function guardProviders(config: RequestConfig): MergedProvider[] {
  // An app with an email provider verifies addresses: a passkey can't be registered with an unverified one.
  const needsProof = config.providers.some(({ type }) => type === 'email')
  return config.providers.map(provider => provider.type === 'webauthn' ? guardWebAuthn(provider, needsProof) : provider)
}

function withoutSession(config: RequestConfig): RequestConfig {
  const { adapter } = config
  return {
    ...config,
    jwt: { ...config.jwt, decode: async () => null },
    adapter: adapter && { ...adapter, getSessionAndUser: async () => null },
  }
}

type Challenge = JWT & { registerData?: { id?: string } }

/** The challenge in the cookie, which Auth.js encrypts twice. Null if there is none, or it is not authentic. */
async function readChallenge({ event, config }: Run): Promise<Challenge | null> {
  const { secret, cookies: { webauthnChallenge: { name } } } = config
  const outer = await decodeToken({ token: parseCookies(event)[name], secret, salt: name })
  if (typeof outer?.value !== 'string') return null
  return await decodeToken({ token: outer.value, secret, salt: 'encodedWebauthnChallenge' })
}

/** True for the JSON of a credential, as far as the WebAuthn library relies on its shape without a check. */
function isCredential(data: unknown): boolean {
  if (typeof data !== 'string') return false
  try {
    const { id, response } = toRecord(JSON.parse(data))
    if (typeof id !== 'string' || typeof response !== 'object') return false
    const { transports = [] } = toRecord(response)
    return Array.isArray(transports) && transports.every(transport => typeof transport === 'string')
  }
  catch {
    return false
  }
}

/** The members of an object from JSON; none for any other value. */
function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
