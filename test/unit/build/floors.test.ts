import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { findOutdated, listWarnings, readVersions, warnOfOutdated } from '../../../src/build/floors'

const logger = vi.hoisted(() => ({ current: (_message: string): void => {} }))
vi.mock('@nuxt/kit', () => ({ useLogger: () => ({ warn: (message: string) => logger.current(message) }), getNitroVersion: () => 2 }))

describe('the dependency floor', () => {
  it('names what is below it, by major', () => {
    const old = { '@auth/core': '0.41.2', 'nuxt': '3.21.9', 'nitropack': '2.13.5', 'h3': '1.9.0', 'nodemailer': '6.10.1' }
    expect(findOutdated(old).map(({ name, floor }) => `${name} ${floor}`)).toEqual(['@auth/core 0.41.3', 'nuxt 3.21.10', 'nitropack 2.13.6', 'h3 1.15.11', 'nodemailer 7.0.7'])
    expect(findOutdated({ nuxt: '4.5.0' })).toEqual([{ name: 'nuxt', version: '4.5.0', floor: '4.6.4' }])
    expect(findOutdated({ nuxt: '4.6.3' })).toHaveLength(1)
    expect(findOutdated({ h3: '1.15.11-rc.1' })).toHaveLength(1)
  })

  it('says nothing of what is at it, above it, of a later major, or not there', () => {
    expect(findOutdated({ '@auth/core': '0.41.3', 'nuxt': '4.6.4', 'nitropack': '2.13.6', 'h3': '1.15.11', 'nodemailer': '7.0.7' })).toEqual([])
    expect(findOutdated({ '@auth/core': '0.100.0', 'nuxt': '5.0.0-29830089.dc519522', 'h3': '2.0.1-rc.5', 'nodemailer': '8.0.11', 'nitropack': undefined })).toEqual([])
    expect(findOutdated({})).toEqual([])
  })

  it('says that an older Nuxt 4 is to be updated, and that no version of Nuxt 3 is fixed', () => {
    const list = (nuxt: string) => listWarnings({ nuxt }).map(({ message }) => message)
    expect(list('4.6.3')).toEqual([expect.stringMatching(/AUTH_M008: nuxt 4\.6\.3 .*Update nuxt to 4\.6\.4 or later/)])
    for (const version of ['3.17.7', '3.21.11']) {
      expect(list(version)).toEqual([expect.stringMatching(/AUTH_M008: nuxt 3\.\S+ has published advisories that no version of Nuxt 3 fixes.*Move the app to nuxt 4\.6\.4.*`auth` rules of this module hold/)])
    }
    expect([...list('4.6.4'), ...list('5.0.0-29830089.dc519522')]).toEqual([])
  })

  it('is logged once per process, and not while types are prepared', () => {
    const warn = vi.fn()
    logger.current = warn
    const set = (_prepare: boolean) => warnOfOutdated({ options: { modulesDir: [], _prepare }, _version: '3.21.11' } as never)
    set(true)
    expect(warn).not.toHaveBeenCalled()
    for (let run = 0; run < 3; run++) set(false)
    expect(warn).toHaveBeenCalledOnce()
  })

  it('is kept by this repository itself', () => {
    const versions = readVersions([fileURLToPath(new URL('../../../node_modules', import.meta.url)), '/nowhere'], { nuxt: '3.21.11' })
    expect(Object.values(versions).every(version => /^\d/.test(version ?? ''))).toBe(true)
    expect(findOutdated(versions)).toEqual([])
  })
})
