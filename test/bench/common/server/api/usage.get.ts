declare global {
  var gc: ((options: { flavor: 'last-resort' }) => void) | undefined
}

/** CPU time in µs and memory in bytes of this server; `?gc` collects first, and gives back what is left over. */
export default defineEventHandler((event) => {
  if (event.path.endsWith('?gc')) globalThis.gc?.({ flavor: 'last-resort' })
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { cpu: user + system, rss, heapUsed, external }
})
