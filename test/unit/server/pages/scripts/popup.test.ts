import { runInNewContext } from 'node:vm'
import { popupScript } from '#nuxt-authjs/scripts'
import { describe, expect, it, vi } from 'vitest'

/** The script as a browser runs it, on the page `search` of an app at `base`. */
function run(base: string, search: string) {
  const channel = { name: '', postMessage: vi.fn() }
  const close = vi.fn()
  function BroadcastChannel(name: string) {
    return Object.assign(channel, { name })
  }
  const document = { currentScript: { src: `https://app.example${base}/popup.js` } }
  runInNewContext(popupScript, { URL, URLSearchParams, BroadcastChannel, location: { search }, document, window: { close } })
  return { channel, close }
}

describe('the popup script', () => {
  it.each(['/api/auth', '/shop/auth'])('names its flow on the channel of %s, and closes the window', (base) => {
    const { channel, close } = run(base, '?flow=mine')
    expect(channel.name).toBe(`nuxt-authjs:${base}:popup`)
    expect(channel.postMessage.mock.calls).toEqual([['mine']])
    expect(close).toHaveBeenCalledOnce()
  })

  it('names no flow if the page has none', () => {
    expect(run('/api/auth', '').channel.postMessage.mock.calls).toEqual([[null]])
  })
})
