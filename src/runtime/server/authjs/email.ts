import type { Answer } from '../http/answer'
import type { MergedProvider } from '../config/providers'
import { normalizeEmail } from '../providers/email'
import { refuseSignIn } from './refusal'
import { toQuery } from '../http/request'
import { getVisitor } from '../session/session'
import { runAuth } from './run'
import type { Run } from './run'

type Provider = Extract<MergedProvider, { type: 'email' }>
type Normalize = (identifier: string) => string

/** The providers, those for e-mail with `normalizeEmail` where they have no `normalizeIdentifier` of their own. */
export function guardEmailProviders(providers: MergedProvider[]): MergedProvider[] {
  return providers.map((provider) => {
    if (provider.type !== 'email') return provider
    return { normalizeIdentifier: requireEmail, ...provider }
  })
}

/**
 * Whether a link would replace another user's session, which only a confirmed form may do: anybody can send a link, and it
 * opens from any site. Throws AUTH_R001 if the session or the user can't be read.
 */
export async function isReplacing({ event, config, action, parts, isVerified }: Run, provider: Provider): Promise<boolean> {
  const query = toQuery(parts.path)
  if (action.name !== 'callback' || isVerified || !isLink(toNormalize(provider), query)) return false
  const id = (await getVisitor(event))?.id
  if (id === undefined) return false
  const user = await config.adapter?.getUserByEmail?.(query.get('email') ?? '')
  return String(user?.id) !== String(id)
}

/** The link that a confirmed form holds, as if it had been opened. */
function toOpened(run: Run): Run {
  const { token, email, callbackUrl } = run.fields ?? {}
  const parts = Object.entries({ token, email, callbackUrl }).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return { ...run, fields: undefined, parts: { ...run.parts, path: `/?${new URLSearchParams(parts)}` } }
}

/** Auth.js for an e-mail provider. What is no address, and a link that was cut short, is a refusal before Auth.js sees it. */
export async function runEmail(asked: Run, provider: Provider): Promise<Answer> {
  const run = asked.action.name === 'callback' && asked.isVerified ? toOpened(asked) : asked
  const { config, action, fields, parts } = run
  const normalize = toNormalize(provider)
  if (action.name === 'signin' && fields && !isIdentifier(normalize, fields.email)) return refuseSignIn(run, { status: 400, error: 'EmailSignin', code: 'invalid' })
  if (action.name === 'callback' && !isLink(normalize, toQuery(parts.path))) return refuseSignIn(run, { status: 400, error: 'Verification' })
  return await runAuth({ ...run, config: { ...config, providers: guardEmailProviders(config.providers) } })
}

function toNormalize(provider: Provider): Normalize {
  return provider.normalizeIdentifier ?? requireEmail
}

function requireEmail(identifier: string): string {
  const email = normalizeEmail(identifier)
  if (email === undefined) throw new Error('This is no e-mail address')
  return email
}

// The link holds the address as it was normalised: any other spelling of it was not sent by this app.
function isLink(normalize: Normalize, query: URLSearchParams): boolean {
  const email = query.get('email')
  return Boolean(query.get('token')) && (email === null || isIdentifier(normalize, email))
}

function isIdentifier(normalize: Normalize, value: unknown): boolean {
  try {
    return typeof value === 'string' && !value.includes('\0') && Boolean(normalize(value))
  }
  catch {
    return false
  }
}
