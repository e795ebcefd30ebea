import type { AuthHooks } from '../shared/hooks'

// In an app the generated types say the same: see src/templates.ts.
declare module '#app' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- merged into Nuxt's
  interface RuntimeNuxtHooks extends AuthHooks {}
}
