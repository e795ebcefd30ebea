import { afterAll, expect, it } from 'vitest'
import { ScriptedProvider } from './scripted-provider'
import type { Tokens } from './scripted-provider'

const provider = await new ScriptedProvider().start()
afterAll(() => provider.stop())

async function refresh(token: string): Promise<Partial<Tokens> & { error?: string }> {
  const response = await fetch(`${provider.issuer}/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }) })
  return await response.json() as Tokens
}

it('rotates refresh tokens, and revokes the family of a reused one', async () => {
  const { refresh_token: first } = provider.issueTokens()
  const { refresh_token: second = '' } = await refresh(first)
  expect(await refresh(second)).toMatchObject({ refresh_token: expect.any(String) })
  expect({ refreshes: provider.refreshes, reuses: provider.reuses }).toEqual({ refreshes: 2, reuses: 0 })
  const { refresh_token: other } = provider.issueTokens()
  expect(await refresh(first)).toEqual({ error: 'invalid_grant' })
  expect(provider.reuses).toBe(1)
  expect(await refresh(second)).toEqual({ error: 'invalid_grant' })
  expect(await refresh(other)).toMatchObject({ access_token: expect.any(String) })
})
