/** A token at run time: what the module knows of it, and whatever else the definition put there. */
export type JWT = Record<string, unknown> & { sub?: string, exp?: number, iat?: number, sid?: string, auth_time?: number, epoch?: string, revalidated_at?: number }

/** Claims that only the module writes: which session this is, when it began, when it was last looked at, and what ends it at its provider. */
const own = ['sid', 'auth_time', 'epoch', 'revalidated_at', 'federatedSignOut']

/** The claims of a session that begins now. `sid` is 144 random bits, new at each sign-in; `auth_time` as in OpenID Connect Core §2. */
export function toFirstClaims(): { sid: string, auth_time: number } {
  return { sid: createSessionId(), auth_time: Math.floor(Date.now() / 1000) }
}

// Of two UUIDs: a host keeps random bytes ready for those, and fetches all others anew, for ten times the price.
function createSessionId(): string {
  return `${toRandomDigits(crypto.randomUUID())}${toRandomDigits(crypto.randomUUID())}`.slice(0, 36)
}

// Without the two digits that say which kind of UUID it is. https://www.rfc-editor.org/rfc/rfc9562#section-5.4
function toRandomDigits(uuid: string): string {
  return uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(15, 18) + uuid.slice(20, 23) + uuid.slice(24)
}

/** The module's own claims of a token, as they are now: a callback may change the token in place. */
export function pickOwn(token: JWT): JWT {
  return Object.fromEntries(own.filter(key => token[key] !== undefined).map(key => [key, token[key]]))
}

/** `token` with exactly these claims of the module, whatever a callback made of them. The same token where they are there already. */
export function withOwn(token: JWT, claims: JWT): JWT {
  if (own.every(key => token[key] === claims[key])) return token
  const others = Object.entries(token).filter(([key]) => !own.includes(key))
  return Object.assign(Object.fromEntries(others), claims)
}
