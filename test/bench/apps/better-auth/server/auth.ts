import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'

export const auth = betterAuth({
  baseURL: process.env.AUTH_URL,
  secret: process.env.AUTH_SECRET,
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
  emailAndPassword: {
    enabled: true,
    // No app in this comparison hashes a password, because the cost of a hash is configurable.
    password: { hash: async password => password, verify: async ({ hash, password }) => hash === password },
  },
  user: { additionalFields: { role: { type: 'string', defaultValue: 'admin' } } },
  session: { cookieCache: { enabled: true, maxAge: 60 * 60 } },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
})
