import { createStorage } from 'unstorage'
import memory from 'unstorage/drivers/memory'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RuntimeDefinition } from '../../../../src/runtime/server/config/resolve'
import { getConfig } from '../../../../src/runtime/server/config/load'
import { isRevoked } from '../../../../src/runtime/server/revocation/revocation'
import { reportSignOut, revokeToken, toIncompleteSignOut, toRevokingEvents } from '../../../../src/runtime/server/revocation/sign-out'
import type { SignOutFailure } from '../../../../src/runtime/server/revocation/sign-out'
import { getStore } from '../../../../src/runtime/server/store/store'
import { NuxtAuthError } from '../../../../src/runtime/shared/errors'
import { Jar } from '../../browser'
import { current } from '../../definition-module'
import { toEvent } from '../../event'
import { storage } from '../../host'

const down = new NuxtAuthError('AUTH_R020', {}, { cause: new Error('disk') })

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', 'https://app.example')
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  storage.current = createStorage()
})

/** A driver in memory that counts as shared because of its name. */
function memoryDriver() {
  return { ...memory(), name: 'counting' }
}

function breakStore(): void {
  const fail = () => Promise.reject(new Error('disk'))
  storage.current.mount('auth', { name: 'broken', getItem: fail, setItem: fail, hasItem: fail, getKeys: fail } as never)
}

async function toConfig(definition: Partial<RuntimeDefinition> = {}) {
  current.definition = { providers: [], session: { revocable: true }, ...definition }
  return await getConfig(toEvent())
}

describe('toRevokingEvents', () => {
  it('are the definition\'s own if sessions are not revocable', async () => {
    const events = { signIn: () => {} }
    const config = await toConfig({ session: {}, events })
    expect(toRevokingEvents(toEvent(), config, {})).toBe(config.events)
  })

  it('SES-16 report the sign-out of a session once, even if sessions are not revocable', async () => {
    const [signIn, signOut] = [vi.fn(), vi.fn()]
    const config = await toConfig({ session: {}, events: { signIn, signOut } })
    for (let time = 0; time < 3; time++) await toRevokingEvents(toEvent(), config, {})?.signOut?.({ token: { jti: 'once' } })
    expect(signOut).toHaveBeenCalledExactlyOnceWith({ token: { jti: 'once' } })
    expect(toRevokingEvents(toEvent(), config, {})?.signIn).toBe(signIn)
  })

  it('SES-16 report it once for all instances that share a store, and also while the store is down', async () => {
    const signOut = vi.fn()
    const config = await toConfig({ events: { signOut } })
    storage.current.mount('auth', memoryDriver())
    await getStore().setIfAbsent('reported:elsewhere', 'x', { ttl: 60 })
    await reportSignOut(config, { sid: 'elsewhere' })
    expect(signOut).not.toHaveBeenCalled()
    storage.current = createStorage()
    breakStore()
    await reportSignOut(config, { sid: 'down' })
    expect(signOut).toHaveBeenCalledOnce()
  })

  it('revoke the session before the app\'s own event runs', async () => {
    const seen = vi.fn(async () => void expect(await isRevoked({ sid: 'a' })).toBe(true))
    const events = toRevokingEvents(toEvent(), await toConfig({ events: { signOut: seen } }), {})
    await events?.signOut?.({ token: { sid: 'a' } })
    expect(seen).toHaveBeenCalledWith({ token: { sid: 'a' } })
    await events?.signOut?.({ token: null })
    expect(seen).toHaveBeenCalledTimes(2)
  })

  it('SES-11 keep the error if the session can\'t be revoked, and still run the app\'s own event', async () => {
    const signOut = vi.fn()
    const failure: SignOutFailure = {}
    const events = toRevokingEvents(toEvent(), await toConfig({ events: { signOut } }), failure)
    breakStore()
    await events?.signOut?.({ token: { sid: 'b' } })
    expect(failure.cause).toMatchObject({ code: 'AUTH_R020', cause: { code: 'AUTH_R010' } })
    expect(signOut).toHaveBeenCalledOnce()
  })

  it('SES-01 revoke the session that a sign-in replaces, and never fail a sign-in because that failed', async () => {
    const config = await toConfig()
    const jar = new Jar()
    const former = await jar.signIn()
    const events = toRevokingEvents(jar.request(), config, {})
    await events?.signIn?.({ user: {} })
    expect(await isRevoked(former)).toBe(true)
    breakStore()
    await events?.signIn?.({ user: {} })
    expect(console.error).toHaveBeenCalledOnce()
  })
})

describe('revokeToken', () => {
  it('does nothing without a session id, or if sessions are not revocable', async () => {
    breakStore()
    await revokeToken(await toConfig(), {})
    await revokeToken(await toConfig(), null)
    await revokeToken(await toConfig({ session: {} }), { sid: 'c' })
  })
})

describe('toIncompleteSignOut', () => {
  const cookies = ['a', 'b'].map(name => ({ name, value: '', options: { maxAge: 0 } }))
  const sent = { status: 302, headers: { 'location': '/', 'content-type': 'text/x' }, cookies, redirect: '/', body: '{}' }

  it('deletes the cookies without a redirect, says what happened, and logs why', () => {
    for (const isScript of [true, false]) {
      const answer = toIncompleteSignOut({ cause: down }, sent, isScript)
      const type = isScript ? 'application/json' : 'text/plain;charset=UTF-8'
      expect(answer).toMatchObject({ status: 503, headers: { 'content-type': type, 'retry-after': '5' }, cookies })
      expect([answer.headers.location, answer.redirect]).toEqual([undefined, undefined])
      expect(JSON.stringify(answer.body)).toContain(isScript ? '"ok":false,"status":503,"url":null,"error":"SignOut","code":"AUTH_R020"' : 'signed out in this browser')
    }
    expect(console.error).toHaveBeenCalledWith(expect.stringContaining('AUTH_R020'), down.cause)
  })
})
