// Filled by the module: see src/templates.ts.

interface ImportMeta {
  readonly dev?: boolean
  readonly prerender?: boolean
  readonly client?: boolean
}

declare module '#nuxt-authjs/host' {
  type AuthEvent = import('../shared/types').AuthEvent

  export function defineEventHandler<T>(handler: (event: AuthEvent) => T): (event: AuthEvent) => T
  /** The `Cookie` header as it was sent; empty where there is none. */
  export function getCookieHeader(event: AuthEvent): string
  export function parseCookies(event: AuthEvent): Record<string, string>
  export function setCookie(event: AuthEvent, name: string, value: string, options: object): void
  export function setResponseHeader(event: AuthEvent, name: string, value: string): void
  export function getResponseHeader(event: AuthEvent, name: string): unknown
  export function createError(input: { statusCode: number, statusMessage: string, message?: string, data?: unknown, cause?: unknown }): Error
  export function isError(value: unknown): boolean
  export function getRequestHost(event: AuthEvent, options: { xForwardedHost: boolean }): string
  export function getRequestProtocol(event: AuthEvent, options: { xForwardedProto: boolean }): string
  /** What a handler returns, so that the host sends `answer` with these headers, whatever it has itself. */
  export function respond(event: AuthEvent, answer: import('./http/answer').Answer, headers: Record<string, string>): unknown
  export function getBody(event: AuthEvent): import('../shared/types').Awaitable<AsyncIterable<Uint8Array> | Uint8Array[] | undefined>
  export function getRouteRules(event: AuthEvent): import('../shared/paths').SharingRules
  export function useRuntimeConfig(event?: AuthEvent): import('./config/environment').RuntimeConfig
  /** The app's storage, from its root. https://nitro.build/guide/storage */
  export function useStorage(): { getMount: (key: string) => { driver: import('./store/driver').Driver, base: string } }
  export function defineNitroPlugin(plugin: (nitro: NitroApp) => void): (nitro: NitroApp) => void
  /** Puts a handler before every other: middleware, redirects, proxies, caches and files included. */
  export function useFirst(nitro: NitroApp, handler: (event: AuthEvent) => unknown, upgrade?: (request: { headers: Headers, url: string }) => Promise<void>): void
  /** What is said of every page before it is sent: with the event that it was rendered with, its `Vary`, and what sets its headers. */
  export function usePage(nitro: NitroApp, run: (page: AuthEvent, vary: unknown, setHeaders: (headers: Record<string, string>) => void) => import('../shared/types').Awaitable<void>): void
  export interface NitroApp {
    hooks: {
      hook(name: 'auth:redirect', run: (redirect: import('../shared/hooks').AuthRedirect) => void | Promise<void>): void
      callHook(name: 'auth:redirect', redirect: import('../shared/hooks').AuthRedirect): Promise<unknown>
    }
  }
}

declare module '#nuxt-authjs/rules' {
  /** The app's route rules with `auth`, most specific last. */
  export const rules: import('../shared/paths').PathRule<import('../shared/types').AuthRule>[]
}

declare module '#build/nuxt-authjs/rules.mjs' {
  /** The same, for the app. */
  export const rules: import('../shared/paths').PathRule<import('../shared/types').AuthRule>[]
}

declare module '#nuxt-authjs/options' {
  export const options: import('../shared/types').PublicAuthConfig
}

declare module '#build/nuxt-authjs/options.mjs' {
  /** The same, for the app. */
  export const options: import('../shared/types').PublicAuthConfig
}

declare module '#nuxt-authjs/definition' {
  /** Where the definition is, from the project's root; for error messages. */
  export const file: string
  /** Imports the user's definition on first use, so that a start without sign-ins does not pay for it. */
  export function importDefinition(): Promise<{ default?: unknown }>
}
