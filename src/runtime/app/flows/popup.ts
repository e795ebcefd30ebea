import { options } from '#build/nuxt-authjs/options.mjs'
import type { AuthResult } from '../../shared/types'
import type { AuthContext } from '../context'
import type { ShareSession } from '../session'

/** Milliseconds between two checks whether the popup is still open: closing it fires no event. */
const interval = 300

/**
 * Opens the provider's page in a popup, and resolves once the sign-in is complete or the user has closed the popup.
 * `flow`: a random ID that only this sign-in knows.
 */
export async function followPopup(
  popup: Window, result: AuthResult, { nuxtApp, base, fetch }: AuthContext, share: ShareSession, flow: string,
): Promise<AuthResult> {
  // An empty popup has the origin of this page: a `javascript:` URL would run as this page.
  if (!result.ok || !result.url || !/^https?:/.test(result.url)) {
    popup.close()
    return result
  }
  popup.location.href = result.url
  const isComplete = await waitForPopup(popup, `nuxt-authjs:${base}${options.basePath}:popup`, flow)
  popup.close()
  const session = isComplete ? share(await fetch(`${options.basePath}/session`, { cache: 'no-store' })) : null
  if (!session) return { ok: false, status: 401, url: null, error: 'PopupClosed', code: null }
  await nuxtApp.callHook('auth:sign-in', session)
  return { ...result, url: null, session }
}

/**
 * True once the last page of this sign-in has announced itself; false once the user has closed the popup.
 * By a channel, because a provider may have cut the popup off from its opener. Another site can open that page too,
 * but does not know the flow.
 */
function waitForPopup(popup: Window, name: string, flow: string): Promise<boolean> {
  const channel = new BroadcastChannel(name)
  return new Promise<boolean>((resolve) => {
    // A popup that was cut off reads as closed. It certainly is closed once this page has the focus again.
    const timer = setInterval(() => popup.closed && document.hasFocus() && finish(false), interval)
    function finish(isComplete: boolean): void {
      clearInterval(timer)
      channel.close()
      resolve(isComplete)
    }
    channel.onmessage = ({ data }) => data === flow && finish(true)
  })
}
