import { readFileSync } from 'node:fs'

export const stylesheet = readFileSync(new URL('../../src/runtime/server/pages/style.css', import.meta.url), 'utf8')
