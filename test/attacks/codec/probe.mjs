// Preloaded (`node --import`): counts this process's decryptions with each API, and logs the counts on SIGUSR2.
import { createRequire, syncBuiltinESMExports } from 'node:module'

const crypto = createRequire(import.meta.url)('node:crypto')
const calls = { decipher: 0, subtle: 0 }
const count = (target, name, counter) => {
  const own = target[name]
  target[name] = function (...args) {
    calls[counter]++
    return own.apply(this, args)
  }
}
count(crypto.Decipheriv.prototype, 'update', 'decipher')
count(globalThis.crypto.subtle, 'decrypt', 'subtle')
// Makes named imports get the counting functions.
syncBuiltinESMExports()
let asked = 0
process.on('SIGUSR2', () => console.info(`probe ${++asked} ${JSON.stringify(calls)}`))
