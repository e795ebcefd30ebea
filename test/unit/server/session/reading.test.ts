import { afterEach, describe, expect, it, vi } from 'vitest'
import type { RequestConfig } from '../../../../src/runtime/server/config/load'
import { applySessionCallback, makePrivate, reportSession, toPrivateHeaders } from '../../../../src/runtime/server/session/reading'
import { toEvent } from '../../event'

afterEach(() => void vi.restoreAllMocks())

/** The part of a config that these functions use. */
const toConfig = (config: object) => config as RequestConfig
const session = { user: { name: 'Ada' }, expires: '2999-01-01T00:00:00.000Z' }

describe('toPrivateHeaders', () => {
  it.each([
    [undefined, 'Cookie'], ['', 'Cookie'], ['Accept', 'Accept, Cookie'], ['accept, cookie', 'accept, cookie'], ['*', '*'],
    [['Accept', 'Origin'], 'Accept, Origin, Cookie'],
  ])('turns the Vary header %j into %j', (sent, vary) => {
    expect(toPrivateHeaders(sent)).toEqual({ 'cache-control': 'private, no-store', vary })
  })
})

describe('makePrivate', () => {
  it('replaces Cache-Control and keeps the names in Vary', () => {
    const event = toEvent()
    event.node.res.setHeader('vary', 'Accept')
    event.node.res.setHeader('cache-control', 'public')
    makePrivate(event)
    expect(event.node.res.getHeaders()).toMatchObject({ 'cache-control': 'private, no-store', 'vary': 'Accept, Cookie' })
  })
})

describe('applySessionCallback', () => {
  it('returns the session that the callback makes', async () => {
    const config = toConfig({ callbacks: { session: () => ({ ...session, role: 'admin' }) } })
    expect(await applySessionCallback(config, { session })).toEqual({ ...session, role: 'admin' })
  })

  it.each([null, undefined, {}, { ...session, user: null }, { ...session, expires: '2001-01-01' }])('GRD-04 never returns %j as a session', async (made) => {
    const config = toConfig({ callbacks: { session: () => made } })
    await expect(applySessionCallback(config, { session })).rejects.toMatchObject({ code: 'AUTH_R001', statusCode: 503 })
  })
})

describe('reportSession', () => {
  it('only logs a failure of events.session', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const config = toConfig({ events: { session: () => Promise.reject(new Error('x')) } })
    await reportSession(config, { session, token: null })
    expect(log).toHaveBeenCalledWith(expect.stringContaining('events.session failed'), new Error('x'))
  })
})
