import type { Adapter, AdapterAccount, AdapterAuthenticator, AdapterUser, VerificationToken } from '@auth/core/adapters'

const users = new Map<string, AdapterUser>()
const accounts = new Map<string, AdapterAccount>()
const passkeys = new Map<string, AdapterAuthenticator>()
const links = new Map<string, VerificationToken>()

const findUser = (matches: (user: AdapterUser) => boolean) => [...users.values()].find(matches) ?? null
const keep = <Value>(map: Map<string, Value>, key: string, value: Value) => map.set(key, value).get(key)!
const take = <Value>(map: Map<string, Value>, key: string) => {
  const value = map.get(key)
  map.delete(key)
  return value ?? null
}

/** A database that forgets. A real app takes one of https://authjs.dev/getting-started/database, with its tables. */
export const adapter: Adapter = {
  createUser: user => keep(users, user.id, user),
  getUser: id => users.get(id) ?? null,
  getUserByEmail: email => findUser(user => user.email === email),
  getUserByAccount: ({ provider, providerAccountId }) => users.get(accounts.get(`${provider} ${providerAccountId}`)?.userId ?? '') ?? null,
  updateUser: user => keep(users, user.id, { ...users.get(user.id)!, ...user }),
  linkAccount: account => keep(accounts, `${account.provider} ${account.providerAccountId}`, account),
  getAccount: async (id, provider) => accounts.get(`${provider} ${id}`) ?? null,
  // Magic links: each works once.
  createVerificationToken: link => keep(links, link.token, link),
  useVerificationToken: ({ token }) => take(links, token),
  // Passkeys.
  createAuthenticator: async passkey => keep(passkeys, passkey.credentialID, passkey),
  getAuthenticator: async id => passkeys.get(id) ?? null,
  listAuthenticatorsByUserId: async id => [...passkeys.values()].filter(({ userId }) => userId === id),
  updateAuthenticatorCounter: async (id, counter) => keep(passkeys, id, { ...passkeys.get(id)!, counter }),
}
