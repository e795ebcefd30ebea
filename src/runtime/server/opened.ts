/** Most texts of one generation, and the longest that is kept: together a few MB at most. */
const maxCount = 500
const maxLength = 4096
/** Milliseconds of a generation. A text lives for two of them at most. */
const maxAge = 30_000

let young = new Map<string, string>()
let old = new Map<string, string>()
let since = 0

/**
 * The text of a token that was deciphered a moment ago, by its tag. For a token alone whose MAC has just been verified with its key:
 * the same tag is then the same token. Whether it is still current, and not revoked, is asked of the text each time.
 */
export function recall(tag: string): string | undefined {
  if (Date.now() - since > maxAge) rotate()
  return young.get(tag) ?? old.get(tag)
}

export function remember(tag: string, text: string): void {
  if (text.length > maxLength) return
  if (young.size >= maxCount) rotate()
  young.set(tag, text)
}

function rotate(): void {
  old = Date.now() - since > 2 * maxAge ? new Map() : young
  young = new Map()
  since = Date.now()
}
