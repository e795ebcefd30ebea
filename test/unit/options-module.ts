import { resolveOptions } from '../../src/build/options'

/** What an app says that says nothing. */
export const options = resolveOptions({})
