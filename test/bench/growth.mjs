// How the cost grows: with the token, the connections, the components of a page, the secrets.
import { pathToFileURL } from 'node:url'
import { folder, getApp, secret } from './apps.mjs'
import { sample, summariseSamples } from './measure.mjs'
import { scenarios, toRequest } from './scenarios.mjs'
import { start } from './server.mjs'

const session = scenarios.find(({ id }) => id === 'session')
const secrets = ['AUTH_SECRET_1', 'AUTH_SECRET_2', 'AUTH_SECRET_3', 'NUXT_AUTH_SECRET']
/** The size limit of one cookie in Auth.js. */
const chunkSize = 4096 - 160

export async function grow(options) {
  return {
    token: await growToken(options),
    connections: await growConnections(options),
    components: await growComponents(options),
    secrets: await growSecrets(options),
    guards: await compareGuards(options),
  }
}

/** Samples each of `cases` in turn, and returns each one's `says` with its medians. */
async function inTurn(cases, { rounds, seconds, warmup }) {
  const samples = cases.map(() => [])
  for (let round = 1; round <= rounds; round++) {
    for (const [index, { server, request, connections }] of cases.entries()) {
      samples[index].push(await sample(server, request, { seconds, connections, warmup: round === 1 ? warmup : warmup / 10 }))
    }
  }
  return cases.map(({ says }, index) => ({ ...says, ...summariseSamples(samples[index]) }))
}

async function during(servers, run) {
  try {
    return await run()
  }
  finally {
    await Promise.all(servers.map(server => server.stop()))
  }
}

/** Larger tokens in several cookie parts, including sizes that the module reads but no longer creates. */
async function growToken(options) {
  const servers = []
  return await during(servers, async () => {
    for (const padding of [0, 700, 3_700, 9_700, 19_700, 39_700]) {
      const server = await start(getApp('ours'))
      servers.push(server)
      await fill(server.visitor, padding)
    }
    return await inTurn(servers.map(server => ({ server, request: toRequest(session, server), says: { bytes: server.visitor.toCookie().length, chunks: countChunks(server) } })), options)
  })
}

/** The user's session with `padding` more bytes, split as Auth.js does. */
async function fill({ cookies }, padding) {
  const { decode, encode } = await import(pathToFileURL(`${folder}node_modules/@auth/core/jwt.js`).href)
  const salt = 'authjs.session-token'
  const value = await encode({ token: { ...await decode({ token: cookies.get(salt), secret, salt }), padding: 'x'.repeat(padding) }, secret, salt })
  if (value.length <= chunkSize) return void cookies.set(salt, value)
  cookies.delete(salt)
  for (let index = 0; index * chunkSize < value.length; index++) cookies.set(`${salt}.${index}`, value.slice(index * chunkSize, (index + 1) * chunkSize))
}

const countChunks = ({ visitor }) => [...visitor.cookies.keys()].filter(name => name.includes('session-token')).length

async function growConnections(options) {
  const servers = []
  return await during(servers, async () => {
    for (const id of ['none', 'ours']) servers.push(await start(getApp(id)))
    return await inTurn([1, 10, 100].flatMap(connections => servers.map(server => ({ server, request: toRequest(session, server), connections, says: { name: server.name, connections } }))), options)
  })
}

/** 1, 10 and 100 components that call `useAuth()`, and the same components without it. */
async function growComponents(options) {
  const servers = []
  return await during(servers, async () => {
    for (const id of ['none', 'ours']) servers.push(await start(getApp(id)))
    const counting = await start(getApp('ours'), { env: { BENCH_COUNT: '1' } })
    servers.push(counting)
    const cases = [1, 10, 100].flatMap(count => servers.slice(0, 2).map((server) => {
      return { server, says: { name: server.name, components: count }, request: { path: `/many/${count}`, headers: { cookie: server.visitor.toCookie() }, status: 200, marks: ['<span>Ada</span>', '</html>'] } }
    }))
    const measured = await inTurn(cases, options)
    for (const entry of measured) entry.decodes = entry.name === counting.name ? await countDecodes(counting, `/many/${entry.components}`) : 0
    return measured
  })
}

/** How often one render decodes the token. */
async function countDecodes({ visitor }, path) {
  const count = async () => await (await fetch(`${visitor.origin}/api/decodes`)).json()
  const before = await count()
  const html = await (await visitor.send({ path })).text()
  if (!html.includes('Ada')) throw new Error(`${path} has no session`)
  return await count() - before
}

/** The user's cookie was encrypted with the oldest secret. */
async function growSecrets(options) {
  const servers = []
  return await during(servers, async () => {
    for (let count = 1; count <= 5; count++) {
      const env = Object.fromEntries(secrets.slice(0, count - 1).map((name, index) => [name, `${index}x${'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(2)}`]))
      servers.push(await start(getApp('ours'), { env }))
    }
    const { visitor } = servers[0]
    return await inTurn(servers.map((server, index) => ({ server, request: toRequest(session, { app: server.app, visitor }), says: { secrets: index + 1 } })), options)
  })
}

/** The cost of a guard: without one, outside a rule, in the handler, by a rule, and refused. */
async function compareGuards(options) {
  const servers = []
  return await during(servers, async () => {
    for (const id of ['none', 'ours']) servers.push(await start(getApp(id)))
    const [none, ours] = servers
    const headers = { cookie: ours.visitor.toCookie() }
    const open = { path: '/api/ping', headers, status: 200, marks: ['"ok":true'] }
    const ruled = { path: '/api/ruled', headers, status: 200, marks: ['"role":"admin"'] }
    return await inTurn([
      { server: none, request: open, says: { guard: 'an app without auth' } },
      { server: ours, request: open, says: { guard: 'a route beside ruled ones' } },
      { server: ours, request: { ...ruled, path: '/api/guarded' }, says: { guard: '`requireSession` in the handler' } },
      { server: ours, request: ruled, says: { guard: 'a route rule with `match`' } },
      { server: ours, request: { ...ruled, headers: {}, status: 401, marks: [] }, says: { guard: 'a route rule, anonymous' } },
    ], options)
  })
}
