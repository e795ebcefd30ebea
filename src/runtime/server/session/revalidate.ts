import { NuxtAuthError } from '../../shared/errors'
import { toClaims } from '../config/extend'
import type { RuntimeExtend } from '../config/extend'
import type { JWT } from '../token/claims'

type Claims = Record<string, unknown> | null

/** What is being asked right now, by definition and token: parallel requests of one session share an answer. Empty when nobody asks. */
const asking = new WeakMap<RuntimeExtend, Map<string, Promise<Claims>>>()

/**
 * The token after `extend.revalidate` has looked at it, once `after` seconds have passed since it did so last, or since the sign-in.
 * Null ends the session. Throws AUTH_R001 (503) when the hook fails: an outage is not a sign-out.
 */
export async function revalidate(extend: RuntimeExtend, token: JWT, after: number | undefined, file: string): Promise<JWT | null> {
  const last = token.revalidated_at ?? token.auth_time ?? 0
  if (!extend.revalidate || after === undefined || Date.now() / 1000 - last < after) return token
  const claims = await askOnce(extend, token, file)
  return claims && { ...token, ...claims, revalidated_at: Math.floor(Date.now() / 1000) }
}

async function askOnce(extend: RuntimeExtend, token: JWT, file: string): Promise<Claims> {
  const running = asking.get(extend) ?? new Map<string, Promise<Claims>>()
  asking.set(extend, running)
  // The whole token: two that differ in anything are two questions.
  const key = JSON.stringify(token)
  const answer = running.get(key) ?? ask(extend, token, file).finally(() => running.delete(key))
  running.set(key, answer)
  return await answer
}

async function ask(extend: RuntimeExtend, token: JWT, file: string): Promise<Claims> {
  try {
    const claims = await extend.revalidate?.({ token })
    return claims === null ? null : toClaims(claims, 'revalidate', file)
  }
  catch (cause) {
    if (cause instanceof NuxtAuthError) throw cause
    throw new NuxtAuthError('AUTH_R001', { step: 'extend.revalidate' }, { cause })
  }
}
