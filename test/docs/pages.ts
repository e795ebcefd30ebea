import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** A Markdown file of this repository. `name` is its path from the root. */
export interface Page { name: string, text: string }

/** A fenced block: `line` is that of its opening fence, from 1. */
export interface Block { page: string, line: number, language: string, code: string }

const standalone = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']

/** Every public page of this package. */
export function readPages(): Page[] {
  const docs = readdirSync(`${root}/docs`).filter(name => name.endsWith('.md')).map(name => `docs/${name}`)
  return [...standalone, ...docs].filter(name => existsSync(`${root}/${name}`)).map(readPage)
}

export function readPage(name: string): Page {
  return { name, text: readFileSync(`${root}/${name}`, 'utf8') }
}

export function listBlocks({ name, text }: Page): Block[] {
  const blocks: Block[] = []
  let open: Block | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const [, language] = /^\s*```(\S*)/.exec(line) ?? []
    if (language === undefined) {
      if (open) open.code += `${line}\n`
    }
    else if (open) {
      blocks.push(open)
      open = undefined
    }
    else {
      open = { page: name, line: index + 1, language, code: '' }
    }
  }
  if (open) throw new Error(`${name}:${open.line}: this fence is never closed`)
  return blocks
}

/** The lines of the page outside its fenced blocks. */
function listProse({ text }: Page): { line: number, text: string }[] {
  let isCode = false
  return text.split('\n').map((text, index) => ({ line: index + 1, text })).filter(({ text }) => {
    const isFence = /^\s*```/.test(text)
    if (isFence) isCode = !isCode
    return !isCode && !isFence
  })
}

/** The anchors of a page's headings, as GitHub generates them. */
export function listAnchors(page: Page): string[] {
  const seen = new Map<string, number>()
  return listHeadings(page).map((heading) => {
    const slug = heading.replace(/`|\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-')
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    return count === 0 ? slug : `${slug}-${count}`
  })
}

export function listHeadings(page: Page, level = '#{1,6}'): string[] {
  return listProse(page).flatMap(({ text }) => new RegExp(`^${level} (.+?)\\s*$`).exec(text)?.[1] ?? [])
}

/** Links to a missing file or heading. Links to other sites are not followed. */
export function findDeadLinks(page: Page, pages: Page[]): string[] {
  return listProse(page).flatMap(({ line, text }) => [...text.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^(?:https?|mailto):/.test(link)) return []
    const [path = '', anchor] = link.split('#')
    const name = path === '' ? page.name : posix.join(posix.dirname(page.name), path)
    if (name.startsWith('../') || !existsSync(`${root}/${name}`)) return `${page.name}:${line}: ${link}: there is no ${name}`
    const target = pages.find(other => other.name === name)
    if (anchor === undefined || (target && listAnchors(target).includes(anchor))) return []
    return `${page.name}:${line}: ${link}: ${name} has no heading #${anchor}`
  }))
}

/** `npm run x`, `npm test` and `npm start` of a page that package.json does not have. */
export function findUnknownScripts({ name, text }: Page, scripts: string[]): string[] {
  return text.split('\n').flatMap((line, index) =>
    [...line.matchAll(/npm (?:run ([\w:-]+)|(test|start)\b)/g)]
      .map(([, script, short]) => script ?? short ?? '')
      .filter(script => !scripts.includes(script))
      .map(script => `${name}:${index + 1}: package.json has no script \`${script}\``))
}
