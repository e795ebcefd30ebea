// The modules that the build writes for the app: see src/build/templates.ts.

declare module '#build/nuxt-authjs/languages.mjs' {
  /** True if @nuxtjs/i18n has translated the app's pages. */
  export const isTranslated: boolean
}

declare module '#build/nuxt-authjs/options.mjs' {
  export const options: import('../shared/types').PublicAuthConfig
}

declare module '#build/nuxt-authjs/rules.mjs' {
  export const rules: import('../shared/paths').PathRule<import('../shared/types').AuthRule>[]
}
