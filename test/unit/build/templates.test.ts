import { describe, expect, it } from 'vitest'
import { resolveOptions } from '../../../src/build/options'
import { renderOptions } from '../../../src/build/templates'

const load = async (source: string) => await import(`data:text/javascript,${encodeURIComponent(source)}`) as Record<string, unknown>

describe('the options', () => {
  it('reach server and app as they are, without the definition\'s place', async () => {
    const { definition: _, ...options } = resolveOptions({ basePath: '/auth', protect: { match: { user: { name: '"\u2028' } } } })
    const module = await load(renderOptions({ ...options, definition: 'server/auth' } as never))
    expect(module.options).toEqual(options)
  })
})
