import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// The production dependencies in the lockfile as CycloneDX: `node test/package/sbom.mjs > nuxt-authjs.cdx.json`. Needs no registry.
// `npm sbom --omit=dev` also omits packages that development needs as well (`@nuxt/kit`, `defu`, `pathe`), so development dependencies are removed first.
const root = fileURLToPath(new URL('../..', import.meta.url))
const temporary = mkdtempSync(join(tmpdir(), 'sbom-'))
// npm names the package after its folder.
const dir = join(temporary, 'nuxt-authjs')

/** @param {string[]} args */
const npm = args => execFileSync('npm', args, { cwd: dir, encoding: 'utf8', shell: process.platform === 'win32', stdio: ['ignore', 'pipe', 'inherit'] })

try {
  mkdirSync(dir)
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(root, file), join(dir, file))
  npm(['pkg', 'delete', 'devDependencies', 'workspaces', 'overrides'])
  npm(['prune', '--package-lock-only', '--offline', '--ignore-scripts', '--no-audit'])
  process.stdout.write(npm(['sbom', '--sbom-format=cyclonedx', '--package-lock-only']))
}
finally {
  rmSync(temporary, { recursive: true, force: true })
}
