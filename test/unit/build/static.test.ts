import { describe, expect, it } from 'vitest'
import { compileRules } from '../../../src/build/route-rules'
import { describeLeftOut, findGuardedFiles, isServedByHost } from '../../../src/build/static'

describe('static files', () => {
  it('GRD-24 are served before the server runs wherever Nitro does not serve them itself', () => {
    for (const preset of ['cloudflare-module', 'cloudflare-pages', 'vercel', 'netlify', 'aws-amplify', 'azure-swa', 'aws-lambda']) expect(isServedByHost({ preset }), preset).toBe(true)
    for (const preset of ['static', 'github-pages']) expect(isServedByHost({ preset, static: true, serveStatic: true }), preset).toBe(true)
    expect(isServedByHost({ preset: 'firebase', serveStatic: true })).toBe(true)
    for (const serveStatic of [true, 'node', 'deno', 'inline']) expect(isServedByHost({ preset: 'node-server', serveStatic })).toBe(false)
  })

  it('GRD-24 are named with the rule that stands on them, in any case, and only those', () => {
    const rules = compileRules({ '/files/**': { auth: true }, '/Files/open/**': { auth: false }, '/reports/*.pdf': { auth: true }, '/reports/:name': { auth: 'guest' }, '/x.txt': { auth: false } })
    expect(findGuardedFiles(['/FILES/a.txt', '/files/b/c.txt', '/files/open/d.txt', '/reports/e.pdf', '/x.txt', '/favicon.ico', '/_nuxt/**'], rules, '/_nuxt')).toEqual([
      { pattern: '/files/**', files: ['/FILES/a.txt', '/files/b/c.txt'] }, { pattern: '/reports/:name', files: ['/reports/e.pdf'] },
    ])
  })

  it('GRD-24 include the scripts of the browser where the app wrote a rule about them', () => {
    expect(findGuardedFiles(['/_nuxt/**'], compileRules({ '/**': { auth: true } }), '/_nuxt')).toEqual([])
    expect(findGuardedFiles(['/_nuxt/**'], compileRules({ '/_nuxt/**': { auth: true } }), '/_nuxt')).toEqual([{ pattern: '/_nuxt/**', files: ['/_nuxt/**'] }])
  })
})

it('says in one line which routes were not prerendered, and what answers there', () => {
  expect(describeLeftOut(['/a', '/b'], true)).toBe('[nuxt-authjs] Not prerendered, because they have a rule or belong to Auth.js: /a, /b. A static host answers 404 there, or shows its fallback page.')
  expect(describeLeftOut(Array.from({ length: 22 }, (_, at) => `/${at}`), false)).toMatch(/\/19 and 2 more\. The server renders them for each request\.$/)
})
