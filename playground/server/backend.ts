export interface Report { title: string, period: string }

const incidents = { title: 'Incidents', period: 'November' }

// A real backend is another server, and identifies its callers by `authorization: Bearer …`.
const reports = new Map<string | undefined, Report[]>([
  ['backend-token-of-ada', [{ title: 'Revenue', period: 'Third quarter' }, { title: 'Payroll', period: 'October' }, incidents]],
  ['backend-token-of-grace', [incidents]],
])

export async function fetchReports(accessToken: string | undefined): Promise<Report[]> {
  return reports.get(accessToken) ?? []
}
