import type { PublicProvider, Session } from '../../shared/types'
import type { AuthContext } from '../context'
import type { SessionActions } from '../session'
import { createClient } from './client'
import { createSignIn } from './sign-in'
import type { SignIn } from './sign-in'
import { createSignOut } from './sign-out'
import type { SignOut } from './sign-out'

/** The verbs of `useAuth()`. They are lazy-loaded, because a page needs them only once its user acts. */
export interface Verbs {
  signIn: SignIn
  signOut: SignOut
  /**
   * Sends `input` to the definition's `extend.update`, and resolves to the new session.
   * Throws ofetch's error if the server refuses: `error.statusCode`, `error.data.data`.
   */
  update: (input?: unknown) => Promise<Session | null>
  /** The configured providers, by their id. */
  getProviders: () => Promise<Record<string, PublicProvider>>
  getCsrfToken: () => Promise<string>
}

/** The verbs of one app. A session that one of them receives becomes the session of all tabs. */
export function createVerbs(context: AuthContext, actions: SessionActions): Verbs {
  const client = createClient(context)
  const { getProviders, getCsrfToken, post } = client
  const share = (answer: unknown) => {
    const session = actions.keep(answer, true)
    context.channel?.postMessage(answer)
    return session
  }
  return {
    signIn: createSignIn(client, share),
    signOut: createSignOut(client, share),
    async update(input) {
      const session = share(await post('/session', { data: input }))
      await context.nuxtApp.callHook('auth:update', session)
      return session
    },
    getProviders,
    getCsrfToken,
  }
}
