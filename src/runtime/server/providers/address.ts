import { NuxtAuthError } from '../../shared/errors'

const settings = ['issuer', 'wellKnown', 'authorization', 'token', 'userinfo', 'jwks_endpoint'] as const

/** The settings of a provider that are URLs, as text or in an object's `url`. */
export type ProviderUrls = { readonly [Name in typeof settings[number]]?: unknown }

/** The URLs that the definition or the environment names itself. Private hosts are allowed in them. */
export function toOwnUrls(provider: ProviderUrls): URL[] {
  return settings.flatMap((name) => {
    const value = provider[name]
    const text = String(typeof value === 'object' && value ? Reflect.get(value, 'url') : value)
    return URL.canParse(text) ? [new URL(text)] : []
  })
}

/** Refuses a provider that would receive codes and secrets unencrypted. Throws AUTH_D011, in development never. */
export function requireSecureAddresses(provider: ProviderUrls & { id: string }, file: string, isDev: boolean): void {
  const insecure = toOwnUrls(provider).find(url => !isSecure(url, isDev))
  if (!insecure) return
  const url = insecure.origin === 'null' ? insecure.protocol : insecure.origin
  throw new NuxtAuthError('AUTH_D011', { file, provider: provider.id, url })
}

/** True for https, for http on a loopback host, and in development for any http. */
export function isSecure({ protocol, hostname }: URL, isDev: boolean): boolean {
  return protocol === 'https:' || (protocol === 'http:' && (isDev || isLoopback(hostname)))
}

/** Whether the server may call `url` for a provider: encrypted, and in a private network only on a host of `own`. */
export function isCallable(url: URL, own: URL[], isDev: boolean): boolean {
  if (!isSecure(url, isDev) || url.username || url.password) return false
  return !isPrivateHost(url.hostname) || own.some(({ host }) => host === url.host)
}

/** True for `localhost`, its subdomains, 127.0.0.0/8 and ::1. Takes the `hostname` of a URL. */
export function isLoopback(hostname: string): boolean {
  const host = toHost(hostname)
  return /^(?:.+\.)?localhost$/.test(host) || host === '::1' || toIPv4(host)?.[0] === 127
}

/** True for loopback, link-local, private and reserved hosts. Takes the `hostname` of a URL, which is normalised. */
export function isPrivateHost(hostname: string): boolean {
  const host = toHost(hostname)
  const ip = toIPv4(host)
  if (ip) return isPrivateIPv4(ip)
  // Global unicast is 2000::/3. Teredo and 6to4 embed an IPv4 address, which could be a private one.
  if (host.includes(':')) return !/^[23][\da-f]{3}:/.test(host) || /^(?:2002:|2001:(?:0:|:))/.test(host)
  return /^(?:.+\.)?(?:localhost|local|internal|home\.arpa)$/.test(host)
}

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
function isPrivateIPv4([a = 0, b = 0]: number[]): boolean {
  if ([0, 10, 127].includes(a) || a >= 224) return true
  return (a === 169 && b === 254) || (a === 172 && b >= 16 && b < 32) || (a === 192 && (b === 168 || b === 0))
    || (a === 100 && b >= 64 && b < 128) || (a === 198 && (b === 18 || b === 19))
}

// `URL` has already turned decimal, octal and hexadecimal spellings into four decimal numbers.
function toIPv4(host: string): number[] | undefined {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) ? host.split('.').map(Number) : undefined
}

function toHost(hostname: string): string {
  return hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '')
}
