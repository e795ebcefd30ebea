import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { JWT } from '../../../../src/runtime/server/token/claims'
import { revalidate } from '../../../../src/runtime/server/callbacks/revalidate'

const now = 1_800_000_000
const token = { sub: '1', role: 'admin', auth_time: now - 100 }
const ask = (hook: () => unknown, from: JWT = token) => revalidate({ revalidate: hook as never }, from, 60, 'server/auth.ts')

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: now * 1000 }))
afterEach(() => void vi.useRealTimers())

describe('revalidate', () => {
  it('UPD-08 merges the changed claims and notes the time of the call', async () => {
    expect(await ask(() => ({ role: 'member' }))).toEqual({ ...token, role: 'member', revalidated_at: now })
    expect(await ask(async () => ({}))).toEqual({ ...token, revalidated_at: now })
    expect(token.role).toBe('admin')
  })

  it('calls the hook again only when its last result, or the sign-in, is old enough', async () => {
    const hook = vi.fn(() => ({}))
    for (const from of [{ ...token, auth_time: now - 59 }, { ...token, revalidated_at: now - 59 }]) expect(await ask(hook, from)).toBe(from)
    expect(hook).not.toHaveBeenCalled()
    for (const from of [{ ...token, revalidated_at: now - 60 }, { ...token, auth_time: now - 60 }, { sub: '1', iat: now }]) await ask(hook, from)
    expect(hook).toHaveBeenCalledTimes(3)
  })

  it('calls no hook unless the definition has one and an interval', async () => {
    expect(await revalidate({}, token, 0, 'f')).toBe(token)
    expect(await revalidate({ revalidate: () => null }, token, undefined, 'f')).toBe(token)
  })

  it('ends the session if the hook returns null', async () => {
    expect(await ask(() => null)).toBeNull()
  })

  it('never takes an outage for a sign-out', async () => {
    await expect(ask(() => Promise.reject(new Error('database')))).rejects.toMatchObject({ code: 'AUTH_R001', statusCode: 503, cause: { message: 'database' } })
    await expect(ask(() => {
      throw new Error('database')
    })).rejects.toMatchObject({ code: 'AUTH_R001' })
  })

  it.each([undefined, 'x', [], 1])('refuses %j with AUTH_D003', async (value) => {
    await expect(ask(() => value)).rejects.toThrow('AUTH_D003: server/auth.ts: `extend.revalidate` returned')
  })

  it('never changes a reserved claim', async () => {
    expect(await ask(() => ({ sub: '2', sid: 'x', auth_time: 9e9, epoch: 'x', exp: 9e9, role: 'member' }))).toEqual({ ...token, role: 'member', revalidated_at: now })
  })

  it('calls the hook once for parallel requests of one session, and separately for each session', async () => {
    const hook = vi.fn(async ({ token }: { token: { sub?: string } }) => ({ role: `of ${token.sub}` }))
    const extend = { revalidate: hook }
    const made = await Promise.all(['1', '1', '2', '1', '2'].map(sub => revalidate(extend, { ...token, sub }, 60, 'f')))
    expect(made.map(token => token?.role)).toEqual(['of 1', 'of 1', 'of 2', 'of 1', 'of 2'])
    expect(hook).toHaveBeenCalledTimes(2)
    await revalidate(extend, token, 60, 'f')
    expect(hook).toHaveBeenCalledTimes(3)
  })

  it('calls the hook again after a failure', async () => {
    const hook = vi.fn().mockRejectedValueOnce(new Error('database')).mockResolvedValue({ role: 'member' })
    const extend = { revalidate: hook }
    await expect(revalidate(extend, token, 60, 'f')).rejects.toThrow('AUTH_R001')
    expect(await revalidate(extend, token, 60, 'f')).toMatchObject({ role: 'member' })
  })
})
