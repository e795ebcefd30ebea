import type { AuthHooks } from '../shared/hooks'

// Types this package's own source. In an app, the generated types declare the same: see src/build/templates.ts.
declare module '#app' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- extends Nuxt's interface
  interface RuntimeNuxtHooks extends AuthHooks {}
}
