import { generateKeyPairSync, randomUUID } from 'node:crypto'
import Provider from 'oidc-provider'
import { renderPage, renderSignOut, toClaims } from './pages'

const { AUTH_COMPANY_ISSUER: issuer = '', AUTH_COMPANY_ID: clientId = '', AUTH_COMPANY_SECRET: clientSecret = '' } = process.env

/** Everything is kept in memory: editing the server's code ends the provider's sessions. */
export function createProvider(): Provider {
  const { origin, port } = new URL(issuer)
  const origins = [...new Set([origin, `http://localhost:${port}`, `http://127.0.0.1:${port}`])]
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
  const provider: Provider = new Provider(issuer, {
    clients: [{
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: origins.map(origin => `${origin}/api/auth/callback/company`),
      post_logout_redirect_uris: origins.map(origin => `${origin}/provider`),
    }],
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    // The name and the email address are in the id_token, which saves the userinfo request.
    conformIdTokenClaims: false,
    cookies: { keys: [randomUUID()] },
    jwks: { keys: [{ ...key, alg: 'RS256', use: 'sig' }] },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => void (ctx.body = renderSignOut(form)) },
    },
    interactions: { url: (_, { uid }) => `/idp/interaction/${uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => toClaims(id) }),
    // This is the company's own app, so users are not asked for consent.
    async loadExistingGrant({ oidc }) {
      const grant = new provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId })
      grant.addOIDCScope('openid profile email')
      await grant.save()
      return grant
    },
    renderError: (ctx, { error }) => void (ctx.body = renderPage('Something went wrong', `<p>${error.replace(/\W/g, ' ')}</p>`)),
  })
  return provider
}
