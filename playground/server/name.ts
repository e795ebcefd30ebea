/** A name that somebody may give himself. Throws what a validation library throws; with Zod: `z.object({ name: z.string().min(2).max(20) }).parse`. */
export function parseName(input: unknown): { name: string } {
  const { name } = Object(input) as { name?: unknown }
  if (typeof name === 'string' && name.length >= 2 && name.length <= 20) return { name }
  throw Object.assign(new Error('This is no name'), { issues: [{ path: ['name'], message: 'A name has 2 to 20 letters.' }] })
}
