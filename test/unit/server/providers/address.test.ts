import { describe, expect, it } from 'vitest'
import { isCallable, isLoopback, isPrivateHost, requireSecureAddresses, toOwnUrls } from '../../../../src/runtime/server/providers/address'

const host = (url: string) => new URL(url).hostname

describe('isPrivateHost', () => {
  it.each([
    'http://localhost', 'http://LOCALHOST.', 'http://app.localhost', 'http://127.0.0.1', 'http://127.1', 'http://2130706433', 'http://0x7f.1', 'http://0177.0.0.1', 'http://0', 'http://0.0.0.0',
    'http://169.254.169.254', 'http://2852039166', 'http://0xa9fea9fe', 'http://0251.0376.0251.0376', 'http://169.254.43518', 'http://１６９.254.169.254', 'http://169。254。169。254',
    'http://10.1.2.3', 'http://172.16.0.1', 'http://172.31.255.255', 'http://192.168.1.1', 'http://100.64.0.1', 'http://198.18.0.1', 'http://192.0.0.192', 'http://224.0.0.1', 'http://255.255.255.255',
    'http://[::1]', 'http://[::]', 'http://[::ffff:169.254.169.254]', 'http://[::ffff:7f00:1]', 'http://[fe80::1]', 'http://[fd00:ec2::254]', 'http://[64:ff9b::a9fe:a9fe]', 'http://[2002:a9fe:a9fe::]', 'http://[2001:0:1::]', 'http://[2001::1]', 'http://[ff02::1]', 'http://[0:0:0:0:0:0:0:1]',
    'http://metadata.google.internal', 'http://printer.local', 'http://nas.home.arpa',
  ])('knows %s', url => expect(isPrivateHost(host(url))).toBe(true))

  it.each(['https://id.example', 'https://8.8.8.8', 'https://172.15.0.1', 'https://172.32.0.1', 'https://192.1.1.1', 'https://100.128.0.1', 'https://[2606:4700::1111]', 'https://[2001:4860:4860::8888]', 'https://localhost.example', 'https://local', 'https://internal.example'])(
    'lets %s pass', url => expect(isPrivateHost(host(url))).toBe(/\/local$/.test(url)))
})

describe('isCallable', () => {
  const own = [new URL('http://127.0.0.1:8080'), new URL('https://10.0.0.5')]

  it('takes encrypted public addresses, and private ones that the definition names itself', () => {
    for (const url of ['https://id.example/token', 'http://127.0.0.1:8080/token', 'https://10.0.0.5/token']) expect(isCallable(new URL(url), own, false), url).toBe(true)
    for (const url of ['http://id.example/', 'http://127.0.0.1:8081/', 'https://10.0.0.6/', 'https://localhost:8080/', 'ftp://id.example/', 'file:///etc/passwd', 'data:,x', 'https://a:b@id.example/']) expect(isCallable(new URL(url), own, false), url).toBe(false)
  })

  it('takes any http in development, and still no private address that nobody named', () => {
    expect(isCallable(new URL('http://id.example/'), own, true)).toBe(true)
    expect(isCallable(new URL('http://10.0.0.6/'), own, true)).toBe(false)
  })
})

it('tells loopback hosts', () => {
  expect(['http://localhost', 'http://127.9.9.9', 'http://[::1]', 'http://x.localhost'].map(url => isLoopback(host(url)))).toEqual([true, true, true, true])
  expect(['http://localhost.example', 'http://128.0.0.1', 'http://[::2]'].map(url => isLoopback(host(url)))).toEqual([false, false, false])
})

describe('requireSecureAddresses', () => {
  it('OIDC-15 refuses any address without encryption in production, with AUTH_D011', () => {
    for (const settings of [{ issuer: 'http://id.example' }, { token: 'http://id.example/token' }, { userinfo: { url: 'http://id.example/' } }, { wellKnown: 'ftp://id.example' }, { issuer: 'http://10.0.0.1' }])
      expect(() => requireSecureAddresses({ id: 'x', ...settings }, 'server/auth.ts', false), JSON.stringify(settings)).toThrow(/AUTH_D011: .*`x` is at (?:http|ftp)/)
  })

  it('takes https, loopback, and http in development', () => {
    requireSecureAddresses({ id: 'x', issuer: 'https://id.example', token: { params: {} }, userinfo: undefined }, 'f', false)
    requireSecureAddresses({ id: 'x', issuer: 'http://localhost:8080/realms/x' }, 'f', false)
    requireSecureAddresses({ id: 'x', issuer: 'http://id.example' }, 'f', true)
  })

  it('reads addresses as text and as objects', () => {
    expect(toOwnUrls({ issuer: 'https://a.example', authorization: { url: 'https://b.example/x' }, token: new URL('https://c.example') as never, userinfo: 7 }).map(({ host }) => host)).toEqual(['a.example', 'b.example'])
  })
})
