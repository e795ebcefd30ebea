/** What Vite refuses by itself: naming anything replaces it. https://vite.dev/config/server-options#server-fs-deny */
const defaults = ['.env', '.env.*', '*.{crt,pem}', '**/.git/**']

/**
 * Patterns for Vite's `server.fs.deny`: files of a project that its dev server would show to everybody who can reach it.
 * The development secret, and the built server, which has the private runtime config in it. Pure.
 */
export function toDenied(secretFile: string, buildDir: string): string[] {
  return [...defaults, escape(secretFile), `${escape(buildDir)}/dev/**`]
}

// A folder's name may look like a pattern.
function escape(path: string): string {
  return path.replace(/[\\!*?+@()[\]{}|]/g, '\\$&')
}
