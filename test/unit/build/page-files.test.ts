import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { renderScripts, renderStylesheet } from '../../../src/build/page-files'

const runtime = fileURLToPath(new URL('../../../src/runtime', import.meta.url))
const load = (code: string) => import(`data:text/javascript,${encodeURIComponent(code)}`) as Promise<Record<string, string>>
const read = (file: string) => readFileSync(`${runtime}/server/pages/${file}`, 'utf8')

describe('the files of the default pages', () => {
  it('reach the server as they are', async () => {
    const scripts = await load(renderScripts(runtime))
    expect(scripts).toMatchObject({ passkeyScript: read('scripts/passkey.js'), popupScript: read('scripts/popup.js') })
    expect(await load(renderStylesheet(runtime))).toMatchObject({ stylesheet: read('style.css') })
  })

  it('fail the build if one is missing', () => {
    expect(() => renderScripts('/nowhere')).toThrow('ENOENT')
    expect(() => renderStylesheet('/nowhere')).toThrow('ENOENT')
  })
})
