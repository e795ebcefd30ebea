import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'pathe'

/** What Vite refuses by itself: naming anything replaces it. https://vite.dev/config/server-options#server-fs-deny */
const defaults = ['.env', '.env.*', '*.{crt,pem}', '**/.git/**']

/**
 * Patterns for Vite's `server.fs.deny`: files of a project that its dev server would show to everybody who can reach it.
 * The development secret, and the built server, which has the private runtime config in it. Pure.
 */
export function toDenied(secretFile: string, buildDir: string): string[] {
  // By name as well: a symbolic link inside the project leads to the same files by yet another path.
  const named = ['**/.cache/nuxt-authjs/secret', ...basename(buildDir).startsWith('.') ? [`**/${escape(basename(buildDir))}/dev/**`] : []]
  return [...defaults, ...named, escape(secretFile), `${escape(buildDir)}/dev/**`]
}

/** A path without symbolic links, which Vite serves as well. A file that is not there yet has the real path of its folder. */
export function toRealPath(path: string): string {
  if (existsSync(path)) return normalize(realpathSync(path))
  return join(toRealPath(dirname(path)), basename(path))
}

// A folder's name may look like a pattern.
function escape(path: string): string {
  return path.replace(/[\\!*?+@()[\]{}|]/g, '\\$&')
}
