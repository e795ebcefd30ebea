import { describe, expect, it, vi } from 'vitest'
import { inlineAuth } from '../../../src/build/inline'

const host = vi.hoisted(() => ({ nitro: 2 }))
vi.mock('@nuxt/kit', () => ({ useLogger: () => ({}), getNitroVersion: () => host.nitro }))

function inline(version: number, nitro: object, dev = false): object {
  host.nitro = version
  const nuxt = { options: { nitro, dev } }
  inlineAuth(nuxt as never)
  return nuxt.options.nitro
}

describe('inlineAuth', () => {
  it('bundles Auth.js with Nitro 2, beside what the app bundles itself', () => {
    expect(inline(2, {})).toEqual({ externals: { inline: ['@auth/core', '@panva/hkdf'] } })
    expect(inline(2, { externals: { inline: ['mine'], external: ['x'] } })).toEqual({ externals: { inline: ['mine', '@auth/core', '@panva/hkdf'], external: ['x'] } })
  })

  it('bundles it with Nitro 3, under its name of the option', () => {
    expect(inline(3, {})).toEqual({ noExternals: ['@auth/core', '@panva/hkdf'] })
    expect(inline(3, { noExternals: ['mine'] })).toEqual({ noExternals: ['mine', '@auth/core', '@panva/hkdf'] })
    expect(inline(3, { noExternals: true })).toEqual({ noExternals: true })
  })

  it('leaves development alone', () => {
    expect(inline(2, {}, true)).toEqual({})
  })
})
