import { getServerSession } from '#auth'
import type { Session } from '#auth'

export default defineEventHandler(async (event): Promise<{ session: Session | null }> => ({ session: await getServerSession(event) }))
