import type { Adapter, AdapterAccount, AdapterAuthenticator, AdapterUser, VerificationToken } from '@auth/core/adapters'

const users = new Map<string, AdapterUser>()
const accounts = new Map<string, AdapterAccount>()
const passkeys = new Map<string, AdapterAuthenticator>()
const links = new Map<string, VerificationToken>()

const findUser = (matches: (user: AdapterUser) => boolean) => [...users.values()].find(matches) ?? null
const save = <Value>(map: Map<string, Value>, key: string, value: Value) => map.set(key, value).get(key)!
const take = <Value>(map: Map<string, Value>, key: string) => {
  const value = map.get(key)
  map.delete(key)
  return value ?? null
}

/** A database in memory. A real app uses an adapter from https://authjs.dev/getting-started/database. */
export const adapter: Adapter = {
  createUser: user => save(users, user.id, user),
  getUser: id => users.get(id) ?? null,
  getUserByEmail: email => findUser(user => user.email === email),
  getUserByAccount: ({ provider, providerAccountId }) => users.get(accounts.get(`${provider} ${providerAccountId}`)?.userId ?? '') ?? null,
  updateUser: user => save(users, user.id, { ...users.get(user.id)!, ...user }),
  linkAccount: account => save(accounts, `${account.provider} ${account.providerAccountId}`, account),
  getAccount: async (id, provider) => accounts.get(`${provider} ${id}`) ?? null,
  // Magic links: each works once.
  createVerificationToken: link => save(links, link.token, link),
  useVerificationToken: ({ token }) => take(links, token),
  // Passkeys.
  createAuthenticator: async passkey => save(passkeys, passkey.credentialID, passkey),
  getAuthenticator: async id => passkeys.get(id) ?? null,
  listAuthenticatorsByUserId: async id => [...passkeys.values()].filter(({ userId }) => userId === id),
  updateAuthenticatorCounter: async (id, counter) => save(passkeys, id, { ...passkeys.get(id)!, counter }),
}
