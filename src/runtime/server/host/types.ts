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

/** Sets headers of a page's response. They replace those of the app. */
export type SetHeaders = (headers: Record<string, string>) => void

type Upgrade = (request: UpgradeRequest) => Promise<void>

interface ErrorInput {
  statusCode: number
  statusMessage: string
  message?: string
  data?: unknown
  cause?: unknown
}

/** The host's functions. Methods, so that each host can narrow the types of event and app to its own. */
export interface HostFunctions {
  parseCookies(event: AuthEvent): Record<string, string>
  setCookie(event: AuthEvent, name: string, value: string, options: object): void
  createError(input: ErrorInput): Error
  isError(value: unknown): boolean
  getRequestHost(event: AuthEvent, options: { xForwardedHost: boolean }): string
  getRequestProtocol(event: AuthEvent, options: { xForwardedProto: boolean }): string
  setResponseHeader(event: AuthEvent, name: string, value: string): void
  getResponseHeader(event: AuthEvent, name: string): unknown
  /** Makes the response private, even if the app, a route rule or a proxied response sets other headers later. */
  keepPrivate(event: AuthEvent): void
  /** The `Cookie` header as it was sent; empty if there is none. */
  getCookieHeader(event: AuthEvent): string
  /** The body in chunks, as it arrives or complete; undefined if there is none. */
  getBody(event: AuthEvent): Awaitable<AsyncIterable<Uint8Array> | Uint8Array[] | undefined>
  /** Sends `answer` with the headers `own` on top: a handler returns the result. */
  respond(event: AuthEvent, answer: Answer, own: Record<string, string>): unknown
  getRouteRules(event: AuthEvent): SharingRules
  useRuntimeConfig(event?: AuthEvent): RuntimeConfig
  /** The root of the app's storage. https://nitro.build/guide/storage */
  useStorage(): { getMount(key: string): { driver: Driver, base: string } }
  /** Adds a handler before all others: middleware, redirects, proxies, caches and static files included. */
  useFirst(nitro: NitroApp, handler: (event: AuthEvent) => unknown, upgrade?: Upgrade): void
  /** Calls `run` for every page before it is sent, with the event it was rendered with and its `Vary` header. */
  usePage(nitro: NitroApp, run: (page: AuthEvent, vary: unknown, setHeaders: SetHeaders) => Awaitable<void>): void
}

/** `#nuxt-authjs/host`: an alias of `nitro2.ts` (h3 v1) or `nitro3.ts` (h3 v2), chosen by the build. */
export interface Host extends HostFunctions {
  defineEventHandler: <T>(handler: (event: AuthEvent) => T) => (event: AuthEvent) => T
  defineNitroPlugin: (plugin: (nitro: NitroApp) => void) => unknown
}
