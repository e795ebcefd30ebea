import type { JWT } from '../token/claims'
import { toClaims } from './extend'
import type { RuntimeExtend } from './extend'
import { runCallback } from './run'

/** The changed claims, or null to end the session. */
type Claims = Record<string, unknown> | null

/** Calls under way, by definition and token, so that parallel requests of one session share a result. */
const pending = new WeakMap<RuntimeExtend, Map<string, Promise<Claims>>>()

/**
 * The token with the claims that `extend.revalidate` returns, or null if it ends the session. Calls it once `after`
 * seconds have passed since its last result or the sign-in; until then, returns the same token.
 * Throws AUTH_R001 (503) if the hook fails: an outage is not a sign-out.
 */
export async function revalidate(
  extend: RuntimeExtend, token: JWT, after: number | undefined, file: string,
): Promise<JWT | null> {
  const last = token.revalidated_at ?? token.auth_time ?? 0
  if (!extend.revalidate || after === undefined || Date.now() / 1000 - last < after) return token
  const claims = await callOnce(extend, token, file)
  return claims && { ...token, ...claims, revalidated_at: Math.floor(Date.now() / 1000) }
}

async function callOnce(extend: RuntimeExtend, token: JWT, file: string): Promise<Claims> {
  const calls = pending.get(extend) ?? new Map<string, Promise<Claims>>()
  pending.set(extend, calls)
  // Keyed by the whole token: a result holds only for the exact claims that the hook received.
  const key = JSON.stringify(token)
  const call = calls.get(key) ?? callHook(extend, token, file).finally(() => calls.delete(key))
  calls.set(key, call)
  return await call
}

async function callHook(extend: RuntimeExtend, token: JWT, file: string): Promise<Claims> {
  return await runCallback('extend.revalidate', async () => {
    const claims = await extend.revalidate?.({ token })
    return claims === null ? null : toClaims(claims, 'revalidate', file)
  })
}
