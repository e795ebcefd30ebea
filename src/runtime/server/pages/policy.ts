import type { RequestConfig } from '../config/load'
import { getLogo } from './layout'

/** The parts of a page that its policy depends on. */
export interface PageParts { hasForm?: boolean, hasScript?: boolean }

/**
 * The Content-Security-Policy of a default page. It allows this app's stylesheet and the theme's logo, and a script and
 * form targets if the page has them. Chromium applies `form-action` to the redirects after a form, too, and an OAuth
 * provider's hosts are unknown here, so it allows any https URL.
 */
export function toPolicy(config: RequestConfig, { hasForm, hasScript }: PageParts): string {
  const { origin } = config
  const formAction = origin.startsWith('http:') ? '\'self\' https: http:' : '\'self\' https:'
  return [
    'default-src \'none\'',
    'style-src \'self\'',
    `img-src ${toImageSource(config)}`,
    ...hasScript ? ['script-src \'self\'', 'connect-src \'self\''] : [],
    `form-action ${hasForm ? formAction : '\'none\''}`,
    'frame-ancestors \'none\'',
    'base-uri \'none\'',
  ].join('; ')
}

function toImageSource(config: RequestConfig): string {
  const logo = getLogo(config)
  if (!logo || logo.origin === config.origin) return '\'self\''
  return `'self' ${logo.protocol === 'data:' ? 'data:' : logo.origin}`
}
