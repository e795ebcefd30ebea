import { visitor } from '../../../../common/visitor'

export default defineEventHandler(async (event) => {
  const { name } = await readBody(event)
  await setUserSession(event, { user: { ...visitor, name } })
  return { ok: true }
})
