import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { maxBodySize, readText } from '../../../../src/runtime/server/http/body'
import { toEvent } from '../../event'

/** A request whose body comes as `parts`. */
function toBody(parts: Iterable<string> | AsyncIterable<string>) {
  const body = Readable.toWeb(Readable.from(parts, { objectMode: false }))
  return Object.assign(toEvent({}, '/', ''), { web: { request: { body } } })
}

async function* begin(end: Promise<string>) {
  yield 'x'
  yield await end
}

describe('a body', () => {
  it('is its text', async () => {
    expect(await readText(toBody(['{"a":', '"\u00E9"}']), new Headers())).toBe('{"a":"\u00E9"}')
  })

  it('INP-02 is refused where it is larger than it may be, or says so', async () => {
    expect(await readText(toBody(['x'.repeat(maxBodySize), 'x']), new Headers())).toBe(413)
    expect(await readText(toBody([]), new Headers({ 'content-length': String(maxBodySize + 1) }))).toBe(413)
  })

  it('INP-03 is refused where it does not come to its end in time, or breaks off', async () => {
    expect(await readText(toBody(begin(new Promise(() => {}))), new Headers(), 20)).toBe(408)
    expect(await readText(toBody(begin(Promise.resolve().then(() => Promise.reject(new Error('aborted'))))), new Headers())).toBe(400)
  })
})
