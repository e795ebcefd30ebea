import type { RouteLocationNormalized } from 'vue-router'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { warnOfInvalid } from '../../src/runtime/app/rules'

const visit = (path: string, rule: unknown) => warnOfInvalid({ path } as RouteLocationNormalized, [rule as never])
const importErrors = () => new Promise(resolve => setTimeout(resolve, 50))

const warn = vi.spyOn(console, 'warn')
beforeEach(() => void warn.mockReset())

// test/e2e/dev.test.ts sees the same line in the output of `nuxt dev`.
describe('a page rule that only the running app can read', () => {
  it('is logged if it is invalid, with its page and every unknown key', async () => {
    visit('/account', { unauthenticatedOnly: true, navigateAuthenticatedTo: '/' })
    await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce())
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(
      /AUTH_M011: \/account: .* has `unauthenticatedOnly`, `navigateAuthenticatedTo`, which no rule has/,
    ))
  })

  it('is logged once per page', async () => {
    for (let visits = 0; visits < 3; visits++) visit('/orders', 'Guest')
    visit('/invoices', null)
    await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(2))
    await importErrors()
    expect(warn.mock.calls.map(([line]) => /AUTH_M011: (\S+):/.exec(String(line))?.[1])).toEqual(['/orders', '/invoices'])
  })

  it.each([true, false, 'guest', { match: { role: 'admin' } }])('is not logged if it is valid: %j', async (rule) => {
    visit('/valid', rule)
    await importErrors()
    expect(warn).not.toHaveBeenCalled()
  })
})
