// docs/performance.md: the tables between `<!-- part -->` and `<!-- end of part -->` are written by the command.
import { readFileSync, writeFileSync } from 'node:fs'

/** Puts each text between its markers. Throws if the page has no such markers. Other parts stay unchanged. */
export function fillPlaces(page, texts) {
  return Object.entries(texts).filter(([, text]) => text !== undefined).reduce((filled, [part, text]) => {
    const [before, rest] = filled.split(`<!-- ${part} -->\n`)
    const [, after] = (rest ?? '').split(`<!-- end of ${part} -->`)
    if (after === undefined) throw new Error(`docs/performance.md has no place for ${part}`)
    return `${before}<!-- ${part} -->\n${text}\n<!-- end of ${part} -->${after}`
  }, page)
}

export function writeDocs(path, texts) {
  writeFileSync(path, fillPlaces(readFileSync(path, 'utf8'), texts))
}
