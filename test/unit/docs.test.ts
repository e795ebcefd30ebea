import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { resolveOptions } from '../../src/build/options'
import type { ModuleOptions } from '../../src/build/options'
import { compileRules, findCachedAndGuarded } from '../../src/build/route-rules'
import type { RouteRules } from '../../src/build/route-rules'
import { definitionKeys, extendKeys } from '../../src/runtime/server/config/definition'
import { catalogue } from '../../src/runtime/shared/errors'
import { mergeApps, toApps, toSamples } from '../docs/apps'
import { checkApps } from '../docs/check'
import { readHops, renderHops } from '../docs/hops'
import { findDeadLinks, findUnknownScripts, listBlocks, listHeadings, readPage, readPages, root } from '../docs/pages'
import type { Page } from '../docs/pages'
import { scripts } from '../../package.json'

const pages = readPages()
const wrong = readPage('test/docs/wrong.md')
const errors = readPage('docs/errors.md')

function toPageApps(page: Page) {
  return toApps(toSamples(listBlocks(page)))
}

it('docs/errors.md names every key of a definition and of extend', () => {
  const section = errors.text.split('## AUTH_D002')[1]?.split('## ')[0]
  for (const key of [...definitionKeys, ...extendKeys]) expect(section).toContain(`\`${key}\``)
})

describe('the samples of README and docs', () => {
  it('compile, each page as a separate app', { timeout: 300_000 }, async () => {
    const problems = await checkApps(mergeApps([...pages.flatMap(toPageApps), ...toPageApps(wrong)]))
    expect(problems.filter(problem => !problem.startsWith(wrong.name))).toEqual([])
    // The same run reports the mistakes of a faulty page with the right lines.
    expect(problems.map(problem => /^(\S+): error (TS\d+)/.exec(problem)?.slice(1).join(' ')).filter(place => place?.startsWith(wrong.name)).sort()).toEqual([
      'test/docs/wrong.md:15 TS2322',
      'test/docs/wrong.md:20 TS2339',
      'test/docs/wrong.md:26 TS2531',
      'test/docs/wrong.md:31 TS2307',
      'test/docs/wrong.md:33 TS2353',
      'test/docs/wrong.md:40 TS2820',
    ])
  })

  it('name their file, and are in a checked language', () => {
    const block = { page: 'x.md', line: 3 }
    expect(() => toSamples([{ ...block, language: 'ts', code: 'const a = 1\n' }])).toThrow('x.md:3')
    expect(() => toSamples([{ ...block, language: 'vue', code: '// pages/index.ts\n' }])).toThrow('x.md:3')
    expect(() => toSamples([{ ...block, language: 'js', code: '// a.js\n' }])).toThrow('x.md:3')
    expect(() => listBlocks({ name: 'x.md', text: 'a\n\n```ts\n// a.ts\n' })).toThrow('x.md:3')
  })

  const configs = pages.flatMap(page => toSamples(listBlocks(page))).filter(({ file }) => file === 'nuxt.config.ts')

  it.each(configs.map(({ page, line, code }) => [`${page}:${line}`, code]))('have valid options and rules: %s', (_, code) => {
    // A nuxt.config without imports is one expression.
    const config = new Function('defineNuxtConfig', code.replace('export default', 'return'))((config: unknown) => config) as { auth?: ModuleOptions, routeRules?: RouteRules }
    const { auth = {}, routeRules = {} } = config
    expect(resolveOptions(auth)).toMatchObject(auth)
    const guarded = Object.keys(routeRules).filter(pattern => routeRules[pattern]?.auth !== undefined)
    expect(compileRules(routeRules).map(({ pattern }) => pattern).sort()).toEqual(guarded.sort())
    expect(findCachedAndGuarded(routeRules)).toEqual([])
  })
})

describe('the pages', () => {
  it.each(pages.map(page => [page.name, page] as const))('%s links to files and headings that exist', (_, page) => {
    expect(findDeadLinks(page, pages)).toEqual([])
  })

  it.each(pages.map(page => [page.name, page] as const))('%s names scripts that exist', (_, page) => {
    expect(findUnknownScripts(page, Object.keys(scripts))).toEqual([])
  })

  it('finds a dead link and an unknown script', () => {
    expect(findDeadLinks(wrong, [wrong])).toEqual([
      'test/docs/wrong.md:44: ./nowhere.md: there is no test/docs/nowhere.md',
      'test/docs/wrong.md:44: #missing: test/docs/wrong.md has no heading #missing',
    ])
    expect(findUnknownScripts(wrong, ['test'])).toEqual(['test/docs/wrong.md:44: package.json has no script `nothing`'])
  })

  it.each(pages.filter(({ name }) => name.startsWith('docs/')).map(page => [page.name, page] as const))('%s begins with a sample and is linked from the README', (name, page) => {
    expect(page.text).toMatch(/^# .+\n\n```/)
    expect(readPage('README.md').text).toContain(`(./${name})`)
  })

  it('the README is 120 lines or fewer', () => {
    expect(readPage('README.md').text.trimEnd().split('\n').length).toBeLessThanOrEqual(120)
  })

  it('docs/errors.md has a heading for each code, in order, and for no other', () => {
    expect(listHeadings(errors, '##')).toEqual(Object.keys(catalogue))
  })
})

describe('the hop table', () => {
  const hops = readHops()
  const path = `${root}/docs/how-it-works.md`

  it.each(hops.map(hop => [hop.file, hop] as const))('names functions that %s has', (file, { functions }) => {
    const source = readFileSync(`${root}/src/runtime/${file}`, 'utf8')
    expect(functions.filter(name => !new RegExp(`\\b(?:function|const) ${name}\\b`).test(source))).toEqual([])
    expect(functions.length).toBeGreaterThan(0)
  })

  it('is the same in AGENTS.md and docs/how-it-works.md', () => {
    const table = /^\| hop \|[^\n]*(?:\n\|[^\n]*)*/m
    const page = readFileSync(path, 'utf8')
    if (process.env.UPDATE) writeFileSync(path, page.replace(table, () => renderHops(hops)))
    expect(table.exec(readFileSync(path, 'utf8'))?.[0]).toBe(renderHops(hops))
    expect(hops.length).toBeGreaterThan(25)
  })

  it('fits into AGENTS.md, which is 80 lines or fewer', () => {
    expect(readPage('AGENTS.md').text.trimEnd().split('\n').length).toBeLessThanOrEqual(80)
  })
})
