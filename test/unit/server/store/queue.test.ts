import { describe, expect, it } from 'vitest'
import { createQueue } from '../../../../src/runtime/server/store/queue'

describe('createQueue', () => {
  it('runs operations with the same name one after the other, and others in parallel', async () => {
    const queue = createQueue()
    const log: string[] = []
    const run = (name: string, id: string) => queue(name, async () => {
      log.push(`${id} starts`)
      await new Promise(resolve => setTimeout(resolve, 5))
      log.push(`${id} ends`)
    })
    await Promise.all([run('a', 'a1'), run('a', 'a2'), run('b', 'b1')])
    expect(log).toEqual(['a1 starts', 'b1 starts', 'a1 ends', 'a2 starts', 'b1 ends', 'a2 ends'])
  })

  it('returns the result or the error of each operation, and goes on after an error', async () => {
    const queue = createQueue()
    const failed = queue('a', () => Promise.reject(new Error('broken')))
    const next = queue('a', async () => 'done')
    await expect(failed).rejects.toThrow('broken')
    expect(await next).toBe('done')
  })
})
