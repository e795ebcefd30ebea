import { createRandom } from '../../unit/random'
import type { Random } from './payloads'

type Mutation = (token: string, random: Random, donors: readonly string[]) => string

const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
const strangers = ['=', '.', '+', '/', ' ', '\n', '\t', '\0', '%', ',', '\u00E9', '\u212A', '\uFF21', '\uD800', '~', 'A']

/** Replaces one part of a token. The tag and the cipher's parts are chosen as often as the header. */
function changePart(token: string, { next }: Random, change: (part: string) => string): string {
  const parts = token.split('.')
  const at = Math.floor(next() * parts.length)
  return parts.with(at, change(parts[at] ?? '')).join('.')
}

const at = ({ next }: Random, text: string) => Math.floor(next() * text.length)
const splice = (text: string, where: number, cut: number, insert: string) => text.slice(0, where) + insert + text.slice(where + cut)

function flipBit(part: string, { next }: Random): string {
  const bytes = Buffer.from(part, 'base64url')
  if (bytes.length === 0) return part
  const where = Math.floor(next() * bytes.length)
  bytes[where]! ^= 1 << Math.floor(next() * 8)
  return bytes.toString('base64url')
}

/** Number of unused bits in the last base64url character. */
function setSpareBits(part: string, { pick }: Random): string {
  const index = alphabet.indexOf(part.at(-1) ?? '')
  const spare = [1, 1, 16, 4][part.length % 4] ?? 1
  return index < 0 || spare === 1 ? part : part.slice(0, -1) + alphabet[index - index % spare + pick([1, spare - 1])]
}

const mutations: Mutation[] = [
  (token, random) => changePart(token, random, part => flipBit(part, random)),
  (token, random) => changePart(token, random, part => flipBit(part, random)),
  (token, random) => changePart(token, random, part => setSpareBits(part, random)),
  (token, random) => changePart(token, random, part => part + random.pick(['=', '==', '===', 'A', 'AA', 'AAAA', '\n', ' ', '.', '..', '%3D', '\0'])),
  (token, random) => changePart(token, random, part => random.pick(['=', ' ', '\n', 'A', '.']) + part),
  (token, random) => changePart(token, random, part => part.slice(0, at(random, part))),
  (token, random) => changePart(token, random, part => part.slice(1 + Math.floor(random.next() * 4))),
  (token, random) => changePart(token, random, () => ''),
  (token, random) => changePart(token, random, part => part + part),
  (token, random) => changePart(token, random, part => part.replaceAll('-', '+').replaceAll('_', '/')),
  (token, random) => changePart(token, random, part => Buffer.from(part, 'base64url').toString('base64')),
  (token, random) => changePart(token, random, part => part.padEnd(Math.ceil(part.length / 4) * 4, '=')),
  (token, random) => changePart(token, random, part => splice(part, at(random, part), 0, random.pick(strangers))),
  (token, random) => splice(token, at(random, token), 1, random.pick(alphabet)),
  (token, random) => splice(token, at(random, token), 1, random.pick(strangers)),
  (token, random) => splice(token, at(random, token), 1 + Math.floor(random.next() * 30), ''),
  (token, random) => splice(token, at(random, token), 0, random.pick(['.', '..', '\n', 'AAAA'])),
  // A part of another token, in the same or in another position.
  (token, random, donors) => changePart(token, random, () => random.pick(random.pick(donors).split('.'))),
  (token, random, donors) => token.split('.').map((part, index) => random.next() < 0.5 ? part : random.pick(donors).split('.')[index] ?? '').join('.'),
  (token, { next }) => token.split('.').toSorted(() => next() - 0.5).join('.'),
  (token, { pick }) => token + pick(['=', '.', '.x', '..', 'A', ' ', '\n', '.'.repeat(50), '\0']),
  (token, { pick }) => pick([' ', '.', '\n', '\uFEFF', 'Bearer ']) + token,
  (token, { next }) => token.slice(0, Math.floor(next() * token.length)),
  (token, { pick }) => pick([token.toLowerCase(), token.toUpperCase(), [...token].reverse().join(''), `${token}.${token}`, encodeURIComponent(token.toWellFormed()), JSON.stringify(token), token.replaceAll('.', ''), token.replace('..', '.AAAA.'), token.split('.').slice(0, 3).join('.')]),
]

/** Applies mutations to a token. Each depends only on its own seed, so removing one doesn't change the others. */
export function bend(token: string, seeds: readonly number[], donors: readonly string[]): string {
  return seeds.reduce((bent, seed) => {
    const random = createRandom(seed)
    return random.pick(mutations)(bent, random, donors)
  }, token)
}
