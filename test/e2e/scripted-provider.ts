import { createHash, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'

export type Endpoint = 'discovery' | 'authorize' | 'token' | 'userinfo' | 'jwks' | 'end-session'
/** How an endpoint fails: an HTTP status or another fault. */
export type Fault = number | 'html' | 'empty' | 'reset' | 'garbage' | 'huge' | 'hang' | 'drip' | { redirect: string } | { json: object, status?: number }
/** How id_tokens are signed. `public` uses the public key as an HS256 secret. */
export type Signer = 'own' | 'foreign' | 'none' | 'public'

/** Instructions from a test. `reset` clears all of them. */
export interface Script {
  faults: Partial<Record<Endpoint, Fault>>
  /** Claims of the next id_tokens and of userinfo; `undefined` omits one. */
  claims: Record<string, unknown>
  /** Overrides in the discovery document. */
  metadata: Record<string, unknown>
  /** Parameters of the authorization response besides the code; `undefined` omits one. */
  answer: Record<string, string | undefined>
  signer: Signer
  /** Lifetime of access tokens, in seconds. */
  lifetime: number
}

interface Grant { challenge: string | null, nonce: string | null, redirectUri: string | null, clientId: string | null, isOpenId: boolean }
/** The response of the token endpoint. */
export interface Tokens { access_token: string, refresh_token: string, expires_in: number, token_type: string }

interface Family { isRevoked: boolean, current: string }

const toScript = (): Script => ({ faults: {}, claims: {}, metadata: {}, answer: {}, signer: 'own', lifetime: 300 })

/** An OpenID provider on loopback that follows a test's script and counts requests. Codes work once; refresh tokens rotate, and reuse revokes them. */
export class ScriptedProvider {
  script = toScript()
  readonly calls: Record<Endpoint, number> = { 'discovery': 0, 'authorize': 0, 'token': 0, 'userinfo': 0, 'jwks': 0, 'end-session': 0 }
  /** Refresh tokens that were exchanged, and those that were reused. */
  refreshes = 0
  reuses = 0
  /** The last authorization and end-session requests. */
  readonly seen: Partial<Record<Endpoint, URLSearchParams>> = {}
  issuer = ''
  /** A marker in every token that it issues. */
  readonly canary: string
  private readonly grants = new Map<string, Grant>()
  private readonly families = new Map<string, Family>()
  private readonly server = createServer((asked, answer) => void this.handle(asked, answer).catch(() => answer.destroy()))
  private keys = generateKeyPair('RS256')
  private epoch = 0
  private serial = 0

  constructor(readonly secret = 'client-secret-of-app', canary = 'CANARY-token-77aa') {
    this.canary = canary
  }

  async start(): Promise<this> {
    await new Promise<void>(resolve => this.server.listen(0, '127.0.0.1', resolve))
    this.issuer = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
    return this
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise(resolve => this.server.close(resolve))
  }

  /** Clears the script and rotates the keys, so no cached key is valid. */
  reset(script: Partial<Script> = {}): void {
    this.script = { ...toScript(), ...script }
    this.rotateKeys()
    this.epoch += 1
  }

  /** Rotates the keys at the same URL. */
  rotateKeys(): void {
    this.keys = generateKeyPair('RS256')
    this.serial += 1
  }

  /** Environment variables of an app that has this provider as `id`. */
  toEnv(id: string): Record<string, string> {
    const name = id.toUpperCase()
    return { [`AUTH_${name}_ID`]: 'app', [`AUTH_${name}_SECRET`]: this.secret, [`AUTH_${name}_ISSUER`]: this.issuer }
  }

  /** Tokens as after a sign-in: the start of a family of refresh tokens. */
  issueTokens(): Tokens {
    return this.issue({ isRevoked: false, current: '' })
  }

  private async handle(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(asked.url ?? '/', this.issuer)
    const endpoint = (url.pathname === '/.well-known/openid-configuration' ? 'discovery' : url.pathname.split('/')[1]) as Endpoint
    if (!(endpoint in this.calls)) return void answer.writeHead(404).end()
    this.calls[endpoint] += 1
    this.seen[endpoint] = url.searchParams
    const fault = this.script.faults[endpoint]
    if (fault !== undefined) return breakDown(fault, asked, answer)
    if (endpoint === 'authorize') return this.authorize(url.searchParams, answer)
    if (endpoint === 'end-session') return redirect(answer, url.searchParams.get('post_logout_redirect_uri') ?? '/')
    const body = new URLSearchParams(await text(asked))
    const result = endpoint === 'discovery' ? this.describe() : endpoint === 'jwks' ? await this.listKeys() : endpoint === 'token' ? await this.grant(body) : this.toClaims()
    return send(answer, 'error' in result ? 400 : 200, result)
  }

  private describe(): object {
    const at = (path: string) => `${this.issuer}/${path}`
    return {
      issuer: this.issuer, authorization_endpoint: at('authorize'), token_endpoint: at('token'), userinfo_endpoint: at('userinfo'),
      end_session_endpoint: at('end-session'), jwks_uri: at(`jwks/${this.epoch}`), id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
      ...this.script.metadata,
    }
  }

  private authorize(query: URLSearchParams, answer: ServerResponse): void {
    const code = randomUUID()
    this.grants.set(code, { challenge: query.get('code_challenge'), nonce: query.get('nonce'), redirectUri: query.get('redirect_uri'), clientId: query.get('client_id'), isOpenId: /\bopenid\b/.test(query.get('scope') ?? '') })
    const url = new URL(query.get('redirect_uri') ?? this.issuer)
    const params = { code, state: query.get('state') ?? undefined, iss: this.issuer, ...this.script.answer }
    for (const [name, value] of Object.entries(params)) if (value !== undefined) url.searchParams.append(name, value)
    redirect(answer, url.href)
  }

  private async grant(body: URLSearchParams): Promise<object> {
    if (body.get('grant_type') === 'refresh_token') return await this.refresh(body.get('refresh_token') ?? '')
    const code = body.get('code') ?? ''
    const grant = this.grants.get(code)
    this.grants.delete(code)
    const challenge = createHash('sha256').update(body.get('code_verifier') ?? '').digest('base64url')
    if (!grant || grant.redirectUri !== body.get('redirect_uri') || (grant.challenge && grant.challenge !== challenge)) return { error: 'invalid_grant' }
    const family = { isRevoked: false, current: '' }
    return { ...this.issue(family), ...(grant.isOpenId && { id_token: await this.sign({ nonce: grant.nonce ?? undefined, aud: grant.clientId }) }) }
  }

  private async refresh(token: string): Promise<object> {
    const family = this.families.get(token)
    if (!family || family.isRevoked) return { error: 'invalid_grant' }
    if (family.current === token) {
      this.refreshes += 1
      return this.issue(family)
    }
    this.reuses += 1
    family.isRevoked = true
    return { error: 'invalid_grant' }
  }

  private issue(family: Family): Tokens {
    family.current = `${this.canary}-refresh-${randomUUID()}`
    this.families.set(family.current, family)
    return { access_token: `${this.canary}-access-${randomUUID()}`, refresh_token: family.current, expires_in: this.script.lifetime, token_type: 'Bearer' }
  }

  private toClaims(): Record<string, unknown> {
    return withoutUndefined({ sub: 'ada', id: 'ada', name: 'Ada', email: 'ada@app.example', email_verified: true, ...this.script.claims })
  }

  private async sign(own: object): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const claims = withoutUndefined({ iss: this.issuer, iat: now, exp: now + 300, canary: `${this.canary}-id`, ...own, ...this.toClaims(), ...this.script.claims })
    const { signer } = this.script
    if (signer === 'none') return new UnsecuredJWT(claims).encode()
    const { publicKey, privateKey } = await this.keys
    if (signer === 'public') return await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(new TextEncoder().encode(JSON.stringify(await exportJWK(publicKey))))
    const key = signer === 'foreign' ? (await generateKeyPair('RS256')).privateKey : privateKey
    return await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: `key-${this.serial}` }).sign(key)
  }

  private async listKeys(): Promise<object> {
    return { keys: [{ ...await exportJWK((await this.keys).publicKey), kid: `key-${this.serial}`, alg: 'RS256', use: 'sig' }] }
  }
}

function withoutUndefined(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function send(answer: ServerResponse, status: number, body: object): void {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function redirect(answer: ServerResponse, location: string): void {
  answer.writeHead(302, { location }).end()
}

function breakDown(fault: Fault, asked: IncomingMessage, answer: ServerResponse): void {
  if (typeof fault === 'number') return send(answer, fault, { error: fault === 401 ? 'invalid_client' : 'server_error', error_description: 'CANARY-description' })
  if (typeof fault === 'object') return 'redirect' in fault ? redirect(answer, fault.redirect) : send(answer, fault.status ?? 200, fault.json)
  if (fault === 'reset') return void asked.socket.resetAndDestroy()
  if (fault === 'hang') return
  answer.writeHead(200, { 'content-type': fault === 'html' ? 'text/html' : 'application/json' })
  if (fault === 'html') answer.end('<h1>We are upgrading</h1>')
  else if (fault === 'empty') answer.end()
  else if (fault === 'garbage') answer.end('{"issuer": \u0000]')
  else if (fault === 'huge') answer.end(JSON.stringify({ filler: 'x'.repeat(20 * 1024 * 1024) }))
  // One byte every 200 ms, for longer than any timeout.
  else dripInto(answer)
}

function dripInto(answer: ServerResponse): void {
  const timer = setInterval(() => answer.write(' '), 200)
  answer.on('close', () => clearInterval(timer))
}
