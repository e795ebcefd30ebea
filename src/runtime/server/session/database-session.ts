import type { AdapterUser } from '@auth/core/adapters'
import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent, BaseSession } from '../../shared/types'
import { setSessionCookie } from '../http/cookies'
import type { RequestConfig } from '../config/load'
import { runCallback } from '../config/run-callback'
import { endSession, finishReading, resolveSession } from './reading'
import type { Reading } from './reading'
import { endRow, findRow, isRenewalDue, renewRow } from './rows'
import type { EndedRow, RowConfig, SessionRow } from './rows'

/** The session whose token is in the cookie: one question to the adapter. Moves its end when that is due; takes the cookie of none away. */
export async function readDatabaseSession(event: AuthEvent, config: RequestConfig, token: string): Promise<Reading> {
  const rows = toRowConfig(config)
  const row = await findRow(rows, token)
  if (!row) return endSession(event, config)
  const renewed = isRenewalDue(row, rows) ? await renewRow(rows, row.key) : undefined
  const reading = await conclude(event, config, { ...row, expires: renewed ?? row.expires })
  // Last: a callback that throws leaves the cookie alone.
  if (renewed) setSessionCookie(event, config.cookies.sessionToken, token, renewed)
  return reading
}

/** Offers `input` to the definition, and writes what it accepts into the user's row. Throws AUTH_R001. */
export async function updateDatabaseSession(event: AuthEvent, config: RequestConfig, token: string | undefined, input: unknown): Promise<Reading> {
  const rows = toRowConfig(config)
  const row = await findRow(rows, token)
  if (!row) return endSession(event, config)
  const accepted = await runCallback('extend.update', () => config.acceptUserUpdate(row.user, input))
  const isChanged = Object.keys(accepted).length > 0
  if (isChanged) await rows.adapter.updateUser({ ...accepted, id: row.user.id })
  // What the database made of it, which need not be what it was told.
  const after = isChanged ? await findRow(rows, token) : row
  return after ? await conclude(event, config, after, { trigger: 'update', newSession: accepted }) : endSession(event, config)
}

/** Ends one session by its key: `toSessionKey(token)`, which is also what the database has in its place. Throws AUTH_R001. */
export async function endDatabaseSession(config: RequestConfig, key: string): Promise<EndedRow> {
  return await endRow(toRowConfig(config), key)
}

/** The part of the config that keeps sessions. Throws AUTH_D005 where they are kept in tokens. */
export function toRowConfig({ adapter, session }: RequestConfig): RowConfig {
  if (session.strategy !== 'database' || !adapter) throw new NuxtAuthError('AUTH_D005', { file, missing: 'its sessions are in tokens' })
  // Checked with the definition: an adapter without these methods gets no further.
  return { adapter: adapter as RowConfig['adapter'], session }
}

async function conclude(event: AuthEvent, config: RequestConfig, { user, expires }: SessionRow, more: object = {}): Promise<Reading> {
  const session = await resolveSession(config, { ...more, session: toPublicSession(user, expires), user })
  return await finishReading(event, config, { session, token: null, visitor: user })
}

/** The session that every visitor has: three fields of the user's row, and nothing of the session's. */
function toPublicSession({ name, email, image }: AdapterUser, expires: Date): BaseSession {
  return { user: { name, email, image }, expires: expires.toISOString() }
}
