import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const installed = ['/usr/bin/chromium', '/usr/bin/google-chrome']
const cache = fileURLToPath(new URL('../node_modules/.cache/nuxt-authjs', import.meta.url))
const fix = 'Install Chromium, or set CHROMIUM_PATH to the executable of Chromium or Chrome.'

/** Runs in a separate process, because the package always extracts to the temporary folder. */
const extract = `
  const { default: chromium, inflate } = await import(process.argv[1])
  await chromium.executablePath()
  await inflate(process.argv[2])
`

/** The libraries and fonts that a minimal system lacks, for the browser only and not for the tests that start it. */
const launcher = `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH="$here/al2023/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium" "$@"
`

const toFonts = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>
`

/** The path of a Chromium executable. Throws with installation instructions if none is found. */
export async function resolveBrowser(): Promise<string> {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen && !existsSync(chosen)) throw new Error(`CHROMIUM_PATH is ${chosen}, which does not exist. ${fix}`)
  return chosen || installed.find(path => existsSync(path)) || await extractBrowser()
}

async function extractBrowser(): Promise<string> {
  const source = resolvePackage()
  const folder = join(cache, `chromium-${source.version}`)
  const executable = join(folder, 'launch')
  if (existsSync(executable)) return executable

  mkdirSync(cache, { recursive: true })
  const draft = mkdtempSync(join(cache, 'draft-'))
  try {
    const libraries = join(dirname(source.entry), '../bin/al2023.tar.br')
    await run(process.execPath, ['--input-type=module', '--eval', extract, pathToFileURL(source.entry).href, libraries], { env: { ...process.env, TMPDIR: draft } })
    // Fontconfig resolves a relative folder against the browser's working directory.
    writeFileSync(join(draft, 'fonts.conf'), toFonts(folder))
    writeFileSync(join(draft, 'launch'), launcher)
    chmodSync(join(draft, 'launch'), 0o755)
    await run(join(draft, 'launch'), ['--version'])
    keep(draft, folder)
    return executable
  }
  catch (cause) {
    throw new Error(`The Chromium of @sparticuz/chromium ${source.version} does not start here. ${fix}`, { cause })
  }
  finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** Renaming is atomic, so no run starts a half-written browser, and the first of two parallel runs wins. */
function keep(draft: string, folder: string): void {
  try {
    renameSync(draft, folder)
  }
  catch (error) {
    if (!existsSync(join(folder, 'launch'))) throw error
  }
}

function resolvePackage(): { entry: string, version: string } {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error(`There is no Chromium to test with. ${fix}`)
  try {
    const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
    const { version } = JSON.parse(readFileSync(join(dirname(entry), '../package.json'), 'utf8'))
    return { entry, version }
  }
  catch (cause) {
    throw new Error(`There is no Chromium to test with. ${fix} Or run \`npm ci\`, which brings one.`, { cause })
  }
}
