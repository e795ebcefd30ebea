/** The part of the package that is used here; it ships no types. https://github.com/panva/node-oidc-provider */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface Context { body: string, oidc: { session: { accountId: string }, client: { clientId: string } } }
  interface Grant { addOIDCScope: (scope: string) => void, save: () => Promise<string> }
  interface Configuration {
    clients: Record<string, unknown>[]
    claims: Record<string, string[]>
    conformIdTokenClaims: boolean
    cookies: { keys: string[] }
    jwks: { keys: object[] }
    features: { devInteractions: { enabled: boolean }, rpInitiatedLogout: { enabled: boolean, logoutSource: (ctx: Context, form: string) => void } }
    interactions: { url: (ctx: Context, interaction: { uid: string }) => string }
    findAccount: (ctx: Context, id: string) => { accountId: string, claims: () => { sub: string } }
    loadExistingGrant: (ctx: Context) => Promise<Grant>
    renderError: (ctx: Context, out: { error: string }) => void
  }
  export default class Provider {
    constructor(issuer: string, configuration: Configuration)
    Grant: new (of: { accountId: string, clientId: string }) => Grant
    callback(): (request: IncomingMessage, response: ServerResponse) => void
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: { login: { accountId: string } } | { error: string }): Promise<void>
  }
}
