import { vi } from 'vitest'

/** The module's encoder and decoder, on one kind of host. */
export type Codec = Pick<typeof import('../../../src/runtime/server/token/codec'), 'decodeToken' | 'encodeToken'>

/** Loads the codec as a host with node:crypto does, or as a host without it does, where jose does the work. */
export async function loadCodec(hasNodeCrypto: boolean): Promise<Codec> {
  vi.resetModules()
  if (!hasNodeCrypto) vi.stubGlobal('process', { ...process, getBuiltinModule: undefined })
  try {
    const { nodeCrypto } = await import('../../../src/runtime/server/token/node-crypto')
    if ((nodeCrypto !== undefined) !== (hasNodeCrypto && 'getBuiltinModule' in process)) throw new Error('loaded the codec for the other kind of host')
    return await import('../../../src/runtime/server/token/codec')
  }
  finally {
    vi.unstubAllGlobals()
  }
}
