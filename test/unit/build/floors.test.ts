import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { findOutdated, readVersions } from '../../../src/build/floors'

describe('the dependency floor', () => {
  it('names what is below it, by major', () => {
    const old = { '@auth/core': '0.41.2', 'nuxt': '3.21.9', 'nitropack': '2.13.5', 'h3': '1.9.0', 'nodemailer': '6.10.1' }
    expect(findOutdated(old).map(({ name, floor }) => `${name} ${floor}`)).toEqual(['@auth/core 0.41.3', 'nuxt 3.21.10', 'nitropack 2.13.6', 'h3 1.15.11', 'nodemailer 7.0.7'])
    expect(findOutdated({ nuxt: '4.5.0' })).toEqual([{ name: 'nuxt', version: '4.5.0', floor: '4.5.1' }])
    expect(findOutdated({ h3: '1.15.11-rc.1' })).toHaveLength(1)
  })

  it('says nothing of what is at it, above it, of a later major, or not there', () => {
    expect(findOutdated({ '@auth/core': '0.41.3', 'nuxt': '4.5.1', 'nitropack': '2.13.6', 'h3': '1.15.11', 'nodemailer': '7.0.7' })).toEqual([])
    expect(findOutdated({ '@auth/core': '0.100.0', 'nuxt': '5.0.0-29830089.dc519522', 'h3': '2.0.1-rc.5', 'nodemailer': '8.0.11', 'nitropack': undefined })).toEqual([])
    expect(findOutdated({})).toEqual([])
  })

  it('is kept by this repository itself', () => {
    const versions = readVersions([fileURLToPath(new URL('../../../node_modules', import.meta.url)), '/nowhere'], { nuxt: '3.21.11' })
    expect(Object.values(versions).every(version => /^\d/.test(version ?? ''))).toBe(true)
    expect(findOutdated(versions)).toEqual([])
  })
})
