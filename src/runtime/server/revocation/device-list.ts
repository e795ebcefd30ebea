import { BoundedMap } from '../../shared/bounded-map'
import type { AuthEvent } from '../../shared/types'
import type { RequestConfig } from '../config/load'
import { createQueue } from '../store/queue'
import { isDue, toEnd, toNextEnd } from '../config/lifetime'
import { logWarning } from '../log'
import type { JWT } from '../token/claims'
import { getRequestParts } from '../http/request'
import { findRevoked, toLifetime } from './revocation'
import { getStore } from '../store/store'
import { decodeToken, encodeToken } from '../token/codec'

/** A session in the list of its user. Times in seconds since 1970. */
interface Entry { sid: string, epoch?: string, createdAt: number, lastSeenAt: number, userAgent: string | null, end: number }

/** A session as its user may see it. */
export interface UserSession {
  sid: string
  createdAt: Date
  /** To within a minute. */
  lastSeenAt: Date
  userAgent: string | null
}

/** Sessions in a list at most: those seen last. One that is not listed can still be ended with all the others. */
const maxSessions = 50
/** How exact `lastSeenAt` is, in seconds: a session is written down no more often. */
const precision = 60
/** Never the name of a cookie: no key of a list opens a session. */
const salt = 'nuxt-authjs.sessions'

/** When this process last wrote a session to the list, by `sid`. */
const seen = new BoundedMap<string, number>(10_000)
const inTurn = createQueue()

/** Writes down that a session is in use. A list that can't be written is no reason to refuse anybody. */
export async function noteSession(event: AuthEvent, config: RequestConfig, token: JWT): Promise<void> {
  const { sid, sub } = token
  if (!config.session.revocable?.list || sid === undefined || sub === undefined || !isNews(sid)) return
  const entry = {
    sid,
    epoch: token.epoch,
    createdAt: token.auth_time ?? 0,
    lastSeenAt: toSeconds(),
    userAgent: getRequestParts(event).headers.get('user-agent')?.slice(0, 256) ?? null,
    end: (isDue(token, config.session) ? toNextEnd(token, config.session) : toEnd(token, config.session)) / 1000,
  }
  // One after the other, so that two sessions of a user don't write over each other.
  await inTurn(sub, () => write(config, sub, entry)).catch(error => logWarning(`the list of a user's sessions could not be written: ${String(error)}`))
}

/** The sessions of a user that are alive, the one seen last first. Throws AUTH_R010 (503). */
export async function listSessions(config: RequestConfig, sub: string): Promise<UserSession[]> {
  const entries = await read(config, sub)
  const revoked = entries.length > 0 ? await findRevoked(sub, entries.map(entry => ({ ...entry, auth_time: entry.createdAt }))) : []
  return entries.filter((_, index) => !revoked[index]).map(({ sid, createdAt, lastSeenAt, userAgent }) =>
    ({ sid, createdAt: new Date(createdAt * 1000), lastSeenAt: new Date(lastSeenAt * 1000), userAgent }))
}

async function write(config: RequestConfig, sub: string, entry: Entry): Promise<void> {
  const others = (await read(config, sub)).filter(({ sid }) => sid !== entry.sid)
  const lifetime = toLifetime(config.session)
  // Sealed: a device and its habits are nobody's business, and a `sid` is a session's name.
  const sealed = await encodeToken({ token: { sessions: [entry, ...others].slice(0, maxSessions) }, secret: config.secret, salt, maxAge: lifetime.ttl })
  await getStore().set(`sessions:${sub}`, sealed, lifetime)
}

async function read({ secret }: RequestConfig, sub: string): Promise<Entry[]> {
  const sealed = await getStore().get(`sessions:${sub}`)
  const list = sealed === null ? null : await decodeToken({ token: sealed, secret, salt })
  // A list that can't be opened, as after a change of the secret, counts as empty, and is soon written anew.
  const entries = Array.isArray(list?.sessions) ? list.sessions as (Entry | null)[] : []
  return entries.filter((entry): entry is Entry => typeof entry?.sid === 'string' && entry.end > toSeconds())
}

/** True once per session and minute. */
function isNews(sid: string): boolean {
  const now = toSeconds()
  if (now - (seen.get(sid) ?? 0) < precision) return false
  seen.set(sid, now)
  return true
}

function toSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
