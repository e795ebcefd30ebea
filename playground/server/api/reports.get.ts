export default defineEventHandler(async (event) => {
  await requireSession(event)
  const token = await getToken(event)
  // What a backend would answer to `authorization: Bearer …`: the access token itself never leaves the server.
  return { reports: ['Q1', 'Q2', 'Q3'], authorizedBy: token?.accessToken.slice(0, 13), tokenFields: Object.keys(token ?? {}) }
})
