/* eslint-disable @stylistic/max-statements-per-line -- one line for each way to write it */
import GitHub from '@auth/core/providers/github'
import { credentials, defineAuth } from '#auth'
import { expectType } from '../expect'

// Every callback of `extend`, with and without its parameter, async and not, as an arrow and as a method:
// none of them may cost `session` the type of `token`.
type Definition<S, T> = import('../../../../src/runtime/shared/types').AuthDefinition<S, T>
type SessionOf<D> = D extends Definition<infer S, infer _T> ? S : never
type TokenOf<D> = D extends Definition<infer _S, infer T> ? T : never
type Uid<D> = [SessionOf<D>['uid' & keyof SessionOf<D>], TokenOf<D>['uid' & keyof TokenOf<D>]]

const providers = [credentials({ credentials: { name: {} }, authorize: () => ({ id: '1', role: 'admin' as 'admin' | 'member' }) })]

const tokens = [
  defineAuth({ providers, extend: { token: () => ({ uid: '1' }), session: ({ token }) => ({ uid: token.uid }) } }),
  defineAuth({ providers, extend: { token: async () => ({ uid: '1' }), session: ({ token }) => ({ uid: token.uid }) } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }) } }),
  defineAuth({ providers, extend: { token: async ({ user }) => ({ uid: user.id }), session: async ({ token }) => ({ uid: token.uid }) } }),
  defineAuth({ providers, extend: { token() { return { uid: '1' } }, session({ token }) { return { uid: token.uid } } } }),
  defineAuth({ providers, extend: { async token() { return { uid: '1' } }, async session({ token }) { return { uid: token.uid } } } }),
  defineAuth({ providers, extend: { token({ user }) { return { uid: user.id } }, session({ token }) { return { uid: token.uid } } } }),
  defineAuth({ providers, extend: { async token({ user }) { return { uid: user.id } }, async session({ token }) { return { uid: token.uid } } } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: () => ({ uid: 'x' }) } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: async () => ({ uid: 'x' }) } }),
  defineAuth({ providers, extend: { token({ user }) { return { uid: user.id } }, session() { return { uid: 'x' } } } }),
  defineAuth({ providers, extend: { token({ user }) { return { uid: user.id } }, async session() { return { uid: 'x' } } } }),
]
expectType<Uid<typeof tokens[number]>>().toEqual<[string, string]>(true)

const updates = [
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), update: () => ({}) } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), update: async () => ({}) } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), update: () => ({ uid: '2' }) } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), update: async () => ({ name: 'Ada' }) } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), update: ({ token }) => ({ uid: token.uid }) } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), update: async ({ input }) => ({ uid: String(input) }) } }),
  defineAuth({ providers, extend: { token({ user }) { return { uid: user.id } }, session({ token }) { return { uid: token.uid } }, update() { return { uid: '2' } } } }),
  defineAuth({ providers, extend: { token({ user }) { return { uid: user.id } }, session({ token }) { return { uid: token.uid } }, async update() { return { uid: '2' } } } }),
  defineAuth({ providers, extend: { token({ user }) { return { uid: user.id } }, session({ token }) { return { uid: token.uid } }, update({ input }) { return { uid: String(input) } } } }),
  defineAuth({ providers, extend: { token({ user }) { return { uid: user.id } }, session({ token }) { return { uid: token.uid } }, async update({ token }) { return { uid: token.uid } } } }),
]
expectType<Uid<typeof updates[number]>>().toEqual<[string, string]>(true)

const revalidations = [
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), revalidate: () => ({}) } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), revalidate: () => null } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), revalidate: async () => ({}) } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), revalidate: async () => ({ uid: '2' }) } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), revalidate: async () => null } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), revalidate: async () => Math.random() > 1 ? { uid: '2' } : null } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), revalidate: ({ token }) => ({ uid: token.uid }) } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), revalidate: async ({ token }) => token.uid ? {} : null } }),
  defineAuth({ providers, extend: { token({ user }) { return { uid: user.id } }, session({ token }) { return { uid: token.uid } }, revalidate() { return null } } }),
  defineAuth({ providers, extend: { token({ user }) { return { uid: user.id } }, session({ token }) { return { uid: token.uid } }, async revalidate() { return { uid: '2' } } } }),
  defineAuth({ providers, extend: { token({ user }) { return { uid: user.id } }, session({ token }) { return { uid: token.uid } }, async revalidate({ token }) { return { uid: token.uid } } } }),
]
expectType<Uid<typeof revalidations[number]>>().toEqual<[string, string]>(true)

const refreshes = [
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), refresh: { due: () => true, expired: () => false, run: () => ({}) } } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), refresh: { due: () => true, run: async () => ({}) } } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), refresh: { due: () => true, run: async () => ({ uid: '2' }) } } }),
  defineAuth({ providers, extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }), refresh: { due: ({ token }) => token.uid === '1', expired: ({ token }) => token.uid === '1', run: async ({ token }) => ({ uid: token.uid }) } } }),
  defineAuth({ providers, extend: { token({ user }) { return { uid: user.id } }, session({ token }) { return { uid: token.uid } }, refresh: { due() { return true }, expired() { return true }, async run() { return { uid: '2' } } } } }),
  defineAuth({ providers, extend: { token({ user }) { return { uid: user.id } }, session({ token }) { return { uid: token.uid } }, refresh: { due({ token }) { return token.uid === '1' }, async run({ token }) { return { uid: token.uid } } } } }),
]
expectType<Uid<typeof refreshes[number]>>().toEqual<[string, string]>(true)

const callbacks = [
  defineAuth({ providers, extend: { token: () => ({ uid: '1' }), revalidate: async () => null }, callbacks: { jwt: ({ token }) => token, session: ({ session, token }) => ({ ...session, uid: token.uid }) } }),
  defineAuth({ providers, extend: { token: async () => ({ uid: '1' }), update: async () => ({}) }, callbacks: { jwt: async ({ token }) => token, session: async ({ session, token }) => ({ ...session, uid: token.uid }) } }),
  defineAuth({ providers, extend: { token() { return { uid: '1' } } }, callbacks: { jwt({ token }) { return token }, session({ session, token }) { return { ...session, uid: token.uid } } } }),
  defineAuth({ providers, extend: { async token() { return { uid: '1' } } }, callbacks: { async jwt({ token }) { return token }, async session({ session, token }) { return { ...session, uid: token.uid } } } }),
]
expectType<Uid<typeof callbacks[number]>>().toEqual<[string, string]>(true)

// Without `extend.token`, these callbacks still see the claims that every token has.
const bare = defineAuth({ providers: [GitHub], extend: { session: ({ token }) => ({ uid: token.sub }), revalidate: async () => ({ name: 'Ada' }), update: async () => ({ name: 'Ada' }) } })
expectType<SessionOf<typeof bare>['uid']>().toEqual<string | undefined>(true)

export { bare, callbacks, refreshes, revalidations, tokens, updates }
