import { fileURLToPath } from 'node:url'
import { ESLint } from 'eslint'
import { describe, expect, it } from 'vitest'

const cwd = fileURLToPath(new URL('../..', import.meta.url))
const eslint = new ESLint({ cwd, overrideConfigFile: 'eslint.config.js' })
const wallRules = ['@typescript-eslint/no-restricted-imports', 'no-restricted-syntax']

/** The lint errors about imports for `code` in `file`. A parse error throws, so it can't count as a refusal. */
async function getRefusals(file: string, code: string) {
  const [result] = await eslint.lintText(code, { filePath: `${cwd}/src/${file}` })
  const messages = result?.messages ?? []
  const broken = messages.find(({ fatal, ruleId }) => fatal || !ruleId)
  if (!result || broken) throw new Error(`${file} was not linted: ${broken?.message}`)
  return messages.filter(({ ruleId }) => wallRules.includes(ruleId ?? '')).map(({ message }) => message)
}

const rooms = {
  'runtime/shared/access.ts': {
    refused: {
      'the server room': `import { decodeToken } from '../server/token'`,
      'the app room': `import { useAuth } from '../app/composables/useAuth'`,
      'a way out through a sibling': `import { decodeToken } from './../server/token'`,
      'the parent folder': `import runtime from './..'`,
      'a package': `import { defu } from 'defu'`,
      'a value of Auth.js': `import { Auth } from '@auth/core'`,
      'a value of Vue': `import { ref } from 'vue'`,
      'a Node builtin': `import { createHash } from 'node:crypto'`,
      'a virtual module': `import { useState } from '#imports'`,
      'a lazy package': `export const load = () => import('defu')`,
      'a re-exported package': `export { defu } from 'defu'`,
      '@nuxt/kit': `import { addPlugin } from '@nuxt/kit'`,
    },
    accepted: {
      'a sibling': `import { isSession } from './session'`,
      'a sibling with its extension': `import { isSession } from './session.ts'`,
      'a lazy sibling': `export const load = () => import('./session')`,
      'a type of Auth.js': `import type { User } from '@auth/core/types'`,
      'a re-exported type': `export type { User } from '@auth/core/types'`,
      'a type of another room': `import type { Handler } from '../server/handler'`,
    },
  },
  'runtime/server/token.ts': {
    refused: {
      'the app room': `import { useAuth } from '../app/composables/useAuth'`,
      'a type of the app room': `import type { Auth } from '../app/composables/useAuth'`,
      '#app': `import { useNuxtApp } from '#app'`,
      'a part of #app': `import { useState } from '#app/composables/state'`,
      'nuxt/app': `import { useNuxtApp } from 'nuxt/app'`,
      'vue': `import { ref } from 'vue'`,
      'vue-router': `import { useRoute } from 'vue-router'`,
      'a lazy vue': `export const load = () => import('vue')`,
      'all of the app room': `export * from '../app/plugins/session.client'`,
      '@nuxt/kit': `import { addPlugin } from '@nuxt/kit'`,
    },
    accepted: {
      'the shared room': `import { decideAccess } from '../shared/access'`,
      'a sibling': `import { resolveOrigin } from './request'`,
      'Auth.js': `import { Auth } from '@auth/core'`,
      'a lazy Auth.js': `export const load = () => import('@auth/core')`,
      'h3': `import { setHeader } from 'h3'`,
      'a name that only starts like app': `import { toAppError } from '../shared/app-error'`,
      'a package that only starts like vue': `import { hash } from 'vue-free'`,
    },
  },
  'runtime/app/composables/useAuth.ts': {
    refused: {
      'the server room': `import { getServerSession } from '../../server/session'`,
      'the server room from above': `import { getServerSession } from '../server/session'`,
      'the server folder': `import server from '../../server'`,
      'a type of the server room': `import type { Handler } from '../../server/handler'`,
      '#auth': `import { getToken } from '#auth'`,
      'a type of #auth': `import type { getToken } from '#auth'`,
      'the definition': `import definition from '#nuxt-authjs/definition'`,
      'nuxt/server': `import { defineEventHandler } from 'nuxt/server'`,
      'Auth.js': `import { Auth } from '@auth/core'`,
      'a part of Auth.js': `import { decode } from '@auth/core/jwt'`,
      'a re-exported part of Auth.js': `export { decode } from '@auth/core/jwt'`,
      'all of Auth.js': `export * from '@auth/core'`,
      'a value beside a type': `import { decode, type JWT } from '@auth/core/jwt'`,
      'a lazy Auth.js': `export const load = () => import('@auth/core/jwt')`,
      'a lazy server room': `export const load = () => import('../../server/session')`,
      'h3': `import { getCookie } from 'h3'`,
      'nitropack': `import { useStorage } from 'nitropack/runtime'`,
      '@nuxt/kit': `import { addPlugin } from '@nuxt/kit'`,
    },
    accepted: {
      'the shared room': `import { decideAccess } from '../../shared/access'`,
      'vue': `import { ref } from 'vue'`,
      '#imports': `import { useState } from '#imports'`,
      'a type of Auth.js': `import type { Session } from '@auth/core/types'`,
      'the type of a lazy Auth.js': `export type Decode = typeof import('@auth/core/jwt').decode`,
      'a type of h3': `import type { H3Event } from 'h3'`,
      'a type of nitropack': `import type { NitroApp } from 'nitropack'`,
      'the server half of a plugin': `import plugin from '../plugins/session.server'`,
    },
  },
  'runtime/server/store/store.ts': {
    refused: {
      'a folder above': `import { getConfig } from '../config/load'`,
      'the folder at the top': `import { requireSession } from '../guard/require-session'`,
      'a lazy folder above': `export const load = () => import('../session/session')`,
      'a host': `import { getBody } from '../host/nitro2'`,
      'an entrance': `import handler from '../handler'`,
      'the app room': `import { useAuth } from '../../app/composables/useAuth'`,
    },
    accepted: {
      'a folder below': `import { toHash } from '../token/hash'`,
      'a type of a folder above': `import type { RequestConfig } from '../config/load'`,
      'a sibling': `import { createRedisStore } from './redis'`,
      'the log': `import { logWarning } from '../log'`,
      'the host by its alias': `import { useStorage } from '#nuxt-authjs/host'`,
    },
  },
  'runtime/stray.ts': {
    refused: {
      '@nuxt/kit': `import { addPlugin } from '@nuxt/kit'`,
      'a lazy @nuxt/kit': `export const load = () => import('@nuxt/kit')`,
    },
    accepted: { 'a room': `import { decideAccess } from './shared/access'` },
  },
  'module.ts': {
    refused: {},
    accepted: { '@nuxt/kit': `import { addPlugin } from '@nuxt/kit'` },
  },
}

// The linter needs Node 22; the package itself runs on 20.
describe.skipIf(Number.parseInt(process.versions.node) < 22)('the import rules between folders', () => {
  describe.each(Object.entries(rooms))('%s', (file, { refused, accepted }) => {
    it.for(Object.entries(refused))('never imports %s', async ([, code]) => {
      expect(await getRefusals(file, `${code}\n`)).not.toEqual([])
    })

    it.for(Object.entries(accepted))('may import %s', async ([, code]) => {
      expect(await getRefusals(file, `${code}\n`)).toEqual([])
    })
  })

  it('never lets a component import server code', async () => {
    const component = (code: string) => `<script setup lang="ts">\n${code}\n</script>\n\n<template>\n  <slot />\n</template>\n`
    const file = 'runtime/app/components/AuthState.vue'
    expect(await getRefusals(file, component(`import { getToken } from '../../server/token'`))).toHaveLength(1)
    expect(await getRefusals(file, component(`import { decideAccess } from '../../shared/access'`))).toEqual([])
  })

  it.for(['utils/time.ts', 'runtime/server/helpers/time.ts', 'runtime/app/lib/deep/time.ts', 'runtime/shared/common/time.ts', 'runtime/server/utils.ts'])('never allows the path src/%s', async (file) => {
    expect(await getRefusals(file, 'export const now = 1\n')).toHaveLength(1)
  })

  it.for(['runtime/server/time.ts', 'runtime/shared/commonplace.ts', 'runtime/app/library/time.ts'])('allows the path src/%s', async (file) => {
    expect(await getRefusals(file, 'export const now = 1\n')).toEqual([])
  })
})
