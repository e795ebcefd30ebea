import type { JWT as AuthJWT } from '@auth/core/jwt'
import { createId } from './base64url'

/**
 * A token at run time: claims of Auth.js, of the module and of the definition. `sid` is the ID of the session,
 * `epoch` the last revocation of all the user's sessions before it began. Times in seconds since 1970.
 */
export interface JWT extends AuthJWT {
  sid?: string
  auth_time?: number
  epoch?: string
  revalidated_at?: number
}

/** Claims that only the module writes. */
const own = ['sid', 'auth_time', 'epoch', 'revalidated_at', 'federatedSignOut']

/** The claims of a new session: `sid`, 144 random bits, and `auth_time`, as in OpenID Connect Core 1.0 §2. */
export function toFirstClaims(): { sid: string, auth_time: number } {
  return { sid: createId(18), auth_time: Math.floor(Date.now() / 1000) }
}

/** The ID of a token's session. Tokens from before sessions had one have at least an ID of their own. */
export function toSessionId(token: JWT): string {
  return String(token.sid ?? token.jti ?? JSON.stringify(token))
}

/** A copy of the module's own claims, to be taken before a callback runs: callbacks may change the token in place. */
export function pickOwn(token: JWT): JWT {
  return Object.fromEntries(own.filter(key => token[key] !== undefined).map(key => [key, token[key]]))
}

/**
 * `token` with exactly these claims of the module, even if a callback changed them. The same object if it has them
 * already.
 */
export function withOwn(token: JWT, claims: JWT): JWT {
  if (own.every(key => token[key] === claims[key])) return token
  const others = Object.entries(token).filter(([key]) => !own.includes(key))
  return Object.assign(Object.fromEntries(others), claims)
}
