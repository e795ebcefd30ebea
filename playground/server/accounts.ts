export type Role = 'admin' | 'member'

interface Account { id: string, name: string, role: Role, token: string }

// A real app queries its database and compares a password hash.
const accounts: (Account & { password: string })[] = [
  { id: '1', name: 'Ada', role: 'admin', password: 'lovelace', token: 'backend-token-of-ada' },
  { id: '2', name: 'Grace', role: 'member', password: 'hopper', token: 'backend-token-of-grace' },
]

export async function findAccount(name: string, password: string): Promise<Account | undefined> {
  return accounts.find(account => account.name === name && account.password === password)
}
