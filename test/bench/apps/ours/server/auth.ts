import { decode } from '@auth/core/jwt'
import { decodes } from './decodes'
import { visitor } from '../../../common/visitor'

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
      decode: (params) => {
        decodes.count++
        return decode(params)
      },
    },
  }),
})
