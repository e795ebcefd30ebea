import type { Theme } from '@auth/core/types'

// A name, a hexadecimal colour, or a colour function of plain numbers: nothing that could end a declaration.
const color = /^(?:#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})|[a-z]+|(?:rgb|hsl|hwb|lab|lch|oklab|oklch)a?\([\w\s.,%/+-]+\))$/i

/** The stylesheet of every page, in the theme's colours. What is no colour is left out. */
export function renderStyle({ colorScheme, brandColor, buttonText }: Theme = {}): string {
  const scheme = colorScheme === 'light' || colorScheme === 'dark' ? colorScheme : 'light dark'
  const brand = toColor(brandColor) ?? '#2563eb'
  return `:root { color-scheme: ${scheme}; --brand: ${brand}; --on-brand: ${toColor(buttonText) ?? toReadable(brand)} }
${style}`
}

function toColor(value: string | undefined): string | undefined {
  return value && color.test(value) ? value : undefined
}

/** Black or white, whichever stands out from a hexadecimal colour: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function toReadable(background: string): string {
  const short = /^#[\da-f]{3,4}$/i.test(background)
  const digits = short ? background.replace(/[\da-f]/gi, '$&$&') : background
  const [red = 0, green = 0, blue = 0] = (digits.startsWith('#') ? digits.slice(1, 7).match(/../g) ?? [] : []).map((pair) => {
    const part = Number.parseInt(pair, 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000' : '#fff'
}

const style = `:root {
  --page: light-dark(#f4f4f6, #101014); --card: light-dark(#fff, #1b1b21); --text: light-dark(#1a1a1f, #f2f2f5); --quiet: light-dark(#55555f, #b3b3bd);
  --line: light-dark(#85858f, #7f7f8a); --rule: light-dark(#e4e4e8, #33333b); --bad: light-dark(#a31515, #ffb4ab); --bad-page: light-dark(#fdecec, #3b1616);
  --focus: light-dark(#1d4ed8, #9ec1ff);
}
* { box-sizing: border-box }
[hidden], .error:empty { display: none !important }
body { margin: 0; min-block-size: 100dvh; padding: 1rem; display: grid; place-items: center; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
main { inline-size: min(100%, 25rem); padding: clamp(1.25rem, 6vw, 2.25rem); background: var(--card); border: 1px solid var(--rule); border-radius: 1rem; box-shadow: 0 1px 2px #0001, 0 12px 32px #0000000f }
h1 { margin: 0 0 1.25rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance }
p { margin: 0 0 1.25rem }
.logo { display: block; max-inline-size: 100%; max-block-size: 3rem; margin-block-end: 1.25rem }
.error { padding: .75rem 1rem; border-radius: .5rem; border-inline-start: .25rem solid var(--bad); background: var(--bad-page); color: var(--bad) }
.note { color: var(--quiet); font-size: .875rem }
form { display: grid; margin-block-start: .75rem }
.fields + .button, .button + .fields, .fields + .fields, .note + form { margin-block-start: 1.5rem; padding-block-start: 1.5rem; border-block-start: 1px solid var(--rule) }
label { margin-block-end: .25rem; font-size: .875rem; font-weight: 600 }
input, button { min-block-size: 2.75rem; padding: .5rem .75rem; border-radius: .5rem; font: inherit; color: inherit }
input { inline-size: 100%; margin-block-end: 1rem; border: 1px solid var(--line); background: var(--card) }
input[type=checkbox] { inline-size: 1.5rem; min-block-size: 1.5rem; accent-color: var(--brand) }
input[aria-invalid=true] { border-color: var(--bad) }
::placeholder { color: var(--quiet); opacity: 1 }
button { border: 1px solid transparent; background: var(--brand); color: var(--on-brand); font-weight: 600; cursor: pointer }
.button > button { border-color: var(--line); background: var(--card); color: inherit }
button:hover { box-shadow: 0 0 0 2px var(--card), 0 0 0 4px var(--line) }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }
a { color: inherit; text-underline-offset: .2em }
nav { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; margin-block-start: 1.5rem }
nav a { padding-block: .25rem }
@media (prefers-reduced-motion: no-preference) { button { transition: box-shadow .15s } }
`
