import { describe, expect, it } from 'vitest'
import { resolveOptions } from '../../../src/build/options'
import { compileRules } from '../../../src/build/route-rules'
import {
  renderAuthModule, renderAuthTypes, renderDefinitionModule, renderIsTranslated, renderLanguages, renderOptions, renderRouteRuleTypes,
  renderRules, renderServerRules, renderTypes, serverImports,
} from '../../../src/build/templates'

const load = async (source: string) =>
  await import(`data:text/javascript,${encodeURIComponent(source)}`) as Record<string, unknown>

describe('renderOptions', () => {
  it('renders every option except the definition\'s path', async () => {
    const protect = { match: { user: { name: '"\u2028' } } }
    const { definition, ...options } = resolveOptions({ basePath: '/auth', protect, definition: 'server/auth' })
    const module = await load(renderOptions({ ...options, definition } as never))
    expect(module.options).toEqual(options)
  })
})

describe('renderRules', () => {
  it('renders rules that load unchanged, whatever characters they contain', async () => {
    const rule = { match: { role: ['"', '\u2028'] } }
    const { rules } = await load(renderRules(compileRules({ '/A"b/**': { auth: rule } })))
    expect(rules).toEqual([[/^\/a"b(?:\/.*)?$/, rule, /^\/A"b(?:\/.*)?$/, '/A"b/**']])
  })
})

describe('renderServerRules', () => {
  it('adds the paths of the sign-in page to the rules', async () => {
    const source = renderServerRules(compileRules({ '/x': { auth: true } }), ['/Login', '/de/anmelden'])
    const module = await load(source)
    expect(module).toMatchObject({ rules: [[/^\/x$/, true, /^\/x$/, '/x']], signInPaths: ['/Login', '/de/anmelden'] })
  })
})

describe('renderLanguages', () => {
  it('renders the translated pages', async () => {
    const routes = [{ name: 'login___de', path: '/de/anmelden' }]
    expect(await load(renderLanguages(routes))).toHaveProperty('routes', routes)
    expect(await load(renderLanguages([]))).toHaveProperty('routes', [])
  })
})

describe('renderIsTranslated', () => {
  it('is true for an app with translated pages only', async () => {
    expect(await load(renderIsTranslated([]))).toHaveProperty('isTranslated', false)
    expect(await load(renderIsTranslated([{ name: 'login___de', path: '/de/anmelden' }]))).toHaveProperty('isTranslated', true)
  })
})

describe('renderDefinitionModule', () => {
  it('imports the definition once, on first use, and knows its file\'s name', async () => {
    const counter = 'globalThis.definitionLoads = (globalThis.definitionLoads ?? 0) + 1'
    const path = `data:text/javascript,${encodeURIComponent(`${counter}; export default { providers: [] }`)}`
    const module = await load(renderDefinitionModule(path, 'server/auth.ts'))
    const importDefinition = module.importDefinition as () => Promise<unknown>
    expect([module.file, 'definitionLoads' in globalThis]).toEqual(['server/auth.ts', false])
    expect(await importDefinition()).toMatchObject({ default: { providers: [] } })
    await importDefinition()
    expect(globalThis).toHaveProperty('definitionLoads', 1)
  })
})

describe('#auth', () => {
  const names = Object.values(serverImports).flat()

  it('exports each server function from the file that defines it', () => {
    const source = renderAuthModule('/runtime')
    for (const name of names) expect(source).toMatch(new RegExp(`^export \\{.*\\b${name}\\b.*\\} from '/runtime/server/`, 'm'))
  })

  it('has a type for each function, and no top-level import, with which it could only augment', () => {
    const source = renderAuthTypes({ runtime: '../../runtime' })
    for (const name of names) expect(source).toContain(`  export const ${name}: typeof import('../../runtime/server/`)
    for (const type of ['AuthRule', 'Session', 'Token']) expect(source).toContain(`  export type ${type} = import(`)
    expect(source).not.toMatch(/^(?:import|export)\b/m)
  })
})

describe('the generated types', () => {
  const paths = { runtime: '../../runtime', definition: '../../server/auth', event: 'import(\'h3\').H3Event' }

  it('register the definition and the host\'s event', () => {
    const source = renderTypes(paths)
    expect(source).toContain('import type definition from \'../../server/auth\'')
    expect(source).toContain('interface Register { definition: typeof definition }')
    expect(source).toContain('interface Host { event: import(\'h3\').H3Event }')
  })

  it.each(['nitropack', 'nitropack/types', 'nuxt/schema', '@nuxt/schema'])('declare `auth` in the route rules of %s', (module) => {
    const source = renderRouteRuleTypes(paths)
    const [, declaration = ''] = source.split(`declare module '${module}' {`)
    expect(declaration.split('\n}')[0]?.match(/auth\?: AuthRule/g)).toHaveLength(2)
  })
})
