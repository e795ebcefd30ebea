/** Most texts of one generation, and the longest that is kept: together a few MB at most. */
const maxCount = 500
const maxLength = 4096
/** Milliseconds of a generation. A text lives in its own and the next, a minute at most. */
const generation = 30_000

let young = new Map<string, string>()
let old = new Map<string, string>()
let current = 0

/**
 * The text of a token that was deciphered a moment ago, by its tag. For a token alone whose MAC has just been verified with its key:
 * the same tag is then the same token. Whether it is still current, and not revoked, is asked of the text each time.
 */
export function recall(tag: string): string | undefined {
  forget()
  return young.get(tag) ?? old.get(tag)
}

export function remember(tag: string, text: string): void {
  if (text.length > maxLength) return
  forget()
  if (young.size >= maxCount) [old, young] = [young, new Map()]
  young.set(tag, text)
}

function forget(): void {
  const now = Math.floor(Date.now() / generation)
  if (now === current) return
  old = now === current + 1 ? young : new Map()
  young = new Map()
  current = now
}
