import { defineEventHandler, fromNodeMiddleware, readBody } from 'h3'
import type { H3Event } from 'h3'
import { isPerson, renderSignIn } from './pages'
import { createProvider } from './provider'

const provider = createProvider()
const answer = fromNodeMiddleware(provider.callback())

export default defineEventHandler(async (event) => {
  if (event.path.startsWith('/idp/interaction/')) return await askWho(event)
  // Without the mount path, which the provider adds from its issuer.
  event.node.req.url = event.path.slice('/idp'.length)
  await answer(event)
})

/** The provider's own sign-in page. It asks for no password. */
async function askWho(event: H3Event): Promise<string | undefined> {
  const { req, res } = event.node
  if (event.method !== 'POST') return renderSignIn()
  const { person } = await readBody<{ person?: string }>(event)
  await provider.interactionFinished(req, res, isPerson(person) ? { login: { accountId: person } } : { error: 'access_denied' })
}
