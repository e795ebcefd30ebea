import { fetchReports } from '../backend'

export default defineEventHandler(async (event) => {
  const token = await requireToken(event)
  return {
    reports: await fetchReports(token.accessToken),
    // Only the names, never the values.
    tokenFields: Object.keys(token),
  }
})
