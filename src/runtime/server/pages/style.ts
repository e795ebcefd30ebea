import type { Theme } from '@auth/core/types'
import { stylesheet } from '#nuxt-authjs/style'

// A color name, a hexadecimal color, or a color function of plain numbers: nothing that could end a declaration.
const hexadecimal = /^#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i
const named = /^[a-z]+$/i
const functional = /^(?:rgb|hsl|hwb|lab|lch|oklab|oklch)a?\([\w\s.,%/+-]+\)$/i

/** The stylesheet of every default page, in the theme's colors. A value that is not a color is ignored. */
export function renderStyle({ colorScheme, brandColor, buttonText }: Theme = {}): string {
  const scheme = colorScheme === 'light' || colorScheme === 'dark' ? colorScheme : 'light dark'
  const brand = toColor(brandColor) ?? '#2563eb'
  const onBrand = toColor(buttonText) ?? toReadable(brand)
  return `:root { color-scheme: ${scheme}; --brand: ${brand}; --on-brand: ${onBrand} }\n${stylesheet}`
}

function toColor(value: string | undefined): string | undefined {
  return value && [hexadecimal, named, functional].some(pattern => pattern.test(value)) ? value : undefined
}

/**
 * Black or white, whichever has more contrast with a hexadecimal color; white for any other.
 * https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
 */
function toReadable(background: string): string {
  const [red = 0, green = 0, blue = 0] = toChannels(background).map(toLinear)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000' : '#fff'
}

/** Red, green and blue from 0 to 1; none of them for a color that is not hexadecimal. */
function toChannels(color: string): number[] {
  if (!hexadecimal.test(color)) return []
  const digits = color.length <= 5 ? color.slice(1).replace(/./g, '$&$&') : color.slice(1)
  return (digits.slice(0, 6).match(/../g) ?? []).map(pair => Number.parseInt(pair, 16) / 255)
}

function toLinear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
}
