import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { limits, pending, remarks } from './open'
import { rows } from './rows'
import type { Row } from './rows'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const id = /\b[A-Z]{3,4}-\d{2}\b/g

/** Maps each row id to the test files that name it in a title: in `it`, `describe`, the title of a table or an attack's `row`. */
export function findTests(): Map<string, string[]> {
  const files = readdirSync(`${root}/test`, { recursive: true, encoding: 'utf8' }).filter(file => /(?:\.test\.ts|attacks\/rows\/\w+\.ts)$/.test(file) && !/node_modules|\.cache|fixtures/.test(file)).sort()
  const found = new Map<string, string[]>()
  for (const file of files) {
    const titles = readFileSync(`${root}/test/${file}`, 'utf8').split('\n').filter(line => /\b(?:it|describe)[.(]|\brow:|\]\)\(/.test(line)).map(line => line.replace(/\/\/.*/, ''))
    for (const name of new Set(titles.join('\n').match(id))) found.set(name, [...found.get(name) ?? [], file])
  }
  return found
}

export type State = 'tested' | 'pending' | 'limit' | 'missing'

export function toState({ id, severity }: Row, tests: Map<string, string[]>): State {
  if (tests.has(id)) return 'tested'
  if (pending.includes(id)) return 'pending'
  return (severity === 'M' || severity === 'L') && id in limits ? 'limit' : 'missing'
}

function renderRow(row: Row, tests: Map<string, string[]>): string {
  const where = { tested: (tests.get(row.id) ?? []).map(file => `[${file.replace(/^.*\/|\.test\.ts$|\.ts$/g, '')}](../test/${file})`).join(' '), pending: 'planned', limit: '[limit](#limits)', missing: '' }
  return `| ${row.id} | ${row.severity} | ${row.promise} | ${where[toState(row, tests)]} |`
}

/** Renders docs/security.md: every promise, and the test that fails if it breaks. */
export function renderPage(): string {
  const tests = findTests()
  const sections = [...new Set(rows.map(({ section }) => section))]
  const count = (severity: string) => rows.filter(row => row.severity === severity && toState(row, tests) === 'tested').length + ' of ' + rows.filter(row => row.severity === severity).length
  const isRow = ([row]: [string, string]) => rows.some(({ id }) => id === row)
  return `# Security, row by row

\`\`\`sh
npm run test:attack                          # every attack against built apps, and 100 000 random requests
SEED=7 COUNT=20000 npm run test:attack       # other random requests; a failure prints its seed and the smallest case
\`\`\`

What this module promises, with the severity of a breach (critical, high, medium, low) and the test that names the row. Generated from the tests: \`npx vitest run --project unit test/unit/security.test.ts -u\`.
Tested: ${count('C')} critical, ${count('H')} high, ${count('M')} medium, ${count('L')} low. A critical or high row without a test fails \`npm test\`, unless its part of the module is still planned.

The same attacks run against [a deliberately careless app](../test/attacks/careless/server/careless.ts), where they must succeed: [careless](../test/attacks/careless.test.ts) lists the rows.

${sections.map(section => `## ${section}\n\n| row | | promise | test |\n|---|---|---|---|\n${rows.filter(row => row.section === section).map(row => renderRow(row, tests)).join('\n')}`).join('\n\n')}

## How a release is made

- **From a tag, by [one workflow](../.github/workflows/release.yml)**, after \`npm test\` and the package checks, using only GitHub's own actions. npm's provenance records the commit and the workflow run: \`npm audit signatures\` verifies it. There is no npm token.
- **With a bill of materials**: \`nuxt-authjs.cdx.json\` (CycloneDX) is attached to each release, [made from the lockfile](../test/package/sbom.mjs). [sbom](../test/package/sbom.test.ts) compares the two.
- **Nothing runs at installation**: neither this package nor any of its dependencies has an install script. [supply-chain](../test/unit/supply-chain.test.ts) lists each dependency with its hash, source and license.
- **No vulnerable versions**: if an app resolves a version with advisories known to this release, the build warns with [AUTH_M008](./errors.md#auth_m008), which also lists Nuxt's own advisories: all of Nuxt 3 is affected, and gets no fix. GRD-05, GRD-06 and GRD-07 hold with every supported version of Nuxt. \`npm audit\` runs on every change.

## Limits

${Object.entries({ ...limits, ...remarks }).filter(isRow).map(([row, limit]) => `- **${row}** ${limit}`).join('\n')}
`
}
