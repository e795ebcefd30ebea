import { beforeEach, describe, expect, it, vi } from 'vitest'
import { warnOfInvalidRules } from '../../../src/runtime/app/rule-check'

const warn = vi.spyOn(console, 'warn')
beforeEach(() => void warn.mockReset())

// test/e2e/dev.test.ts sees the same line in the output of `nuxt dev`.
describe('a page rule that only the running app can read', () => {
  it('is logged if it is invalid, with its page and every unknown key', () => {
    warnOfInvalidRules('/account', [true, { unauthenticatedOnly: true, navigateAuthenticatedTo: '/' }])
    expect(warn).toHaveBeenCalledOnce()
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(
      /AUTH_M011: \/account: .* has `unauthenticatedOnly`, `navigateAuthenticatedTo`, which no rule has/,
    ))
  })

  it('is logged once per page', () => {
    for (let visits = 0; visits < 3; visits++) warnOfInvalidRules('/orders', ['Guest'])
    warnOfInvalidRules('/invoices', [null])
    expect(warn.mock.calls.map(([line]) => /AUTH_M011: (\S+):/.exec(String(line))?.[1])).toEqual(['/orders', '/invoices'])
  })

  it.each([true, false, 'guest', { match: { role: 'admin' } }])('is not logged if it is valid: %j', (rule) => {
    warnOfInvalidRules('/valid', [rule])
    expect(warn).not.toHaveBeenCalled()
  })
})
