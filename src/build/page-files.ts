import { readFileSync } from 'node:fs'

/** The module `#nuxt-authjs/scripts`: the browser scripts of the default pages as text. `runtime` is a folder. */
export function renderScripts(runtime: string): string {
  const scripts = `${runtime}/server/pages/scripts`
  return renderText('passkeyScript', `${scripts}/passkey.js`) + renderText('popupScript', `${scripts}/popup.js`)
}

/** The module `#nuxt-authjs/style`: the stylesheet of the default pages, as text. */
export function renderStylesheet(runtime: string): string {
  return renderText('stylesheet', `${runtime}/server/pages/style.css`)
}

function renderText(name: string, file: string): string {
  return `export const ${name} = ${JSON.stringify(readFileSync(file, 'utf8'))}\n`
}
