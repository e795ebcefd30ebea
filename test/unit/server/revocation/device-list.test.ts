import { createStorage } from 'unstorage'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { getConfig } from '../../../../src/runtime/server/config/load'
import { listSessions, noteSession } from '../../../../src/runtime/server/revocation/device-list'
import { revoke } from '../../../../src/runtime/server/revocation/revocation'
import { getStore } from '../../../../src/runtime/server/store/store'
import { current } from '../../definition-module'
import { toEvent } from '../../event'
import { storage } from '../../host'

const now = () => Math.floor(Date.now() / 1000)
const pass = (seconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })
let users = 0
let sub = ''

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', 'https://app.example')
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  sub = `user-${++users}`
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  storage.current = createStorage()
})

async function toConfig(revocable: boolean | { list: boolean } = { list: true }) {
  current.definition = { providers: [], session: { maxAge: 3600, revocable } }
  return await getConfig(toEvent())
}

/** A token of the user with a new session. */
const toToken = (id: string) => ({ sub, sid: `${sub}-${id}`, auth_time: now(), iat: now() })

describe('noteSession', () => {
  it('lists a session with its start, its last use and its user agent', async () => {
    const config = await toConfig()
    const token = toToken('a')
    await noteSession(toEvent({ 'user-agent': 'x'.repeat(300) }), config, token)
    const [session, ...others] = await listSessions(config, sub)
    expect(others).toEqual([])
    expect(session).toMatchObject({ sid: token.sid, createdAt: new Date(token.auth_time * 1000), userAgent: 'x'.repeat(256) })
    expect(Math.abs(Number(session?.lastSeenAt) - Date.now())).toBeLessThan(2000)
  })

  it('writes a session at most once a minute', async () => {
    const config = await toConfig()
    const token = toToken('a')
    const set = vi.spyOn(getStore(), 'set')
    for (let time = 0; time < 3; time++) await noteSession(toEvent(), config, token)
    expect(set).toHaveBeenCalledOnce()
    pass(61)
    await noteSession(toEvent(), config, token)
    expect(set).toHaveBeenCalledTimes(2)
  })

  it('never loses one of two sessions that are written at the same time', async () => {
    const config = await toConfig()
    await Promise.all(['a', 'b'].map(id => noteSession(toEvent(), config, toToken(id))))
    expect(await listSessions(config, sub)).toHaveLength(2)
  })

  it('keeps the 50 sessions seen last', async () => {
    const config = await toConfig()
    for (let index = 0; index < 52; index++) await noteSession(toEvent(), config, toToken(String(index)))
    const sids = (await listSessions(config, sub)).map(({ sid }) => sid)
    expect([sids.length, sids[0], sids.at(-1)]).toEqual([50, `${sub}-51`, `${sub}-2`])
  })

  it('never stores a session in plain text', async () => {
    const set = vi.spyOn(getStore(), 'set')
    await noteSession(toEvent({ 'user-agent': 'CANARY' }), await toConfig(), toToken('a'))
    expect(JSON.stringify(set.mock.calls.map(([, value]) => value))).not.toMatch(/CANARY|user-/)
  })

  it('writes nothing unless the definition asks for lists', async () => {
    const set = vi.spyOn(getStore(), 'set')
    await noteSession(toEvent(), await toConfig(true), toToken('a'))
    expect(set).not.toHaveBeenCalled()
  })

  it('never fails a request because the list can\'t be written', async () => {
    vi.spyOn(getStore(), 'set').mockRejectedValueOnce(new Error('disk'))
    await noteSession(toEvent(), await toConfig(), toToken('a'))
    expect(console.warn).toHaveBeenCalledWith(expect.stringContaining('list of a user\'s sessions could not be written: Error: disk'))
  })
})

describe('listSessions', () => {
  it('leaves out revoked and expired sessions', async () => {
    const config = await toConfig()
    for (const id of ['a', 'b']) await noteSession(toEvent(), config, toToken(id))
    await revoke(`${sub}-a`, sub, config.session)
    expect((await listSessions(config, sub)).map(({ sid }) => sid)).toEqual([`${sub}-b`])
    pass(3601)
    expect(await listSessions(config, sub)).toEqual([])
  })

  it('is empty if the stored list can\'t be decrypted', async () => {
    await getStore().set(`sessions:${sub}`, 'damaged', { ttl: 60 })
    expect(await listSessions(await toConfig(), sub)).toEqual([])
  })

  it('fails with 503 if the store fails', async () => {
    const config = await toConfig()
    storage.current.mount('auth', { name: 'broken', getItem: () => Promise.reject(new Error('disk')), hasItem: () => false, getKeys: () => [] })
    await expect(listSessions(config, sub)).rejects.toMatchObject({ code: 'AUTH_R010', statusCode: 503 })
  })
})
