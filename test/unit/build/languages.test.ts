import { describe, expect, it } from 'vitest'
import { listTranslatedPages, renderLanguages } from '../../../src/build/languages'

describe('the pages that @nuxtjs/i18n has translated', () => {
  it('are listed with their whole paths, children included', () => {
    const children = [{ name: 'team-page___de', path: 'seite' }, { name: 'team___de', path: '' }]
    expect(listTranslatedPages([{ name: 'index', path: '/' }, { path: '/de/team', children }, { name: 'login___de', path: '/de/anmelden' }])).toEqual([
      { name: 'team-page___de', path: '/de/team/seite' },
      { name: 'team___de', path: '/de/team' },
      { name: 'login___de', path: '/de/anmelden' },
    ])
  })

  it('are none in an app of one language', () => {
    expect(renderLanguages(listTranslatedPages([{ name: 'index', path: '/' }]))).toBe('export const routes = []\n')
  })
})
