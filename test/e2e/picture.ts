import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const folder = fileURLToPath(new URL('../.cache/screenshots', import.meta.url))
mkdirSync(folder, { recursive: true })

/** Visual properties of a page. */
export interface Picture {
  /** Mean of all pixels, from 0 (black) to 1 (white). */
  brightness: number
  /** Number of different colors, with 16 steps per channel. A page without stylesheet or content has few. */
  colours: number
  /** Pixels by which the page overflows its window horizontally. */
  overflow: number
  /** Accessibility rules that the page violates, including text contrast, with the elements. */
  violations: string[]
  /** Accessibility rules that apply to the page and pass. */
  passes: string[]
}

/** Takes a screenshot of the whole page and measures it. The file stays in `test/.cache/screenshots`. */
export async function look(page: Page, name: string): Promise<Picture> {
  const png = await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: 'disabled' })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  await page.evaluate(axe)
  const rules = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: () => Promise<Record<'violations' | 'passes', { id: string, nodes: { html: string }[] }[]>> } }
    const { violations, passes } = await axe.run()
    return { violations: violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(' ')}`), passes: passes.map(({ id }) => id) }
  })
  return { ...await measure(page, png.toString('base64')), ...rules, overflow }
}

/** Runs in an empty page, because the tested page's CSP may forbid reading images. */
async function measure(page: Page, png: string): Promise<Pick<Picture, 'brightness' | 'colours'>> {
  const empty = await page.context().newPage()
  const result = await empty.evaluate(async (png) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob())
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')!
    canvas.drawImage(image, 0, 0)
    const { data } = canvas.getImageData(0, 0, image.width, image.height)
    const colours = new Set<number>()
    let sum = 0
    for (let index = 0; index < data.length; index += 4) {
      const [red = 0, green = 0, blue = 0] = [data[index], data[index + 1], data[index + 2]]
      sum += 0.2126 * red + 0.7152 * green + 0.0722 * blue
      colours.add((red >> 4) << 8 | (green >> 4) << 4 | blue >> 4)
    }
    return { brightness: sum / (data.length / 4) / 255, colours: colours.size }
  }, png)
  await empty.close()
  return result
}
