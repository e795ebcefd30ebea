import { options } from '#build/nuxt-authjs/options.mjs'
import type { AuthResult } from '../shared/types'
import type { AuthContext } from './client'
import type { Share } from './session'

/** Milliseconds between two looks at whether the window is still there: no event tells. */
const interval = 300

/** Sends a window to the provider and waits until the sign-in is complete, or the user closes it. `flow` is a random id that only this sign-in knows. */
export async function followPopup(popup: Window, result: AuthResult, { nuxtApp, base, fetch }: AuthContext, share: Share, flow: string): Promise<AuthResult> {
  // In an empty window of this origin, the address of a script would run as this page.
  if (!result.ok || !/^https?:/.test(result.url ?? '')) {
    popup.close()
    return result
  }
  popup.location.href = result.url!
  const isComplete = await waitForPopup(popup, `nuxt-authjs:${base}${options.basePath}:popup`, flow)
  popup.close()
  const session = isComplete ? share(await fetch(`${options.basePath}/session`, { cache: 'no-store' })) : null
  if (!session) return { ok: false, status: 401, url: null, error: 'PopupClosed', code: null }
  await nuxtApp.callHook('auth:sign-in', session)
  return { ...result, url: null, session }
}

/**
 * True when the last page of this sign-in told so; by channel, because a provider may have cut the window off from its opener.
 * Another site can open that page too, but does not know the flow.
 */
function waitForPopup(popup: Window, name: string, flow: string): Promise<boolean> {
  const channel = new BroadcastChannel(name)
  return new Promise<boolean>((resolve) => {
    // A window that was cut off counts as closed. Only with the visitor back on this page it surely is.
    const timer = setInterval(() => popup.closed && document.hasFocus() && finish(false), interval)
    function finish(isComplete: boolean): void {
      clearInterval(timer)
      channel.close()
      resolve(isComplete)
    }
    channel.onmessage = ({ data }) => data === flow && finish(true)
  })
}
