import type { Adapter } from '@auth/core/adapters'
import type { AuthConfig } from '@auth/core/types'
import { setResponseHeader } from '#nuxt-authjs/host'
import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import { toJson } from '../http/answer'
import type { Answer, AnswerCookie } from '../http/answer'
import { getSessionCookie } from '../http/cookies'
import { toRowConfig } from '../session/database-session'
import type { RequestConfig } from '../config/load'
import { logCaught } from '../log'
import { createRow, endRow, findRow, isSessionToken, toSessionKey } from '../session/rows'
import type { RowConfig, SessionRow } from '../session/rows'

/** The part of a run of Auth.js that depends on sessions in the database. */
export interface DatabaseRun {
  config: Pick<AuthConfig, 'adapter' | 'session' | 'jwt' | 'events'>
  /** Completes Auth.js's answer. Throws if a new session can't be stored. */
  finish: (answer: Answer) => Promise<Answer>
}

interface Run {
  rows: RowConfig
  cookieName: string
  /** The token in the request's session cookie. */
  sent: string | undefined
  /** The session of that token, once Auth.js has asked for it. */
  row?: SessionRow | null
  /** Why the session could not be ended. */
  failure?: unknown
  /** Another sign-out of the same session has already called `events.signOut`. */
  isReported?: boolean
}

/**
 * Starts a run. Auth.js sees tokens, the database only their keys. Each sign-in gets a new session and ends the
 * previous one, which is that of the exact cookie: Auth.js joins all cookies whose names start with the cookie's name.
 */
export function startDatabaseRun(event: AuthEvent, config: RequestConfig, action: string): DatabaseRun {
  const rows = toRowConfig(config)
  const { sessionToken } = config.cookies
  const value = getSessionCookie(event, sessionToken)
  const run: Run = { rows, cookieName: sessionToken.name, sent: isSessionToken(value) ? value : undefined }
  return {
    config: toRunConfig(run, config, action),
    finish: async (answer) => {
      if (action === 'signout') return finishSignOut(run, answer)
      return await finishSignIn(run, answer).catch((error) => {
        setResponseHeader(event, 'retry-after', '5')
        throw error
      })
    },
  }
}

function toRunConfig(run: Run, config: RequestConfig, action: string): DatabaseRun['config'] {
  const { strategy: _, ...session } = config.session
  const { events, jwt } = config
  return {
    adapter: toRunAdapter(run, action),
    // Without `strategy`, which defaults to the database if there is an adapter: with an explicit one, Auth.js refuses
    // a definition whose only provider is for credentials.
    session,
    events: { ...events, signOut: async message => run.isReported ? undefined : await events?.signOut?.(message) },
    // Auth.js calls this for credentials only: it encodes their sessions as tokens with any strategy.
    jwt: { ...jwt, encode: ({ token }) => signInWithCredentials(run.rows, token?.sub) },
  }
}

function toRunAdapter(run: Run, action: string): Adapter {
  const { rows, sent } = run
  return {
    ...rows.adapter,
    createSession: ({ userId }) => createRow(rows, userId),
    getSessionAndUser: async () => {
      run.row = await findRow(rows, sent)
      if (!run.row || !sent) return null
      const { user, expires } = run.row
      return { session: { sessionToken: sent, userId: user.id, expires }, user }
    },
    // A sign-in ends the previous session in `finish`, once there is a new one.
    deleteSession: async () => action === 'signout' && sent ? await signOut(run, sent) : null,
  }
}

async function signOut(run: Run, token: string) {
  try {
    const { session, isFirst } = await endRow(run.rows, await toSessionKey(token))
    run.isReported = !isFirst
    return session
  }
  catch (error) {
    run.failure = error
    throw error
  }
}

/** Creates a session for the user that `authorize` returned. Throws AUTH_R031 if the database has no such user. */
async function signInWithCredentials(rows: RowConfig, id: string | undefined): Promise<string> {
  const user = id === undefined ? null : await rows.adapter.getUser(id)
  if (!user) throw new NuxtAuthError('AUTH_R031', { file })
  return (await createRow(rows, user.id)).sessionToken
}

/** Ends the previous session. A session that Auth.js kept is replaced: another person may know its token. */
async function finishSignIn({ rows, cookieName, sent, row }: Run, answer: Answer): Promise<Answer> {
  const issued = answer.cookies?.find(({ name }) => name === cookieName)?.value
  if (!issued) return answer
  const isKept = issued === sent && row
  const token = isKept ? (await createRow(rows, row.user.id)).sessionToken : issued
  if (sent) await endRow(rows, await toSessionKey(sent)).catch(logCaught)
  return token === issued ? answer : withToken(answer, cookieName, issued, token)
}

/** After a failure the cookie is deleted, but the session may still exist: 503 says so. */
function finishSignOut({ failure }: Run, { cookies, ...answer }: Answer): Answer {
  if (!failure) return { ...answer, cookies }
  const result = { ok: false, status: 503, url: null, error: 'SignOutError', code: null }
  return toJson(result, { status: 503, headers: { 'retry-after': '5' }, cookies })
}

function withToken({ cookies, ...answer }: Answer, name: string, before: string, after: string): Answer {
  const isReplaced = (cookie: AnswerCookie) => cookie.name === name && cookie.value === before
  return { ...answer, cookies: cookies?.map(cookie => isReplaced(cookie) ? { ...cookie, value: after } : cookie) }
}
