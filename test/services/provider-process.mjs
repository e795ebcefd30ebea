// An identity provider in a separate process, so it can be killed: node provider-process.mjs PORT FILE [lenient]
// Grants are in the file before each response. A refresh token works once: a second use revokes its family. In lenient mode, which
// some providers have for lost responses, the last used token gives the same response again until its successor is used.
import { createHash, randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'

const [port, file, mode] = process.argv.slice(2)
const issuer = `http://127.0.0.1:${port}`
/** Number of refreshes of each family; Infinity once it is revoked. */
const families = new Map()
const codes = new Set()
const seen = { refreshes: 0, repeats: 0, reuses: 0 }
const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(line => JSON.parse(line)) : [{ key: await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey) }]
if (!existsSync(file)) keep(lines[0])
for (const { family, count, word } of lines.slice(1)) note(family, count, word)
const publicKey = { ...lines[0].key, d: undefined }
const privateKey = await importJWK(lines[0].key, 'ES256')

function keep(line) {
  appendFileSync(file, `${JSON.stringify(line)}\n`)
}

function note(family, count, word) {
  families.set(family, count ?? Infinity)
  seen[word]++
}

function settle(family, count, word) {
  keep({ family, count, word })
  note(family, count, word)
}

/** The parts of a token contain no dot. */
const toTokens = (owner, family, lifetime, count) => ({
  access_token: ['access', owner, family, Date.now() + lifetime * 1000].join('.'),
  refresh_token: ['refresh', owner, family, lifetime, count].join('.'),
  expires_in: lifetime,
  token_type: 'Bearer',
})

function refresh(token) {
  const [, owner, family, lifetime, count] = token.split('.')
  const used = families.get(family) ?? 0
  const isRepeat = mode === 'lenient' && Number(count) === used - 1
  if (Number(count) !== used && !isRepeat) {
    settle(family, undefined, 'reuses')
    return { error: 'invalid_grant' }
  }
  const next = isRepeat ? used : used + 1
  settle(family, next, isRepeat ? 'repeats' : 'refreshes')
  return toTokens(owner, family, Number(lifetime), next)
}

async function exchange(code, verifier) {
  const { owner, lifetime, nonce, challenge } = JSON.parse(Buffer.from(code, 'base64url').toString())
  if (codes.has(code) || createHash('sha256').update(verifier).digest('base64url') !== challenge) return { error: 'invalid_grant' }
  codes.add(code)
  const id_token = await new SignJWT({ name: owner, nonce }).setProtectedHeader({ alg: 'ES256', kid: 'one' }).setIssuer(issuer).setAudience('app').setSubject(owner).setIssuedAt().setExpirationTime('5m').sign(privateKey)
  return { ...toTokens(owner, randomUUID(), lifetime, 0), id_token }
}

async function grant(body) {
  if (body.get('grant_type') === 'refresh_token') return refresh(body.get('refresh_token'))
  return await exchange(body.get('code'), body.get('code_verifier') ?? '')
}

/** Always consents: `owner` and `lifetime` in the query define the user and the token lifetime. */
function authorize(query) {
  const code = Buffer.from(JSON.stringify({ owner: query.get('owner'), lifetime: Number(query.get('lifetime')), nonce: query.get('nonce'), challenge: query.get('code_challenge'), id: randomUUID() })).toString('base64url')
  return `${query.get('redirect_uri')}?${new URLSearchParams({ code, state: query.get('state'), iss: issuer })}`
}

function report(token) {
  const [, owner, family, end] = token.split('.')
  return Number(end) > Date.now() && families.get(family) !== Infinity ? { owner } : { error: 'invalid_token' }
}

const routes = {
  '/.well-known/openid-configuration': () => ({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, userinfo_endpoint: `${issuer}/userinfo`, jwks_uri: `${issuer}/jwks`, id_token_signing_alg_values_supported: ['ES256'] }),
  '/jwks': () => ({ keys: [{ ...publicKey, kid: 'one', alg: 'ES256', use: 'sig' }] }),
  '/families': query => ({ ...toTokens(query.get('owner'), randomUUID(), Number(query.get('lifetime')), 0), expires_at: Math.floor(Date.now() / 1000) + Number(query.get('lifetime')) }),
  '/token': async (_, request) => await grant(new URLSearchParams(await text(request))),
  '/reports': (_, request) => report(request.headers.authorization ?? ''),
  '/seen': () => seen,
}

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer)
  if (pathname === '/authorize') return void response.writeHead(302, { location: authorize(searchParams) }).end()
  const body = await routes[pathname]?.(searchParams, request) ?? { error: 'not_found' }
  const status = body.error === 'invalid_token' ? 401 : body.error ? 400 : 200
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('Ready to grant\n'))
