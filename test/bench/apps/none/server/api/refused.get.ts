/** A 401 without reading a session: the cost of an error in the framework itself. */
export default defineEventHandler(() => {
  throw createError({ statusCode: 401 })
})
