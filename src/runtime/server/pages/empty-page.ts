// Replaces Auth.js's own pages in a bundle: this module serves its default pages instead (see src/build/bundle.ts).

/** One of Auth.js's pages, without content. */
export default function renderNothing(): string {
  return ''
}

/** Preact's renderer: with Auth.js's pages gone, there is nothing to render. */
export function renderToString(): string {
  return ''
}
