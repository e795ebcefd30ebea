import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'pathe'

/** Vite's own list, which any other list replaces. https://vite.dev/config/server-options#server-fs-deny */
const viteDefaults = ['.env', '.env.*', '*.{crt,pem}', '**/.git/**']

/**
 * Patterns for Vite's `server.fs.deny`: files below the project's root that its dev server must not serve. These are the
 * development secret and the built server, which contains the private runtime config. Pure.
 */
export function toDeniedPatterns(secretFile: string, buildDir: string): string[] {
  return [
    ...viteDefaults,
    ...toNamePatterns(buildDir),
    escapePattern(secretFile),
    `${escapePattern(buildDir)}/dev/**`,
  ]
}

/**
 * The path with every symbolic link resolved, because Vite serves that path as well.
 * A missing file gets the resolved path of its folder.
 */
export function toRealPath(path: string): string {
  if (existsSync(path)) return normalize(realpathSync(path))
  return join(toRealPath(dirname(path)), basename(path))
}

// A symbolic link inside the project gives the same files further paths, so they are also denied by name.
function toNamePatterns(buildDir: string): string[] {
  const secret = '**/.cache/nuxt-authjs/secret'
  const name = basename(buildDir)
  // A name without a dot, such as `dist`, would also match folders of the app's sources.
  return name.startsWith('.') ? [secret, `**/${escapePattern(name)}/dev/**`] : [secret]
}

// Folder names may contain characters that are special in a glob pattern.
function escapePattern(path: string): string {
  return path.replace(/[\\!*?+@()[\]{}|]/g, '\\$&')
}
