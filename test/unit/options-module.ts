import { resolveOptions } from '../../src/build/options'

/** The options of an app that sets none. */
export const options = resolveOptions({})
