import { expect, it } from 'vitest'
import { toExpiresIn } from '../../../../src/runtime/server/providers/lifetime'

it.each<[unknown, number | undefined]>([
  [3600, 3600], ['3600', 3600], [' 60 ', 60], [0.5, 0.5], [1e12, 31_536_000],
  [0, undefined], [-1, undefined], [Number.NaN, undefined], [Infinity, undefined], ['', undefined], [' ', undefined],
  ['1 hour', undefined], [null, undefined], [undefined, undefined], [true, undefined], [{}, undefined], [[60], undefined],
])('REF-12 expires_in of %j is %j seconds', (value, expected) => expect(toExpiresIn(value)).toBe(expected))
