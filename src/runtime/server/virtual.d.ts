// Types of the modules that the build generates (src/build/templates.ts) or chooses by alias.

interface ImportMeta {
  readonly dev?: boolean
  readonly prerender?: boolean
  readonly client?: boolean
}

/** `host/nitro2.ts` or `host/nitro3.ts`. */
declare module '#nuxt-authjs/host' {
  type Host = import('./host/types').Host

  export const createError: Host['createError']
  export const defineEventHandler: Host['defineEventHandler']
  export const defineNitroPlugin: Host['defineNitroPlugin']
  export const getBody: Host['getBody']
  export const getCookieHeader: Host['getCookieHeader']
  export const getRequestHost: Host['getRequestHost']
  export const getRequestProtocol: Host['getRequestProtocol']
  export const getResponseHeader: Host['getResponseHeader']
  export const getRouteRules: Host['getRouteRules']
  export const isError: Host['isError']
  export const keepPrivate: Host['keepPrivate']
  export const parseCookies: Host['parseCookies']
  export const respond: Host['respond']
  export const setCookie: Host['setCookie']
  export const setResponseHeader: Host['setResponseHeader']
  export const useFirst: Host['useFirst']
  export const usePage: Host['usePage']
  export const useRuntimeConfig: Host['useRuntimeConfig']
  export const useStorage: Host['useStorage']
}

// Modules of Nitro 3, which this package is built without.
declare module 'nuxt/server' {
  export const getRouteRules: import('./host/types').Host['getRouteRules']
  export const useRuntimeConfig: import('./host/types').Host['useRuntimeConfig']
}

declare module 'nitro/storage' {
  export const useStorage: import('./host/types').Host['useStorage']
}

declare module '#nuxt-authjs/rules' {
  /** The app's route rules with `auth`, the most specific one last. */
  export const rules: import('../shared/paths').PathRule<import('../shared/types').AuthRule>[]
  /** The paths of the app's own sign-in page: as configured, and in the router. */
  export const signInPaths: string[]
}

declare module '#nuxt-authjs/languages' {
  /** The app's translated pages. */
  export const routes: import('../shared/languages').NamedRoute[]
}

declare module '#nuxt-authjs/options' {
  export const options: import('../shared/types').PublicAuthConfig
}

declare module '#nuxt-authjs/scripts' {
  /** The text of `pages/scripts/passkey.js`. */
  export const passkeyScript: string
  /** The text of `pages/scripts/popup.js`. */
  export const popupScript: string
}

declare module '#nuxt-authjs/style' {
  /** The text of `pages/style.css`. */
  export const stylesheet: string
}

declare module '#nuxt-authjs/definition' {
  /** Path of the definition, relative to the project's root. For error messages. */
  export const file: string
  /** Imports the definition: the user's code runs at the first call. */
  export function importDefinition(): Promise<{ default?: unknown }>
}
