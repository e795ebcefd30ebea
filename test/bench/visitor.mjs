// A browser without a page, which signs in and keeps its cookies.
export class Visitor {
  cookies = new Map()
  /** The sign-in request, for a repetition. */
  form

  constructor(origin) {
    this.origin = origin
  }

  toCookie() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async send({ path, ...init }) {
    const headers = { ...init.headers, ...(this.cookies.size > 0 && { cookie: this.toCookie() }) }
    const response = await fetch(this.origin + path, { redirect: 'manual', ...init, headers })
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie)
    return response
  }

  /** Signs in as the app wants it. Throws unless a session's cookie comes back. `extra` fields go along. */
  async signIn({ signUp, signIn }, extra = {}) {
    if (signUp) {
      await this.send(toPost(this.origin, signUp))
      this.cookies.clear()
    }
    const csrf = signIn.csrf && { csrfToken: (await (await this.send({ path: signIn.csrf })).json()).csrfToken }
    const post = toPost(this.origin, { ...signIn, fields: { ...signIn.fields, ...csrf, ...extra } })
    this.form = { ...post, headers: { ...post.headers, ...(this.cookies.size > 0 && { cookie: this.toCookie() }) } }
    const response = await this.send(post)
    const cookies = response.headers.getSetCookie()
    if (response.status !== 200 || !cookies.some(cookie => cookie.includes(signIn.cookie))) {
      throw new Error(`${signIn.path} → ${response.status} ${await response.text()}`)
    }
  }

  keep(cookie) {
    const [pair] = cookie.split(';')
    const name = pair.slice(0, pair.indexOf('='))
    if (/max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(name.length + 1))
  }
}

function toPost(origin, { path, fields, isForm = false }) {
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json'
  const headers = { origin, 'content-type': type, 'x-auth-return-redirect': '1' }
  return { path, method: 'POST', headers, body: isForm ? String(new URLSearchParams(fields)) : JSON.stringify(fields) }
}
