import { fetchReports } from '../backend'

export default defineEventHandler(async (event) => {
  const token = await requireToken(event)
  return {
    reports: await fetchReports(token.accessToken),
    // Their names, never their values.
    tokenFields: Object.keys(token),
  }
})
