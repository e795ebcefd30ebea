import { base64url, calculateJwkThumbprint, EncryptJWT } from 'jose'
import { hkdf } from 'node:crypto'
import { promisify } from 'node:util'
import { secret } from '../e2e/app'
import { cookieName } from './client'

/** Claims of a user without an account. */
export const claims = { name: 'Forged', sub: '1', uid: '1', role: 'admin', accessToken: 'x', isFragile: false, nickname: '', notes: '' }

/** Encrypts a token with the given time claims, which @auth/core would otherwise set itself. */
export async function seal(times: Record<string, number | undefined>, key = secret): Promise<string> {
  const bytes = new Uint8Array(await promisify(hkdf)('sha256', key, cookieName, `Auth.js Generated Encryption Key (${cookieName})`, 64))
  const kid = await calculateJwkThumbprint({ kty: 'oct', k: base64url.encode(bytes) }, 'sha512')
  return await new EncryptJWT({ ...claims, jti: 'x', ...times }).setProtectedHeader({ alg: 'dir', enc: 'A256CBC-HS512', kid }).encrypt(bytes)
}

/** Encrypts a token issued two days ago: valid, and due for renewal with the next read. */
export async function sealDue(key?: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return await seal({ iat: now - 2 * 86_400, exp: now + 86_400 }, key)
}
