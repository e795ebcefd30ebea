/** What a sign-in at the provider gives; `expires_at` in seconds since 1970. */
export interface Family { access_token: string, refresh_token: string, expires_at: number }

export interface Provider {
  /** Its issuer. */
  url: string
  /** What the token endpoint does next: 500, no answer ever, `invalid_grant`, HTML, or a wait in milliseconds before all is well. */
  fault: undefined | 'error' | 'timeout' | 'invalid_grant' | 'garbage' | number
  /** Of new access tokens, in seconds. */
  lifetime: number
  /** What came to the token endpoint; `reuses` counts refresh tokens that came twice. */
  seen: { calls: number, reuses: number, bodies: string[], authorizations: (string | undefined)[] }
  /** Forgets faults and counts, and no tokens. */
  reset: () => void
  createFamily: (lifetime?: number) => Family
  close: () => Promise<void>
}

/** An identity provider on loopback whose refresh tokens work once. A second use ends their family. */
export function startProvider(): Promise<Provider>
