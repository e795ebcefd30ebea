import { describe, expect, it } from 'vitest'
import { toValidationError } from '../../../../src/runtime/server/callbacks/validation'

describe('toValidationError', () => {
  it('names the field and what is wrong with it, as the libraries write it', () => {
    const nested = { issues: [{ path: ['address', 'city'], message: 'Required' }, { path: [{ key: 'name' }], message: 'Too long' }, { message: 'Not an object' }] }
    expect(toValidationError(nested)).toMatchObject({
      statusCode: 400,
      data: { issues: [{ path: 'address.city', message: 'Required' }, { path: 'name', message: 'Too long' }, { path: '', message: 'Not an object' }] },
    })
  })

  it('never hands on what else an issue holds', () => {
    const error = toValidationError({ issues: [{ path: ['name'], message: 'Bad', input: 'CANARY', received: 'CANARY' }] })
    expect(JSON.stringify(error)).not.toContain('CANARY')
    expect(JSON.stringify(error)).toContain('Bad')
  })

  it.each([undefined, null, 'text', new Error('outage'), { issues: [] }, { issues: 'many' }])('leaves %j alone, which is no validation error', (cause) => {
    expect(toValidationError(cause)).toBeUndefined()
  })

  it('survives issues that are none', () => {
    expect(toValidationError({ issues: [null, 1] })).toMatchObject({ data: { issues: [{ path: '', message: '' }, { path: '', message: '' }] } })
  })
})
