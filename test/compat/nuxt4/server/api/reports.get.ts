export default defineEventHandler(async (event) => {
  const session = await requireSession(event, { match: { role: ['admin'] } })
  const token = await getToken(event)
  // The access token for a backend: only its length is returned.
  return { uid: session.uid, nickname: token?.nickname, accessTokenLength: token?.accessToken?.length }
})
