import type { AuthConfig } from '@auth/core/types'
import type { AdapterUser } from '@auth/core/adapters'
import { NuxtAuthError } from '../../shared/errors'
import type { Awaitable, BaseSession } from '../../shared/types'
import { after } from '../http/after'
import { pickOwn, toFirstClaims, withOwn } from '../token/claims'
import type { JWT } from '../token/claims'
import { requireJson } from './json'
import { acceptUpdate, extendSession, extendToken, keepReserved, requireFields, toOwnSession, withUserImage } from './extend'
import type { RuntimeExtend } from './extend'
import { toFederatedClaim } from '../token/federated-claim'
import type { FederatedSignOut } from '../token/federated-claim'
import { isRefusal, toValidationError } from './validation'
import type { Lifetimes } from '../config/lifetime'
import { revalidate } from './revalidate'

type Callbacks = NonNullable<AuthConfig['callbacks']>
type JwtCallback = NonNullable<Callbacks['jwt']>
type JwtParams = Parameters<JwtCallback>[0]
/** Auth.js types its callback for both strategies at once; this is what the token strategy hands over. */
interface SessionParams { session: BaseSession, token: JWT, user?: AdapterUser }

/** What of a definition makes tokens and sessions. */
interface Written { extend?: RuntimeExtend, callbacks?: AuthConfig['callbacks'], federatedSignOut?: FederatedSignOut }

/** The definition's callbacks, each after the extension, whose result it sees. */
export function toCallbacks({ extend = {}, callbacks = {}, federatedSignOut }: Written, strategy: 'jwt' | 'database', lifetimes: Lifetimes, file: string): Callbacks {
  const jwt = async (params: JwtParams) => {
    // Auth.js asks for a token of credentials also where there are none.
    if (strategy === 'database') return params.token
    if (params.trigger === 'update') return await updateToken(extend, callbacks.jwt, params, file)
    if (params.user) return await beginToken(extend, callbacks.jwt, params, { ...toFederatedClaim(federatedSignOut, params.account), ...toFirstClaims() }, file)
    const token = await revalidate(extend, params.token, lifetimes.revalidateAfter, file)
    return token && callbacks.jwt ? await passToken(callbacks.jwt, { ...params, token }) : token
  }
  const session = (params: SessionParams): Awaitable<BaseSession> => after(extendSession(extend, params.session, params, file), extended => callbacks.session
    ? after(callbacks.session({ ...params, session: extended } as never), own => toPlain(toOwnSession(requireJson(requireFields(own, params.user, file), 'callbacks.session', file), extended)))
    : toPlain(extended))
  return { ...callbacks, jwt, session: session as never }
}

/** A session as JSON has it, so that a page and an API response hold the same. */
function toPlain(session: object): BaseSession {
  return JSON.parse(JSON.stringify(session)) as BaseSession
}

/** At a sign-in: the token of a new session, whose own claims the callback sees and can't change. */
async function beginToken(extend: RuntimeExtend, jwt: JwtCallback | undefined, params: JwtParams, first: JWT, file: string): Promise<JWT | null> {
  const token = withOwn(await extendToken(extend, params.token, params, file), first)
  // Before it is sealed: JSON would drop the value, or fail without a name.
  const passed = jwt ? await passToken(jwt, { ...params, token }) : token
  return passed && withUserImage(requireJson(passed, 'callbacks.jwt', file))
}

/** What the callback makes of the token, in the same session as before. */
async function passToken(jwt: JwtCallback, params: JwtParams): Promise<JWT | null> {
  const claims = pickOwn(params.token)
  const after = await jwt(params)
  return after && withOwn(after, claims)
}

/** The callback sees what the definition accepted, never what the client sent, and no claim of identity changes. */
async function updateToken(extend: RuntimeExtend, jwt: JwtCallback | undefined, params: JwtParams, file: string): Promise<JWT | null> {
  const accepted = await acceptUpdate(extend, params.token, params.session, file)
  const token = { ...params.token, ...accepted }
  const after = jwt ? await runOwn(() => jwt({ ...params, token, session: accepted })) : token
  return after && keepReserved(params.token, after)
}

/** What `callbacks.jwt` throws on an update is not `extend.update`'s failure. A refusal still passes through. Throws AUTH_R001. */
async function runOwn<T>(run: () => Awaitable<T>): Promise<T> {
  try {
    return await run()
  }
  catch (cause) {
    if (isRefusal(cause) || toValidationError(cause)) throw cause
    throw new NuxtAuthError('AUTH_R001', { step: 'callbacks.jwt (trigger: update)' }, { cause })
  }
}
