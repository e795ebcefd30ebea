import type { AuthRule, Session } from 'nuxt-authjs/types'

// Checked by `nuxt typecheck` and never run: the types that an app may and may not use.
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const { data } = useAuth()

export const exact: Equal<NonNullable<typeof data.value>, Session> = true
export const role: Equal<Session['role'], 'admin' | 'member'> = true
export const uid: Equal<Session['uid'], string> = true
export const keys: Equal<keyof Session, 'user' | 'expires' | 'error' | 'role' | 'uid'> = true

// @ts-expect-error extend.session did not return it: the token stays on the server
export const leak = data.value?.accessToken

// @ts-expect-error data is null if the user is signed out
export const unchecked = data.value.role

// @ts-expect-error a session has no such field
export const unknownField: AuthRule = { match: { rôle: 'admin' } }

// @ts-expect-error no account has this role
export const wrongLiteral: AuthRule = { match: { role: 'Admin' } }

// @ts-expect-error nor in a list
export const wrongLiteralInList: AuthRule = { match: { role: ['admin', 'root'] } }

// @ts-expect-error a rule has no such key
export const unknownKey: AuthRule = { role: 'admin' }

// @ts-expect-error no such keyword
export const unknownWord: AuthRule = 'guests'

definePageMeta({
  // @ts-expect-error page meta has the same rules
  auth: { match: { role: 'root' } },
})
