import type { RequestConfig } from '../config/load'
import type { Form } from './forms'
import { attributes, html } from './html'
import type { Markup } from './html'
import { getErrorText } from './texts'
import type { PageTexts } from './texts'

/** What a page is made of. */
export interface PageContext {
  config: Pick<RequestConfig, 'basePath' | 'home' | 'origin' | 'theme'>
  texts: PageTexts
  csrfToken: string
  callbackUrl: string
  error: string | null
  code: string | null
}

/** The sign-in page. `name` is what somebody entered before he was refused. */
export function renderSignIn(context: PageContext, forms: Form[], name = ''): Markup {
  const { texts, error, code } = context
  const first = findFirstInput(forms, name)
  const message = error === null ? false : html`<p id="error" class="error" role="alert"${attributes({ tabindex: '-1', autofocus: !first })}>${getErrorText(texts, error, code)}</p>\n`
  const body = forms.map((form, index) => renderForm(context, form, `f${index}`, name, first))
  const script = forms.some(({ passkey }) => passkey) && html`<script type="module" src="${context.config.basePath}/passkey.js"></script>\n`
  return renderPage(context, texts.signIn, html`${message}${forms.length === 0 && html`<p>${texts.noProviders}</p>\n`}${body}${script}`)
}

export function renderSignOut(context: PageContext): Markup {
  const { texts, callbackUrl, config: { basePath } } = context
  return renderPage(context, texts.signOut, html`<p>${texts.signOutQuestion}</p>
<form class="fields" method="post" action="${basePath}/signout">
${renderHidden(context)}<button autofocus>${texts.signOut}</button>
</form>
<nav><a href="${callbackUrl}">${texts.cancel}</a></nav>
`)
}

/** What a confirmed magic link needs to go on. */
export interface SwitchLink { action: string, token: string, email: string }

/** The question before a magic link replaces another user's session. */
export function renderSwitch(context: PageContext, { action, token, email }: SwitchLink): Markup {
  const { texts, config } = context
  return renderPage(context, texts.switchAccount, html`<p>${texts.switchQuestion.replace('{email}', () => email)}</p>
<form class="fields" method="post" action="${action}">
${renderHidden(context)}<input type="hidden" name="token" value="${token}">
<input type="hidden" name="email" value="${email}">
<button>${texts.switchAccount}</button>
</form>
<nav><a href="${config.home}" autofocus>${texts.cancel}</a></nav>
`)
}

export function renderError(context: PageContext): Markup {
  const { texts, error, code } = context
  return renderPage(context, texts.error, html`<p class="error" role="alert" tabindex="-1" autofocus>${getErrorText(texts, error ?? 'default', code)}</p>
${renderWayBack(context)}`)
}

export function renderVerifyRequest(context: PageContext): Markup {
  return renderPage(context, context.texts.checkEmail, html`<p role="status">${context.texts.linkSent}</p>
${renderWayBack(context)}`)
}

/** Where a sign-in in a window of its own ends. The script closes it; the text is for where it may not. */
export function renderPopup(context: PageContext): Markup {
  const { texts, config: { basePath } } = context
  return renderPage(context, texts.complete, html`<p role="status">${texts.closeWindow}</p>
<script defer src="${basePath}/popup.js"></script>
`)
}

/** The address of the theme's logo, if it is one that an image may have. */
export function getLogo({ theme, origin }: PageContext['config']): URL | undefined {
  const url = theme?.logo && URL.canParse(theme.logo, origin) ? new URL(theme.logo, origin) : undefined
  return url && (/^https?:$/.test(url.protocol) || url.href.startsWith('data:image/')) ? url : undefined
}

function renderPage({ config, texts }: PageContext, title: string, body: Markup): Markup {
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

function renderForm(context: PageContext, { type, action, fields, button, passkey }: Form, id: string, name: string, first: string | undefined): Markup {
  const { texts, error } = context
  const inputs = fields.map((field, index) => {
    const { type: kind, autocomplete, value } = field.attributes
    const isName = type === 'credentials' && autocomplete === 'username'
    const own = { ...field.attributes, name: field.name, id: `${id}-${index}`, value: isName && name ? name : value }
    if (kind === 'hidden') return html`<input${attributes(own)}>\n`
    const state = { 'autofocus': own.id === first, 'aria-describedby': error !== null && 'error', 'aria-invalid': error === 'CredentialsSignin' && type === 'credentials' && 'true' }
    return html`<label for="${own.id}">${field.label}</label>\n<input${attributes({ ...own, ...state })}>\n`
  })
  const script = passkey && { 'hidden': true, 'data-passkey': passkey.options, 'data-autofill': passkey.isAutofilled, 'data-failed': texts.passkeyFailed }
  return html`<form class="${fields.length > 0 ? 'fields' : 'button'}" method="post" action="${action}"${attributes(script ?? {})}>
${renderHidden(context)}${passkey && html`<input type="hidden" name="action">\n<input type="hidden" name="data">\n<p class="error" role="alert"></p>\n`}${inputs}<button>${button}</button>
</form>
${passkey && html`<p class="note">${texts.passkeyUnavailable}</p>\n`}`
}

function renderHidden({ csrfToken, callbackUrl }: PageContext): Markup {
  return html`<input type="hidden" name="csrfToken" value="${csrfToken}">\n<input type="hidden" name="callbackUrl" value="${callbackUrl}">\n`
}

function renderWayBack({ config, texts, callbackUrl }: PageContext): Markup {
  const signIn = `${config.basePath}/signin?${new URLSearchParams({ callbackUrl })}`
  return html`<nav><a href="${signIn}">${texts.toSignIn}</a><a href="${config.home}">${texts.toHome}</a></nav>\n`
}

/** The id of the first field that waits for somebody to type; none where there are buttons alone. */
function findFirstInput(forms: Form[], name: string): string | undefined {
  for (const [index, { passkey, fields, type }] of forms.entries()) {
    if (passkey) continue
    const at = fields.findIndex(({ attributes: { type: kind, autocomplete, value } }) => kind !== 'hidden' && !value && !(name && type === 'credentials' && autocomplete === 'username'))
    if (at >= 0) return `f${index}-${at}`
  }
}
