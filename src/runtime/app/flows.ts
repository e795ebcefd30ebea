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
  /** Offers `input` to the definition's `extend.update`. Throws when the server refuses it. */
  update: (input?: unknown) => Promise<Session | null>
  getProviders: () => Promise<Record<string, PublicProvider>>
  getCsrfToken: () => Promise<string>
}

export function createFlows(context: AuthContext, actions: SessionActions): Flows {
  const client = createClient(context)
  const { getProviders, getCsrfToken, post } = client
  return {
    ...createSignIn(client, actions),
    update: async input => actions.keep(await post('/session', { data: input })),
    getProviders,
    getCsrfToken,
  }
}
