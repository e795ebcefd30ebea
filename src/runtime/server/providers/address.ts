import { NuxtAuthError } from '../../shared/errors'

const settings = ['issuer', 'wellKnown', 'authorization', 'token', 'userinfo', 'jwks_endpoint'] as const

/** The settings of a provider that are URLs, as text or in an object's `url`. */
export type ProviderUrls = { readonly [Name in typeof settings[number]]?: unknown }

/** The addresses that the definition or the environment names itself. Whoever wrote them may mean a private one. */
export function toOwnUrls(provider: ProviderUrls): URL[] {
  return settings.flatMap((key) => {
    const value = provider[key]
    const text = typeof value === 'object' && value ? (value as { url?: unknown }).url : value
    return URL.canParse(String(text)) ? [new URL(String(text))] : []
  })
}

/** Refuses a provider that would get codes and secrets unencrypted. Throws AUTH_D011 outside development. */
export function requireSecureAddresses(provider: ProviderUrls & { id: string }, file: string, isDev: boolean): void {
  const open = toOwnUrls(provider).find(url => !isSecure(url, isDev))
  if (open) throw new NuxtAuthError('AUTH_D011', { file, provider: provider.id, url: open.origin === 'null' ? open.protocol : open.origin })
}

/** True for https, for http on this machine, and in development for any http. */
export function isSecure({ protocol, hostname }: URL, isDev: boolean): boolean {
  return protocol === 'https:' || (protocol === 'http:' && (isDev || isLoopback(hostname)))
}

/** Whether the server itself may call `url` for a provider: encrypted, and never into its own network unless `own` says so. */
export function isCallable(url: URL, own: URL[], isDev: boolean): boolean {
  if (!isSecure(url, isDev) || url.username || url.password) return false
  return !isPrivateHost(url.hostname) || own.some(({ host }) => host === url.host)
}

export function isLoopback(hostname: string): boolean {
  const host = toHost(hostname)
  return /^(?:.+\.)?localhost$/.test(host) || host === '::1' || toIPv4(host)?.[0] === 127
}

/** True for loopback, link-local, private and reserved addresses. Takes `hostname` of a URL, which has one spelling for each. */
export function isPrivateHost(hostname: string): boolean {
  const host = toHost(hostname)
  const ip = toIPv4(host)
  if (ip) return isPrivateIPv4(ip)
  // Global unicast is 2000::/3; what embeds an IPv4 address (Teredo, 6to4) could hide a private one.
  if (host.includes(':')) return !/^[23][\da-f]{3}:/.test(host) || /^(?:2002:|2001:(?:0:|:))/.test(host)
  return /^(?:.+\.)?(?:localhost|local|internal|home\.arpa)$/.test(host)
}

function isPrivateIPv4([a = 0, b = 0]: number[]): boolean {
  return [0, 10, 127].includes(a) || a >= 224 || (a === 169 && b === 254) || (a === 172 && b >= 16 && b < 32)
    || (a === 192 && (b === 168 || b === 0)) || (a === 100 && b >= 64 && b < 128) || (a === 198 && (b === 18 || b === 19))
}

// Decimal, octal and hexadecimal spellings are gone by now: `URL` writes all of them as four decimal numbers.
function toIPv4(host: string): number[] | undefined {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) ? host.split('.').map(Number) : undefined
}

function toHost(hostname: string): string {
  return hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '')
}
