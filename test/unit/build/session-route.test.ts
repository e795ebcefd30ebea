import { describe, expect, it } from 'vitest'
import { addSessionRoute, resolveSessionRoute } from '../../../src/build/session-route'

const own = { route: '/api/auth/**' }

describe('the session\'s own route', () => {
  it.each([
    ['with nothing but the wildcard', [own]],
    ['beside other routes below the base path', [own, { route: '/api/auth/register' }, { route: '/api/auth/session/list' }, { route: '/api/auth/:id/keys' }]],
    ['beside routes elsewhere', [own, { route: '/api/session' }, { route: '/api/:name' }, { route: '/:path' }, { route: '/**' }]],
    ['beside middleware, which answers nothing', [own, { route: '/api/auth/session', middleware: true }, {}]],
  ])('is there %s', (_, routes) => {
    expect(resolveSessionRoute('/api/auth', routes)).toBe('/api/auth/session')
  })

  it.each(['/api/auth/session', '/api/auth/:action'])('never wins over a file of the app: %s', (route) => {
    expect(resolveSessionRoute('/api/auth', [own, { route }])).toBeUndefined()
  })

  it('is added once all routes of the app are known', () => {
    const added = (scanned: object[]) => {
      const nitro = { options: { handlers: [own] as object[] }, scannedHandlers: scanned, hooks: { hook: (_: string, run: (nitro: object) => void) => run(nitro) } }
      addSessionRoute(nitro as never, '/api/auth', 'handler')
      return nitro.options.handlers.slice(1)
    }
    expect(added([])).toEqual([{ route: '/api/auth/session', handler: 'handler', lazy: true }])
    expect(added([{ route: '/api/auth/session', method: 'get' }])).toEqual([])
  })
})
