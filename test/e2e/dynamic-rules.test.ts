import { expect, it } from 'vitest'
import { setupApp, Visitor } from './app'
import { toConfig, writeApp } from './temporary'

await setupApp(writeApp({
  'nuxt.config.ts': toConfig(),
  'server/auth.ts': `export default defineAuth({ providers: [] })`,
  'rules.ts': 'export const rules = { member: true as const }',
  'app.vue': '<template><NuxtPage /></template>',
  'pages/index.vue': '<template><p>HOME</p></template>',
  'pages/dynamic.vue': '<script setup lang="ts">\nimport { rules } from \'~/rules\'\ndefinePageMeta({ auth: rules.member })\n</script>\n<template><p>DYNAMIC-MARKER</p></template>',
  'pages/conditional.vue': '<script setup lang="ts">\ndefinePageMeta({ auth: import.meta.dev ? false : { match: { user: { name: `Ada` } } } })\n</script>\n<template><p>DYNAMIC-MARKER</p></template>',
}))

it('guards pages whose rule is not a literal', async () => {
  for (const path of ['/dynamic', '/conditional']) {
    const r = await new Visitor().fetch(path)
    expect([path, r.status, (await r.text()).includes('DYNAMIC')]).toEqual([path, 302, false])
  }
})
