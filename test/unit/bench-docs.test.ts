import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fillPlaces } from '../bench/docs.mjs'

const fill = fillPlaces as (page: string, texts: Record<string, string>) => string

describe('docs/performance.md', () => {
  it('gets the results between its markers, and keeps all other text', () => {
    const page = 'a\n<!-- one -->\nold\n<!-- end of one -->\nb\n<!-- two -->\n<!-- end of two -->\n'
    expect(fill(page, { one: 'new' })).toBe('a\n<!-- one -->\nnew\n<!-- end of one -->\nb\n<!-- two -->\n<!-- end of two -->\n')
    expect(() => fill(page, { three: 'new' })).toThrow('no place for three')
  })

  it('has a table for each part, and the goals name the commit', () => {
    const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8')
    for (const part of ['compare', 'browser', 'start', 'growth', 'decode', 'soak', 'goals']) {
      const [, text = ''] = new RegExp(`<!-- ${part} -->\n(.*?)<!-- end of ${part} -->`, 's').exec(page) ?? []
      expect([part, text.includes(part === 'soak' ? 'heap after a collection' : '|---')]).toEqual([part, true])
    }
    expect(page).not.toMatch(/-dirty|not measured/)
  })
})
