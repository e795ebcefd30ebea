// A minimal identity provider on loopback. Refresh tokens work once, and a second use revokes their family.
// It includes a backend that accepts access tokens, counts all requests, and fails on demand.
import { createServer } from 'node:http'
import { randomUUID } from 'node:crypto'

/** Starts a provider. Types and documentation: rotating-provider.d.mts. */
export async function startProvider() {
  /** @type {Map<string, { family: { isAlive: boolean }, isUsed: boolean }>} */
  const grants = new Map()
  /** @type {Map<string, number>} */
  const access = new Map()
  const held = new Set()

  const issue = (family, lifetime) => {
    const tokens = { access_token: `access-${randomUUID()}`, refresh_token: `refresh-${randomUUID()}` }
    grants.set(tokens.refresh_token, { family, isUsed: false })
    access.set(tokens.access_token, Date.now() + lifetime * 1000)
    return tokens
  }

  const exchange = (refreshToken) => {
    const grant = grants.get(refreshToken)
    if (grant?.isUsed) {
      provider.seen.reuses++
      grant.family.isAlive = false
    }
    if (!grant?.family.isAlive) return [400, { error: 'invalid_grant', error_description: `no such grant: ${refreshToken}` }]
    grant.isUsed = true
    return [200, { token_type: 'Bearer', expires_in: provider.lifetime, ...issue(grant.family, provider.lifetime) }]
  }

  const answerToken = async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { fault, seen } = provider
    seen.calls++
    seen.bodies.push(body)
    seen.authorizations.push(request.headers.authorization)
    if (fault === 'error') return send(response, 500, { error: 'server_error' })
    if (fault === 'garbage') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>')
    if (fault === 'invalid_grant') return send(response, 400, { error: 'invalid_grant' })
    if (fault === 'timeout') return void held.add(response)
    if (fault) await new Promise(resolve => setTimeout(resolve, fault))
    send(response, ...exchange(new URLSearchParams(body).get('refresh_token')))
  }

  const send = (response, status, body) => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, provider.url)
    if (pathname === '/token') return void answerToken(request, response)
    if (pathname === '/.well-known/openid-configuration') return send(response, 200, { issuer: provider.url, token_endpoint: `${provider.url}/token` })
    if (pathname === '/families') return send(response, 200, provider.createFamily(Number(searchParams.get('lifetime'))))
    const expires = access.get(request.headers.authorization?.replace('Bearer ', '') ?? '') ?? 0
    if (pathname === '/reports') return expires > Date.now() ? send(response, 200, { titles: ['Quarter 3'] }) : send(response, 401, {})
    send(response, 404, {})
  })

  const provider = {
    url: '',
    fault: undefined,
    lifetime: 300,
    seen: { calls: 0, reuses: 0, bodies: [], authorizations: [] },
    reset: () => Object.assign(provider, { fault: undefined, lifetime: 300, seen: { calls: 0, reuses: 0, bodies: [], authorizations: [] } }),
    createFamily: (lifetime = 0) => ({ ...issue({ isAlive: true }, lifetime), expires_at: Math.floor(Date.now() / 1000) + lifetime }),
    close: () => new Promise((resolve) => {
      for (const response of held) response.destroy()
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  provider.url = `http://127.0.0.1:${server.address().port}`
  return provider
}
