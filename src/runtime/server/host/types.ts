import type { AuthRedirect } from '../../shared/hooks'
import type { SharingRules } from '../../shared/paths'
import type { AuthEvent, Awaitable } from '../../shared/types'
import type { RuntimeConfig } from '../config/environment'
import type { Answer } from '../http/answer'
import type { UpgradeRequest } from '../http/upgrade'
import type { Driver } from '../store/driver'

/** The part of Nitro's app that plugins of this module use. */
export interface NitroApp {
  hooks: {
    callHook: (name: 'auth:redirect', redirect: AuthRedirect) => Promise<unknown>
  }
}

/** Sets headers of a page's response, over those that the app set. */
export type SetHeaders = (headers: Record<string, string>) => void

/** What the module uses of its host. Methods, so that each host may take its own, more exact types of event and app. */
export interface HostFunctions {
  parseCookies(event: AuthEvent): Record<string, string>
  setCookie(event: AuthEvent, name: string, value: string, options: object): void
  createError(input: { statusCode: number, statusMessage: string, message?: string, data?: unknown, cause?: unknown }): Error
  isError(value: unknown): boolean
  getRequestHost(event: AuthEvent, options: { xForwardedHost: boolean }): string
  getRequestProtocol(event: AuthEvent, options: { xForwardedProto: boolean }): string
  setResponseHeader(event: AuthEvent, name: string, value: string): void
  getResponseHeader(event: AuthEvent, name: string): unknown
  /** Makes the response private for good: headers that the app, a route rule or a proxied response sets later don't share it again. */
  keepPrivate(event: AuthEvent): void
  /** The `Cookie` header as it was sent; empty if there is none. */
  getCookieHeader(event: AuthEvent): string
  /** The body in chunks, as it arrives or complete; undefined if there is none. */
  getBody(event: AuthEvent): Awaitable<AsyncIterable<Uint8Array> | Uint8Array[] | undefined>
  /** What a handler returns so that the host sends `answer` with its own headers on top. */
  respond(event: AuthEvent, answer: Answer, own: Record<string, string>): unknown
  getRouteRules(event: AuthEvent): SharingRules
  useRuntimeConfig(event?: AuthEvent): RuntimeConfig
  /** The app's storage, from its root. https://nitro.build/guide/storage */
  useStorage(): { getMount(key: string): { driver: Driver, base: string } }
  /** Puts a handler before every other: middleware, redirects, proxies, caches and static files included. */
  useFirst(nitro: NitroApp, handler: (event: AuthEvent) => unknown, upgrade?: (request: UpgradeRequest) => Promise<void>): void
  /** Calls `run` for every page before it is sent, with the event it was rendered with and its `Vary` header. */
  usePage(nitro: NitroApp, run: (page: AuthEvent, vary: unknown, setHeaders: SetHeaders) => Awaitable<void>): void
}

/** `#nuxt-authjs/host`: `nitro2.ts` (h3 v1) or `nitro3.ts` (h3 v2), by an alias at build. */
export interface Host extends HostFunctions {
  defineEventHandler: <T>(handler: (event: AuthEvent) => T) => (event: AuthEvent) => T
  defineNitroPlugin: (plugin: (nitro: NitroApp) => void) => unknown
}
