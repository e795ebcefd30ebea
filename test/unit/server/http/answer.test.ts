import { expect, it } from 'vitest'
import { toJson } from '../../../../src/runtime/server/http/answer'

it('toJson is an answer with status 200 and the type of JSON', () => {
  expect(toJson({ ok: true })).toEqual({ status: 200, headers: { 'content-type': 'application/json' }, body: { ok: true } })
  expect(toJson(null, { status: 503, headers: { 'retry-after': '5' } })).toMatchObject({ status: 503, headers: { 'content-type': 'application/json', 'retry-after': '5' }, body: null })
})
