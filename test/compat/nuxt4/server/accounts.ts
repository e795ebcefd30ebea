export type Role = 'admin' | 'member'

export interface Account { id: string, name: string, email: string, role: Role, token: string }

/** Represents values that must never reach a browser. */
export const canary = 'CANARY-access-token-8d2e'

const accounts: (Account & { password: string })[] = [
  { id: '1', name: 'Ada', email: 'ada@app.example', role: 'admin', password: 'lovelace', token: canary },
  { id: 'outage', name: 'Mary', email: 'mary@app.example', role: 'member', password: 'jackson', token: canary },
  { id: '2', name: 'Grace', email: 'grace@app.example', role: 'member', password: 'hopper', token: canary },
]

export async function findAccount(email: string, password: string): Promise<Account | undefined> {
  return accounts.find(account => account.email === email && account.password === password)
}
