import { vi } from 'vitest'

/** What this module does with a token, on one kind of host. */
export type Codec = Pick<typeof import('../../../src/runtime/server/token/codec'), 'decodeToken' | 'encodeToken'>

/** The codec as a host with node:crypto loads it, or as one without it does, where jose does all of it. */
export async function loadCodec(hasNodeCrypto: boolean): Promise<Codec> {
  vi.resetModules()
  if (!hasNodeCrypto) vi.stubGlobal('process', { ...process, getBuiltinModule: undefined })
  try {
    const { nodeCrypto } = await import('../../../src/runtime/server/token/node-crypto')
    if ((nodeCrypto !== undefined) !== (hasNodeCrypto && 'getBuiltinModule' in process)) throw new Error('another path than the one that was asked for')
    return await import('../../../src/runtime/server/token/codec')
  }
  finally {
    vi.unstubAllGlobals()
  }
}
