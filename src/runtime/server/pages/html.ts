/** Markup that is safe to send. A class: no object that a definition or a request brings along can pass for one. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = Markup | Markup[] | string | false | undefined

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' }

/** A template whose values are escaped, as text and in quoted attributes; what is markup already goes in as it is. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + toText(values[index - 1]) + part))
}

/** ` name="value"` for each that has a value, and the name alone for `true`. Names are never a visitor's. */
export function attributes(values: Record<string, string | boolean | undefined>): Markup[] {
  return Object.entries(values).map(([name, value]) => {
    if (value === undefined || value === false) return html``
    return value === true ? html` ${name}` : html` ${name}="${value}"`
  })
}

function toText(value: Value): string {
  if (value === undefined || value === false) return ''
  if (Array.isArray(value)) return value.map(toText).join('')
  return value instanceof Markup ? value.text : String(value).replace(/[&<>"']/g, character => entities[character] ?? '')
}
