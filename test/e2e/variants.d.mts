export function toVariants(path: string): string[]
export const trickHeaders: Record<string, string>[]
