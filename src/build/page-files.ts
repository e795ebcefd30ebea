import { readFileSync } from 'node:fs'

/** `#nuxt-authjs/scripts`: the browser scripts of the default pages, as text. `runtime` is the folder of the built runtime. */
export function renderScripts(runtime: string): string {
  const passkey = readFileSync(`${runtime}/server/pages/scripts/passkey.js`, 'utf8')
  const popup = readFileSync(`${runtime}/server/pages/scripts/popup.js`, 'utf8')
  return `export const passkeyScript = ${JSON.stringify(passkey)}\nexport const popupScript = ${JSON.stringify(popup)}\n`
}

/** `#nuxt-authjs/style`: the stylesheet of the default pages, as text. */
export function renderStylesheet(runtime: string): string {
  return `export const stylesheet = ${JSON.stringify(readFileSync(`${runtime}/server/pages/style.css`, 'utf8'))}\n`
}
