import { randomUUID } from 'node:crypto'
import type { Adapter, AdapterAccount, AdapterSession, AdapterUser, VerificationToken } from '@auth/core/adapters'

type Row = AdapterUser & Record<string, unknown>

/** A database in memory, as a class: its methods are on the prototype and need `this`. Counts its calls. */
export class MemoryAdapter implements Adapter {
  readonly users = new Map<string, Row>()
  readonly sessions = new Map<string, AdapterSession>()
  readonly accounts: AdapterAccount[] = []
  readonly links: VerificationToken[] = []
  readonly asked: string[] = []

  constructor(users: (Partial<Row> & { id: string })[] = []) {
    for (const user of users) this.users.set(user.id, { email: `${user.id}@app.example`, emailVerified: null, ...user })
  }

  async createUser(user: AdapterUser) {
    const row = { ...user, id: randomUUID() }
    this.users.set(row.id, row)
    return row
  }

  async getUser(id: string) {
    return this.users.get(id) ?? null
  }

  async getUserByEmail(email: string) {
    return [...this.users.values()].find(user => user.email === email) ?? null
  }

  async getUserByAccount({ provider, providerAccountId }: Pick<AdapterAccount, 'provider' | 'providerAccountId'>) {
    const account = this.accounts.find(account => account.provider === provider && account.providerAccountId === providerAccountId)
    return account ? this.getUser(account.userId) : null
  }

  async updateUser(user: Partial<AdapterUser> & Pick<AdapterUser, 'id'>) {
    this.asked.push('updateUser')
    const row = { ...this.users.get(user.id)!, ...user }
    this.users.set(user.id, row)
    return row
  }

  async deleteUser(id: string) {
    this.users.delete(id)
    for (const [key, session] of this.sessions) if (session.userId === id) this.sessions.delete(key)
  }

  async linkAccount(account: AdapterAccount) {
    this.accounts.push(account)
  }

  async createSession(session: AdapterSession) {
    this.asked.push('createSession')
    this.sessions.set(session.sessionToken, session)
    return session
  }

  async getSessionAndUser(key: string): Promise<{ session: AdapterSession, user: Row } | null> {
    this.asked.push(`getSessionAndUser ${key}`)
    const session = this.sessions.get(key)
    const user = session && this.users.get(session.userId)
    return session && user ? { session: { ...session }, user: { ...user } } : null
  }

  async updateSession(session: Partial<AdapterSession> & Pick<AdapterSession, 'sessionToken'>) {
    this.asked.push('updateSession')
    const before = this.sessions.get(session.sessionToken)
    if (!before) return null
    this.sessions.set(session.sessionToken, { ...before, ...session })
    return { ...before, ...session }
  }

  async deleteSession(key: string) {
    this.asked.push('deleteSession')
    this.sessions.delete(key)
  }

  async createVerificationToken(link: VerificationToken) {
    this.links.push(link)
    return link
  }

  async useVerificationToken({ identifier, token }: { identifier: string, token: string }) {
    const at = this.links.findIndex(link => link.identifier === identifier && link.token === token)
    return at < 0 ? null : this.links.splice(at, 1)[0]!
  }
}
