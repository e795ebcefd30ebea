import type { NamedRoute } from '../../src/runtime/shared/languages'

/** The translated pages of the app that a unit test imagines. */
export const routes: NamedRoute[] = []
