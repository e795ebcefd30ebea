import type { NamedRoute } from '../../src/runtime/shared/languages'

/** The translated pages of the imaginary app in a unit test. */
export const routes: NamedRoute[] = []
