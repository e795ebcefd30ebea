import type { AdapterUser } from '@auth/core/adapters'
import type { AuthConfig } from '@auth/core/types'
import { NuxtAuthError } from '../../shared/errors'
import type { Awaitable, BaseSession } from '../../shared/types'
import type { Lifetimes } from '../config/lifetime'
import { pickOwn, toFirstClaims, withOwn } from '../token/claims'
import type { JWT } from '../token/claims'
import { toFederatedClaim } from '../token/federated-claim'
import type { FederatedSignOut } from '../token/federated-claim'
import {
  acceptUpdate, extendSession, extendToken, keepReserved, requireFields, toOwnSession, withUserImage,
} from './extend'
import type { RuntimeExtend } from './extend'
import { requireJson } from './json'
import { revalidate } from './revalidate'
import { isRefusal, toValidationError } from './validation'

type Callbacks = NonNullable<AuthConfig['callbacks']>
type JwtCallback = NonNullable<Callbacks['jwt']>
type JwtParams = Parameters<JwtCallback>[0]
/** Auth.js types its callback for both strategies at once; these are the parameters of the token strategy. */
interface SessionParams { session: BaseSession, token: JWT, user?: AdapterUser }

/** The parts of a definition that make tokens and sessions. */
interface Functions {
  extend?: RuntimeExtend
  callbacks?: AuthConfig['callbacks']
  federatedSignOut?: FederatedSignOut
}

/** The same with defaults, and what they depend on. `file` is the definition's, for messages. */
interface Context {
  extend: RuntimeExtend
  callbacks: Callbacks
  federatedSignOut?: FederatedSignOut
  lifetimes: Lifetimes
  file: string
}

/** Auth.js's callbacks: the definition's own, each called with the result of `extend`. */
export function toCallbacks(
  { extend = {}, callbacks = {}, federatedSignOut }: Functions, strategy: 'jwt' | 'database', lifetimes: Lifetimes,
  file: string,
): Callbacks {
  const context: Context = { extend, callbacks, federatedSignOut, lifetimes, file }
  return {
    ...callbacks,
    // Auth.js makes a token at a sign-in with credentials, even if sessions are in the database.
    jwt: async params => strategy === 'database' ? params.token : await makeToken(context, params),
    session: (async (params: SessionParams) => await makeSession(context, params)) as never,
  }
}

/** The token of a sign-in, an update or a read; null ends the session. */
async function makeToken(context: Context, params: JwtParams): Promise<JWT | null> {
  const { extend, callbacks, lifetimes, file } = context
  if (params.trigger === 'update') return await updateToken(context, params)
  if (params.user) return await beginToken(context, params)
  const token = await revalidate(extend, params.token, lifetimes.revalidateAfter, file)
  return token && callbacks.jwt ? await runJwt(callbacks.jwt, { ...params, token }) : token
}

/** At a sign-in: the token of a new session. `callbacks.jwt` sees the module's own claims and can't change them. */
async function beginToken(context: Context, params: JwtParams): Promise<JWT | null> {
  const { extend, callbacks, federatedSignOut, file } = context
  const own = { ...toFederatedClaim(federatedSignOut, params.account), ...toFirstClaims() }
  const extended = withOwn(await extendToken(extend, params.token, params, file), own)
  const returned = callbacks.jwt ? await runJwt(callbacks.jwt, { ...params, token: extended }) : extended
  if (!returned) return null
  // Checked before the token is encrypted: JSON would drop the value, or fail without naming it.
  return withUserImage(requireJson(returned, 'callbacks.jwt', file))
}

/** `callbacks.jwt` receives the changes that the definition accepted, never the input. Identity never changes. */
async function updateToken({ extend, callbacks, file }: Context, params: JwtParams): Promise<JWT | null> {
  const { jwt } = callbacks
  const accepted = await acceptUpdate(extend, params.token, params.session, file)
  const token = { ...params.token, ...accepted }
  const next = jwt ? await runOnUpdate(() => jwt({ ...params, token, session: accepted })) : token
  return next && keepReserved(params.token, next)
}

/** Runs `callbacks.jwt`, and keeps the session's own claims as they were. */
async function runJwt(jwt: JwtCallback, params: JwtParams): Promise<JWT | null> {
  const claims = pickOwn(params.token)
  const token = await jwt(params)
  return token && withOwn(token, claims)
}

/** Names `callbacks.jwt` in its errors: the caller would blame `extend.update`. Refusals pass. Throws AUTH_R001. */
async function runOnUpdate<T>(run: () => Awaitable<T>): Promise<T> {
  try {
    return await run()
  }
  catch (cause) {
    if (isRefusal(cause) || toValidationError(cause)) throw cause
    throw new NuxtAuthError('AUTH_R001', { step: 'callbacks.jwt (trigger: update)' }, { cause })
  }
}

async function makeSession({ extend, callbacks, file }: Context, params: SessionParams): Promise<BaseSession> {
  const extended = await extendSession(extend, params.session, params, file)
  if (!callbacks.session) return toPlain(extended)
  const returned: unknown = await callbacks.session({ ...params, session: extended } as never)
  const own = requireJson(requireFields(returned, params.user, file), 'callbacks.session', file)
  return toPlain(toOwnSession(own, extended))
}

/** A session after JSON, so that a page and an API response have the same. */
function toPlain(session: BaseSession): BaseSession {
  return JSON.parse(JSON.stringify(session))
}
