import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listFiles, pack, root, run } from './pack'
import type { Packed } from './pack'

const entries = ['nuxt-authjs', 'nuxt-authjs/define', 'nuxt-authjs/types']
/** The path of the file in Nuxt, as in an app's generated tsconfig. */
const schema = dirname(createRequire(join(root, 'node_modules/nuxt/package.json')).resolve('@nuxt/schema/package.json'))
let packed: Packed

beforeAll(async () => {
  packed = await pack()
})
afterAll(() => packed?.remove())

/** Runs `code` in plain Node inside the package, where its name resolves to its own exports. */
async function runInPackage(code: string): Promise<unknown> {
  return JSON.parse(await run(process.execPath, ['--input-type=module', '--eval', code], packed.dir))
}

/** Type-checks a program that imports every entry as an app does, including libraries. */
function createConsumer(moduleResolution: ts.ModuleResolutionKind, module: ts.ModuleKind): { program: ts.Program, consumer: ts.SourceFile } {
  const path = join(packed.dir, 'consumer.mts')
  const source = entries.map((entry, index) => `export * as entry${index} from '${entry}'\n`).join('')
  const options: ts.CompilerOptions = {
    module,
    moduleResolution,
    target: ts.ScriptTarget.ESNext,
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    paths: { '@nuxt/schema': [join(schema, 'dist/index.d.mts')] },
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  host.fileExists = file => file === path || fileExists.call(host, file)
  host.readFile = file => file === path ? source : readFile.call(host, file)
  host.getSourceFile = (file, ...rest) => file === path ? ts.createSourceFile(file, source, ts.ScriptTarget.ESNext) : getSourceFile.call(host, file, ...rest)
  const program = ts.createProgram([path], options, host)
  return { program, consumer: program.getSourceFile(path)! }
}

describe('the tarball', () => {
  it('contains the built source and nothing else', () => {
    const runtime = listFiles(join(root, 'src/runtime')).filter(file => !file.endsWith('.d.ts'))
    const built = runtime.flatMap(file => file.endsWith('.ts')
      ? [file.replace(/\.ts$/, '.d.ts'), file.replace(/\.ts$/, '.js')]
      : file.endsWith('.js') ? [file, file.replace(/\.js$/, '.d.ts')] : [file])
    expect(listFiles(packed.dir)).toEqual([
      'LICENSE', 'README.md', 'package.json',
      'dist/module.d.mts', 'dist/module.json', 'dist/module.mjs', 'dist/types.d.mts',
      ...built.map(file => `dist/runtime/${file}`),
    ].sort())
  })

  it('stays small', () => {
    console.log(`${packed.unpackedSize} bytes unpacked`)
    expect(packed.unpackedSize).toBeLessThan(520_000)
  })

  it('never runs a script at installation', () => {
    const { scripts } = JSON.parse(readFileSync(join(packed.dir, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
    expect(Object.keys(scripts).filter(name => /^(?:pre|post)?(?:install|prepare)$|^dependencies$/.test(name))).toEqual([])
  })

  it('never contains a path of the machine that built it', () => {
    const guilty = listFiles(packed.dir).filter(file => readFileSync(join(packed.dir, file), 'utf8').includes(root))
    expect(guilty).toEqual([])
  })

  it('passes publint', async () => {
    await run(join(root, 'node_modules/.bin/publint'), ['--strict', packed.tarball])
  })

  it('has types in every resolution mode of ES modules', async () => {
    await run(join(root, 'node_modules/.bin/attw'), [packed.tarball, '--profile', 'esm-only'])
  })
})

describe('the exports', () => {
  it('are exactly these in plain Node', async () => {
    const code = `console.log(JSON.stringify(Object.fromEntries(await Promise.all(${JSON.stringify(entries)}.map(async entry => [entry, Object.keys(await import(entry)).sort()])))))`
    expect(await runInPackage(code)).toMatchInlineSnapshot(`
      {
        "nuxt-authjs": [
          "default",
        ],
        "nuxt-authjs/define": [
          "credentials",
          "defineAuth",
          "withProfile",
          "withUser",
        ],
        "nuxt-authjs/types": [],
      }
    `)
  })

  it('are exactly these in types', () => {
    const { program, consumer } = createConsumer(ts.ModuleResolutionKind.Bundler, ts.ModuleKind.ESNext)
    const checker = program.getTypeChecker()
    const names = entries.map((entry, index) => {
      const name = checker.getExportsOfModule(checker.getSymbolAtLocation(consumer)!).find(({ name }) => name === `entry${index}`)!
      return [entry, checker.getExportsOfModule(checker.getAliasedSymbol(name)).map(({ name }) => name).sort()]
    })
    expect(Object.fromEntries(names)).toMatchInlineSnapshot(`
      {
        "nuxt-authjs": [
          "ModuleOptions",
          "default",
        ],
        "nuxt-authjs/define": [
          "AnyProvider",
          "CredentialValues",
          "CredentialsInput",
          "DefinitionInput",
          "Extend",
          "Json",
          "Merged",
          "Refresh",
          "SessionFrom",
          "SessionParams",
          "TokenFrom",
          "TypedAdapter",
          "TypedProvider",
          "credentials",
          "defineAuth",
          "withProfile",
          "withUser",
        ],
        "nuxt-authjs/types": [
          "AuthDefinition",
          "AuthEvent",
          "AuthResult",
          "AuthRule",
          "Awaitable",
          "BaseSession",
          "Host",
          "HostEvent",
          "Match",
          "Matched",
          "PublicAuthConfig",
          "PublicProvider",
          "Register",
          "Session",
          "SessionOf",
          "SessionStatus",
          "Simplify",
          "Token",
          "TokenClaims",
          "TokenOf",
        ],
      }
    `)
  })

  it.each([
    ['bundlers', ts.ModuleResolutionKind.Bundler, ts.ModuleKind.ESNext],
    ['Node', ts.ModuleResolutionKind.NodeNext, ts.ModuleKind.NodeNext],
  ] as const)('are declared without an error for %s', (_, resolution, module) => {
    const { program, consumer } = createConsumer(resolution, module)
    const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(packed.dir))
    expect(own.length).toBeGreaterThan(entries.length)
    const errors = [consumer, ...own].flatMap(file => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    expect(errors.map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)).toEqual([])
  })

  it('never lose a type to any', () => {
    // Default exports are for Nuxt, which types them itself; the index signature is Vue's, in every component.
    const declarations = listFiles(join(packed.dir, 'dist')).filter(file => /\.d\.m?ts$/.test(file))
    const lost = declarations.flatMap(file => readFileSync(join(packed.dir, 'dist', file), 'utf8').split('\n')
      .filter(line => /:\s*any\b/.test(line) && !/_default: any|\[key: string\]: any;/.test(line))
      .map(line => `${file}: ${line}`))
    expect(lost).toEqual([])
  })

  it('define a session in plain Node, without an app', async () => {
    const code = `
      const { credentials, defineAuth } = await import('nuxt-authjs/define')
      const provider = credentials({ credentials: { name: {} }, authorize: ({ name, ...rest }) => ({ id: name, rest }) })
      const definition = defineAuth({ providers: [provider], extend: { session: ({ token }) => ({ uid: token.uid }) } })
      console.log(JSON.stringify({ user: await provider.authorize({ name: 'Ada', other: 1 }), session: definition.extend.session({ token: { uid: 1 } }) }))
    `
    expect(await runInPackage(code)).toEqual({ user: { id: 'Ada', rest: {} }, session: { uid: 1 } })
  })
})
