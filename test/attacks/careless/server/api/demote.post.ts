import { roles } from '../../../../fixtures/attacked/server/accounts'

export default defineEventHandler(() => ({ size: roles.set('5', 'member').size }))
