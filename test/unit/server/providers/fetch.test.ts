import { describe, expect, it, vi } from 'vitest'
import { createProviderFetch, maxAnswerSize, ProviderFault, within } from '../../../../src/runtime/server/providers/fetch'

const never = new AbortController().signal

function create(send: (url: string, init?: RequestInit) => Response | Promise<Response>, more: object = {}): typeof fetch {
  return createProviderFetch({ send: send as never, isCallable: () => true, signal: never, ...more })
}

async function faultOf(call: Promise<unknown>): Promise<ProviderFault> {
  const error = await call.then(() => undefined, (error: unknown) => error)
  expect(error).toBeInstanceOf(ProviderFault)
  return error as ProviderFault
}

const get = (answer: () => Response, init?: RequestInit) => create(answer)('https://id.example/x?code=CANARY', init)

describe('a call to a provider', () => {
  it('gives the whole answer, and follows no redirect', async () => {
    const send = vi.fn(() => Response.json({ sub: '1' }, { headers: { 'content-encoding': 'gzip', 'content-length': '3', 'x-kept': '1' } }))
    const answer = await create(send)('https://id.example/x', { redirect: 'follow' })
    expect(await answer.json()).toEqual({ sub: '1' })
    expect(Object.fromEntries(answer.headers)).toEqual({ 'content-type': 'application/json', 'x-kept': '1' })
    expect(send).toHaveBeenCalledWith('https://id.example/x', { redirect: 'manual', signal: never })
  })

  it('never begins where it must not', async () => {
    const send = vi.fn()
    expect((await faultOf(create(send, { isCallable: () => false })('https://10.0.0.1/x'))).flowError).toBe('Configuration')
    expect(send).not.toHaveBeenCalled()
  })

  it.each<[string, () => Response, string, RequestInit?]>([
    ['500', () => new Response('', { status: 500 }), 'Unavailable'],
    ['429', () => new Response('', { status: 429 }), 'Unavailable'],
    ['a redirect', () => new Response('', { status: 302, headers: { location: 'https://id.example' } }), 'Configuration'],
    ['401', () => Response.json({ error: 'invalid_client' }, { status: 401 }), 'Configuration'],
    ['invalid_grant', () => Response.json({ error: 'invalid_grant' }, { status: 400 }), 'OAuthCallbackError'],
    ['invalid_client with 200', () => Response.json({ error: 'incorrect_client_credentials', error_description: 'CANARY' }), 'Configuration', { method: 'POST' }],
    ['invalid_grant with 200', () => Response.json({ error: 'bad_verification_code' }), 'OAuthCallbackError', { method: 'POST' }],
    ['nothing', () => new Response(''), 'Unavailable'],
    ['a page', () => new Response('<h1>'), 'Unavailable'],
    ['a list', () => Response.json([1]), 'Unavailable'],
    ['an empty object', () => Response.json({}), 'Unavailable'],
    ['too much', () => new Response('x'.repeat(maxAnswerSize + 1)), 'Unavailable'],
    ['an exception', () => { throw new TypeError('fetch failed') }, 'Unavailable'],
  ])('tells %s', async (_, answer, flowError, init) => {
    const fault = await faultOf(get(answer, init))
    expect(fault.flowError).toBe(flowError)
    expect(fault.message).toMatch(/^https:\/\/id\.example\/x /)
    expect(fault.message).not.toContain('CANARY')
  })

  it('lets a signed userinfo and a token answer of its own kind pass', async () => {
    expect((await get(() => new Response('a.b.c', { headers: { 'content-type': 'application/jwt' } }))).status).toBe(200)
    expect((await create(() => new Response('access_token=x'), { isFree: true })('https://id.example', { method: 'POST' })).status).toBe(200)
  })

  it('ends in time, also where what sends it knows nothing of signals, and while the answer arrives', async () => {
    for (const send of [() => new Promise<Response>(() => {}), () => new Response(new ReadableStream({ start: controller => controller.enqueue(new Uint8Array(1)) }))]) {
      const stop = new AbortController()
      const fault = faultOf(create(send, { signal: stop.signal })('https://id.example/x'))
      stop.abort()
      expect(await fault).toMatchObject({ flowError: 'Unavailable', message: 'https://id.example/x did not answer in time' })
    }
    const over = AbortSignal.abort()
    expect((await faultOf(within(over, 'x', () => new Promise(() => {})))).message).toBe('x did not answer in time')
  })

  it('leaves no listener behind', async () => {
    const { signal } = new AbortController()
    const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')]
    await within(signal, 'x', () => 1)
    expect(remove.mock.calls[0]?.[1]).toBe(add.mock.calls[0]?.[1])
  })
})
