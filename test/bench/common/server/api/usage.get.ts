declare global {
  var gc: (() => void) | undefined
}

/** CPU time in µs and memory in bytes of this server; `?gc` collects first. */
export default defineEventHandler((event) => {
  if (event.path.endsWith('?gc')) globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return { cpu: user + system, rss, heapUsed }
})
