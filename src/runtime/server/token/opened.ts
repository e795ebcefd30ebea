import { toJsonCopy } from './json-copy'

/** A token that was opened: what it says, so that nobody has to read it again. */
export interface Opened {
  token: string
  /** Everything that its tag vouches for, as it goes into the MAC. */
  sealed: Uint8Array
  tag: Uint8Array
  /** What was sealed. Nobody else's: whoever asks gets a copy. */
  payload: object
}

/** Most characters of the tokens of one generation. With bytes and payload of each, both together are some 6 MB at most. */
const maxSize = 1_000_000
/** Milliseconds of a generation. A token lives in its own and the next, a minute at most. */
const generation = 30_000
/** Characters of a tag: 32 bytes in base64url. Nobody can guess one, and so learn from a lookup's time how far a token is right. */
export const tagLength = 43

let young = new Map<string, Opened>()
let old = new Map<string, Opened>()
/** Four bytes of each tag that was here in this generation, at a place that four others of it name: the last one's of its place. */
const noted = new Uint32Array(8192)
let size = 0
let current = 0

/**
 * What is known of a token that was opened a moment ago, and had a right MAC then. The caller verifies it again,
 * and asks the payload each time whether it is still current, and not revoked.
 */
export function recall(token: string): Opened | undefined {
  forget()
  const id = token.slice(-tagLength)
  const known = young.get(id) ?? old.get(id)
  return known?.token === token ? known : undefined
}

/** Keeps copies: a part of a cookie would keep its whole header in memory, and a small buffer all that it shares a block with. */
export function remember({ token, sealed, tag, payload }: Opened): void {
  if (token.length > maxSize) return
  forget()
  if (size + token.length > maxSize) [old, young, size] = [young, new Map(), 0]
  size += token.length
  young.set(token.slice(-tagLength), { token, sealed: new Uint8Array(sealed), tag: new Uint8Array(tag), payload: toJsonCopy(payload) })
}

/**
 * True for a tag that was here a moment ago. To keep what a token says costs more than to open it once more: it outlives its request,
 * and the collector has to move it. So nothing is kept of one that does not come again. A tag that is taken for another is kept too early.
 */
export function isReturning(tag: Buffer): boolean {
  forget()
  const place = tag.readUInt32LE(0) % noted.length
  const mark = tag.readUInt32LE(4)
  const isNoted = noted[place] === mark
  noted[place] = mark
  return isNoted
}

function forget(): void {
  const now = Math.floor(Date.now() / generation)
  if (now === current) return
  old = now === current + 1 ? young : new Map()
  young = new Map()
  noted.fill(0)
  size = 0
  current = now
}
