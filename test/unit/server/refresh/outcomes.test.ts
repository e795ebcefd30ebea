import { afterEach, expect, it, vi } from 'vitest'
import type { RequestConfig } from '../../../../src/runtime/server/config/load'
import { canRemember, recallOwn, remember } from '../../../../src/runtime/server/refresh/outcomes'

// As much of a config as an outcome needs.
const config = { secret: ['x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'] } as unknown as RequestConfig

afterEach(() => void vi.useRealTimers())

it('REV-01 never forgets an outcome for those of one busy user, who waits instead', async () => {
  await remember(config, 'ada-1', 'ada', { at: 1 })
  for (let index = 0; index < 100; index++) {
    expect(canRemember(`eve-${index}`, 'eve')).toBe(true)
    await remember(config, `eve-${index}`, 'eve', { at: 1 })
  }
  expect([canRemember('eve-100', 'eve'), canRemember('ada-2', 'ada')]).toEqual([false, true])
  expect([await recallOwn(config, 'ada-1'), await recallOwn(config, 'eve-0')]).toEqual([{ at: 1 }, { at: 1 }])
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
  expect(canRemember('eve-100', 'eve')).toBe(true)
})
