import type { getServerSession as fromAuth, Session, Token } from '#auth'
import { expectType, type ExpectedSession } from '../../expect'

export default defineEventHandler(async (event) => {
  const anyone = await requireSession(event)
  const named = await requireSession(event, (session): session is Session & { role: 'editor' } => session.role === 'editor')
  const session = await requireSession(event, { match: { role: ['admin'], uid: '1' } })
  // The rule has narrowed it.
  expectType<typeof session.role>().toEqual<'admin'>(true)
  expectType<typeof anyone.role>().toEqual<ExpectedSession['role']>(true)
  expectType<typeof named.role>().toEqual<'editor'>(true)
  expectType<typeof session.user.teams>().toEqual<string[]>(true)
  expectType<Awaited<ReturnType<typeof getServerSession>>>().toEqual<Session | null>(true)
  expectType<Awaited<ReturnType<typeof fromAuth>>>().toEqual<Session | null>(true)

  const token = await getToken(event)
  expectType<Awaited<ReturnType<typeof requireToken>>>().toEqual<Token>(true)
  expectType<typeof token>().toEqual<Token | null>(true)
  expectType<Token['accessToken']>().toEqual<string | undefined>(true)
  expectType<Token['login']>().toEqual<string | null>(true)
  expectType<Token['sub']>().toEqual<string | undefined>(true)
  // @ts-expect-error a claim that nobody declared
  void token?.refreshToken
  // @ts-expect-error the session has no access token, on the server either
  void session.accessToken
  // @ts-expect-error a literal that no role is
  await requireSession(event, { match: { role: 'owner' } })
  // @ts-expect-error a field that the session does not have
  await requireSession(event, { match: { plan: 'pro' } })
  // @ts-expect-error a rule that can't give a session
  await requireSession(event, 'guest')
  // @ts-expect-error the event itself, not an object that holds it
  await getToken({ event })
  // @ts-expect-error the event itself, here too
  await getServerSession({ event })
  // @ts-expect-error the event itself, here too
  await requireSession({ event })
  // @ts-expect-error the event itself, here too
  await requireToken({ event })
  // @ts-expect-error the event itself, here too
  await updateServerSession({ event }, {})
  // @ts-expect-error the event itself, here too
  await signOut({ event })
  // @ts-expect-error the event itself, here too
  await revokeSession({ event }, '1')
  // @ts-expect-error the event itself, here too
  await revokeUserSessions({ event }, '1')
  // @ts-expect-error the event itself, here too
  await listUserSessions({ event }, '1')
  return [anyone.uid, named.uid, await updateServerSession(event, {})]
})
