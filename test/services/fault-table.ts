/** Checks the tables of docs/faults.md against the test results, except for the times, which are from the last run with `UPDATE=1`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

/** One fault: its results in the order of the columns, and its times in milliseconds. */
export interface Row { fault: string, seen: string[], longest: number, recovery: number }

const page = fileURLToPath(new URL('../../docs/faults.md', import.meta.url))

/** Expects `rows` to match the table of this name, or writes it with `UPDATE=1`. Rows are in the order of the page. */
export function expectTable(name: string, columns: string[], rows: Row[]): void {
  const text = readFileSync(page, 'utf8')
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`]
  const [before = '', rest = ''] = text.split(start)
  const [table = '', after = ''] = rest.split(end)
  const next = renderTable([...columns, 'longest response', 'recovered after'], rows)
  if (process.env.UPDATE) writeFileSync(page, before + start + next + end + after)
  else expect(withoutTimes(next)).toBe(withoutTimes(table))
}

function renderTable(columns: string[], rows: Row[]): string {
  const lines = rows.map(({ fault, seen, longest, recovery }) => [fault, ...seen, toSeconds(longest), toSeconds(recovery)])
  return [columns, columns.map(() => '---'), ...lines].map(cells => `| ${cells.join(' | ')} |\n`).join('')
}

function withoutTimes(table: string): string {
  return table.replace(/\| [\d.]+ s \| [\d.]+ s \|$/gm, '|')
}

function toSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/** The different results of one column, joined. */
export function toWord(seen: Iterable<string | number>): string {
  return [...new Set([...seen].map(String))].sort().join(', ')
}
