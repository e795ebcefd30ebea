import { raw, skipCSRFCheck } from '@auth/core'
import type { AuthConfig } from '@auth/core/types'
import { file } from '#nuxt-authjs/definition'
import type { RequestConfig } from '../config/load'
import { isOAuth } from '../config/providers'
import type { OAuthProvider } from '../config/providers'
import { toQuery } from '../http/request'
import { logWarning } from '../log'
import { LazyFlow, guardOAuthProviders } from '../providers/oauth'
import { guardCredentials } from '../providers/authorize'
import { requireProviderKeys, withPlaceholderIssuers } from '../providers/settings'
import { findEndSession, isFederated } from '../revocation/federated'
import type { GetEndSessionUrl } from '../revocation/federated'
import { toRevokingEvents } from '../revocation/sign-out'
import type { SignOutFailure } from '../revocation/sign-out'
import { prepareCallbacks } from './callbacks'
import { startDatabaseRun } from './database-run'
import type { DatabaseRun } from './database-run'
import { createErrorLogger } from './error-log'
import type { RunNotes } from './error-log'
import { toFlowCookies } from './flow-cookie'
import type { Run } from './run'

/** One run of Auth.js before it starts. */
export interface PreparedRun {
  /** The config that Auth.js gets. */
  authConfig: AuthConfig & { raw: typeof raw }
  /** The request's provider, if it is an OAuth provider. */
  provider: OAuthProvider | undefined
  notes: RunNotes
  reportError: (error: Error) => void
  databaseRun: DatabaseRun | undefined
  signOutFailure: SignOutFailure
  /** For a federated sign-out. */
  getEndSessionUrl: GetEndSessionUrl | undefined
}

/** The config of one run, and the places where the run notes its results. Throws AUTH_D004, AUTH_D011. */
export async function prepareRun(run: Run): Promise<PreparedRun> {
  const { event, config, parts, action, fields, isVerified } = run
  const requested = config.providers.find(({ id }) => id === action.provider)
  const provider = isOAuth(requested) ? requested : undefined
  const flow = new LazyFlow(import.meta.dev === true, fields?.error ?? toQuery(parts.path).get('error'))
  if (provider) requireProviderKeys(provider, file, flow.isDev)
  const notes: RunNotes = { flow, callbacks: {}, refusal: {}, provider: action.provider }
  const logger = toLogger(config, notes)
  const signOutFailure: SignOutFailure = {}
  const isDatabase = config.session.strategy === 'database'
  const databaseRun = isDatabase ? startDatabaseRun(event, config, action.name) : undefined
  const providers = guardCredentials(withPlaceholderIssuers(config.providers, action.provider), notes.refusal)
  const authConfig: PreparedRun['authConfig'] = {
    ...config,
    events: isDatabase ? config.events : toRevokingEvents(event, config, signOutFailure),
    ...databaseRun?.config,
    raw,
    logger,
    // The token has been verified. Auth.js would verify it again, more slowly.
    skipCSRFCheck: isVerified ? skipCSRFCheck : undefined,
    callbacks: prepareCallbacks(config, action, requested, notes.callbacks),
    providers: guardOAuthProviders(providers, flow),
    cookies: provider ? toFlowCookies(provider, config) : config.cookies,
  }
  const isFederatedSignOut = action.name === 'signout' && isFederated(fields)
  const getEndSessionUrl = isFederatedSignOut ? await findEndSession(event, config, flow) : undefined
  return { authConfig, provider, notes, reportError: logger.error, databaseRun, signOutFailure, getEndSessionUrl }
}

function toLogger(config: RequestConfig, notes: RunNotes) {
  return {
    warn: logAuthWarning,
    ...config.logger,
    // Debug logs contain codes, tokens and passwords.
    ...(!config.debug && { debug: undefined }),
    error: createErrorLogger(config, notes),
  }
}

/** Auth.js warns at every request that passkeys are experimental; the docs say so once. */
function logAuthWarning(code: string): void {
  if (code !== 'experimental-webauthn') logWarning(code)
}
