import { afterEach, describe, expect, it, vi } from 'vitest'
import { requireJson } from '../../../../src/runtime/server/callbacks/json'

class Money {
  amount = 1
}
const circle: { self?: object } = {}
circle.self = circle

const base = { id: 1 }

const lost: [string, unknown, string][] = [
  ['a Promise', Promise.resolve(1), 'an object of the class Promise'],
  ['a Map', new Map(), 'an object of the class Map'],
  ['a Set', new Set(), 'an object of the class Set'],
  ['an instance of a class', new Money(), 'an object of the class Money'],
  ['a function', () => 1, 'a function'],
  ['a symbol', Symbol('x'), 'a symbol'],
  ['a BigInt', 1n, 'a BigInt'],
  ['bytes', new Uint8Array(1), 'an object of the class Uint8Array'],
  ['a circle', circle, 'a reference to itself'],
]

afterEach(() => {
  vi.restoreAllMocks()
})

describe('requireJson', () => {
  it.each(lost)('refuses %s, and names file, callback and field', (_, value, kind) => {
    const run = () => requireJson({ role: 'admin', team: { members: [null, value] } }, 'extend.token', 'server/auth.ts')
    const path = kind === 'a reference to itself' ? 'team.members.1.self' : 'team.members.1'
    expect(run).toThrow(`AUTH_D016: server/auth.ts: what \`extend.token\` returned has ${kind} in \`${path}\``)
  })

  it.each([
    ['plain data', { a: [1, 'x', true, null], b: { c: undefined }, d: Number.NaN }],
    ['a date, by its toJSON', { at: new Date(0), url: new URL('https://app.example') }],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
    ['one object twice', { a: base, b: base }],
  ])('takes %s', (_, value) => {
    const warn = vi.spyOn(console, 'warn')
    expect(requireJson(value, 'extend.session', 'f')).toBe(value)
    expect(warn).not.toHaveBeenCalled()
  })

  describe('in development', () => {
    const spyOnLog = () => vi.spyOn(console, 'warn').mockImplementation(() => {})

    it('logs a warning with the path of the field, and keeps the value', () => {
      const warn = spyOnLog()
      const value = { team: { seats: new Map() } }
      expect(requireJson(value, 'extend.token', 'server/auth.ts', true)).toBe(value)
      expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('AUTH_D016: server/auth.ts: what `extend.token` returned has an object of the class Map in `team.seats`'))
    })

    it.each([['a BigInt', { id: 1n }], ['a circle', circle]])('refuses %s, which JSON itself would refuse without a name', (_, value) => {
      const warn = spyOnLog()
      expect(() => requireJson(value, 'extend.token', 'f', true)).toThrow('AUTH_D016')
      expect(warn).not.toHaveBeenCalled()
    })
  })
})
