import { getSession } from '../careless'

export default defineEventHandler(async event => ({ session: await getSession(event) }))
