// The requests of a browser after the page has loaded.
import { createRequire } from 'node:module'
import { getApp } from './apps.mjs'
import { start } from './server.mjs'
import { resolveBrowser } from '../browser.ts'

/** Requests below /api after the page with the session was rendered on the server, by app. */
export async function countRequests(ids) {
  const { chromium } = createRequire(import.meta.url)('playwright-core')
  const browser = await chromium.launch({ executablePath: await resolveBrowser(), args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const results = []
    for (const id of ids) results.push(await countFor(browser, getApp(id)))
    return results
  }
  finally {
    await browser.close()
  }
}

async function countFor(browser, app) {
  const server = await start(app)
  const context = await browser.newContext()
  try {
    await context.addCookies([...server.visitor.cookies].map(([name, value]) => ({ name, value, url: server.origin })))
    const page = await context.newPage()
    const paths = []
    page.on('request', request => paths.push(new URL(request.url()).pathname))
    await page.goto(`${server.origin}/account`, { waitUntil: 'networkidle' })
    if (!(await page.textContent('h1')).includes('Ada')) throw new Error(`${app.id}: the page has no session`)
    return { id: app.id, name: server.name, requests: paths.filter(path => path.startsWith('/api/')) }
  }
  finally {
    await context.close()
    await server.stop()
  }
}
