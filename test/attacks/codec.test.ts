import { describe, expect, it } from 'vitest'
import { compare } from './codec/compare'
import { loadCodec } from './codec/paths'

const seed = Number(process.env.SEED ?? 20261121)
const count = Number(process.env.COUNT ?? 100_000)

describe('the token', () => {
  it(`is accepted and refused exactly as by @auth/core/jwt, with node:crypto and with jose, for ${count} tokens`, { timeout: 1_800_000 }, async () => {
    const codecs = { 'node:crypto': await loadCodec(true), 'jose': await loadCodec(false) }
    const began = Date.now()
    const counts = await compare({ codecs, count, seed })
    console.info(`codec: ${count} tokens in ${Math.round((Date.now() - began) / 1000)} s, SEED=${seed}, ${JSON.stringify(counts)}\n`)
    // A run in which every token is refused would prove nothing.
    expect(Object.entries(counts).filter(([, times]) => times < count / 200)).toEqual([])
  })
})
