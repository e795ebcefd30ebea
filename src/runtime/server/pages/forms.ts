import type { CredentialInput } from '@auth/core/providers'
import type { RequestConfig } from '../config/load'
import { labelProviders } from '../providers/settings'
import type { PageTexts } from './texts'

type Config = Pick<RequestConfig, 'providers' | 'basePath'>
type Provider = RequestConfig['providers'][number]
type Inputs = Record<string, CredentialInput>
type Attributes = Record<string, string | boolean | undefined>

/** One field of a form. The attributes are those of its `<input>`. */
export interface Field { name: string, label: string, attributes: Attributes }

/** One way to sign in: fields and a button, or a button alone. */
export interface Form {
  type: 'credentials' | 'email' | 'webauthn' | 'oauth'
  action: string
  fields: Field[]
  button: string
  /** The URL of the passkey options, and whether passkeys are offered in the browser's autofill list. */
  passkey?: { options: string, isAutofilled: boolean }
}

/** The attributes of an input that a page shows: never a handler, a style or an id. */
const allowedAttributes = new Set([
  'type', 'placeholder', 'autocomplete', 'required', 'minlength', 'maxlength', 'pattern', 'inputmode', 'value',
])

/** A form for each provider that a page can sign in with, in the definition's order. */
export function listForms({ providers, basePath }: Config, texts: PageTexts): Form[] {
  const labels = labelProviders(providers.filter(({ type }) => type !== 'email' && type !== 'webauthn'))
  const hasOnePassword = providers.filter(({ type }) => type === 'credentials').length === 1
  return providers.flatMap((provider) => {
    const button = texts.signInWith.replace('{provider}', () => labels.get(provider.id) ?? '')
    const label = provider.type === 'credentials' && hasOnePassword ? texts.signIn : button
    return toForm(provider, basePath, texts, label) ?? []
  })
}

function toForm(provider: Provider, basePath: string, texts: PageTexts, button: string): Form | undefined {
  const callback = `${basePath}/callback/${provider.id}`
  const signIn = `${basePath}/signin/${provider.id}`
  switch (provider.type) {
    case 'oauth':
    case 'oidc':
      return { type: 'oauth', action: signIn, fields: [], button }
    case 'email': {
      const email = { label: texts.email, type: 'email', autocomplete: 'email', required: true }
      return { type: 'email', action: signIn, fields: toFields({ email }), button: texts.sendLink }
    }
    case 'credentials': {
      const { type, credentials } = provider
      return credentials && { type, action: callback, fields: toFields(credentials), button }
    }
    case 'webauthn': {
      const { type, id, formFields, enableConditionalUI } = provider
      const passkey = { options: `${basePath}/webauthn-options/${id}`, isAutofilled: enableConditionalUI }
      return formFields
        && { type, action: callback, fields: toFields(toOptional(formFields)), button: texts.passkey, passkey }
    }
  }
}

/**
 * The field with the user name: the one whose `autocomplete` says so, or the first one beside a password if its
 * `autocomplete` says nothing. Undefined if there is none.
 */
export function findNameField(inputs: Inputs): string | undefined {
  const fields = Object.entries(inputs).map(([name, { type, autocomplete }]) =>
    ({ name, type: type ?? 'text', autocomplete: String(autocomplete ?? '') }))
  const visible = fields.filter(({ type }) => type !== 'password' && type !== 'hidden')
  const declared = visible.find(({ autocomplete }) => /\b(?:username|email)\b/.test(autocomplete))
  if (declared) return declared.name
  const hasPassword = fields.some(({ type }) => type === 'password')
  return hasPassword && visible[0]?.autocomplete === '' ? visible[0].name : undefined
}

function toFields(inputs: Inputs): Field[] {
  const nameField = findNameField(inputs)
  return Object.entries(inputs).map(([name, { label, ...input }]) => {
    const { type = 'text', autocomplete, ...others } = toAttributes(input)
    const usual = name === nameField ? 'username' : type === 'password' ? 'current-password' : undefined
    return { name, label: label || name, attributes: { type, autocomplete: autocomplete ?? usual, ...others } }
  })
}

// A new passkey needs these fields. To sign in, the passkey alone says who its user is.
function toOptional(inputs: Inputs): Inputs {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, { ...input, required: false }]))
}

/** The allowed attributes of an input, in HTML's spelling. */
function toAttributes(input: object): Attributes {
  const entries = Object.entries(input).map(([key, value]) => [key.toLowerCase(), value] as const)
  const allowed = entries.filter(([key]) => allowedAttributes.has(key))
  return Object.fromEntries(allowed.map(([key, value]) => [key, typeof value === 'boolean' ? value : String(value)]))
}
