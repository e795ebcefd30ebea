import GitHub from '@auth/core/providers/github'
import { describe, expect, it } from 'vitest'
import { withProfile } from '../../../src/runtime/server/define'

describe('withProfile', () => {
  it('passes on the environment variables, and replaces the profile', async () => {
    const provider = withProfile(GitHub, profile => ({ id: String(profile.id), login: profile.login }))
    const config = provider({ clientId: 'id', clientSecret: 'secret' })
    expect(config).toMatchObject({ id: 'github', options: { clientId: 'id', clientSecret: 'secret' } })
    expect(await config.options?.profile?.({ id: 7, login: 'ada' } as never, {})).toEqual({ id: '7', login: 'ada' })
  })
})
