import { fileURLToPath } from 'node:url'

const toPath = (name: string) => fileURLToPath(new URL(`../unit/${name}.ts`, import.meta.url))

/** Replacements for the module's virtual modules in tests without a Nuxt build. */
export const aliases = {
  '#nuxt-authjs/host': toPath('host'),
  // From Nitro 3, which is not installed here.
  'nuxt/server': toPath('host'),
  'nitro/storage': toPath('host'),
  '#nuxt-authjs/languages': toPath('languages-module'),
  '#nuxt-authjs/options': toPath('options-module'),
  '#nuxt-authjs/rules': toPath('rules-module'),
  '#nuxt-authjs/scripts': toPath('scripts-module'),
  '#nuxt-authjs/style': toPath('style-module'),
  '#nuxt-authjs/definition': toPath('definition-module'),
}
