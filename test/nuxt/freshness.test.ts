import { registerEndpoint } from '@nuxt/test-utils/runtime'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createError, ref, shallowRef, useAuth, useNuxtApp, useRouter } from '#imports'
import { keepFresh } from '../../src/runtime/app/freshness'

const server = { session: null as unknown, isDown: false, asked: 0 }
const toSession = (seconds: number, name = 'Ada') => ({ user: { name }, expires: new Date(Date.now() + seconds * 1000).toISOString() })

registerEndpoint('/api/auth/session', () => {
  server.asked++
  if (server.isDown) throw createError({ statusCode: 503 })
  return Response.json(server.session)
})

const { channel } = vi.hoisted(() => ({ channel: 'nuxt-authjs:/api/auth' }))
const forget = () => void (server.asked = 0)
const come = (type: string) => window.dispatchEvent(new Event(type))

async function signIn(seconds = 3600): Promise<ReturnType<typeof useAuth>> {
  const auth = useAuth()
  // The first use sends a request.
  await auth.refresh()
  server.session = toSession(seconds)
  await auth.refresh()
  forget()
  return auth
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  Object.assign(server, { session: null, isDown: false, asked: 0 })
})
afterEach(() => vi.useRealTimers())

describe('a user who comes back to the page', () => {
  it.each(['focus', 'visibilitychange', 'online'])('asks on %s, at most every five seconds', async (type) => {
    const { data } = await signIn()
    come(type)
    expect(server.asked).toBe(0)
    vi.setSystemTime(Date.now() + 5001)
    server.session = toSession(3600, 'Countess')
    come(type)
    await vi.waitFor(() => expect(data.value?.user.name).toBe('Countess'))
    come(type)
    come('focus')
    expect(server.asked).toBe(1)
  })

  it('sends no request for an anonymous user, who stays anonymous until another tab signs in', async () => {
    await useAuth().refresh()
    forget()
    vi.setSystemTime(Date.now() + 60_000)
    come('focus')
    await new Promise(resolve => setImmediate(resolve))
    expect(server.asked).toBe(0)
  })

  it('keeps the session during an outage, sets `error`, and recovers once the browser is online', async () => {
    const { status, error, refresh } = await signIn()
    server.isDown = true
    await refresh()
    expect([status.value, error.value]).toEqual(['authenticated', expect.any(Error)])
    server.isDown = false
    vi.setSystemTime(Date.now() + 5001)
    come('online')
    await vi.waitFor(() => expect(error.value).toBeUndefined())
  })
})

describe('refetchInterval', () => {
  it('asks every so many seconds, for a signed-in user and a visible page only', () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval'] })
    const refresh = vi.fn(async () => null)
    const state = { session: shallowRef<object | null>(toSession(3600)), asked: ref(Date.now()), error: ref(), skew: 0 }
    keepFresh({ channel: undefined } as never, state as never, { refresh, keep: () => null }, { refetchOnFocus: false, refetchInterval: 10, broadcast: false })
    vi.advanceTimersByTime(35_000)
    expect(refresh).toHaveBeenCalledTimes(3)
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    vi.advanceTimersByTime(20_000)
    hidden.mockRestore()
    state.session.value = null
    vi.advanceTimersByTime(20_000)
    expect(refresh).toHaveBeenCalledTimes(3)
  })
})

describe('the end of a session', () => {
  it('takes effect on time, without a request', async () => {
    const { status } = await signIn(90)
    vi.advanceTimersByTime(89_900)
    expect(status.value).toBe('authenticated')
    vi.advanceTimersByTime(200)
    expect([status.value, server.asked]).toEqual(['unauthenticated', 0])
  })

  it('works for a session that is longer than the longest timer', async () => {
    const { status } = await signIn(40 * 24 * 3600)
    vi.advanceTimersByTime(39 * 24 * 3600 * 1000)
    expect(status.value).toBe('authenticated')
    vi.advanceTimersByTime(25 * 3600 * 1000)
    expect([status.value, server.asked]).toEqual(['unauthenticated', 0])
  })

  it('moves when the session is renewed', async () => {
    const { status, refresh } = await signIn(60)
    server.session = toSession(600)
    await refresh()
    vi.advanceTimersByTime(61_000)
    expect(status.value).toBe('authenticated')
  })
})

describe('between tabs', () => {
  it('takes the session of another tab, without a request', async () => {
    const { status } = await signIn()
    const other = new BroadcastChannel(channel)
    other.postMessage(null)
    await vi.waitFor(() => expect(status.value).toBe('unauthenticated'))
    other.postMessage(toSession(3600))
    await vi.waitFor(() => expect(status.value).toBe('authenticated'))
    expect(server.asked).toBe(0)
    other.close()
  })

  it('never takes a message for a session that is not one: it asks the server', async () => {
    const { data } = await signIn()
    const other = new BroadcastChannel(channel)
    for (const message of ['session', { message: 'x' }, 1, []]) {
      forget()
      other.postMessage(message)
      await vi.waitFor(() => expect(server.asked).toBe(1))
    }
    expect(data.value?.user.name).toBe('Ada')
    other.close()
  })
})

describe('hooks and required', () => {
  it('calls auth:session once for every change of the session', async () => {
    const heard: unknown[] = []
    const stop = useNuxtApp().hook('auth:session', session => void heard.push(session?.user.name ?? null))
    const { refresh } = await signIn()
    await refresh()
    await useAuth().refresh()
    server.session = null
    await refresh()
    expect(heard.at(-1)).toBeNull()
    expect(heard.filter(name => name === 'Ada')).toHaveLength(1)
    stop()
  })

  it('has a session that is never null, and throws 401 if the user is not signed in', async () => {
    const { refresh } = await signIn()
    const { data, user } = useAuth({ required: true })
    expect([data.value.user.name, user.value.name]).toEqual(['Ada', 'Ada'])
    server.session = null
    await refresh()
    expect(data.value.user.name).toBe('Ada')
    expect(() => useAuth({ required: true })).toThrow(expect.objectContaining({ statusCode: 401 }) as Error)
  })

  it('stays on an open page when the session ends there', async () => {
    const router = useRouter()
    const replace = vi.spyOn(router, 'replace')
    const { refresh } = await signIn()
    server.session = null
    await refresh()
    expect(replace).not.toHaveBeenCalled()
    replace.mockRestore()
  })
})
