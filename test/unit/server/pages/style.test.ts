import { describe, expect, it } from 'vitest'
import { renderStyle } from '../../../../src/runtime/server/pages/style'
import { createRandom } from '../../random'

const plain = renderStyle()
const getColor = (style: string, name: string) => new RegExp(`--${name}: ([^;}]+?)(?: }|;)`).exec(style)?.[1]

function getLuminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = (hex.length === 4 ? hex.replace(/[\da-f]/g, '$&$&') : hex).slice(1).match(/../g)?.map((pair) => {
    const part = Number.parseInt(pair, 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) ?? []
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

describe('renderStyle', () => {
  it.each(['#07a', '#0077AA', '#07ac', '#0077aacc', 'teal', 'rgb(0 119 170 / 50%)', 'hsla(200, 100%, 33%, .5)', 'oklch(0.6 0.1 240deg)'])('takes the color %s', (color) => {
    expect(renderStyle({ brandColor: color, buttonText: color })).toContain(`--brand: ${color}; --on-brand: ${color} }`)
  })

  it.each(['', ' ', 'red}*{display:none', 'red;--x:1', 'url(//evil)', 'image-set("x")', 'var(--x)', '#12345', 'rgb(0,0,0)}', 'rgb(url(x))', 'red/**/', 'r\ned', '</style>', 'rgb(\\0)'])('never takes %j, which is not a color', (color) => {
    expect(renderStyle({ brandColor: color, buttonText: color })).toBe(plain)
  })

  it('follows the user\'s color scheme, or the theme\'s', () => {
    expect(plain).toContain('color-scheme: light dark;')
    expect(renderStyle({ colorScheme: 'dark' })).toContain('color-scheme: dark;')
    expect(renderStyle({ colorScheme: 'auto' })).toBe(plain)
    for (const scheme of ['constructor', 'x}']) expect(renderStyle({ colorScheme: scheme as never })).toBe(plain)
  })

  it('has readable text on every brand color', () => {
    const random = createRandom(7)
    for (let round = 0; round < 2000; round++) {
      const brandColor = `#${Math.floor(random.next() * 0x1000000).toString(16).padStart(6, '0')}`
      const text = getColor(renderStyle({ brandColor }), 'on-brand') ?? ''
      const [dark = 0, light = 0] = [getLuminance(brandColor), getLuminance(text)].sort((one, other) => one - other)
      expect((light + 0.05) / (dark + 0.05), brandColor).toBeGreaterThanOrEqual(4.5)
    }
  })

  it('animates nothing for users who prefer reduced motion', () => {
    expect(plain.replace(/@media \(prefers-reduced-motion: no-preference\) \{.*\}/, '')).not.toMatch(/transition|animation/)
  })
})
