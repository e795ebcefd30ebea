/** Only reads a form: the minimum cost of any sign-in. */
export default defineEventHandler(async (event) => {
  const { name } = await readBody<{ name: string }>(event)
  setCookie(event, 'name', name)
  return { ok: true }
})
