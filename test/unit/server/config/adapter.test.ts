import { afterEach, describe, expect, it, vi } from 'vitest'
import { adapterTimeout, askAdapter, bindAdapter, requireSessionAdapter, resolveStrategy } from '../../../../src/runtime/server/config/adapter'
import { MemoryAdapter } from '../../memory-adapter'

afterEach(() => void vi.useRealTimers())

describe('resolveStrategy', () => {
  it('is the database as soon as there is an adapter, unless the definition says otherwise', () => {
    expect(resolveStrategy({})).toBe('jwt')
    expect(resolveStrategy({ adapter: {} })).toBe('database')
    expect(resolveStrategy({ adapter: {}, session: { maxAge: 1 } })).toBe('database')
    expect(resolveStrategy({ adapter: {}, session: { strategy: 'jwt' } })).toBe('jwt')
    expect(resolveStrategy({ session: { strategy: 'database' } })).toBe('database')
  })
})

describe('requireSessionAdapter', () => {
  it('takes a class, whose methods are on its prototype', () => {
    expect(() => requireSessionAdapter(new MemoryAdapter(), 'f')).not.toThrow()
  })

  it('names what is missing', () => {
    expect(() => requireSessionAdapter(undefined, 'server/auth.ts')).toThrow(/AUTH_D005: server\/auth\.ts: .*there is no adapter/)
    const lacking = Object.assign(new MemoryAdapter(), { getUser: undefined, deleteSession: 1 }) as never
    expect(() => requireSessionAdapter(lacking, 'f')).toThrow('the adapter has no deleteSession, getUser')
  })
})

describe('bindAdapter', () => {
  it('ADP-11 keeps the methods of a class, and their `this`, on a plain object', async () => {
    const adapter = bindAdapter(new MemoryAdapter([{ id: '7', name: 'Ada' }]))
    const { getUser } = { ...adapter }
    expect(await getUser?.('7')).toMatchObject({ name: 'Ada' })
    expect(adapter).not.toHaveProperty('unlinkAccount')
  })

  it('tells which call failed, with its cause', async () => {
    const adapter = bindAdapter({ getUser: () => Promise.reject(new Error('socket')) })
    await expect(adapter.getUser?.('7')).rejects.toMatchObject({ code: 'AUTH_R001', statusCode: 503, cause: { message: 'socket' }, message: expect.stringContaining('adapter.getUser') as string })
  })
})

describe('an adapter that compares without case and accents', () => {
  const account = { userId: '7', type: 'oidc' as const, provider: 'idp', providerAccountId: 'ada' }
  const user = { id: '7', email: 'Ada@App.example', emailVerified: null }
  const careless = (more: object = {}) => bindAdapter({ getUserByEmail: () => user, getUserByAccount: () => user, getAccount: async () => account, createUser: () => user, ...more })
  afterEach(() => void vi.restoreAllMocks())

  it.each(['\u00E1da@app.example', 'eve@app.example', 'ada@app.exampl\u00E9'])('EML-01 never finds a user by %s, and says so', async (email) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(await careless().getUserByEmail?.(email)).toBeNull()
    expect(log).toHaveBeenCalledWith(expect.stringContaining('AUTH_R060'))
    await expect(careless().createUser?.({ ...user, email })).rejects.toMatchObject({ code: 'AUTH_R060' })
  })

  it('EML-01 never finds a user by the id of another account', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    for (const asked of [{ provider: 'idp', providerAccountId: 'ADA' }, { provider: 'idp', providerAccountId: '\u00E1da' }, { provider: 'IDP', providerAccountId: 'ada' }]) {
      expect(await careless().getUserByAccount?.(asked)).toBeNull()
      expect(await careless().getAccount?.(asked.providerAccountId, asked.provider)).toBeNull()
    }
  })

  it('finds the user whom it was asked for', async () => {
    for (const email of ['ada@app.example', 'Ada@App.example']) expect(await careless().getUserByEmail?.(email)).toBe(user)
    expect(await careless().getUserByAccount?.(account)).toBe(user)
    expect(await careless({ getAccount: undefined }).getUserByAccount?.(account)).toBe(user)
    expect(await careless({ getAccount: () => null }).getUserByAccount?.(account)).toBe(user)
    expect(await careless().createUser?.({ ...user, email: 'ada@app.example' })).toBe(user)
    expect(await careless({ getUserByEmail: () => null }).getUserByEmail?.('x@app.example')).toBeNull()
  })
})

describe('askAdapter', () => {
  it('ADP-01 never waits longer than its limit, and drops an answer or a failure that comes later', async () => {
    vi.useFakeTimers()
    let fail = (_: Error) => {}
    const asked = askAdapter('getUser', () => new Promise((_, reject) => fail = reject))
    const refused = expect(asked).rejects.toMatchObject({ code: 'AUTH_R001', cause: { message: 'no answer within 2000 ms' } })
    await vi.advanceTimersByTimeAsync(adapterTimeout)
    await refused
    // Not an unhandled rejection, which would end this process.
    fail(new Error('late'))
    await vi.advanceTimersByTimeAsync(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})
