import { describe, expect, it } from 'vitest'
import { refuseSignIn } from '../../../../src/runtime/server/authjs/refusal'

const toRun = (pages: object | undefined, headers: Record<string, string>) => ({ action: { name: 'signin', provider: 'mail' }, config: { basePath: '/base/api/auth', origin: 'https://app.example', pages }, parts: { headers: new Headers(headers) } }) as never
const script = { 'x-auth-return-redirect': '1' }

describe('a sign-in that is refused', () => {
  it('is a result with its status, for a script', () => {
    const answer = refuseSignIn(toRun({}, script), { status: 400, error: 'EmailSignin', code: 'invalid' })
    expect([answer.status, answer.headers]).toEqual([400, { 'content-type': 'application/json' }])
    expect(answer.body).toEqual({ ok: false, status: 400, error: 'EmailSignin', code: 'invalid', url: 'https://app.example/base/api/auth/signin?error=EmailSignin&code=invalid' })
  })

  it.each([
    [undefined, 'EmailSignin', 'https://app.example/base/api/auth/signin?error=EmailSignin'],
    [undefined, 'Verification', 'https://app.example/base/api/auth/error?error=Verification'],
    [{ signIn: '/base/login', error: '/base/oh' }, 'EmailSignin', 'https://app.example/base/login?error=EmailSignin'],
    [{ signIn: '/base/login', error: '/base/oh' }, 'Verification', 'https://app.example/base/oh?error=Verification'],
  ])('leads a form, with the pages %j and %s, to %s', (pages, error, url) => {
    expect(refuseSignIn(toRun(pages, {}), { status: 400, error })).toEqual({ status: 302, headers: { location: url }, failure: { status: 400, error, page: error === 'Verification' ? 'error' : 'signIn' } })
  })
})
