import type { JWT as AuthJWT } from '@auth/core/jwt'
import { createId } from './base64url'

/** A token at run time: Auth.js's claims, those of the module, and those of the definition. Times in seconds since 1970. */
export interface JWT extends AuthJWT {
  sid?: string
  auth_time?: number
  epoch?: string
  revalidated_at?: number
}

/** Claims that only the module writes: the session's ID, its start, its last check, and what it takes to end it at its provider. */
const own = ['sid', 'auth_time', 'epoch', 'revalidated_at', 'federatedSignOut']

/** The claims of a new session. `sid` is 144 random bits, new at each sign-in; `auth_time` as in OpenID Connect Core §2. */
export function toFirstClaims(): { sid: string, auth_time: number } {
  return { sid: createId(18), auth_time: Math.floor(Date.now() / 1000) }
}

/** What tells one session's tokens from another's. Tokens from before sessions had a `sid` are told apart by the id of their encryption. */
export function toSessionId(token: JWT): string {
  return String(token.sid ?? token.jti ?? JSON.stringify(token))
}

/** A copy of the module's own claims, to be taken before a callback runs: callbacks may change the token in place. */
export function pickOwn(token: JWT): JWT {
  return Object.fromEntries(own.filter(key => token[key] !== undefined).map(key => [key, token[key]]))
}

/** `token` with exactly these claims of the module, whatever a callback did to them. The same object if it has them already. */
export function withOwn(token: JWT, claims: JWT): JWT {
  if (own.every(key => token[key] === claims[key])) return token
  const others = Object.entries(token).filter(([key]) => !own.includes(key))
  return Object.assign(Object.fromEntries(others), claims)
}
