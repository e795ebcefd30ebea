// One token opened in this process: the module's way, and that of Auth.js.
import { pathToFileURL } from 'node:url'
import { folder, secret } from './apps.mjs'
import { summarise } from './measure.mjs'

const salt = 'authjs.session-token'
const load = path => import(pathToFileURL(`${folder}node_modules/${path}`).href)

/** µs per call, for tokens of several sizes. */
export async function measureDecode({ rounds }) {
  const own = await load('nuxt-authjs/dist/runtime/server/token.js')
  const authjs = await load('@auth/core/jwt.js')
  const results = []
  for (const padding of [0, 500, 3_500, 9_500, 29_500]) {
    const token = await authjs.encode({ token: { sub: '1', name: 'Ada', email: 'ada@app.example', role: 'admin', padding: 'x'.repeat(padding) }, secret, salt })
    const calls = { decodeToken: () => own.decodeToken({ token, secret: [secret], salt }), authjs: () => authjs.decode({ token, secret: [secret], salt }) }
    const samples = { decodeToken: [], authjs: [] }
    for (let round = 0; round <= rounds; round++) {
      for (const [name, call] of Object.entries(calls)) {
        const taken = await time(call, name === 'authjs' ? 500 : 5_000)
        if (round > 0) samples[name].push(taken)
      }
    }
    results.push({ bytes: token.length, decodeToken: summarise(samples.decodeToken), authjs: summarise(samples.authjs) })
  }
  return results
}

async function time(call, times) {
  if ((await call())?.name !== 'Ada') throw new Error('The token did not open')
  const start = process.cpuUsage()
  for (let index = 0; index < times; index++) await call()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / times
}
