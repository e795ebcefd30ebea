import { html } from './html'
import type { Markup } from './html'
import { renderDocument, renderHiddenFields } from './layout'
import type { PageContext } from './layout'
import { getErrorText } from './texts'

/** The page that asks before it signs out. */
export function renderSignOut(context: PageContext): Markup {
  const { texts, callbackUrl, config: { basePath } } = context
  return renderDocument(context, texts.signOut, html`<p>${texts.signOutQuestion}</p>
<form class="fields" method="post" action="${basePath}/signout">
${renderHiddenFields(context)}<button autofocus>${texts.signOut}</button>
</form>
<nav><a href="${callbackUrl}">${texts.cancel}</a></nav>
`)
}

/** The magic link to follow after the user's confirmation. */
export interface SwitchLink { action: string, token: string, email: string }

/** The page that asks before a magic link replaces another user's session. */
export function renderSwitch(context: PageContext, { action, token, email }: SwitchLink): Markup {
  const { texts, config } = context
  const question = texts.switchQuestion.replace('{email}', () => email)
  return renderDocument(context, texts.switchAccount, html`<p>${question}</p>
<form class="fields" method="post" action="${action}">
${renderHiddenFields(context)}<input type="hidden" name="token" value="${token}">
<input type="hidden" name="email" value="${email}">
<button>${texts.switchAccount}</button>
</form>
<nav><a href="${config.home}" autofocus>${texts.cancel}</a></nav>
`)
}

/** The page that explains an error. */
export function renderError(context: PageContext): Markup {
  const { texts, error, code } = context
  const text = getErrorText(texts, error ?? 'default', code)
  return renderDocument(context, texts.error, html`<p class="error" role="alert" tabindex="-1" autofocus>${text}</p>
${renderLinksBack(context)}`)
}

/** The page after a magic link was sent. */
export function renderVerifyRequest(context: PageContext): Markup {
  return renderDocument(context, context.texts.checkEmail, html`<p role="status">${context.texts.linkSent}</p>
${renderLinksBack(context)}`)
}

/** The last page of a sign-in in a popup window. Its script closes the window; its text shows if that fails. */
export function renderPopup(context: PageContext): Markup {
  const { texts, config: { basePath } } = context
  return renderDocument(context, texts.complete, html`<p role="status">${texts.closeWindow}</p>
<script defer src="${basePath}/popup.js"></script>
`)
}

function renderLinksBack({ config, texts, callbackUrl }: PageContext): Markup {
  const signIn = `${config.basePath}/signin?${new URLSearchParams({ callbackUrl })}`
  return html`<nav><a href="${signIn}">${texts.toSignIn}</a><a href="${config.home}">${texts.toHome}</a></nav>\n`
}
