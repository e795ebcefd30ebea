import { describe, expect, it } from 'vitest'
import { resolveOptions } from '../../src/options'
import { renderOptions } from '../../src/templates'

describe('the options', () => {
  it('reach server and app as they are, without the definition\'s place', async () => {
    const { definition: _, ...options } = resolveOptions({ basePath: '/auth', protect: { match: { user: { name: '"\u2028' } } } })
    const module = await import(`data:text/javascript,${encodeURIComponent(renderOptions({ ...options, definition: 'server/auth' } as never))}`) as { options: unknown }
    expect(module.options).toEqual(options)
  })
})
