/** One line per hook call, newest first. */
export const useAuthLog = () => useState<string[]>('auth-log', () => [])
