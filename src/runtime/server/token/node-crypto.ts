/**
 * `node:crypto`, or undefined on a host without it. Not a static import: those hosts must be able to load this file.
 * It is preferred to WebCrypto because its calls are synchronous; the first call of WebCrypto alone takes 2 to 6 ms.
 */
export const nodeCrypto = globalThis.process?.getBuiltinModule?.('node:crypto')
