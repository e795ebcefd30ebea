import type { RouteLocationNormalized } from 'vue-router'
import { describe, expect, it, vi } from 'vitest'
import { collectRules, isOpen, reenter, toPlain } from '../../../src/runtime/app/rules'

vi.mock('#build/nuxt-authjs/options.mjs', () => ({ options: { protect: true } }))
vi.mock('#build/nuxt-authjs/rules.mjs', () => ({
  rules: [[/^\/docs(?:\/.*)?$/, false, /^\/Docs(?:\/.*)?$/, '/Docs/**'], [/^\/guarded$/, true, /^\/guarded$/, '/guarded']],
}))

/** A route whose matched records have these rules. */
function toRoute(path: string, ...rules: unknown[]): RouteLocationNormalized {
  return { path, matched: rules.map(auth => ({ meta: { auth } })) } as never
}

describe('collectRules', () => {
  it('has the rules of every matched record', () => {
    expect(collectRules(toRoute('/x', true, undefined, 'guest'))).toEqual([true, 'guest'])
  })

  it('adds the rule of the path, however its case and trailing slash are', () => {
    expect(collectRules(toRoute('/Guarded/', false))).toEqual([false, true])
    expect(collectRules(toRoute('/Docs/a', 'guest'))).toEqual(['guest', false, false])
  })

  it('is the default for a page without a rule', () => {
    expect(collectRules(toRoute('/x', undefined))).toEqual([true])
  })

  it('leaves a path open that no page has', () => {
    expect(collectRules(toRoute('/x'))).toEqual([false])
  })
})

describe('isOpen', () => {
  it('is true only if every rule is false', () => {
    expect([isOpen([false, false]), isOpen([false, true]), isOpen(['guest'])]).toEqual([true, false, false])
  })
})

describe('toPlain', () => {
  it.each([['/A/b/', '/a/b'], ['/', '/'], ['/x', '/x']])('writes %s as %s', (path, plain) => {
    expect(toPlain(path)).toBe(plain)
  })
})

describe('reenter', () => {
  it.each([['a guarded page', true, 1], ['an open page', false, 0]])('lets the guards of %s decide again: %s', (_, rule, times) => {
    const replace = vi.fn()
    reenter({ $router: { currentRoute: { value: toRoute('/x', rule) }, replace } } as never)
    expect(replace).toHaveBeenCalledTimes(times)
  })
})
