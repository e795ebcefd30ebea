import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

async function check(app: string): Promise<string> {
  const bin = (name: string) => `${root}node_modules/.bin/${name}`
  await run(process.execPath, [bin('nuxt'), 'prepare', app], { cwd: root })
  return await run(process.execPath, [bin('vue-tsc'), '--noEmit', '-p', `${app}/tsconfig.json`], { cwd: root }).then(() => '', ({ stdout }: { stdout: string }) => stdout)
}

describe('types are inferred from the definition', () => {
  it.each(['test/types/app', 'test/fixtures/basic', 'test/fixtures/custom-session-data', 'test/fixtures/extending', 'test/fixtures/base-url', 'test/fixtures/revocation', 'playground'])('%s has no type error, and its negative checks have theirs', async (app) => {
    expect(await check(app)).toBe('')
  })

  it('LEAK-10 fails as soon as the definition gives the browser another field', async () => {
    const file = `${root}test/types/app/server/auth.ts`
    const source = readFileSync(file, 'utf8')
    const leaking = `${root}test/types/app/server/auth-leaking.ts`
    const types = `${root}test/types/app/.nuxt/types/nuxt-authjs.d.ts`
    const registration = readFileSync(types, 'utf8')
    writeFileSync(leaking, source.replace('uid: token.uid, role: token.role', 'uid: token.uid, role: token.role, accessToken: token.accessToken'))
    try {
      // The same checks against a definition that gives too much away.
      writeFileSync(types, registration.replace('server/auth\'', 'server/auth-leaking\''))
      const { stdout } = await run(process.execPath, [`${root}node_modules/.bin/vue-tsc`, '--noEmit', '-p', 'test/types/app/tsconfig.json'], { cwd: root }).then(() => ({ stdout: '' }), (error: { stdout: string }) => error)
      expect(stdout).toContain('pages/index.vue')
      expect(stdout).toContain('Unused \'@ts-expect-error\' directive')
    }
    finally {
      rmSync(leaking)
      writeFileSync(types, registration)
    }
  })
})
