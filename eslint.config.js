import { createConfigForNuxt } from '@nuxt/eslint-config'

/** A wall is a `regex` on the import specifier; `types: true` lets `import type` through. */
const build = { regex: '^@nuxt/kit(?:/|$)', message: '@nuxt/kit runs at build time; the runtime never imports it.' }

const walls = {
  shared: [
    { regex: '^(?!\\./[\\w-][\\w.-]*$)', types: true, message: 'shared imports its siblings, and types; nothing else.' },
  ],
  server: [
    { regex: '^\\.{1,2}/(?:.*/)?app(?:/|$)', message: 'server never imports app.' },
    { regex: '^(?:#app|nuxt/app|vue|vue-router)(?:/|$)', message: 'server never imports Vue or the app.' },
  ],
  app: [
    { regex: '^\\.{1,2}/(?:.*/)?server(?:/|$)', message: 'app never imports server.' },
    { regex: '^(?:#auth|#nuxt-authjs|nuxt/server)(?:/|$)', message: 'app never imports server.' },
    { regex: '^(?:@auth/core|h3|nitro|nitropack)(?:/|$)', types: true, message: 'app imports types only from here.' },
  ],
}

/** The folders of src/runtime/server from top to bottom. Each imports the folders below it, types excepted. */
const serverFolders = [
  'guard', 'pages', 'authjs', 'session', 'revocation', 'refresh', 'providers', 'config', 'callbacks', 'store', 'token', 'http',
]

/** The walls of one of these folders: nothing above it, no entrance of the server but the log, no host but by its alias. */
function toServerWalls(folder) {
  const above = ['host', ...serverFolders.slice(0, serverFolders.indexOf(folder))].join('|')
  return [
    { regex: `^\\.\\./(?:${above})/`, types: true, message: `${folder} imports only what stands below it: ${serverFolders.join(', ')}.` },
    { regex: '^\\.\\./(?:handler|plugin|define|start)$', types: true, message: 'The entrances import the folders, never the other way round.' },
  ]
}

/** `no-restricted-imports` does not look at `import()`; the same walls hold there. */
function toRules(patterns) {
  return {
    '@typescript-eslint/no-restricted-imports': ['error', {
      patterns: patterns.map(({ types, ...pattern }) => ({ ...pattern, allowTypeImports: types === true })),
    }],
    'no-restricted-syntax': ['error', ...patterns.map(({ regex, message }) => ({
      // A literal slash would end the selector's regular expression.
      selector: `ImportExpression[source.value=/${regex.replaceAll('/', '\\x2F')}/]`,
      message,
    }))],
  }
}

export default createConfigForNuxt({ features: { tooling: true, stylistic: true } })
  .append(
    { ignores: ['**/dist', '**/.nuxt', '**/.output', '**/.data', '**/.cache', '**/node_modules'] },
    { files: ['{playground,test}/**/{pages,components}/**', 'playground/error.vue'], rules: { 'vue/multi-word-component-names': 'off' } },
    {
      files: ['src/**'],
      rules: {
        'max-lines': ['error', { max: 200, skipBlankLines: false, skipComments: false }],
        'max-lines-per-function': ['error', { max: 50, skipBlankLines: false, skipComments: false }],
        '@stylistic/max-len': ['error', { code: 120, ignoreUrls: true }],
        'no-console': 'error',
        '@typescript-eslint/no-explicit-any': 'error',
      },
    },
    { files: ['src/runtime/**'], rules: toRules([build]) },
    ...Object.entries(walls).map(([room, patterns]) => ({
      files: [`src/runtime/${room}/**`],
      rules: toRules([build, ...patterns]),
    })),
    ...serverFolders.map(folder => ({
      files: [`src/runtime/server/${folder}/**`],
      rules: toRules([build, ...walls.server, ...toServerWalls(folder)]),
    })),
    {
      files: ['src/**/{utils,helpers,lib,common}/**', 'src/**/{utils,helpers,lib,common}.*'],
      rules: { 'no-restricted-syntax': ['error', { selector: 'Program', message: 'Name what this code does and put it in its room.' }] },
    },
  )
