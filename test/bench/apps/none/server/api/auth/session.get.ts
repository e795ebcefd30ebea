import { visitor } from '../../../../../common/visitor'

export default defineEventHandler(() => ({ user: { name: visitor.name, email: visitor.email }, expires: '2036-11-21T12:00:00.000Z', role: visitor.role }))
