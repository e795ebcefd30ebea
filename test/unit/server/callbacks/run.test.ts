import { createError } from 'h3'
import { describe, expect, it } from 'vitest'
import { runCallback } from '../../../../src/runtime/server/callbacks/run'
import { NuxtAuthError } from '../../../../src/runtime/shared/errors'

const fail = (error: unknown) => () => Promise.reject(error)

describe('runCallback', () => {
  it('returns the result of the callback', async () => {
    expect(await runCallback('callbacks.jwt', () => 1)).toBe(1)
    expect(await runCallback('callbacks.jwt', async () => null)).toBeNull()
  })

  it('turns an error into AUTH_R001 (503) that names the callback and keeps the cause', async () => {
    const cause = new Error('database')
    const error = await runCallback('callbacks.session', fail(cause)).catch(error => error)
    expect(error).toMatchObject({ code: 'AUTH_R001', statusCode: 503, cause })
    expect(error.message).toContain('callbacks.session')
  })

  it('catches what a callback throws before it returns a promise', async () => {
    await expect(runCallback('callbacks.jwt', () => {
      throw new Error('database')
    })).rejects.toMatchObject({ code: 'AUTH_R001' })
  })

  it('passes on an error of the module itself', async () => {
    const error = new NuxtAuthError('AUTH_R010', {})
    await expect(runCallback('extend.refresh.due', fail(error))).rejects.toBe(error)
  })

  it('lets extend.update refuse with a 4xx', async () => {
    const refusal = createError({ statusCode: 409 })
    await expect(runCallback('extend.update', fail(refusal))).rejects.toBe(refusal)
  })

  it('turns a validation error of extend.update into a 400 with its issues', async () => {
    const invalid = { issues: [{ path: ['name'], message: 'too short' }] }
    await expect(runCallback('extend.update', fail(invalid)))
      .rejects.toMatchObject({ statusCode: 400, data: { issues: [{ path: 'name', message: 'too short' }] } })
  })

  it.each(['callbacks.jwt', 'callbacks.session', 'extend.revalidate'])('never lets %s choose the status', async (step) => {
    await expect(runCallback(step, fail(createError({ statusCode: 403 })))).rejects.toMatchObject({ statusCode: 503 })
  })
})
