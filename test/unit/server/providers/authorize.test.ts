import { CredentialsSignin } from '@auth/core/errors'
import type { CredentialsConfig } from '@auth/core/providers'
import Credentials from '@auth/core/providers/credentials'
import { createError } from 'h3'
import { describe, expect, it } from 'vitest'
import { resolveProviders } from '../../../../src/runtime/server/config/providers'
import { credentials } from '../../../../src/runtime/server/define'
import { guardCredentials } from '../../../../src/runtime/server/providers/authorize'
import type { Refusal } from '../../../../src/runtime/server/providers/authorize'

const request = new Request('https://app.example')

async function authorize(provider: unknown, sent: object): Promise<{ user?: unknown, error?: unknown, refusal: Refusal }> {
  const refusal: Refusal = {}
  const [guarded] = guardCredentials(resolveProviders([provider as never], {}), refusal) as [CredentialsConfig]
  try {
    return { user: await guarded.authorize(sent, request), refusal }
  }
  catch (error) {
    return { error, refusal }
  }
}

describe.each([
  ['credentials()', (run: (sent: object) => unknown) => credentials({ credentials: { name: {}, code: {} }, authorize: run as never })],
  ['Credentials of @auth/core', (run: (sent: object) => unknown) => Credentials({ credentials: { name: {} }, authorize: run as never })],
])('authorize of %s', (_, create) => {
  it('never gets anything but strings', async () => {
    const never = () => expect.unreachable()
    for (const value of [['x'], { a: 1 }, 1, true, null]) {
      const { error, refusal } = await authorize(create(never), { name: value })
      expect(error).toBeInstanceOf(CredentialsSignin)
      expect(refusal.status).toBe(400)
    }
  })

  it('fails with AUTH_D016 if the user has a value that JSON can\'t hold, and names the field', async () => {
    const { error } = await authorize(create(() => ({ id: '1', team: { seats: new Map() } })), { name: 'ada' })
    expect(error).toMatchObject({ code: 'AUTH_D016', message: expect.stringContaining('`authorize` returned has an object of the class Map in `team.seats`') as string })
  })

  it('is not called with a field that is not text, and the refusal names the field', async () => {
    const { error, refusal } = await authorize(create(() => expect.unreachable()), { name: 'ada', avatar: {} })
    expect(error).toMatchObject({ code: 'malformed' })
    expect(refusal.issues).toEqual([{ path: 'avatar', message: expect.stringContaining('form field') as string }])
  })

  it('refuses with the 4xx status and message that it throws', async () => {
    const { error, refusal } = await authorize(create(() => Promise.reject(createError({ statusCode: 403, statusMessage: 'Account locked' }))), { name: 'ada' })
    expect(error).toBeInstanceOf(CredentialsSignin)
    expect(error).toMatchObject({ code: 'Account locked' })
    expect(refusal.status).toBe(403)
  })

  it.each([new Error('database'), createError({ statusCode: 503 }), Object.assign(new Error('GET http://backend/?key=CANARY'), { statusCode: 404, statusMessage: 'Not Found' }), 'text'])('passes on errors that are not a refusal: %s', async (thrown) => {
    const { error, refusal } = await authorize(create(() => Promise.reject(thrown)), { name: 'ada' })
    expect(error).toBe(thrown)
    expect(refusal).toEqual({})
  })
})

describe('credentials()', () => {
  it('passes exactly the declared fields, empty if the form lacks them', async () => {
    const provider = credentials({ credentials: { name: {}, code: {} }, authorize: sent => ({ id: '1', sent }) })
    expect((await authorize(provider, { name: 'ada', csrfToken: 'x', __proto__: { code: 'x' } })).user).toEqual({ id: '1', sent: { name: 'ada', code: '' } })
  })

  it.each([null, undefined, false])('refuses the sign-in for %j', async (value) => {
    expect((await authorize(credentials({ credentials: {}, authorize: () => value as null }), {})).user).toBeNull()
  })
})
