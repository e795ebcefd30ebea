/** One promise of the security contract. Severity: `C` critical, `H` high, `M` medium, `L` low. */
export interface Row { section: string, id: string, severity: 'C' | 'H' | 'M' | 'L', promise: string }

const text = `
## Nothing server-only reaches a browser
LEAK-01 C Values from \`authorize\` that the definition keeps on the server appear in no response, in any encoding
LEAK-02 C A database row reaches the session only through the fields that the definition returns
LEAK-03 C The value of the session cookie appears in no page
LEAK-04 C The client bundle contains no secret and no server-only name
LEAK-05 H Public runtime config contains nothing from this module
LEAK-06 H The payload and the session contain declared fields only
LEAK-07 H An internal error is answered with a plain status: no stack, no message
LEAK-09 M The dev server shows no secret
LEAK-10 M Fields that exist only in the token are missing from the client's types
LEAK-11 L Responses of Auth.js's routes send no referrer to other sites
LEAK-12 H A field that the app removes from the session appears in no byte sent to the browser
## Logs
LOG-01 H A production log contains no password, token, code or secret, even with \`debug: true\`
LOG-02 M A refused request logs one line, and user input can't start another
## update()
UPD-01 C A client can't give itself a role
UPD-02 C An update never changes the identity of a user
UPD-03 H An update never changes a session's lifetime
UPD-04 H An update never changes a provider's tokens
UPD-06 M An update that is not an object, or is very wide or deep, is answered at once
UPD-07 M A field of the wrong type or length is answered with 400, and the token stays unchanged
UPD-08 H A role that is lowered in the database takes effect with the next request, if the definition reads it
UPD-09 H An update without this browser's CSRF token is answered with 403, another media type with 415
## Prototypes
POL-01 H An own \`__proto__\` property never becomes a role
POL-04 M Claims that the token reserves have one documented precedence
## CSRF
CSRF-01 H A request without a token changes nothing
CSRF-02 H A foreign or malformed token or cookie changes nothing
CSRF-03 H A request from another origin changes nothing, even with a valid token
CSRF-04 H GET and HEAD change nothing
CSRF-05 M A form that was open during a secret rotation is accepted, or shown again
CSRF-06 M A form on another site signs nobody in
CSRF-07 H The origin of a request is checked regardless of NODE_ENV
CSRF-08 L No field or header overrides the method
## Honest results
ACT-01 H The result of a sign-in or a sign-out reflects what happened, never a query parameter from the client
## Redirects
RED-01 H No callback URL in a body, query or cookie redirects a browser to another origin
RED-02 H The return URL of a guard is a path with a single leading slash
RED-03 M A callback URL with credentials or \`blob:\` is dropped
RED-04 H A callback URL that would execute is dropped, and the session stays
RED-05 M A callback URL that is not a string is answered with 400
RED-06 M A long or malformed callback URL causes no server error
RED-07 H The client doesn't leave the origin for a callback URL either
RED-08 M The client follows a redirect only to this origin or to a provider
RED-09 M A callback URL in the query of a custom sign-in page is inert
RED-11 L A callback URL from a cookie is sanitized like any other
## Host, origin and proxies
HST-01 H If an origin is configured, \`Host\` changes nothing
HST-02 H If no proxy is trusted, forwarding headers change nothing
HST-03 H The server doesn't start without an origin
HST-04 H Only affirmative values of AUTH_TRUST_HOST trust a host, and NODE_ENV never does
HST-05 M A host outside the app's list is answered with 400
HST-06 H A proxy that reports http changes no cookie and ends no session
HST-08 M A malformed host is answered with 400 on auth routes, guarded APIs, pages and route rules
HST-09 M All addresses of one network, in any notation, share one rate-limit key
HST-10 H A response that names the host is in no shared cache
## Cookies
COK-01 H Over https every cookie is HttpOnly, Secure, SameSite, host-only, with the path \`/\` and without a Domain
COK-02 H The same holds if a proxy terminates TLS
COK-04 H A malformed callback cookie signs nobody out
COK-05 M A large session is split over several cookies; an even larger one fails the sign-in with a clear error
COK-07 M Repeated, quoted and lookalike cookies never turn one user into another
COK-08 L A response sets each cookie at most once
COK-09 H A request with hundreds of cookie parts costs no more than any other, and the response deletes at most the parts that this module writes
COK-10 M Missing, reordered, duplicated and oddly numbered cookie parts give no session or the same one, and never a 5xx
## The token
JWE-01 C A forged or altered token is refused everywhere, is cleared, and costs less than 20 ms
JWE-02 C A token from another secret, cookie or app is refused everywhere
JWE-03 H A token from an older secret is accepted while that secret is configured, and re-issued with the newer one
JWE-04 M Clocks may differ by 15 seconds at most
JWE-05 M A decompression or parser bomb in a token costs neither time nor memory
JWE-14 H No other Auth.js cookie is accepted as a session
JWE-15 M A token is read from its cookie only
## Session life
SES-01 H A sign-in never keeps the session cookie that was there before it
SES-02 C Nothing from one user's session remains in the next user's
SES-03 H Signing in again issues a new token
SES-04 M No anonymous data becomes part of a session
SES-05 H No account is linked without the user's request
SES-06 M An unused session expires
SES-07 M A session in use expires, too
SES-08 L A database session's token has at least 128 bits
SES-09 H A copied cookie stops working at sign-out
SES-10 H A slow request never restores a session after a sign-out
SES-11 H A sign-out that fails in the store is reported as a failure
SES-13 M All sessions of a user can be ended
SES-14 M An open WebSocket closes when its session ends, and opens for no other site
SES-15 H Signing out revokes the session that the guards read, even if other parts of its cookie are sent
SES-16 M Parallel and repeated sign-outs all succeed, and are reported once
SES-17 M A user's session can't be ended in the name of another user
## Guards
GRD-01 C A request that makes Auth.js fail passes no guard
GRD-02 C Without a secret no request passes a guard
GRD-03 C An invalid session passes no guard
GRD-04 H An expired session passes no guard
GRD-05 C No spelling of a path bypasses its rule
GRD-06 C No letter case of a path bypasses its rule
GRD-07 C No encoding of a path bypasses its rule
GRD-08 M A path that only shares a prefix with another has its own rule
GRD-09 H No Host header bypasses a rule
GRD-10 C No island, payload or error page shows a guarded page
GRD-11 C A guarded page is never rendered for an anonymous user
GRD-12 H No method bypasses a rule
GRD-13 C No header bypasses a rule
GRD-14 M No Authorization header bypasses a rule or causes a server error
GRD-15 C A role is compared exactly
GRD-16 M An API answers 401, a page 302, and either 403 if the user lacks the role
GRD-19 M A page without server rendering is guarded on the server
GRD-20 M The guard runs before the app's own middleware
GRD-22 C Only the exact spelling of a path is exempt from a rule
GRD-23 M The app's own rule on an exempt path applies
GRD-24 H The build reports a rule on a file that a CDN serves before the server runs
## Caches
CCH-01 H Every response of Auth.js's routes is \`private, no-store\`
CCH-02 H Every response that depends on the user is \`private, no-store\`
CCH-03 C A cached page contains no name, session or cookie
CCH-04 H A prerendered page contains no session, token or secret
CCH-05 H \`requireSession\` in a cached handler throws an error
CCH-07 C A payload never reaches another user
CCH-09 L After a sign-out the back button shows nothing private
CCH-10 M A page that a proxy may share never deletes or sets a session cookie
CCH-11 H No guarded page and no page below the base path is prerendered
## Providers
OIDC-01 H A wrong or missing nonce creates no session
OIDC-02 H A wrong iss, aud, azp, exp, nbf or sub creates no session
OIDC-03 H A wrong, missing, repeated or replayed state creates no session
OIDC-04 H An injected code creates no session
OIDC-05 M A token signed with a foreign key is refused
OIDC-06 H A discovery document with a false issuer or endpoint is refused
OIDC-07 H A response from another issuer creates no session
OIDC-08 H A flow that starts at one provider can't finish at another
OIDC-09 M A provider's error is shown escaped
OIDC-10 M A failing provider gives an error page, and only to the user who is signing in
OIDC-11 H A request to a provider that doesn't respond times out
OIDC-12 H A client changes no parameter of an authorization request
OIDC-14 H The same email at a second provider links nothing
OIDC-15 M A provider without TLS is refused in production
## Refresh of provider tokens
REF-01 C Parallel requests refresh once
REF-02 H A tab with the cookie from before a rotation stays signed in
REF-03 H Processes that share a store refresh once
REF-04 H A process that dies during a refresh blocks no other process
REF-05 H A failing provider is retried at growing intervals, and the session stays
REF-06 H A revoked refresh token ends the session once
REF-07 H New tokens from a refresh during rendering reach the browser
REF-10 H A store contains no plaintext token
REF-11 M A refresh reaches no private, plain http or redirecting address, and reads no oversized response
REF-12 M A rotated refresh token is kept, regardless of the expiry that the provider reports
## Linking and email
LNK-01 H Another user's callback URL never links their account, regardless of the provider's own checks
LNK-02 H A request to link an account is valid only for the user, the provider and the flow that it was made for
EML-01 H A magic link signs in only the address that it was sent to
WIN-01 L Another origin can neither open nor finish a sign-in window
## Revocation
REV-01 H A revocation is kept for as long as its session could still be used
REV-02 M A revocation record that can't be read is answered with 503
## Stores and adapters
ADP-01 H A failing store is answered with 503 in time, and signs nobody out
ADP-02 M A read-only store signs nobody out
ADP-03 C An expiry of any type is understood, or counts as expired
ADP-04 C A sign-out wins against every update
ADP-06 M Expired records are removed from the store
ADP-07 C A magic link works once
ADP-09 H A deleted user has no session
ADP-11 M An adapter may be a class instance
ADP-12 H Credentials create a database session
ADP-13 H A database that goes down and comes back ends no process
ADP-14 H A session token is a bound parameter
## Secrets
SEC-01 C Production doesn't start without a secret; development generates a random one
SEC-02 H Production doesn't start with a weak secret
SEC-03 L White space around a secret is ignored, and several secrets rotate
SEC-04 H No secret is built in
SEC-05 M Requests change no config
## Development
DEV-01 L The development secret is served under no spelling of its path
## Input
INP-01 M A body that is not a JSON object is answered with 400, and so is a form with a repeated field
INP-02 H A body larger than 64 kB is answered with 413, and not kept
INP-03 M A body that arrives too slowly is answered with 408, after 15 seconds at most
INP-04 L Other media types are answered with 415
INP-06 L Any error code in the URL gives a page, escaped
INP-07 M No path and no random request causes a server error, or is counted under another path
INP-09 M \`authorize\` receives strings only
INP-10 H No line break in user input starts a header
INP-11 H One request is never parsed as two
INP-12 L A name never matches another that only looks the same
INP-13 H An email field contains exactly one address
INP-14 L An unexpected GET below the base path is answered with a page or a 4xx, without a stack trace in the log
## Timing and guessing
TIM-01 M An unknown name takes as long as a wrong password, as documented
TIM-02 L Tokens and MACs are compared in constant time
TIM-03 M Password guessing is rate-limited, as documented
## Concurrency
CON-01 C Parallel users see only their own session
CON-02 H A session that is read after an \`await\` is the right one
CON-03 M Two instances accept each other's sessions
`

/** Every promise of the security contract, in its order. */
export const rows: Row[] = text.trim().split('\n## ').flatMap((part) => {
  const [title = '', ...lines] = part.replace(/^## /, '').split('\n')
  return lines.map((line) => {
    const [, id = '', severity = '', promise = ''] = /^(\S+) (\S) (.+)$/.exec(line) ?? []
    return { section: title, id, severity: severity as Row['severity'], promise }
  })
})
