import { describe, expect, it } from 'vitest'
import { attributes, html } from '../../../../src/runtime/server/pages/html'

const hostile = `"><script>alert('1')</script>&`
const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;'

describe('html', () => {
  it('never lets a value become markup, in text or in an attribute', () => {
    expect(html`<p title="${hostile}">${hostile}</p>`.text).toBe(`<p title="${escaped}">${escaped}</p>`)
  })

  it('never takes an object that looks like markup for markup', () => {
    expect(html`${{ text: '<b>' } as never}`.text).not.toContain('<')
  })

  it('keeps markup and lists of markup, and leaves out false and undefined', () => {
    expect(html`${html`<b>${'<'}</b>`}${[html`<i>`, html`<u>`]}${false}${undefined}`.text).toBe('<b>&lt;</b><i><u>')
  })
})

describe('attributes', () => {
  it('leaves out undefined and false, and writes true as a bare name', () => {
    expect(html`<input${attributes({ type: 'text', required: true, autofocus: false, value: undefined, title: '' })}>`.text).toBe('<input type="text" required title="">')
  })

  it('never lets a value end its attribute', () => {
    expect(html`<input${attributes({ value: hostile })}>`.text).toBe(`<input value="${escaped}">`)
  })
})
