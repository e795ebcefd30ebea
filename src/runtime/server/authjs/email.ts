import type { MergedProvider } from '../config/providers'
import type { Answer } from '../http/answer'
import { toQuery } from '../http/request'
import { normalizeEmail } from '../providers/email'
import { getVisitor } from '../session/session'
import { refuseSignIn } from './outcome'
import { runAuth } from './run'
import type { Run } from './run'

type Provider = Extract<MergedProvider, { type: 'email' }>

/** The providers; email providers without a `normalizeIdentifier` of their own use `normalizeEmail`. */
export function guardEmailProviders(providers: MergedProvider[]): MergedProvider[] {
  const guard = (provider: MergedProvider) => {
    return provider.type === 'email' ? { normalizeIdentifier: requireEmail, ...provider } : provider
  }
  return providers.map(guard)
}

/**
 * True if a link would replace another user's session, which only a confirmed form may do: anyone can send a link, and
 * it can be opened from any site. Throws AUTH_R001 if the session or the user can't be read.
 */
export async function isReplacing(run: Run, provider: Provider): Promise<boolean> {
  const { event, config, action, parts, isVerified } = run
  const query = toQuery(parts.path)
  if (action.name !== 'callback' || isVerified || !isLink(provider, query)) return false
  const id = (await getVisitor(event))?.id
  if (id === undefined) return false
  const user = await config.adapter?.getUserByEmail?.(query.get('email') ?? '')
  return String(user?.id) !== String(id)
}

/** Auth.js for an email provider. An invalid address and an incomplete link are refused before Auth.js sees them. */
export async function runEmail(received: Run, provider: Provider): Promise<Answer> {
  const isConfirmed = received.action.name === 'callback' && received.isVerified
  const run = isConfirmed ? toLinkRequest(received) : received
  const { config, action, fields, parts } = run
  if (action.name === 'signin' && fields && !isIdentifier(provider, fields.email)) {
    return refuseSignIn(run, { status: 400, error: 'EmailSignin', code: 'invalid' })
  }
  if (action.name === 'callback' && !isLink(provider, toQuery(parts.path))) {
    return refuseSignIn(run, { status: 400, error: 'Verification' })
  }
  return await runAuth({ ...run, config: { ...config, providers: guardEmailProviders(config.providers) } })
}

/** The request that opening the link would have made, from the fields of the form that confirmed it. */
function toLinkRequest(run: Run): Run {
  const query = new URLSearchParams()
  for (const name of ['token', 'email', 'callbackUrl']) {
    const value = run.fields?.[name]
    if (typeof value === 'string') query.set(name, value)
  }
  return { ...run, fields: undefined, parts: { ...run.parts, path: `/?${query}` } }
}

function requireEmail(identifier: string): string {
  const email = normalizeEmail(identifier)
  if (email === undefined) throw new Error('Not an email address')
  return email
}

/** A link holds the address in its normalized spelling. This app never sent a link with another spelling. */
function isLink(provider: Provider, query: URLSearchParams): boolean {
  const email = query.get('email')
  return Boolean(query.get('token')) && (email === null || isIdentifier(provider, email))
}

function isIdentifier({ normalizeIdentifier = requireEmail }: Provider, value: unknown): boolean {
  try {
    return typeof value === 'string' && !value.includes('\0') && Boolean(normalizeIdentifier(value))
  }
  catch {
    return false
  }
}
