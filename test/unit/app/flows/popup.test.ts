import { runInNewContext } from 'node:vm'
import { popupScript } from '#nuxt-authjs/scripts'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { followPopup } from '../../../../src/runtime/app/flows/popup'

vi.mock('#build/nuxt-authjs/options.mjs', () => ({ options: { basePath: '/api/auth' } }))

const result = { ok: true, status: 200, url: 'https://idp.example/', error: null, code: null }
const session = { user: {}, expires: '2040-01-01T00:00:00.000Z' }
let popup = { closed: false, close: () => {}, location: { href: '' } }

/** The page that waits for its window; resolves once the flow `mine` is over. */
function follow() {
  vi.stubGlobal('document', { hasFocus: () => true })
  popup = { closed: false, close: () => {}, location: { href: '' } }
  const context = { nuxtApp: { callHook: async () => {} }, base: '', fetch: async () => session }
  return followPopup(popup as never, result, context as never, ((value: unknown) => value) as never, 'mine')
}

/** Any page of this origin that `search` leads to, run as a browser runs it. */
function openLastPage(search: string): void {
  const close = vi.fn()
  runInNewContext(popupScript, { URL, URLSearchParams, BroadcastChannel, location: { search }, document: { currentScript: { src: 'https://app.example/api/auth/popup.js' } }, window: { close } })
  expect(close).toHaveBeenCalledOnce()
}

afterEach(() => void vi.unstubAllGlobals())

describe('a window of its own', () => {
  it('is complete once the last page of its own flow says so', async () => {
    const following = follow()
    openLastPage('?flow=mine')
    expect(await following).toMatchObject({ ok: true, session })
  })

  it.each(['', '?flow=', '?flow=other', '?mine'])('WIN-01 never completes because another origin opened its last page with %j', async (search) => {
    const following = follow()
    openLastPage(search)
    await new Promise(resolve => setTimeout(resolve, 100))
    popup.closed = true
    expect(await following).toMatchObject({ ok: false, error: 'PopupClosed' })
  })
})
