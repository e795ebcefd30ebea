import { mountSuspended, registerEndpoint } from '@nuxt/test-utils/runtime'
import { createError, readBody, setResponseStatus } from 'h3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick } from 'vue'
import { useAuth, useNuxtApp } from '#imports'
import { useAuthState } from '../../src/runtime/app/state'

const ada = { user: { name: 'Ada' }, expires: '2999-01-01T00:00:00.000Z', uid: '1', role: 'admin' }
const server = { session: null as unknown, status: 200, asked: 0, sent: [] as unknown[], signIn: { ok: true, status: 200, url: null as string | null, error: null as string | null, code: null as string | null, session: undefined as unknown } }

registerEndpoint('/api/auth/session', {
  method: 'GET',
  handler: () => {
    server.asked++
    if (server.status !== 200) throw createError({ statusCode: server.status })
    // Like the server: h3 would answer null with a 204.
    return Response.json(server.session)
  },
})
registerEndpoint('/api/auth/session', {
  method: 'POST',
  handler: async (event) => {
    server.sent.push(await readBody(event))
    if (server.status !== 200) throw createError({ statusCode: server.status })
    return server.session
  },
})
registerEndpoint('/api/auth/csrf', () => ({ csrfToken: 'csrf' }))
registerEndpoint('/api/auth/providers', () => ({ credentials: { id: 'credentials', type: 'credentials' }, github: { id: 'github', type: 'oauth' } }))
for (const path of ['/api/auth/signin/credentials', '/api/auth/signin/github', '/api/auth/signout']) {
  registerEndpoint(path, {
    method: 'POST',
    handler: async (event) => {
      server.sent.push({ path, ...await readBody(event) as object })
      setResponseStatus(event, server.signIn.status)
      return server.signIn
    },
  })
}

const Probe = defineComponent({
  setup() {
    const { data, status } = useAuth()
    return () => h('p', `${status.value} ${data.value?.user.name ?? ''}`)
  },
})

beforeEach(() => Object.assign(server, { session: null, status: 200, asked: 0, sent: [], signIn: { ok: true, status: 200, url: null, error: null, code: null, session: undefined } }))
afterEach(() => void (useAuthState().session.value = undefined))

describe('useAuth', () => {
  it('asks the server once, and every component gets the answer', async () => {
    server.session = ada
    const page = await mountSuspended(defineComponent(() => () => [h(Probe), h(Probe), h(Probe)]))
    await vi.waitFor(() => expect(page.text()).toContain('authenticated Ada'))
    expect(page.findAll('p').map(paragraph => paragraph.text())).toEqual(Array.from({ length: 3 }, () => 'authenticated Ada'))
    expect(server.asked).toBeLessThanOrEqual(1)
  })

  it('is one object per app, usable after await', async () => {
    const auth = useAuth()
    await nextTick()
    expect(useNuxtApp().runWithContext(() => useAuth())).toBe(auth)
  })

  it('sends one request for any number of refreshes at the same time', async () => {
    const { refresh, getSession, data, lastRefreshedAt } = useAuth()
    server.session = ada
    server.asked = 0
    const sessions = await Promise.all([refresh(), getSession(), refresh()])
    expect(server.asked).toBe(1)
    expect(sessions).toEqual([ada, ada, ada])
    expect(data.value).toEqual(ada)
    expect(lastRefreshedAt.value).toBeInstanceOf(Date)
    await refresh()
    expect(server.asked).toBe(2)
  })

  it('is unauthenticated if the server answers null', async () => {
    const { refresh, status, data, user } = useAuth()
    await refresh()
    expect([status.value, data.value, user.value]).toEqual(['unauthenticated', null, null])
  })

  it.each([500, 503, 404])('never takes a %i for a sign-out: it keeps the session and sets `error`', async (status) => {
    const auth = useAuth()
    server.session = ada
    await auth.refresh()
    server.status = status
    expect(await auth.refresh()).toEqual(ada)
    expect(auth.status.value).toBe('authenticated')
    expect(auth.error.value).toMatchObject({ statusCode: status })
    server.status = 200
    await auth.refresh()
    expect(auth.error.value).toBeUndefined()
  })

  it.each([{ message: 'There was a problem' }, [], 'text', 1, {}, { user: null, expires: ada.expires }, { user: {} }, { user: {}, expires: '2001-01-01' }, '<html>'].map(answer => [answer]))('GRD-03 never takes %j for a session', async (answer) => {
    const { refresh, data, error } = useAuth()
    server.session = answer
    expect(await refresh()).toBeNull()
    expect(data.value).toBeNull()
    expect(error.value).toBeInstanceOf(Error)
  })
})

describe('signIn', () => {
  it.each([[false, undefined], [true, 'true'], [1, '1'], [null, undefined], [undefined, undefined], ['', ''], [new Date(0), String(new Date(0))]])('sends %s as a form would', async (remember, sent) => {
    const { signIn } = useAuth()
    await signIn('credentials', { name: 'ada', remember, redirect: false })
    expect(server.sent).toEqual([{ path: '/api/auth/signin/credentials', csrfToken: 'csrf', callbackUrl: expect.any(String) as string, name: 'ada', ...(sent !== undefined && { remember: sent }) }])
  })

  it('takes the session from the response, without another request', async () => {
    const { signIn, data, refresh } = useAuth()
    await refresh()
    server.asked = 0
    server.signIn.session = ada
    const result = await signIn('credentials', { name: 'ada', password: 'right', redirect: false })
    expect(result).toEqual({ ok: true, status: 200, url: null, error: null, code: null, session: ada })
    expect([data.value, server.asked]).toEqual([ada, 0])
    expect(server.sent).toEqual([expect.objectContaining({ path: '/api/auth/signin/credentials', name: 'ada', password: 'right', csrfToken: 'csrf', callbackUrl: expect.stringMatching(/^\//) as string })])
  })

  it('returns a refusal unchanged, and keeps the session state', async () => {
    const { signIn, data, refresh } = useAuth()
    await refresh()
    server.asked = 0
    server.signIn = { ok: false, status: 403, url: '/login?error=CredentialsSignin', error: 'CredentialsSignin', code: 'Account locked' }
    expect(await signIn('credentials', { name: 'x' })).toMatchObject({ ok: false, status: 403, code: 'Account locked' })
    expect([data.value, server.asked]).toEqual([null, 0])
  })

  it('returns the provider\'s URL for an OAuth provider', async () => {
    server.signIn.url = 'https://github.example/authorize?client_id=x'
    expect(await useAuth().signIn('github', { redirect: false })).toMatchObject({ ok: true, url: server.signIn.url })
  })

  it('returns the sign-in page if no provider is named', async () => {
    expect(await useAuth().signIn(undefined, { redirect: false, callbackUrl: '/x' })).toMatchObject({ ok: true, url: '/api/auth/signin?callbackUrl=%2Fx' })
    expect(server.sent).toEqual([])
  })

  it.each(['nobody', '__proto__', '../signout', ''])('never signs in with an unknown provider: %j', async (provider) => {
    const { signIn, data } = useAuth()
    expect(await signIn(provider, { redirect: false })).toMatchObject(provider === '' ? { ok: true, url: expect.stringContaining('/signin?') as string } : { ok: false, status: 404 })
    expect([data.value, server.sent]).toEqual([null, []])
  })
})

describe('signOut and update', () => {
  it('SES-11 clears the session if the sign-out reached this browser only, and returns the error', async () => {
    const { signOut, refresh, data } = useAuth()
    server.session = ada
    await refresh()
    server.signIn = { ok: false, status: 503, url: null, error: 'SignOut', code: 'AUTH_R020' }
    expect(await signOut()).toEqual(server.signIn)
    expect(data.value).toBeNull()
  })

  it('signs out without leaving the page, and keeps the session if the server refuses', async () => {
    const { signOut, refresh, data } = useAuth()
    server.session = ada
    await refresh()
    server.signIn = { ...server.signIn, ok: false, status: 403, error: 'MissingCSRF' }
    expect(await signOut({ redirect: false })).toMatchObject({ ok: false, status: 403 })
    expect(data.value).toEqual(ada)
    server.signIn = { ...server.signIn, ok: true, status: 200, error: null }
    expect(await signOut({ redirect: false, federated: true })).toMatchObject({ ok: true })
    expect(server.sent.at(-1)).toMatchObject({ path: '/api/auth/signout', federated: true })
    expect(data.value).toBeNull()
  })

  it('sends the input to the server and takes the new session', async () => {
    const { update, data } = useAuth()
    server.session = { ...ada, nickname: 'Countess' }
    await update({ nickname: 'Countess' })
    expect(server.sent).toEqual([{ csrfToken: 'csrf', data: { nickname: 'Countess' } }])
    expect(data.value).toEqual(server.session)
  })

  it('throws when the server refuses an update, and keeps the session', async () => {
    const { update, refresh, data } = useAuth()
    server.session = ada
    await refresh()
    server.status = 400
    await expect(update({ nickname: 1 })).rejects.toMatchObject({ statusCode: 400 })
    expect(data.value).toEqual(ada)
  })
})
