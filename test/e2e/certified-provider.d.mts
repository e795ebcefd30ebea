export interface CertifiedProvider {
  issuer: string
  /** Paths that were asked for by a server, not by a browser, in order. */
  readonly calls: string[]
  /** Answers from now on, for the app at `origin`. */
  serve: (origin: string) => void
  stop: () => Promise<void>
}

/** An OpenID certified provider on loopback. It has an address at once, and answers after `serve`. */
export function startCertifiedProvider(secret: string): Promise<CertifiedProvider>
