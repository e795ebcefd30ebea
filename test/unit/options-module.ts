import { resolveOptions } from '../../src/options'

/** What an app says that says nothing. */
export const options = resolveOptions({})
