import type { PublicProvider, Session } from '../shared/types'
import { createClient } from './client'
import type { AuthContext } from './client'
import type { SessionActions } from './session'
import { createSignIn } from './sign-in'
import type { SignIn, SignOut } from './sign-in'

/** What a page needs only once somebody acts: a chunk of its own, loaded on first use. */
export interface Flows {
  signIn: SignIn
  signOut: SignOut
  /** Offers `input` to the definition's `extend.update`. Throws when the server refuses it: `error.statusCode`, `error.data.data`. */
  update: (input?: unknown) => Promise<Session | null>
  getProviders: () => Promise<Record<string, PublicProvider>>
  getCsrfToken: () => Promise<string>
}

export function createFlows(context: AuthContext, actions: SessionActions): Flows {
  const client = createClient(context)
  const { getProviders, getCsrfToken, post } = client
  const share = (answer: unknown) => {
    const session = actions.keep(answer, true)
    context.channel?.postMessage(answer)
    return session
  }
  return {
    ...createSignIn(client, share),
    async update(input) {
      const session = share(await post('/session', { data: input }))
      await context.nuxtApp.callHook('auth:update', session)
      return session
    },
    getProviders,
    getCsrfToken,
  }
}
