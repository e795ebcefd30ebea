/** Exactly the same type, `any` and optional keys included. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false

export function expectType<Actual>() {
  return { toEqual: <Expected>(same: Equal<Actual, Expected>) => same }
}

type Role = 'admin' | 'editor' | 'member'

/** What `server/auth.ts` promises the browser. */
export interface ExpectedSession {
  user: { name?: string | null, email?: string | null, image?: string | null, teams: string[] }
  expires: string
  error?: string
  uid: string
  role: Role
  since: string
}
