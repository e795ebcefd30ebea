import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'pathe'
import { afterAll, expect, it } from 'vitest'
import { isStrong } from '../../../src/runtime/server/config/environment'
import { getDevSecret } from '../../../src/build/secret'

const root = mkdtempSync(join(tmpdir(), 'secret-'))
afterAll(() => rmSync(root, { recursive: true }))

it('SEC-01 makes one random secret per project, keeps it, and only its owner can read it', () => {
  const [one, two] = [join(root, 'a/secret'), join(root, 'b/secret')]
  const secret = getDevSecret(one)
  expect(isStrong(secret)).toBe(true)
  expect(getDevSecret(one)).toBe(secret)
  expect(getDevSecret(two)).not.toBe(secret)
  expect(statSync(one).mode & 0o777).toBe(0o600)
})

it('replaces a file that holds no secret', () => {
  const file = join(root, 'broken')
  writeFileSync(file, 'short')
  expect(isStrong(getDevSecret(file))).toBe(true)
})
