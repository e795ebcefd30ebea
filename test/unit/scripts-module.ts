import { readFileSync } from 'node:fs'

const read = (name: string) =>
  readFileSync(new URL(`../../src/runtime/server/pages/scripts/${name}.js`, import.meta.url), 'utf8')

export const passkeyScript = read('passkey')
export const popupScript = read('popup')
