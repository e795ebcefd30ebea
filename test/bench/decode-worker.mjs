// One way to open a token, on one kind of host.
import { parentPort, workerData } from 'node:worker_threads'

const { url, name, hasNodeCrypto } = workerData
const { getBuiltinModule } = process
// A thread has a `process` of its own: what it can't find there, it does without.
if (!hasNodeCrypto) process.getBuiltinModule = id => id === 'node:crypto' ? undefined : getBuiltinModule(id)
const { [name]: decode } = await import(url)
if (name === 'decodeToken') {
  const { nodeCrypto } = await import(new URL('./node-crypto.js', url).href)
  if ((nodeCrypto !== undefined) !== hasNodeCrypto) throw new Error('another path than the one that was asked for')
}

parentPort.on('message', async ({ params: { tokens, ...params }, times }) => {
  if ((await decode({ ...params, token: tokens[0] }))?.name !== 'Ada') throw new Error('The token did not open')
  const start = process.cpuUsage()
  for (let index = 0; index < times; index++) await decode({ ...params, token: tokens[index % tokens.length] })
  const { user, system } = process.cpuUsage(start)
  parentPort.postMessage((user + system) / times)
})
