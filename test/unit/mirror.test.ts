import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Files whose decisions show in an app only, or in what they are part of, with the test that has them. */
const elsewhere: Record<string, string> = {
  'module.ts': 'test/e2e/build.test.ts',
  'runtime/app/components/AuthState.ts': 'test/nuxt/use-auth.test.ts',
  'runtime/app/flows/client.ts': 'test/nuxt/use-auth.test.ts',
  'runtime/app/flows/navigation.ts': 'test/e2e/verbs.test.ts',
  'runtime/app/flows/sign-in.ts': 'test/nuxt/use-auth.test.ts',
  'runtime/app/flows/sign-out.ts': 'test/nuxt/use-auth.test.ts',
  'runtime/app/guard.ts': 'test/e2e/browser-guards.test.ts',
  'runtime/app/middleware/auth.ts': 'test/e2e/browser-guards.test.ts',
  'runtime/app/page-fetch.ts': 'test/e2e/verbs.test.ts',
  'runtime/app/plugins/session.server.ts': 'test/e2e/verbs.test.ts',
  'runtime/app/session.ts': 'test/nuxt/use-auth.test.ts',
  'runtime/app/state.ts': 'test/nuxt/use-auth.test.ts',
  'runtime/server/callbacks/compose.ts': 'test/unit/server/config/resolve.test.ts',
  'runtime/server/config/definition.ts': 'test/unit/server/config/resolve.test.ts',
  'runtime/server/plugin.ts': 'test/e2e/guards.test.ts',
}

const files = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts') && !file.endsWith('.d.ts')).sort()

/** A file decides something if it has a branch. A table of values and a list of types have none. */
function isDeciding(file: string): boolean {
  const code = readFileSync(`${root}src/${file}`, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
  // In types, `?` marks what is optional, and `extends … ? … : …` is no decision at run time.
  const values = `${code}\n;`.replace(/^(?:export )?(?:interface|type) [\s\S]*?\n(?=\S)/gm, '')
  return /\b(?:if|switch|while) \(| \? |\?\?|&& |\|\| |\bcatch\b/.test(values)
}

/** Where the test of a source file stands. */
function toMirrors(file: string): string[] {
  const path = file.replace(/^runtime\//, '').replace(/\.ts$/, '')
  const name = path.replace(/.*\//, '')
  const inApp = name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  return [`test/unit/${path}.test.ts`, ...file.startsWith('runtime/app/') ? [`test/nuxt/${inApp}.test.ts`, `test/unit/app/${name}.test.ts`] : []]
}

it('every file of src that decides something has its test in the same place', () => {
  const lonely = files.filter(isDeciding).filter(file => !(file in elsewhere)).filter(file => !toMirrors(file).some(test => existsSync(root + test)))
  expect(lonely).toEqual([])
  expect(Object.values(elsewhere).filter(test => !existsSync(root + test))).toEqual([])
})

it('every unit test has its file in src, but for those about the whole repository', () => {
  const tests = readdirSync(`${root}test/unit`, { recursive: true, encoding: 'utf8' })
    .filter(test => test.includes('/') && test.endsWith('.test.ts')).map(test => test.replace(/\.test\.ts$/, ''))
  const isSource = (path: string) => ['.ts', '.js'].some(extension => existsSync(`${root}${path}${extension}`))
  expect(tests.filter(test => !isSource(`src/${test}`) && !isSource(`src/runtime/${test}`))).toEqual([])
})
