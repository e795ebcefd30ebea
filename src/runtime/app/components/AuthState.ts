import { defineComponent } from 'vue'
import type { SlotsType } from 'vue'
import { useAuth } from '../composables/useAuth'
import type { Auth } from '../composables/useAuth'

interface AuthStateSlots {
  /** What a visitor sees once it is known who he is; `useAuth()`'s refs as values. */
  default: { data: Auth['data']['value'], user: Auth['user']['value'], status: Auth['status']['value'], signIn: Auth['signIn'], signOut: Auth['signOut'] }
  /** What stands there until then: on a page that was rendered for everybody. */
  placeholder: Record<string, never>
}

/** The session in a template. Renders its placeholder until the browser has asked, so that cached pages hydrate without a mismatch. */
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
