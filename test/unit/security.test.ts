import { describe, expect, it } from 'vitest'
import { limits, pending, remarks } from '../attacks/contract/open'
import { findTests, renderPage, toState } from '../attacks/contract/render'
import { rows } from '../attacks/contract/rows'

const tests = findTests()

describe('the security contract', () => {
  it.each(rows.map(row => [row.id, row] as const))('%s has a test, is planned, or is a documented limit', (_, row) => {
    expect(['C', 'H', 'M', 'L']).toContain(row.severity)
    expect(toState(row, tests)).not.toBe('missing')
  })

  it('names each row once, and no test names an unknown row', () => {
    const ids = rows.map(({ id }) => id)
    expect(ids).toHaveLength(177)
    expect(new Set(ids).size).toBe(ids.length)
    expect([...tests.keys(), ...pending, ...Object.keys({ ...limits, ...remarks })].filter(id => !ids.includes(id))).toEqual([])
  })

  it('never lets a limit replace the test of a critical or high row', () => {
    expect(rows.filter(({ id, severity }) => id in limits && (severity === 'C' || severity === 'H'))).toEqual([])
    expect(toState({ id: 'XXX-99', severity: 'C', section: '', promise: '' }, tests)).toBe('missing')
  })

  it('matches docs/security.md', async () => {
    await expect(renderPage()).toMatchFileSnapshot('../../docs/security.md')
  })
})
