/** Every form in which `value` could appear in text: plain, encoded, escaped. */
export function toForms(value: string): string[] {
  const bytes = Buffer.from(value)
  // The Base64 of a text depends on its position in a longer one; only the middle of each of the three variants is stable.
  const base64 = [0, 1, 2].map(offset => Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64').slice(offset === 0 ? 0 : 4, -4))
  return [
    value,
    ...base64,
    ...base64.map(text => text.replaceAll('+', '-').replaceAll('/', '_')),
    bytes.toString('hex'),
    encodeURIComponent(value),
    [...value].map(character => `&#${character.charCodeAt(0)};`).join(''),
    [...value].map(character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  ]
}

/** The forms of `value` that `text` contains: none if nothing leaked. */
export function findForms(text: string, value: string): string[] {
  return toForms(value).filter(form => text.includes(form))
}

/** Everything that a browser receives in a response, as one text. */
export async function toBytes(response: Response): Promise<string> {
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
  return `${response.status}\n${headers}\n\n${await response.text()}`
}
