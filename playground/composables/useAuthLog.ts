/** What the hooks told, newest first. */
export const useAuthLog = () => useState<string[]>('auth-log', () => [])
