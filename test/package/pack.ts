import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../..', import.meta.url))

const execute = promisify(execFile)

/** The package as published, unpacked where it can import its dependencies. */
export interface Packed { dir: string, tarball: string, unpackedSize: number, remove: () => void }

/** Runs a command and returns its output. Throws the output if the command fails. */
export async function run(command: string, args: string[], cwd = root): Promise<string> {
  try {
    const { stdout } = await execute(command, args, { cwd, shell: process.platform === 'win32', maxBuffer: 64 * 1024 * 1024 })
    return stdout
  }
  catch (error) {
    const { stdout, stderr } = error as { stdout?: string, stderr?: string }
    throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error })
  }
}

/** Packs the existing `dist`. Call `remove` afterwards. */
export async function pack(): Promise<Packed> {
  const cache = join(root, 'node_modules/.cache/nuxt-authjs')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'package-'))
  // JSON, as documented for `npm pack --json`.
  const [{ filename, unpackedSize }] = JSON.parse(await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder])) as [{ filename: string, unpackedSize: number }]
  await run('tar', ['-xzf', filename], folder)
  return { dir: join(folder, 'package'), tarball: join(folder, filename), unpackedSize, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Relative paths of every file in `folder`, sorted. */
export function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}
