/** Replaces the user's `server/auth.ts`, which each test writes itself. */
export const current: { definition: unknown } = { definition: undefined }

export const file = 'server/auth.ts'
export const importDefinition = async () => ({ default: current.definition })
