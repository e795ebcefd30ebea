// `nuxt prepare` of several apps in one process: each after the first takes a fraction of a second.
// Usage: node prepare.mjs <aliases as JSON> <app> …
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'

const nuxtPackage = createRequire(import.meta.url).resolve('nuxt/package.json')
const { resolve } = createRequire(nuxtPackage)
// Nuxt's own kit and schema, as in an app. This repository may hoist other versions.
const { buildNuxt, loadNuxt, writeTypes } = await import(pathToFileURL(resolve('@nuxt/kit')).href)
const typescript = { tsConfig: { compilerOptions: { paths: { '@nuxt/schema': [dirname(resolve('@nuxt/schema'))] } } } }

const [aliases, ...apps] = process.argv.slice(2)
for (const cwd of apps) {
  const overrides = { _prepare: true, logLevel: 'silent', telemetry: false, devtools: { enabled: false }, alias: JSON.parse(aliases), typescript }
  try {
    const nuxt = await loadNuxt({ cwd, overrides })
    await buildNuxt(nuxt)
    await writeTypes(nuxt)
    await nuxt.close()
  }
  catch (error) {
    console.error(`${cwd}: ${error.message}`)
    process.exitCode = 1
  }
}
