import { createStorage } from 'unstorage'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { resolveLifetimes } from '../../../../src/runtime/server/config/lifetime'
import { findRevoked, getEpochClaim, isRevoked, revoke, revokeUser } from '../../../../src/runtime/server/revocation/revocation'
import { storage } from '../../host'

const lifetimes = resolveLifetimes({ maxAge: 1000, revocable: true }, 'jwt', undefined, 'server/auth.ts')
const pass = (seconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  storage.current = createStorage()
})

describe('revoke', () => {
  it('ends one session, for longer than any cookie of it can live', async () => {
    expect(await isRevoked({ sid: 'a', sub: '1' })).toBe(false)
    await revoke('a', '1', lifetimes)
    expect([await isRevoked({ sid: 'a', sub: '1' }), await isRevoked({ sid: 'a' }), await isRevoked({ sid: 'b', sub: '1' })]).toEqual([true, true, false])
    pass(1000 + 3500)
    expect(await isRevoked({ sid: 'a', sub: '1' })).toBe(true)
    pass(200)
    expect(await isRevoked({ sid: 'a', sub: '1' })).toBe(false)
  })

  it('is the state of a token without an id', async () => {
    expect(await isRevoked({ sub: '1' })).toBe(true)
  })
})

describe('revokeUser', () => {
  it('ends the sessions that began under another epoch, but for those it leaves out', async () => {
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

  it('is forgotten when no cookie from before is left, and leaves those alone that began after it', async () => {
    await revokeUser('w', [], lifetimes)
    const { epoch } = await getEpochClaim('w', lifetimes)
    pass(1000 + 3700)
    expect(await getEpochClaim('w', lifetimes)).toEqual({})
    expect(await isRevoked({ sub: 'w', sid: 'x', epoch })).toBe(false)
  })

  it('asks no store at a sign-in where nothing can be revoked', async () => {
    storage.current.mount('auth', { name: 'broken', getItem: () => Promise.reject(new Error('disk')), hasItem: () => false, getKeys: () => [] })
    expect(await getEpochClaim('u', { ...lifetimes, revocable: undefined })).toEqual({})
  })
})

describe('the memory of a process without room', () => {
  const now = () => Math.floor(Date.now() / 1000)

  it('REV-01 never forgets another user\'s revocation, however often one account signs out', async () => {
    await revoke('victim', 'ada', lifetimes)
    // The full number of the report, in memory: seconds.
    for (let index = 0; index < 100_000; index++) await revoke(`eve-${index}`, 'eve', lifetimes)
    expect(await isRevoked({ sid: 'victim', sub: 'ada', auth_time: now() - 60 })).toBe(true)
    expect(await isRevoked({ sid: 'other', sub: 'ada', auth_time: now() - 60 })).toBe(false)
    // Of that account nothing old comes back either: only a later sign-in does.
    expect(await findRevoked('eve', [{ sid: 'eve-0', auth_time: now() - 60 }, { sid: 'eve-99999', auth_time: now() }, { sid: 'new', auth_time: now() + 1 }])).toEqual([true, true, false])
  }, 30_000)

  it('REV-01 refuses older sessions rather than reviving one, and logs it once', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    // Later than in any other test: the store is that of the process.
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
