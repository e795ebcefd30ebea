import type { Adapter } from '@auth/core/adapters'
import type { AuthConfig } from '@auth/core/types'
import { setResponseHeader } from '#nuxt-authjs/host'
import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import { toJson } from '../http/answer'
import type { Answer } from '../http/answer'
import { getSessionCookie } from '../http/cookies'
import { toRowConfig } from '../session/database-session'
import type { RequestConfig } from '../config/load'
import { logCaught } from '../log'
import { createRow, endRow, findRow, isSessionToken, toSessionKey } from '../session/rows'
import type { RowConfig, SessionRow } from '../session/rows'

/** Auth.js's own run of one request, with sessions in the database: what it gets, and what becomes of its answer. */
export interface DatabaseRun {
  config: Pick<AuthConfig, 'adapter' | 'session' | 'jwt' | 'events'>
  finish: (answer: Answer) => Promise<Answer>
}

interface Run { rows: RowConfig, cookie: string, sent: string | undefined, row?: SessionRow | null, failure?: unknown, isReported?: boolean }

/**
 * Begins a run. Auth.js sees tokens, the database their keys; each sign-in ends with a session of its own, and the one before is over.
 * The session of the request is that of its exact cookie: Auth.js joins whatever begins with the cookie's name.
 */
export function startDatabaseRun(event: AuthEvent, config: RequestConfig, action: string): DatabaseRun {
  const rows = toRowConfig(config)
  const cookie = config.cookies.sessionToken.name
  const value = getSessionCookie(event, config.cookies.sessionToken)
  const run: Run = { rows, cookie, sent: isSessionToken(value) ? value : undefined }
  const { strategy: _, ...session } = config.session
  return {
    config: {
      adapter: toRunAdapter(run, action),
      // Without a word on the strategy, which with an adapter is the database: with it, Auth.js refuses to let credentials be the only provider.
      session,
      events: { ...config.events, signOut: async message => run.isReported ? undefined : await config.events?.signOut?.(message) },
      // Called for credentials alone, whose sessions Auth.js seals in a token whatever the strategy is.
      jwt: { ...config.jwt, encode: ({ token }) => signInWithCredentials(rows, token?.sub) },
    },
    finish: async (answer) => {
      if (action === 'signout') return finishSignOut(run, answer)
      return await finishSignIn(run, answer).catch((error) => {
        setResponseHeader(event, 'retry-after', '5')
        throw error
      })
    },
  }
}

function toRunAdapter(run: Run, action: string): Adapter {
  const { rows, sent } = run
  return {
    ...rows.adapter,
    createSession: ({ userId }) => createRow(rows, userId),
    getSessionAndUser: async () => {
      run.row = await findRow(rows, sent)
      return run.row && sent ? { session: { sessionToken: sent, userId: run.row.user.id, expires: run.row.expires }, user: run.row.user } : null
    },
    // During a sign-in the session before ends when there is one after it.
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

/** A session in the database for whom `authorize` returned. Throws AUTH_R031 where the database has no such user. */
async function signInWithCredentials(rows: RowConfig, id: string | undefined): Promise<string> {
  const user = id === undefined ? null : await rows.adapter.getUser(id)
  if (!user) throw new NuxtAuthError('AUTH_R031', { file })
  return (await createRow(rows, user.id)).sessionToken
}

/** A session that went on through a sign-in is replaced, and the one before ended: who knew its token knows nothing now. */
async function finishSignIn({ rows, cookie, sent, row }: Run, answer: Answer): Promise<Answer> {
  const issued = answer.cookies?.find(({ name }) => name === cookie)?.value
  if (!issued) return answer
  const renewed = issued === sent && row ? withToken(answer, cookie, issued, (await createRow(rows, row.user.id)).sessionToken) : answer
  if (sent) await endRow(rows, await toSessionKey(sent)).catch(logCaught)
  return renewed
}

/** The cookie is gone, the row may not be: whoever signs out has to be told. */
function finishSignOut({ failure }: Run, answer: Answer): Answer {
  if (!failure) return answer
  return toJson({ ok: false, status: 503, url: null, error: 'SignOutError', code: null }, { status: 503, headers: { 'retry-after': '5' }, cookies: answer.cookies })
}

function withToken(answer: Answer, name: string, before: string, after: string): Answer {
  return { ...answer, cookies: answer.cookies?.map(cookie => cookie.name === name && cookie.value === before ? { ...cookie, value: after } : cookie) }
}
