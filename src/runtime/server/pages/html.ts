/** Markup that is safe to send. A class, so that no object from a definition or a request can pass for markup. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = Markup | Markup[] | string | false | undefined

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' }

/**
 * A template whose strings are escaped for text and quoted attributes.
 * Markup is inserted as it is; `false` and `undefined` are empty.
 */
export function html(parts: TemplateStringsArray, ...values: Value[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + toText(values[index - 1]) + part))
}

/** ` name="value"` for each string, ` name` for each `true`. Names are escaped, too; none comes from a request. */
export function attributes(values: Record<string, string | boolean | undefined>): Markup[] {
  return Object.entries(values).map(([name, value]) => {
    if (value === undefined || value === false) return html``
    return value === true ? html` ${name}` : html` ${name}="${value}"`
  })
}

function toText(value: Value): string {
  if (value === undefined || value === false) return ''
  if (Array.isArray(value)) return value.map(toText).join('')
  return value instanceof Markup ? value.text : escape(String(value))
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character] ?? '')
}
