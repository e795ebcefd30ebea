import { Redis as Client } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { startPostgres } from './postgres'
import { startRedis } from './redis'

describe('a PostgreSQL for tests', async () => {
  const postgres = await startPostgres()
  afterAll(() => postgres.remove())

  it('keeps its data and its URL across kill -9 and restart', async () => {
    await postgres.query('create table note (text text)')
    await postgres.query('insert into note values ($1)', ['kept'])
    await postgres.kill()
    await expect(postgres.query('select 1')).rejects.toThrow('ECONNREFUSED')
    await postgres.start()
    expect(await postgres.query('select text from note')).toEqual([{ text: 'kept' }])
    await postgres.restart()
    expect(await postgres.query('select text from note')).toEqual([{ text: 'kept' }])
  })
})

describe('a Redis for tests', () => {
  it('is durable on request, and responds again after kill -9, freeze and restart', async () => {
    const redis = await startRedis({ durable: true })
    const client = new Client(redis.url)
    client.on('error', () => {})
    await client.set('note', 'kept')
    await redis.kill()
    await redis.start()
    expect(await client.get('note')).toBe('kept')
    redis.freeze()
    const answer = client.get('note')
    redis.thaw()
    expect(await answer).toBe('kept')
    await redis.restart()
    expect(await client.get('note')).toBe('kept')
    client.disconnect()
    await redis.remove()
  })
})
