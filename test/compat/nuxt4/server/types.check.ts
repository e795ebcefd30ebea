import type { Session, Token } from 'nuxt-authjs/types'

// Checked by `nuxt typecheck` and never run: the types that a definition may and may not use.
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
export const role: Equal<Token['role'], 'admin' | 'member'> = true
export const accessToken: Equal<Token['accessToken'], string | undefined> = true
export const session: Equal<Session['role'], 'admin' | 'member'> = true

const password = credentials({
  credentials: { email: {}, password: {} },
  authorize: ({ email }) => ({ id: email, role: 'member' as const }),
})

export const unknownTokenField = defineAuth({
  providers: [password],
  extend: {
    token: ({ user }) => ({ role: user.role }),
    // @ts-expect-error extend.token returns no such field
    session: ({ token }) => ({ level: token.level }),
  },
})

export const unknownExtendKey = defineAuth({
  providers: [password],
  extend: {
    // @ts-expect-error extend has no such key
    sessions: () => ({}),
  },
})

export const unknownUserField = defineAuth({
  providers: [password],
  extend: {
    // @ts-expect-error authorize returns no such field
    token: ({ user }) => ({ level: user.level }),
  },
})

export const unknownUpdate = defineAuth({
  providers: [password],
  extend: {
    token: ({ user }) => ({ role: user.role }),
    // @ts-expect-error a role that extend.token can't return
    update: () => ({ role: 'admin' as const }),
  },
})

export const unknownCredential = credentials({
  credentials: { email: {} },
  // @ts-expect-error the form has no such field
  authorize: ({ password }) => ({ id: password }),
})

export const handler = defineEventHandler(async (event) => {
  // @ts-expect-error no account has this role
  const session = await requireSession(event, { match: { role: 'root' } })
  // @ts-expect-error it is in the token, not in the session
  return session.accessToken
})
