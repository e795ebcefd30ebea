import type { RequestConfig } from '../config/load'
import { html } from './html'
import type { Markup } from './html'
import type { PageTexts } from './texts'

/** The request's part in a page. */
export interface PageContext {
  config: Pick<RequestConfig, 'basePath' | 'home' | 'origin' | 'theme'>
  texts: PageTexts
  csrfToken: string
  /** A path of this app. */
  callbackUrl: string
  error: string | null
  code: string | null
}

/** A whole HTML document with the theme's logo, `title` as its heading, and `body` below. */
export function renderDocument({ config, texts }: PageContext, title: string, body: Markup): Markup {
  const logo = getLogo(config)
  return html`<!doctype html>
<html lang="${texts.lang}" dir="${texts.dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="stylesheet" href="${config.basePath}/style.css">
</head>
<body>
<main>
${logo && html`<img class="logo" src="${logo.href}" alt="">\n`}<h1>${title}</h1>
${body}</main>
</body>
</html>
`
}

/** The hidden fields that every form of this module sends: the CSRF token and the callback URL. */
export function renderHiddenFields({ csrfToken, callbackUrl }: PageContext): Markup {
  return html`<input type="hidden" name="csrfToken" value="${csrfToken}">
<input type="hidden" name="callbackUrl" value="${callbackUrl}">
`
}

/** The URL of the theme's logo. Undefined if it is not an http(s) URL or an image in a data URL. */
export function getLogo({ theme, origin }: PageContext['config']): URL | undefined {
  const url = theme?.logo && URL.canParse(theme.logo, origin) ? new URL(theme.logo, origin) : undefined
  return url && (/^https?:$/.test(url.protocol) || url.href.startsWith('data:image/')) ? url : undefined
}
