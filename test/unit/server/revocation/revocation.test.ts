import { createStorage } from 'unstorage'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { resolveLifetimes } from '../../../../src/runtime/server/config/lifetime'
import { findRevoked, getEpochClaim, isRevoked, revoke, revokeUser } from '../../../../src/runtime/server/revocation/revocation'
import { getStore } from '../../../../src/runtime/server/store/store'
import { storage } from '../../host'

const lifetimes = resolveLifetimes({ maxAge: 1000, revocable: true }, 'jwt', undefined, 'server/auth.ts')
const pass = (seconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  storage.current = createStorage()
})

describe('revoke', () => {
  it('ends one session until after its last possible cookie has expired', async () => {
    expect(await isRevoked({ sid: 'a', sub: '1' })).toBe(false)
    await revoke('a', '1', lifetimes)
    expect([await isRevoked({ sid: 'a', sub: '1' }), await isRevoked({ sid: 'a' }), await isRevoked({ sid: 'b', sub: '1' })]).toEqual([true, true, false])
    pass(1000 + 3500)
    expect(await isRevoked({ sid: 'a', sub: '1' })).toBe(true)
    pass(200)
    expect(await isRevoked({ sid: 'a', sub: '1' })).toBe(false)
  })

  it('is assumed for a token without a session id', async () => {
    expect(await isRevoked({ sub: '1' })).toBe(true)
  })
})

describe('revokeUser', () => {
  it('ends the sessions of earlier epochs, except those it is given', async () => {
    const old = await getEpochClaim('u', lifetimes)
    expect(old).toEqual({})
    await revokeUser('u', ['kept'], lifetimes)
    const { epoch } = await getEpochClaim('u', lifetimes)
    expect(epoch).toMatch(/^[\w-]{12}$/)
    expect(await findRevoked('u', [{ sid: 'old' }, { sid: 'kept' }, { sid: 'new', epoch }, { sid: 'forged', epoch: 'x' }])).toEqual([true, false, false, true])
    expect(await findRevoked('v', [{ sid: 'old' }])).toEqual([false])
    await revokeUser('u', [], lifetimes)
    expect(await findRevoked('u', [{ sid: 'kept' }, { sid: 'new', epoch }])).toEqual([true, true])
  })

  it('expires after the last cookie from before it, and never ends a session that began after it', async () => {
    await revokeUser('w', [], lifetimes)
    const { epoch } = await getEpochClaim('w', lifetimes)
    pass(1000 + 3700)
    expect(await getEpochClaim('w', lifetimes)).toEqual({})
    expect(await isRevoked({ sub: 'w', sid: 'x', epoch })).toBe(false)
  })

  it('never reads the store at a sign-in if sessions are not revocable', async () => {
    storage.current.mount('auth', { name: 'broken', getItem: () => Promise.reject(new Error('disk')), hasItem: () => false, getKeys: () => [] })
    expect(await getEpochClaim('u', { ...lifetimes, revocable: undefined })).toEqual({})
  })
})

describe('a full store in process memory', () => {
  const now = () => Math.floor(Date.now() / 1000)

  it('REV-01 never forgets another user\'s revocation, however often one account signs out', async () => {
    await revoke('victim', 'ada', lifetimes)
    // As many as the store has room for.
    for (let index = 0; index < 100_000; index++) await revoke(`eve-${index}`, 'eve', lifetimes)
    expect(await isRevoked({ sid: 'victim', sub: 'ada', auth_time: now() - 60 })).toBe(true)
    expect(await isRevoked({ sid: 'other', sub: 'ada', auth_time: now() - 60 })).toBe(false)
    // None of that account's older sessions is accepted again either, only one from a later sign-in.
    expect(await findRevoked('eve', [{ sid: 'eve-0', auth_time: now() - 60 }, { sid: 'eve-99999', auth_time: now() }, { sid: 'new', auth_time: now() + 1 }])).toEqual([true, true, false])
  }, 30_000)

  it('REV-01 refuses older sessions rather than accepting a revoked one, and warns once', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    // Later than in any other test, because all of them share the store of this process.
    pass(10_000)
    const began = now()
    await revokeUser('first', [], lifetimes)
    await revoke('first', 'u', lifetimes)
    pass(100)
    for (let index = 0; index < 100_001; index++) await revoke(`s-${index}`, `user-${index % 2000}`, lifetimes)
    expect(await findRevoked('u', [{ sid: 'first', auth_time: began }, { sid: 'elsewhere', auth_time: began }, { sid: 'no time' }, { sid: 'later', auth_time: now() + 1 }])).toEqual([true, true, true, false])
    expect(warn.mock.calls.filter(([line]) => String(line).includes('AUTH_S022'))).toHaveLength(1)
  }, 30_000)
})

describe('a damaged record of revokeUser', () => {
  it.each(['', '{', 'null', '{"id":"","except":[]}', '{"id":"x"}', '{"except":[]}'])('REV-02 never counts as missing: %j', async (record) => {
    await getStore().set('epoch:damaged', record, { ttl: 60 })
    await expect(isRevoked({ sub: 'damaged', sid: 'a' })).rejects.toMatchObject({ code: 'AUTH_R010', statusCode: 503 })
  })
})
