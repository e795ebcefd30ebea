import { watch } from 'vue'
import { options } from '#build/nuxt-authjs/options.mjs'
import type { PublicAuthConfig } from '../shared/types'
import type { AuthContext } from './context'
import type { SessionActions } from './session'
import type { AuthState } from './state'

/**
 * Keeps a page's session fresh, in the browser: asks the server as often as `config` says, takes the session of other
 * tabs, and ends the session when it expires, without a request.
 */
export function keepFresh(
  { channel }: AuthContext, state: AuthState, { refresh, keep }: SessionActions,
  config: PublicAuthConfig['session'] = options.session,
): void {
  const { session, asked } = state
  let timer: ReturnType<typeof setTimeout>

  const now = () => Date.now() - state.skew
  // Anonymous users stay anonymous until another tab announces a sign-in.
  const isStale = () => !document.hidden && (session.value || !asked.value)
  // At most every five seconds, however often the user comes back.
  const onReturn = () => isStale() && now() - (asked.value ?? 0) > 5000 && refresh()

  function end(): void {
    clearTimeout(timer)
    if (!session.value) return
    const left = Date.parse(session.value.expires) - now()
    // A timer of more than 31 bits of milliseconds would fire at once.
    if (left > 0) return void (timer = setTimeout(end, Math.min(left, 2e9)))
    keep(null)
    // Another request may have renewed the cookie: a guard asks the server before it relies on this.
    asked.value = undefined
  }

  watch(session, end, { immediate: true })
  if (config.refetchOnFocus) ['focus', 'visibilitychange', 'online'].forEach(type => addEventListener(type, onReturn))
  if (config.refetchInterval) setInterval(() => isStale() && refresh(), config.refetchInterval * 1000)
  // The browser's back/forward cache restores a page with the session that it had when the user left it.
  window.addEventListener('pageshow', ({ persisted }) => persisted && refresh())
  // Other tabs send their session. The server is asked about any other message.
  if (channel) channel.onmessage = ({ data }) => data === null || data?.user ? keep(data) : refresh()
}
