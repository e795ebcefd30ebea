/** A 401 that nobody had to read a session for: what an error of the framework costs by itself. */
export default defineEventHandler(() => {
  throw createError({ statusCode: 401 })
})
