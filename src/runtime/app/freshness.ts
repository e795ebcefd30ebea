import { watch } from 'vue'
import { options } from '#build/nuxt-authjs/options.mjs'
import type { PublicAuthConfig } from '../shared/types'
import type { AuthContext } from './client'
import type { SessionActions } from './session'
import type { AuthState } from './state'

/** Keeps the session of a page as fresh as the options say, and ends it at its second, without a request. In the browser. */
export function keepFresh({ channel }: AuthContext, state: AuthState, { refresh, keep }: SessionActions, { refetchOnFocus, refetchInterval }: PublicAuthConfig['session'] = options.session): void {
  const { session, asked } = state
  let timer: ReturnType<typeof setTimeout>

  const now = () => Date.now() - state.skew
  // A stranger stays one: another tab's sign-in is told by that tab.
  const isStale = () => !document.hidden && (session.value || !asked.value)
  // Coming and going may ask every five seconds.
  const onReturn = () => isStale() && now() - (asked.value ?? 0) > 5000 && refresh()

  function end(): void {
    clearTimeout(timer)
    if (!session.value) return
    const left = Date.parse(session.value.expires) - now()
    // Timers hold 31 bits of milliseconds; a longer one fires at once.
    if (left > 0) return void (timer = setTimeout(end, Math.min(left, 2e9)))
    keep(null)
    // The cookie may have been renewed behind this page's back: a guard asks before it acts on this.
    asked.value = undefined
  }

  watch(session, end, { immediate: true })
  if (refetchOnFocus) ['focus', 'visibilitychange', 'online'].forEach(type => addEventListener(type, onReturn))
  if (refetchInterval) setInterval(() => isStale() && refresh(), refetchInterval * 1000)
  // A page out of the browser's own cache shows who was signed in when it was left.
  window.addEventListener('pageshow', ({ persisted }) => persisted && refresh())
  // Another tab of this app says what it knows; whatever is no session is a reason to ask.
  if (channel) channel.onmessage = ({ data }) => data === null || data?.user ? keep(data) : refresh()
}
