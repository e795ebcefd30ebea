import { posix } from 'node:path'
import { readPage } from './pages'

/** A row of the hop table: where a value changes, and which functions of which file change it. */
export interface Hop { hop: string, change: string, functions: string[], file: string, never: string }

/** The hop table, whose only source is AGENTS.md. Files are paths below `src/runtime/`. */
export function readHops(): Hop[] {
  const rows = readPage('AGENTS.md').text.split('\n').filter(line => /^\| (?:\d|read|write|guard) \|/.test(line))
  return rows.map((row) => {
    const [hop = '', change = '', functions = '', file = '', never = ''] = row.split('|').slice(1).map(cell => cell.trim())
    return { hop, change, functions: functions.match(/(?<=`)\w+(?=`)/g) ?? [], file: file.replaceAll('`', ''), never }
  })
}

/** Renders the same table for docs/how-it-works.md, with links. */
export function renderHops(hops: Hop[]): string {
  const rows = hops.map(({ hop, change, functions, file, never }) => {
    const link = `[${posix.basename(file)}](../src/runtime/${file})`
    return `| ${hop} | ${change} | ${functions.map(name => `\`${name}\``).join(', ')} | ${link} | ${never} |`
  })
  return ['| hop | from → to | function | file | must never happen |', '|---|---|---|---|---|', ...rows].join('\n')
}
