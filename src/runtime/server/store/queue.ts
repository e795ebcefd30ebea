/**
 * A queue in this process: operations with the same name run one after the other, all others in parallel.
 * A failed operation does not stop the next one. An empty queue takes no memory.
 */
export function createQueue() {
  const tails = new Map<string, Promise<unknown>>()
  return async function queue<T>(name: string, run: () => Promise<T>): Promise<T> {
    const turn = (tails.get(name) ?? Promise.resolve()).then(run, run)
    const end = turn.catch(() => {}).finally(() => tails.get(name) === end && tails.delete(name))
    tails.set(name, end)
    return await turn
  }
}
