import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isDiscovery, keepDiscovery } from '../../../../src/runtime/server/providers/discovery'

const at = 'https://id.example/.well-known/openid-configuration'
let issuer = 0

function create(cacheControl?: string, send: typeof fetch = fetch.bind(null)) {
  const call = vi.fn<typeof fetch>(async () => Response.json({ issuer: issuer++ }, { headers: cacheControl ? { 'cache-control': cacheControl } : {} }))
  return { call, send, get: keepDiscovery(call, send) }
}

const read = async (response: Promise<Response>) => await (await response).json() as object

describe('keepDiscovery', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())

  it('asks once for as long as the provider allows', async () => {
    const { call, get } = create('public, max-age=60')
    const first = await read(get(at))
    expect(await read(get(new URL(at)))).toEqual(first)
    expect(call).toHaveBeenCalledTimes(1)
    vi.setSystemTime(Date.now() + 60_001)
    expect(await read(get(at))).not.toEqual(first)
  })

  it('asks again after ten minutes, whatever the provider allows', async () => {
    const { call, get } = create('max-age=86400')
    await get(at)
    vi.setSystemTime(Date.now() + 599_000)
    await get(at)
    expect(call).toHaveBeenCalledTimes(1)
    vi.setSystemTime(Date.now() + 2_000)
    await get(at)
    expect(call).toHaveBeenCalledTimes(2)
  })

  it.each([undefined, 'no-store', 'no-cache, max-age=60', 'max-age=0', 's-maxage=60', 'max-age=x'])('asks each time with %s', async (cacheControl) => {
    const { call, get } = create(cacheControl)
    await get(at)
    await get(at)
    expect(call).toHaveBeenCalledTimes(2)
  })

  it('never keeps anything but discovery, or gives one fetch what another one brought', async () => {
    const { call, get, send } = create('max-age=60')
    for (let round = 0; round < 2; round++) {
      await get('https://id.example/userinfo')
      await get(at, { method: 'POST' })
    }
    expect(call).toHaveBeenCalledTimes(4)
    const own = await read(get(at))
    expect(await read(create('max-age=60').get(at))).not.toEqual(own)
    expect(await read(create('max-age=60', send).get(at))).toEqual(own)
  })

  it('never keeps a failure', async () => {
    const { call, get } = create('max-age=60')
    call.mockRejectedValueOnce(new Error('down'))
    await expect(get(at)).rejects.toThrow('down')
    await get(at)
    expect(call).toHaveBeenCalledTimes(2)
  })

  it('keeps 64 documents at most', async () => {
    const { call, get } = create('max-age=60')
    for (let index = 0; index < 65; index++) await get(`https://${index}.example/.well-known/openid-configuration`)
    await get('https://64.example/.well-known/openid-configuration')
    expect(call).toHaveBeenCalledTimes(65)
    await get('https://0.example/.well-known/openid-configuration')
    expect(call).toHaveBeenCalledTimes(66)
  })
})

it('knows discovery by its path', () => {
  expect([at, 'https://id.example/.well-known/oauth-authorization-server/tenant', 'https://id.example/r/.well-known/openid-configuration'].map(url => isDiscovery(new URL(url), undefined))).toEqual([true, true, true])
  expect(isDiscovery(new URL('https://id.example/token?/.well-known/openid-configuration'), undefined)).toBe(false)
})
