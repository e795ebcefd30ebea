// Decodes a token with one implementation, on one kind of host.
import { parentPort, workerData } from 'node:worker_threads'

const { url, name, hasNodeCrypto } = workerData
const { getBuiltinModule } = process
// A worker thread has its own `process`, where node:crypto can be hidden.
if (!hasNodeCrypto) process.getBuiltinModule = id => id === 'node:crypto' ? undefined : getBuiltinModule(id)
const { [name]: decode } = await import(url)
if (name === 'decodeToken') {
  const { nodeCrypto } = await import(new URL('./node-crypto.js', url).href)
  if ((nodeCrypto !== undefined) !== hasNodeCrypto) throw new Error('loaded the codec for the other kind of host')
}

parentPort.on('message', async ({ params: { tokens, ...params }, times }) => {
  if ((await decode({ ...params, token: tokens[0] }))?.name !== 'Ada') throw new Error('The token did not open')
  const start = process.cpuUsage()
  for (let index = 0; index < times; index++) await decode({ ...params, token: tokens[index % tokens.length] })
  const { user, system } = process.cpuUsage(start)
  parentPort.postMessage((user + system) / times)
})
