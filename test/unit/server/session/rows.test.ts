import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { bindAdapter } from '../../../../src/runtime/server/config/adapter'
import { createRow, createSessionToken, endRow, findRow, isRenewalDue, isSessionToken, renewRow, toSessionKey } from '../../../../src/runtime/server/session/rows'
import type { RowConfig } from '../../../../src/runtime/server/session/rows'
import { MemoryAdapter } from '../../memory-adapter'

const day = 86_400
let adapter: MemoryAdapter
let config: RowConfig

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
  adapter = new MemoryAdapter([{ id: '7', name: 'Ada' }])
  config = toConfig(adapter)
})

function toConfig(adapter: object): RowConfig {
  return { adapter: bindAdapter(adapter) as RowConfig['adapter'], session: { maxAge: 30 * day, updateAge: day } }
}

async function signedIn(): Promise<{ token: string, key: string }> {
  const { sessionToken: token } = await createRow(config, '7')
  return { token, key: await toSessionKey(token) }
}

describe('a session token', () => {
  it('SES-08 has 256 bits, and never comes twice', () => {
    const tokens = new Set(Array.from({ length: 10_000 }, createSessionToken))
    expect(tokens.size).toBe(10_000)
    expect([...tokens].every(token => isSessionToken(token) && Buffer.from(token, 'base64url').length === 32)).toBe(true)
  })

  it('REF-10 is never what the database holds', async () => {
    const { token } = await signedIn()
    expect([...adapter.sessions.keys()]).toEqual([createHash('sha256').update(token).digest('hex')])
    expect(JSON.stringify([...adapter.sessions])).not.toContain(token)
  })

  it('never is what the database holds: a dump signs nobody in', async () => {
    const { key } = await signedIn()
    expect(await findRow(config, key)).toBeNull()
  })
})

describe('findRow', () => {
  it('asks once, and gives the row of the user', async () => {
    const { token, key } = await signedIn()
    adapter.asked.length = 0
    expect(await findRow(config, token)).toMatchObject({ key, user: { id: '7', name: 'Ada' } })
    expect(adapter.asked).toEqual([`getSessionAndUser ${key}`])
  })

  it.each([['an injection', '\' OR 1=1--'], ['NUL', `${'a'.repeat(42)}\0`], ['a megabyte', 'a'.repeat(2 ** 20)], ['nothing', ''], ['no cookie', undefined], ['an id of others', '0b9c7e1a-6c53-4c7e-9d0a-1f2e3d4c5b6a']])('ADP-14 never asks the database for %s', async (_, token) => {
    expect(await findRow(config, token)).toBeNull()
    expect(adapter.asked).toEqual([])
  })

  it.each([
    ['an ISO string', (at: number) => new Date(at).toISOString()],
    ['a number', (at: number) => at],
    ['a date', (at: number) => new Date(at)],
  ])('ADP-03 reads an end that is %s', async (_, write) => {
    const { token, key } = await signedIn()
    const store = (expires: unknown) => adapter.sessions.set(key, { sessionToken: key, userId: '7', expires: expires as Date })
    const soon = Date.now() + 60_000
    store(write(soon))
    expect((await findRow(config, token))?.expires.getTime()).toBe(soon)
    store(write(Date.now() - 1))
    expect(await findRow(config, token)).toBeNull()
    expect(adapter.sessions.size).toBe(0)
  })

  it.each([null, undefined, new Date(Number.NaN), 'soon', '', Number.NaN, {}, true])('ADP-03 never takes a session for valid whose end is %j', async (expires) => {
    const { token, key } = await signedIn()
    adapter.sessions.set(key, { sessionToken: key, userId: '7', expires: expires as Date })
    expect(await findRow(config, token)).toBeNull()
  })

  it('takes a session without its user for none', async () => {
    const { token, key } = await signedIn()
    const row = { session: adapter.sessions.get(key), user: null }
    expect(await findRow(toConfig({ getSessionAndUser: async () => row }), token)).toBeNull()
  })

  it('takes an expired session for none where its row can\'t be deleted', async () => {
    const { token, key } = await signedIn()
    adapter.sessions.get(key)!.expires = new Date(0)
    adapter.deleteSession = () => Promise.reject(new Error('read-only'))
    expect(await findRow(config, token)).toBeNull()
  })

  it('ADP-01 is an error while the database is away, never a sign-out', async () => {
    const { token } = await signedIn()
    adapter.getSessionAndUser = () => Promise.reject(new Error('ECONNREFUSED'))
    await expect(findRow(config, token)).rejects.toMatchObject({ code: 'AUTH_R001', statusCode: 503 })
  })
})

describe('renewRow', () => {
  it('is due once updateAge has passed', async () => {
    const row = { key: '', user: { id: '7', email: '', emailVerified: null } }
    const left = (seconds: number) => ({ ...row, expires: new Date(Date.now() + seconds * 1000) })
    expect(isRenewalDue(left(29 * day + 5), config)).toBe(false)
    expect(isRenewalDue(left(29 * day - 5), config)).toBe(true)
  })

  it('ADP-02 gives up on a database that can only be read', async () => {
    adapter.updateSession = () => Promise.reject(new Error('read-only'))
    expect(await renewRow(config, (await signedIn()).key)).toBeUndefined()
  })

  it('ADP-02 never lets a visitor wait for a write that hangs', async () => {
    adapter.updateSession = () => new Promise(() => {})
    const start = Date.now()
    expect(await renewRow(config, (await signedIn()).key)).toBeUndefined()
    expect(Date.now() - start).toBeLessThan(1500)
  })
})

describe('endRow', () => {
  it('ADP-04 never leaves a session alive that is renewed at the same time, whatever the adapter writes', async () => {
    const pause = () => new Promise<void>(resolve => setTimeout(resolve, Math.random() * 3))
    // Reads, waits, writes what it read: a row that was deleted in between is back.
    adapter.updateSession = async ({ sessionToken: key, expires }) => {
      const before = adapter.sessions.get(key)!
      await pause()
      adapter.sessions.set(key, { ...before, expires: expires! })
      return null
    }
    const original = adapter.deleteSession.bind(adapter)
    adapter.deleteSession = async (key) => {
      await pause()
      await original(key)
    }
    const sessions = await Promise.all(Array.from({ length: 200 }, signedIn))
    await Promise.all(sessions.flatMap(({ key }) => [renewRow(config, key), endRow(config, key)]))
    expect(adapter.sessions.size).toBe(0)
    expect((await Promise.all(sessions.map(({ token }) => findRow(config, token)))).filter(Boolean)).toEqual([])
  })

  it('SES-11 never takes a session for valid again that could not be deleted, and deletes it later', async () => {
    const { token, key } = await signedIn()
    const original = adapter.deleteSession.bind(adapter)
    adapter.deleteSession = () => Promise.reject(new Error('away'))
    await expect(endRow(config, key)).rejects.toMatchObject({ code: 'AUTH_R001' })
    expect(await findRow(config, token)).toBeNull()
    adapter.deleteSession = original
    expect(await findRow(config, token)).toBeNull()
    expect(adapter.sessions.size).toBe(0)
  })
})
