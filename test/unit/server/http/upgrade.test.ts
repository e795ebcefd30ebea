import { describe, expect, it } from 'vitest'
import { isUpgrade, requireEvent, toEvent as toUpgradeEvent, toUpgradeError } from '../../../../src/runtime/server/http/upgrade'
import { toEvent } from '../../event'

const upgrade = { headers: new Headers({ cookie: 'a=1' }), url: 'ws://app.example/chat?room=1' }

describe('requireEvent', () => {
  it('is the event of a request itself', () => {
    const event = toEvent()
    expect(requireEvent(event, 'getServerSession')).toBe(event)
    expect(isUpgrade(event)).toBe(false)
  })

  it('is a new event at each call for a WebSocket, with the path and headers of its upgrade request', () => {
    for (const source of [upgrade, { request: upgrade }]) {
      const event = requireEvent(source, 'getServerSession')
      expect(event).toMatchObject({ path: '/chat?room=1', node: { req: { headers: { cookie: 'a=1' } } } })
      expect([isUpgrade(event), requireEvent(source, 'getServerSession') === event]).toEqual([true, false])
    }
  })

  it.each([undefined, null, 'event', {}, { event: {} }, { request: undefined }])('throws AUTH_D022 for %j', (source) => {
    expect(() => requireEvent(source as never, 'getToken')).toThrow('AUTH_D022')
  })
})

describe('the event of an upgrade request', () => {
  it('ignores response headers', () => {
    const event = toUpgradeEvent(upgrade) as unknown as ReturnType<typeof toEvent>
    event.node.res.setHeader('set-cookie', 'a=1')
    expect(event.node.res.getHeader('set-cookie')).toBeUndefined()
  })
})

describe('toUpgradeError', () => {
  it('refuses the upgrade with the error\'s own status, else with 503', () => {
    const error = Object.assign(new Error('no'), { statusCode: 401, statusMessage: 'Unauthorized' })
    expect(toUpgradeError(error)).toBe(error)
    expect(error).toMatchObject({ response: { status: 401, statusText: 'Unauthorized' } })
    for (const other of [new Error('broken'), 'broken']) expect(toUpgradeError(other)).toMatchObject({ response: { status: 503 } })
  })
})
