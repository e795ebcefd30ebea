// Stands in for Auth.js's own pages in a bundle: this module serves its default pages instead (see src/build/bundle.ts).

/** A page of Auth.js, without content. */
export default function renderNothing(): string {
  return ''
}

/** Preact's renderer, which has nothing to render. */
export function renderToString(): string {
  return ''
}
