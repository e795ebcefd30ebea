import { describe, expect, it } from 'vitest'
import { toJsonCopy } from '../../../../src/runtime/server/token/json-copy'

const viaJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

class Account {
  role = 'admin'
  get secret() {
    return 'on the prototype'
  }
}

const samples: Record<string, object> = {
  'a session': { user: { name: 'Ada', email: undefined, image: null }, expires: '2030-01-01T00:00:00.000Z', role: 'admin' },
  'lists': { roles: ['a', 'b'], mixed: [1, undefined, null, { a: [true] }], empty: [], none: {} },
  'a list with holes': { list: Object.assign([], { 2: 'x', length: 4 }) },
  'numbers': { zero: 0, minus: -0, float: 0.1, large: 1e300, nan: Number.NaN, infinite: -Infinity, list: [-0, Number.NaN] },
  'dates': { at: new Date(0), list: [new Date(1)], invalid: new Date(Number.NaN) },
  'an own toJSON': { toJSON: () => ({ role: 'member' }), role: 'admin' },
  'an own toJSON below': { account: { toJSON: () => 'Ada', secret: 'x' } },
  'a class': { account: new Account() },
  'maps and sets': { map: new Map([[1, 2]]), set: new Set([1]) },
  'bytes': { bytes: new Uint8Array([1, 2]) },
  'functions and symbols': { run: () => 1, sign: Symbol('x'), [Symbol('key')]: 1, list: [() => 1, Symbol('x')] },
  'boxed values': { text: new String('x'), number: new Number(1), flag: new Boolean(false) },
  'no prototype': Object.assign(Object.create(null) as object, { role: 'admin' }),
  'hidden fields': Object.defineProperty({ role: 'admin' }, 'secret', { value: 'x', enumerable: false }),
  'getters': { get role() { return 'admin' } },
  'numbered keys': { 2: 'b', 1: 'a', x: 'c' },
  'lone surrogates': { 'text': '\uD800', '\uDC00': 1 },
  'depth': { a: { a: { a: { a: { a: { a: { a: { a: { a: { a: { a: { a: 1 } } } } } } } } } } } },
  'a prototype of its own': JSON.parse('{ "a": { "__proto__": { "role": "admin" } } }') as object,
}

describe('toJsonCopy', () => {
  it.each(Object.entries(samples))('makes of %s what a way through JSON makes', (_, value) => {
    const copy = toJsonCopy(value)
    expect(copy).toStrictEqual(viaJson(value))
    expect(JSON.stringify(copy)).toBe(JSON.stringify(value))
    for (const at of Object.values(copy)) if (typeof at === 'number') expect(Object.is(at, -0)).toBe(false)
  })

  it('is a copy: nothing of the value is in it', () => {
    const value = { user: { name: 'Ada' }, roles: [{ id: 1 }] }
    const copy = toJsonCopy(value)
    value.user.name = 'Eve'
    value.roles[0]!.id = 2
    expect(copy).toEqual({ user: { name: 'Ada' }, roles: [{ id: 1 }] })
  })

  it('never sets a prototype', () => {
    const { a } = toJsonCopy(samples['a prototype of its own'] as { a: { role?: string } })
    expect(a.role).toBeUndefined()
    expect(Object.getPrototypeOf(a)).toBe(Object.prototype)
    expect(({} as { role?: string }).role).toBeUndefined()
  })

  it('throws where JSON does: numbers beyond it, and what holds itself', () => {
    const circle: { self?: object } = {}
    circle.self = circle
    expect(() => toJsonCopy({ big: 1n })).toThrow(TypeError)
    expect(() => toJsonCopy(circle)).toThrow(TypeError)
  })

  it('follows a toJSON that every object got', () => {
    Reflect.set(Object.prototype, 'toJSON', () => 'patched')
    try {
      expect(toJsonCopy({ role: 'admin' })).toBe('patched')
    }
    finally {
      Reflect.deleteProperty(Object.prototype, 'toJSON')
    }
  })
})
