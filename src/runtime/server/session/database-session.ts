import type { AdapterUser } from '@auth/core/adapters'
import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent, BaseSession } from '../../shared/types'
import type { RequestConfig } from '../config/load'
import { runCallback } from '../callbacks/run'
import { setSessionCookie } from '../http/cookies'
import { applySessionCallback, endSession, makePrivate, reportSession } from './reading'
import type { Reading } from './reading'
import { endRow, findRow, isRenewalDue, renewRow } from './rows'
import type { EndedRow, RowConfig, SessionRow } from './rows'

/** What an update adds to the parameters of `callbacks.session`. */
interface Update { trigger: 'update', newSession: object }

/**
 * The session of the token in the cookie, with one read of the database. Extends the session when that is due.
 * An unknown or expired session loses its cookie. Throws AUTH_R001 (503).
 */
export async function readDatabaseSession(event: AuthEvent, config: RequestConfig, token: string): Promise<Reading> {
  const rows = toRowConfig(config)
  const row = await findRow(rows, token)
  if (!row) return endSession(event, config)
  const renewed = isRenewalDue(row, rows) ? await renewRow(rows, row.key) : undefined
  const reading = await toReading(event, config, { ...row, expires: renewed ?? row.expires })
  // Last, so that a callback that throws leaves the cookie alone.
  if (renewed) setSessionCookie(event, config.cookies.sessionToken, token, renewed)
  return reading
}

/**
 * Offers `input` to `extend.update` and writes what it accepts into the user's row. Throws AUTH_R001 (503), and its
 * refusal.
 */
export async function updateDatabaseSession(
  event: AuthEvent, config: RequestConfig, token: string | undefined, input: unknown,
): Promise<Reading> {
  const rows = toRowConfig(config)
  const row = await findRow(rows, token)
  if (!row) return endSession(event, config)
  const accepted = await runCallback('extend.update', () => config.acceptUserUpdate(row.user, input))
  const isChanged = Object.keys(accepted).length > 0
  if (isChanged) await rows.adapter.updateUser({ ...accepted, id: row.user.id })
  // Read again: the database may store other values than it received.
  const updated = isChanged ? await findRow(rows, token) : row
  if (!updated) return endSession(event, config)
  return await toReading(event, config, updated, { trigger: 'update', newSession: accepted })
}

/** Ends one session by its key, `toSessionKey(token)`. Throws AUTH_R001 (503). */
export async function endDatabaseSession(config: RequestConfig, key: string): Promise<EndedRow> {
  return await endRow(toRowConfig(config), key)
}

/** The part of the config that sessions in a database need. Throws AUTH_D005 if sessions are in tokens. */
export function toRowConfig({ adapter, session }: RequestConfig): RowConfig {
  if (session.strategy !== 'database' || !adapter) {
    throw new NuxtAuthError('AUTH_D005', { file, missing: 'its sessions are in tokens' })
  }
  // The definition was refused unless its adapter has these methods.
  return { adapter: adapter as RowConfig['adapter'], session }
}

async function toReading(event: AuthEvent, config: RequestConfig, row: SessionRow, update?: Update): Promise<Reading> {
  const { user, expires } = row
  const session = await applySessionCallback(config, { ...update, session: toBaseSession(user, expires), user })
  const reading = { session, token: null, visitor: user }
  makePrivate(event)
  await reportSession(config, reading)
  return reading
}

/** The session before `extend.session`: three fields of the user's row, and no field of the session's row. */
function toBaseSession({ name, email, image }: AdapterUser, expires: Date): BaseSession {
  return { user: { name, email, image }, expires: expires.toISOString() }
}
