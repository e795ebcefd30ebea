import { fetchReports } from '../backend'

export default defineEventHandler(async (event) => {
  await requireSession(event)
  const token = await getToken(event)
  return {
    reports: await fetchReports(token?.accessToken),
    // Their names, never their values.
    tokenFields: Object.keys(token ?? {}),
  }
})
