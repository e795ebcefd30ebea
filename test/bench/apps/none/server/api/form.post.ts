/** A form that is read, and nothing else: the floor of any sign-in. */
export default defineEventHandler(async (event) => {
  const { name } = await readBody<{ name: string }>(event)
  setCookie(event, 'name', name)
  return { ok: true }
})
