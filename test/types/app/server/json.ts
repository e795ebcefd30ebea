import GitHub from '@auth/core/providers/github'
import { credentials, defineAuth } from '#auth'
import { expectType } from '../expect'

// Values that JSON can't hold are type errors, and everything else keeps its inferred type.
type Definition<S, T> = import('../../../../src/runtime/shared/types').AuthDefinition<S, T>
type SessionOf<D> = D extends Definition<infer S, infer _T> ? S : never

const providers = [GitHub]
type JsonValue = string | number | boolean | null | JsonObject | JsonArray
interface JsonObject { [key: string]: JsonValue | undefined }
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- as Prisma declares it
interface JsonArray extends Array<JsonValue> {}
interface Team { name: string, parent?: Team, members: { id: string }[] }
interface Decimal { toJSON: () => string, add: (other: Decimal) => Decimal }
declare const team: Team
declare const metadata: JsonValue
declare const amount: Decimal
declare const unchecked: unknown
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the subject of this check
declare const untyped: any

const accepted = defineAuth({
  providers,
  extend: {
    token: ({ user, account, profile }) => ({
      uid: user.id, team, metadata, amount, unchecked, untyped, account, profile, since: new Date(0), site: new URL('https://app.example'),
      limits: {} as Record<string, unknown>, seats: undefined as { rows?: readonly (string | null)[] } | undefined,
    }),
    session: async ({ token }) => ({ uid: token.uid, team: token.team, role: 'admin' as 'admin' | 'member' }),
  },
})
expectType<SessionOf<typeof accepted>['role']>().toEqual<'admin' | 'member'>(true)
expectType<SessionOf<typeof accepted>['team']['name']>().toEqual<string>(true)
defineAuth({ providers, extend: { token: () => untyped, session: () => untyped } })
defineAuth({ providers, extend: { token: () => ({ picture: null, nothing: undefined }) } })

class Money {
  amount = 1
  add() {
    return this
  }
}

// @ts-expect-error JSON has no Map
defineAuth({ providers, extend: { token: () => ({ seats: new Map<string, number>() }) } })
// @ts-expect-error a Promise that is not awaited
defineAuth({ providers, extend: { token: async () => ({ team: { members: [{ id: Promise.resolve('1') }] } }) } })
// @ts-expect-error JSON has no BigInt
defineAuth({ providers, extend: { token: () => ({ id: 1n }) } })
// @ts-expect-error JSON has no Set
defineAuth({ providers, extend: { session: () => ({ roles: new Set(['admin']) }) } })
// @ts-expect-error an instance of a class with methods
defineAuth({ providers, extend: { session: async () => ({ price: new Money() }) } })
// @ts-expect-error a function, if only sometimes
defineAuth({ providers, extend: { session: () => ({ can: undefined as (() => boolean) | undefined }) } })
// @ts-expect-error a Map in a user
credentials({ credentials: { name: {} }, authorize: () => ({ id: '1', seats: new Map<string, number>() }) })
// @ts-expect-error a function in a user
credentials({ credentials: { name: {} }, authorize: async ({ name }) => name ? { id: '1', can: () => true } : null })

// The text of the error names the kind of the value, and where it is.
type Problem = import('../../../../src/runtime/server/config/json-only').JsonOnly<{ team: { seats: Map<string, number> } }>
expectType<Problem>().toEqual<'JSON can\'t hold a Map: `team.seats`'>(true)

export { accepted }
