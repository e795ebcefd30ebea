import { describe, expect, it } from 'vitest'
import { pageCookies, hasPageCookies } from '../../../../src/runtime/server/session/page-cookies'
import { toEvent } from '../../event'

const sent = (event: ReturnType<typeof toEvent>) => [event.node.res.getHeader('set-cookie') ?? []].flat()

describe('the cookies of a page that renders', () => {
  it('are sent with the page, each once, the last value of a name', () => {
    const page = toEvent({ cookie: 'session=old; theme=dark' })
    pageCookies.add(page, ['session=new; Path=/; HttpOnly; SameSite=Lax', 'csrf=a%7Cb; Path=/'])
    pageCookies.add(page, ['session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'])
    expect(sent(page)).toEqual(['csrf=a%7Cb; Path=/', 'session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'])
    expect([page.node.res.getHeader('cache-control'), page.node.res.getHeader('vary'), hasPageCookies(page)]).toEqual(['private, no-store', 'Cookie', true])
  })

  it('go along with the next internal request, as a browser would send them', () => {
    const page = toEvent({ cookie: 'session=old; theme=dark; raw=%7B' })
    expect(pageCookies.toHeaders(page)).toEqual({})
    pageCookies.add(page, ['session=; Max-Age=0', 'csrf=a%7Cb', 'gone=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT'])
    expect(pageCookies.toHeaders(page)).toEqual({ cookie: 'theme=dark; raw=%7B; csrf=a%7Cb' })
  })

  it('leave a page alone that sets none', () => {
    const page = toEvent()
    pageCookies.add(page, [])
    expect([page.node.res.getHeaders(), hasPageCookies(page), pageCookies.isOpen(page)]).toEqual([{}, false, true])
  })

  it('never go to a page that is shared, or sent already: the verb fails instead', () => {
    const shared = Object.assign(toEvent(), { context: { cache: {} } })
    expect(() => pageCookies.requireOpen(shared)).toThrow('AUTH_A001')
    expect(() => pageCookies.add(shared, ['session=x'])).toThrow('AUTH_A001')
    const late = toEvent()
    late.node.res.flushHeaders()
    expect(() => pageCookies.add(late, ['session=x'])).toThrow('AUTH_A002')
    expect([pageCookies.isOpen(shared), pageCookies.isOpen(late), sent(shared), sent(late)]).toEqual([false, false, [], []])
  })
})
