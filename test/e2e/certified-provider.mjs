import { createServer } from 'node:http'
import Provider from 'oidc-provider'

export async function startCertifiedProvider(secret) {
  const calls = []
  let answer = (_, response) => response.writeHead(503).end()
  const server = createServer((request, response) => {
    if (!request.headers['user-agent']?.includes('Mozilla')) calls.push(new URL(request.url, 'http://localhost').pathname)
    answer(request, response)
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${server.address().port}`

  return {
    issuer,
    calls,
    serve: origin => answer = createProvider(issuer, secret, origin).callback(),
    stop: () => new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    }),
  }
}

function createProvider(issuer, secret, origin) {
  return new Provider(issuer, {
    clients: [{
      client_id: 'app',
      client_secret: secret,
      redirect_uris: [`${origin}/api/auth/callback/certified`],
      post_logout_redirect_uris: [`${origin}/`],
    }],
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    cookies: { keys: ['only-for-tests'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `${id} of the provider`, email: `${id}@app.example`, email_verified: true }) }),
  })
}
