/** Every way in which `value` could hide in text: as it is, encoded, escaped. */
export function toForms(value: string): string[] {
  const bytes = Buffer.from(value)
  // Base64 of a text differs by where in a longer one it stands; the middle of each of the three positions does not.
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

/** The forms of `value` that `text` holds: none, where nothing leaked. */
export function findForms(text: string, value: string): string[] {
  return toForms(value).filter(form => text.includes(form))
}

/** All that a browser gets of a response, as one text. */
export async function toBytes(response: Response): Promise<string> {
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
  return `${response.status}\n${headers}\n\n${await response.text()}`
}
