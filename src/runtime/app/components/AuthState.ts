import { defineComponent } from 'vue'
import type { SlotsType } from 'vue'
import { useAuth } from '../composables/useAuth'
import type { Auth } from '../composables/useAuth'

interface AuthStateSlots {
  /** Renders once the session is known. Its props are the refs of `useAuth()`, unwrapped. */
  default: Pick<Auth, 'signIn' | 'signOut'> & {
    data: Auth['data']['value']
    user: Auth['user']['value']
    status: Auth['status']['value']
  }
  /** Renders while the session is unknown, on a page that was rendered for all users. */
  placeholder: Record<string, never>
}

/**
 * The session in a template.
 * Renders its placeholder until the browser has asked the server, so that a cached page hydrates without a mismatch.
 */
export default defineComponent({
  name: 'AuthState',
  slots: Object as SlotsType<AuthStateSlots>,
  setup(_, { slots }) {
    const { data, user, status, signIn, signOut } = useAuth()
    return () => status.value === 'loading'
      ? slots.placeholder?.({})
      : slots.default?.({ data: data.value, user: user.value, status: status.value, signIn, signOut })
  },
})
