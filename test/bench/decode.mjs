// Decodes a token in a worker thread: with the module, on a host with node:crypto and on one without, and with Auth.js.
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { folder, secret } from './apps.mjs'
import { summarise } from './measure.mjs'

const salt = 'authjs.session-token'
const toUrl = path => pathToFileURL(`${folder}node_modules/${path}`).href
const own = { url: toUrl('nuxt-authjs/dist/runtime/server/token/codec.js'), name: 'decodeToken' }
const authjs = { url: toUrl('@auth/core/jwt.js'), name: 'decode' }

/** Number of tokens that take turns, so that the next one is in no CPU cache. */
const distinct = 200

/** Calls of a sample: a fifth of a second or less of each. Before the first that counts come as many, while V8 still compiles. */
const counts = { decodeToken: 20_000, jose: 1_000, authjs: 500 }

/** µs per call, for tokens of several sizes. */
export async function measureDecode({ rounds }) {
  const { encode } = await import(authjs.url)
  const workers = { decodeToken: open({ ...own, hasNodeCrypto: true }), jose: open({ ...own, hasNodeCrypto: false }), authjs: open({ ...authjs, hasNodeCrypto: true }) }
  try {
    const results = []
    for (const padding of [0, 500, 3_500, 9_500, 29_500]) {
      const claims = { sub: '1', name: 'Ada', email: 'ada@app.example', role: 'admin', padding: 'x'.repeat(padding) }
      const tokens = await Promise.all(Array.from({ length: distinct }, () => encode({ token: claims, secret, salt })))
      const samples = Object.fromEntries(Object.keys(workers).map(name => [name, []]))
      for (let round = 0; round <= rounds; round++) {
        for (const [name, worker] of Object.entries(workers)) {
          const taken = await time(worker, { tokens, secret: [secret], salt }, counts[name])
          if (round > 0) samples[name].push(taken)
        }
      }
      results.push({ bytes: tokens[0].length, ...Object.fromEntries(Object.entries(samples).map(([name, taken]) => [name, summarise(taken)])) })
    }
    return results
  }
  finally {
    await Promise.all(Object.values(workers).map(worker => worker.terminate()))
  }
}

const open = workerData => new Worker(new URL('./decode-worker.mjs', import.meta.url), { workerData })

/** CPU of the whole process, because WebCrypto works in other threads than its caller. */
async function time(worker, params, times) {
  worker.postMessage({ params, times })
  const [taken] = await once(worker, 'message')
  return taken
}
