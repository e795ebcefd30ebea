/**
 * A valid display name. Throws an error like a validation library's.
 * With Zod: `z.object({ name: z.string().min(2).max(20) }).parse`.
 */
export function parseName(input: unknown): { name: string } {
  const { name } = Object(input) as { name?: unknown }
  if (typeof name === 'string' && name.length >= 2 && name.length <= 20) return { name }
  throw Object.assign(new Error('Invalid name'), { issues: [{ path: ['name'], message: 'A name has 2 to 20 letters.' }] })
}
