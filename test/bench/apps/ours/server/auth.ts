import { visitor } from '../../../common/visitor'

declare global {
  /** How often a token was decoded, where `BENCH_COUNT` asks for it. Not a file of its own: a start would load it. */
  var decodes: number | undefined
}

export default defineAuth({
  providers: [
    credentials({
      credentials: { name: {}, padding: {} },
      authorize: ({ name, padding }) => ({ ...visitor, name, padding }),
    }),
  ],
  extend: {
    token: ({ user }) => ({ role: user.role, padding: user.padding }),
    session: ({ token }) => ({ role: token.role }),
  },
  // Counting has a server of its own: what is timed is the default.
  ...(process.env.BENCH_COUNT && {
    jwt: {
      decode: async (params) => {
        globalThis.decodes = (globalThis.decodes ?? 0) + 1
        // Only here: what a server loads at its start is measured as well.
        const { decode } = await import('@auth/core/jwt')
        return await decode(params)
      },
    },
  }),
})
