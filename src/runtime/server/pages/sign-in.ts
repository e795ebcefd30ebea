import type { Field, Form } from './forms'
import { attributes, html } from './html'
import type { Markup } from './html'
import { renderDocument, renderHiddenFields } from './layout'
import type { PageContext } from './layout'
import { getErrorText } from './texts'

/** The state of one form on the page. */
interface FormState {
  /** Starts the ids of the form's fields. */
  id: string
  /** User name to fill in. */
  name: string
  /** Id of the field that has the focus. */
  focus: string | undefined
}

/** The sign-in page. `name` is the user name of a refused sign-in, to be filled in again. */
export function renderSignIn(context: PageContext, forms: Form[], name = ''): Markup {
  const { texts, config } = context
  const focus = findFirstEmptyField(forms, name)
  const hasPasskey = forms.some(({ passkey }) => passkey)
  return renderDocument(context, texts.signIn, html`${renderAlert(context, focus)}${
    forms.length === 0 && html`<p>${texts.noProviders}</p>\n`}${
    forms.map((form, index) => renderForm(context, form, { id: `f${index}`, name, focus }))}${
    hasPasskey && html`<script type="module" src="${config.basePath}/passkey.js"></script>\n`}`)
}

function renderAlert({ texts, error, code }: PageContext, focus: string | undefined): Markup | false {
  if (error === null) return false
  const state = attributes({ tabindex: '-1', autofocus: focus === undefined })
  return html`<p id="error" class="error" role="alert"${state}>${getErrorText(texts, error, code)}</p>\n`
}

function renderForm(context: PageContext, form: Form, state: FormState): Markup {
  const { action, fields, button, passkey } = form
  return html`<form class="${fields.length > 0 ? 'fields' : 'button'}" method="post" action="${action}"${
    renderPasskeyAttributes(context, form)}>
${renderHiddenFields(context)}${passkey && passkeyFields}${
  fields.map((field, index) => renderField(context, form, field, { ...state, id: `${state.id}-${index}` }))
}<button>${button}</button>
</form>
${passkey && html`<p class="note">${context.texts.passkeyUnavailable}</p>\n`}`
}

/** Filled in by the passkey script, which also shows its errors here. */
const passkeyFields = html`<input type="hidden" name="action">
<input type="hidden" name="data">
<p class="error" role="alert"></p>
`

function renderPasskeyAttributes({ texts }: PageContext, { passkey }: Form): Markup[] {
  if (!passkey) return []
  const { options, isAutofilled } = passkey
  // Hidden until the script finds that the browser supports passkeys.
  return attributes({
    'hidden': true, 'data-passkey': options, 'data-autofill': isAutofilled, 'data-failed': texts.passkeyFailed,
  })
}

function renderField({ error }: PageContext, form: Form, field: Field, { id, name, focus }: FormState): Markup {
  const value = name && isUserName(form, field) ? name : field.attributes.value
  const input = { ...field.attributes, name: field.name, id, value }
  if (field.attributes.type === 'hidden') return html`<input${attributes(input)}>\n`
  const isInvalid = error === 'CredentialsSignin' && form.type === 'credentials'
  const state = {
    'autofocus': id === focus,
    'aria-describedby': error !== null && 'error',
    'aria-invalid': isInvalid && 'true',
  }
  return html`<label for="${id}">${field.label}</label>\n<input${attributes({ ...input, ...state })}>\n`
}

/** The id of the first field to type into. Passkey forms don't count: their script sets the focus. */
function findFirstEmptyField(forms: Form[], name: string): string | undefined {
  for (const [formIndex, form] of forms.entries()) {
    if (form.passkey) continue
    const index = form.fields.findIndex((field) => {
      const isFilled = field.attributes.value || (name && isUserName(form, field))
      return field.attributes.type !== 'hidden' && !isFilled
    })
    if (index >= 0) return `f${formIndex}-${index}`
  }
}

function isUserName({ type }: Form, { attributes: { autocomplete } }: Field): boolean {
  return type === 'credentials' && autocomplete === 'username'
}
