import type { createRandom } from '../../unit/random'

export type Random = ReturnType<typeof createRandom>

const text = (value: string) => Buffer.from(value)
const utf16 = (value: string) => Buffer.from(value, 'utf16le')

/** Valid and almost valid JSON to put into a token instead of its claims. */
const strangers = [
  '', ' ', '[]', '[{"exp":9999999999}]', 'null', 'true', '1', '-0', '"x"', '"{}"', '{', '{}', ' {} ', '\n{"a":1}\n', '{}x', '{}{}', '{"a":1,}', '{\'a\':1}', '{a:1}', '{"a":NaN}', '{"exp":NaN}', '{"exp":Infinity}', '{"exp":0x7fffffff}', '{"exp":+1}', '{"a":01}', '/**/{}', '{"a":"\t"}', 'undefined', '{"a":undefined}',
  '{"a":1,"a":2}', '{"exp":1,"exp":9999999999}', '{"exp":9999999999,"exp":1}', '{"\\u0065xp":1}', '{"EXP":1}', '{"__proto__":{"exp":1}}', '{"__proto__":null}', '{"constructor":{"prototype":{"role":"admin"}}}', '{"toString":1}', '{"toJSON":1}', '{"then":1}', '{"length":0}', '{"":""}', '{"a":"\\ud800"}', '{"a":"\\udc00\\ud800"}', '{"a":"\\u0000"}', '{"a":"\\x"}', '{"a":-0}', '{"a":1e999}', '{"a":12345678901234567890}',
  '\uFEFF{"a":1}', '{"a":1}\uFEFF', '\uFEFF\uFEFF{}', '\u00A0{}', '\u2028{}', '{"a":"\u2028"}', '{"a":"ü€😀"}',
  '[{}]', '{"exp":[9999999999]}', '{"aud":["x"],"iss":"y","sub":1}', `{"a":${'['.repeat(500)}${']'.repeat(500)}}`, `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`, `${'['.repeat(20_000)}`, `{"a":${'['.repeat(2000)}`,
].map(text)

/** Bytes that are not valid UTF-8 but that a lenient decoder might accept. */
const bytes = [
  Buffer.from([0xFF]), Buffer.from([0xC0, 0x80]), Buffer.from([0xE2, 0x82]), Buffer.from([0xED, 0xA0, 0x80]), Buffer.from([0xF4, 0x90, 0x80, 0x80]), Buffer.from([0x80]), Buffer.from([0xF0, 0x9F, 0x98]), Buffer.from([0]),
].flatMap(each => [Buffer.concat([text('{"a":"'), each, text('"}')]), Buffer.concat([each, text('{}')]), Buffer.concat([text('{}'), each])]).concat(utf16('{}'), utf16('\uFEFF{}'), Buffer.concat([Buffer.from([0xFE, 0xFF]), text('{}')]))

const noTimes = ['"9999999999"', '"soon"', '""', 'null', 'true', 'false', '[]', '{}', '[9999999999]', '1e999', '-1e999', '1e308', '-1', '0', '-0', '9007199254740993', '0.1', '1e3', '"NaN"', '4102444800000', '-62135596800', '"2036-11-21T12:00:00.000Z"']
const ahead = { exp: [-3600, -17, -16, -15.5, -15.000_001, -15, -14.999, -14.5, -14, -1, 0, 1, 60, 3600, 2_592_000], nbf: [-3600, -1, 0, 1, 14, 14.5, 15, 15.000_001, 15.5, 16, 17, 3600], iat: [-3600, -16, 0, 14, 16, 3600, 1e9] }

/** A time claim as JSON text, or undefined to omit it. Mostly a time close to the tolerance, sometimes not a time at all. */
function toTime({ next, pick }: Random, claim: keyof typeof ahead, now: number): string | undefined {
  const chance = next()
  if (chance < 0.3) return undefined
  return chance < 0.8 ? String(now + pick(ahead[claim])) : pick(noTimes)
}

/** Up to 29 kB but rarely more than a few hundred bytes. The largest token has 40 kB. */
export function toPadding({ next }: Random): string {
  return (next() < 0.5 ? 'x' : 'ü').repeat(Math.floor(next() ** 12 * 29_000))
}

/** Random claims, the same for the same seed. */
export function toBytes({ next }: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(next() * 256)))
}

/** The plaintext of a token. `now` is in seconds. */
export function toPayload(random: Random, now: number): Buffer {
  const { next, pick } = random
  const chance = next()
  if (chance < 0.12) return pick(strangers)
  if (chance < 0.18) return pick(bytes)
  if (chance > 0.9) return text(JSON.stringify({ sub: '1', padding: toPadding(random), exp: now + 60 }))
  const times = (['exp', 'nbf', 'iat'] as const).map(claim => [claim, next() < 0.6 ? toTime(random, claim, now) : undefined] as const)
  const members = ['"sub":"1"', ...times.flatMap(([claim, value]) => value === undefined ? [] : [`"${claim}":${value}`]), `"role":${pick(['"admin"', 'null', '["a",{"b":1.5}]'])}`]
  return text(`{${(next() < 0.5 ? members : members.toReversed()).join(pick([',', ', ', ' ,\n']))}}`)
}
