import type { AuthResult } from '../../shared/types'
import type { ShareSession } from '../session'
import type { AuthClient } from './client'
import { follow, getCurrentAddress, toCallbackAddress } from './navigation'
import type { RedirectOptions } from './navigation'

export interface SignOutOptions extends RedirectOptions {
  /** Also ends the session at the provider: `url` of the result is its page. Needs the option `federatedSignOut`. */
  federated?: boolean
}

/** Signs out and goes to `callbackUrl`. A refusal is a result, not an exception. */
export type SignOut = (options?: SignOutOptions) => Promise<AuthResult>

/** `signOut()` of one app. */
export function createSignOut(client: AuthClient, share: ShareSession): SignOut {
  // Signing out while a page renders would redirect back to that page, which would sign out again.
  const getFallback = () => import.meta.client ? getCurrentAddress(client) : `${client.base}/`

  return async ({ callbackUrl, redirect = true, federated } = {}) => {
    const fields = { callbackUrl: toCallbackAddress(client, callbackUrl, getFallback()), federated }
    const result = await client.send('/signout', fields)
    // `SignOut`: copies of the session may live on, but this browser no longer has it.
    if (result.ok || result.error === 'SignOut') {
      share(null)
      await client.nuxtApp.callHook('auth:sign-out')
    }
    return result.ok ? await follow(client, result, redirect, federated) : result
  }
}
