import type { CredentialInput } from '@auth/core/providers'
import type { RequestConfig } from '../config/load'
import { labelProviders } from '../providers/resolve'
import type { PageTexts } from './texts'

type Inputs = Record<string, CredentialInput>
type Attributes = Record<string, string | boolean | undefined>

/** A field as its form shows it. */
export interface Field { name: string, label: string, attributes: Attributes }

/** One way to sign in: fields and a button, or the button alone. */
export interface Form {
  type: 'credentials' | 'email' | 'webauthn' | 'oauth'
  action: string
  fields: Field[]
  button: string
  /** Where the script asks for a passkey's options, and whether it does so before anybody asks. */
  passkey?: { options: string, isAutofilled: boolean }
}

const shown = ['type', 'placeholder', 'autocomplete', 'required', 'minlength', 'maxlength', 'pattern', 'inputmode', 'value']

/** A form for each provider that a page can sign in with, in the definition's order. */
export function listForms({ providers, basePath }: Pick<RequestConfig, 'providers' | 'basePath'>, texts: PageTexts): Form[] {
  const labels = labelProviders(providers.filter(({ type }) => type !== 'email' && type !== 'webauthn'))
  const isSingle = providers.filter(({ type }) => type === 'credentials').length === 1
  return providers.flatMap((provider): Form[] => {
    const { type, id, credentials, formFields, enableConditionalUI } = provider as { type: string, id: string, credentials?: Inputs, formFields?: Inputs, enableConditionalUI?: boolean }
    const button = texts.signInWith.replace('{provider}', () => labels.get(id) ?? '')
    if (type === 'credentials' && credentials) return [{ type, action: `${basePath}/callback/${id}`, fields: toFields(credentials), button: isSingle ? texts.signIn : button }]
    if (type === 'email') return [{ type, action: `${basePath}/signin/${id}`, fields: toFields({ email: { label: texts.email, type: 'email', autocomplete: 'email', required: true } }), button: texts.sendLink }]
    if (type === 'webauthn' && formFields) return [{ type, action: `${basePath}/callback/${id}`, fields: toFields(toOptional(formFields)), button: texts.passkey, passkey: { options: `${basePath}/webauthn-options/${id}`, isAutofilled: enableConditionalUI === true } }]
    return type === 'oauth' || type === 'oidc' ? [{ type: 'oauth', action: `${basePath}/signin/${id}`, fields: [], button }] : []
  })
}

/** The field that says who somebody is: what its `autocomplete` tells, else the first one beside a password. */
export function findNameField(inputs: Inputs): string | undefined {
  const types = Object.entries(inputs).map(([name, { type, autocomplete = '' }]) => ({ name, type: type ?? 'text', autocomplete: String(autocomplete) }))
  const open = types.filter(({ type }) => type !== 'password' && type !== 'hidden')
  const declared = open.find(({ autocomplete }) => /\b(?:username|email)\b/.test(autocomplete))
  if (declared) return declared.name
  return types.some(({ type }) => type === 'password') && open[0]?.autocomplete === '' ? open[0].name : undefined
}

function toFields(inputs: Inputs): Field[] {
  const nameField = findNameField(inputs)
  return Object.entries(inputs).map(([name, { label, ...input }]) => {
    const { type = 'text', autocomplete, ...others } = pick(input)
    const usual = name === nameField ? 'username' : type === 'password' ? 'current-password' : undefined
    return { name, label: label || name, attributes: { type, autocomplete: autocomplete ?? usual, ...others } }
  })
}

// Needed by whoever makes a new passkey alone. The one on the device knows its owner.
function toOptional(inputs: Inputs): Inputs {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, { ...input, required: false }]))
}

/** What a page may show of an input: plain attributes, in HTML's spelling. Never a handler or a style. */
function pick(input: object): Attributes {
  const known = Object.entries(input).map(([key, value]) => [key.toLowerCase(), typeof value === 'boolean' ? value : String(value)] as const)
  return Object.fromEntries(known.filter(([key]) => shown.includes(key)))
}
