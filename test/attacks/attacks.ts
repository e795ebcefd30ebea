import type { Attack } from './attack'
import { caches } from './rows/caches'
import { cookies } from './rows/cookies'
import { csrf } from './rows/csrf'
import { host } from './rows/host'
import { input } from './rows/input'
import { leaks } from './rows/leaks'
import { logs } from './rows/logs'
import { redirects } from './rows/redirects'
import { results } from './rows/results'
import { secrets } from './rows/secrets'
import { token } from './rows/token'
import { update } from './rows/update'

/** All attacks, grouped by the sections of docs/security.md. */
export const attacks: Record<string, Attack[]> = { leaks, logs, update, csrf, results, redirects, host, cookies, token, caches, secrets, input }
