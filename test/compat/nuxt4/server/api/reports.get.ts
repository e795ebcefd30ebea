export default defineEventHandler(async (event) => {
  const session = await requireSession(event, { match: { role: ['admin'] } })
  const token = await getToken(event)
  // What a backend would be asked with: its length and not itself.
  return { uid: session.uid, nickname: token?.nickname, accessTokenLength: token?.accessToken?.length }
})
