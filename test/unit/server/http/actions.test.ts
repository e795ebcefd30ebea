import { describe, expect, it } from 'vitest'
import { isPage, parseAction } from '../../../../src/runtime/server/http/actions'

const parse = (path: string) => parseAction(`/api/auth${path}`, '/api/auth')

describe('parseAction', () => {
  it('returns the action and its provider', () => {
    expect(parse('/session')).toEqual({ name: 'session', provider: undefined })
    expect(parse('/signin')).toEqual({ name: 'signin', provider: undefined })
    expect(parse('/callback/github')).toEqual({ name: 'callback', provider: 'github' })
  })

  it.each(['', '/', '/callback', '/session/github', '/signin/', '/signin/a/b', '/Session', '/other', '/constructor', '/__proto__'])('returns undefined for /api/auth%s', (path) => {
    expect(parse(path)).toBeUndefined()
  })

  it('returns undefined outside the base path', () => {
    expect(parseAction('/api/authsession', '/api/auth')).toBeUndefined()
    expect(parseAction('/session', '/api/auth')).toBeUndefined()
  })
})

describe('isPage', () => {
  it('is true for GET requests of the default pages and their files', () => {
    for (const name of ['signin', 'signout', 'error', 'style.css']) expect(isPage({ name, provider: undefined }, 'GET')).toBe(true)
    expect(isPage({ name: 'signin', provider: 'github' }, 'GET')).toBe(true)
    expect(isPage({ name: 'signin', provider: 'github' }, 'POST')).toBe(false)
    expect(isPage({ name: 'session', provider: undefined }, 'GET')).toBe(false)
  })
})
