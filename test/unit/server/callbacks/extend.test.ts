import { describe, expect, it } from 'vitest'
import { acceptUpdate, extendSession, extendToken, keepReserved, toBaseSession } from '../../../../src/runtime/server/callbacks/extend'

const file = 'server/auth.ts'
const signIn = { user: { id: '1', name: 'Ada' }, account: null }
const base = { user: { name: 'Ada', email: null, image: null }, expires: '2999-01-01T00:00:00.000Z' }
const reserved = ['sub', 'iss', 'aud', 'iat', 'exp', 'nbf', 'jti', 'sid']

describe('hop 1: authorize or profile → token', () => {
  it('adds what extend.token returns, and leaves the token that it was given alone', async () => {
    const token = { sub: '1' }
    expect(await extendToken({ token: async ({ user }) => ({ role: 'admin', uid: user.id }) }, token, signIn, file)).toEqual({ sub: '1', role: 'admin', uid: '1' })
    expect(token).toEqual({ sub: '1' })
    expect(await extendToken({}, token, signIn, file)).toBe(token)
  })

  it.each(reserved)('never overwrites the reserved claim %s', async (claim) => {
    expect(await extendToken({ token: () => ({ [claim]: 'mine', role: 'admin' }) }, { [claim]: 'theirs' }, signIn, file)).toEqual({ [claim]: 'theirs', role: 'admin' })
    expect(await extendToken({ token: () => ({ [claim]: 'mine' }) }, {}, signIn, file)).toEqual({})
  })

  it('never copies __proto__, constructor or prototype', async () => {
    const evil = JSON.parse('{ "__proto__": { "role": "admin" }, "constructor": 1, "prototype": 2, "ok": 3 }') as object
    const token = await extendToken({ token: () => evil }, {}, signIn, file)
    expect(Object.getOwnPropertyNames(token)).toEqual(['ok'])
    expect(token.role).toBeUndefined()
    expect(({} as { role?: string }).role).toBeUndefined()
  })

  it.each<[{ image?: string | null, picture: string }, string | null]>([
    [{ image: '/image.png', picture: '/picture.png' }, '/image.png'],
    [{ image: null, picture: '/picture.png' }, null],
    [{ picture: '/picture.png' }, '/picture.png'],
    [{ image: undefined, picture: '/picture.png' }, '/picture.png'],
  ])('POL-04 takes the image of a user that is copied into the token: %j', async (user, picture) => {
    const token = await extendToken({ token: ({ user }) => ({ ...user }) }, { picture: user.image }, { user: { id: '1', ...user } }, file)
    expect(toBaseSession(token, '').user.image).toBe(picture)
  })

  it.each([null, undefined, 'x', 1, [], true])('refuses %j with AUTH_D003, which names the file and the key', async (value) => {
    await expect(extendToken({ token: () => value as never }, {}, signIn, file)).rejects.toThrow(/AUTH_D003: server\/auth\.ts: `extend\.token` returned/)
  })
})

describe('hop 2: token → session', () => {
  it('starts with name, email and image, and nothing else of the token', () => {
    const token = { sub: '1', name: 'Ada', email: 'a@b.example', picture: '/ada.png', accessToken: 'secret', role: 'admin' }
    expect(toBaseSession(token, '1970-01-01T00:00:00.000Z')).toEqual({ user: { name: 'Ada', email: 'a@b.example', image: '/ada.png' }, expires: '1970-01-01T00:00:00.000Z' })
  })

  it('merges what extend.session returns over it, deeply', async () => {
    const session = await extendSession({ session: ({ token }) => ({ role: token.role, user: { id: '1' } }) }, base, { token: { role: 'admin' } }, file)
    expect(session).toEqual({ ...base, user: { ...base.user, id: '1' }, role: 'admin' })
    expect(base.user).not.toHaveProperty('id')
  })

  it('keeps null, leaves out undefined, and keeps the session\'s end', async () => {
    const session = await extendSession({ session: () => ({ role: null, team: undefined, seats: 0, expires: undefined }) }, base, { token: {} }, file)
    expect(session).toEqual({ ...base, role: null, seats: 0 })
    expect(Object.keys(session)).not.toContain('team')
  })

  it.each([
    ['null', { user: { email: null } }, { name: 'Ada', email: null, image: '/ada.png' }],
    ['undefined', { user: { email: undefined } }, { name: 'Ada', image: '/ada.png' }],
    ['user: undefined', { user: undefined }, {}],
  ])('LEAK-12 never brings a public field back that the definition took away with %s', async (_, fields, user) => {
    const full = { ...base, user: { name: 'Ada', email: 'ada@app.example', image: '/ada.png' } }
    const session = await extendSession({ session: () => fields }, full, { token: {} }, file)
    expect(session).toStrictEqual({ ...full, user })
    expect(full.user.email).toBe('ada@app.example')
  })

  it.each([
    ['new fields', { role: 'admin', roles: ['a'], team: { id: 1 } }, { ...base, role: 'admin', roles: ['a'], team: { id: 1 } }],
    ['fields of the user', { role: 'admin', user: { id: '1' } }, { ...base, role: 'admin', user: { ...base.user, id: '1' } }],
    ['the end', { expires: '2030-01-01T00:00:00.000Z' }, { ...base, expires: '2030-01-01T00:00:00.000Z' }],
    ['the name of an inherited property', { constructor: 'x', toString: 'y' }, { ...base, toString: 'y' }],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { role: 'admin' }), { ...base, role: 'admin' }],
  ])('adds %s to the base', async (_, fields, expected) => {
    expect(await extendSession({ session: () => fields }, base, { token: {} }, file)).toEqual(expected)
  })

  it('awaits any value with a `then`, such as a query builder', async () => {
    const query = { then: (resolve: (row: object) => void) => resolve({ role: 'admin' }) } as unknown as Promise<object>
    expect(await extendSession({ session: () => query }, base, { token: {} }, file)).toEqual({ ...base, role: 'admin' })
  })

  it('never lets a __proto__ from the token reach the session', async () => {
    const session = await extendSession({ session: () => JSON.parse('{ "user": { "__proto__": { "role": "admin" } } }') as object }, base, { token: {} }, file)
    expect((session.user as { role?: string }).role).toBeUndefined()
  })

  it.each([null, undefined, 'x', 1, []])('refuses %j with AUTH_D003', async (value) => {
    await expect(async () => await extendSession({ session: () => value as never }, base, { token: {} }, file)).rejects.toThrow('AUTH_D003')
  })
})

describe('update', () => {
  it('accepts nothing where the definition has no extend.update', async () => {
    expect(await acceptUpdate({}, { role: 'member' }, { role: 'admin' }, file)).toEqual({})
  })

  it('never accepts a reserved claim, not even from extend.update', async () => {
    const input = Object.fromEntries([...reserved, 'nickname'].map(key => [key, 'x']))
    expect(await acceptUpdate({ update: ({ input }) => input as object }, {}, input, file)).toEqual({ nickname: 'x' })
  })

  it('puts reserved claims back that a callback changed, added or removed', () => {
    expect(keepReserved({ sub: '1', exp: 5, role: 'a' }, { sub: '2', jti: 'new', role: 'b' })).toEqual({ sub: '1', exp: 5, role: 'b' })
  })
})
