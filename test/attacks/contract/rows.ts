/** One promise: `C` critical, `H` high, `M` medium, `L` low. */
export interface Row { section: string, id: string, severity: 'C' | 'H' | 'M' | 'L', promise: string }

const text = `
## Nothing server-only reaches a browser
LEAK-01 C What \`authorize\` returned and the definition kept on the server is in no byte of any answer, in any encoding
LEAK-02 C A database row reaches the session by the definition's fields only
LEAK-03 C The session cookie's value is in no page
LEAK-04 C No secret and no server-only name is in the client's files
LEAK-05 H Public runtime config holds nothing of this module
LEAK-06 H The payload and the session hold declared fields only
LEAK-07 H What throws inside is told as a plain status: no stack, no message
LEAK-09 M The dev server shows no secret
LEAK-10 M A field of the token alone is not in the client's types
LEAK-11 L Answers of Auth.js's routes send no address to other sites
LEAK-12 H A field that the app takes out of the session is in no byte that reaches the browser
## Logs
LOG-01 H A production log holds no password, token, code or secret, also with \`debug: true\`
LOG-02 M A refusal is one line, and nothing that a visitor typed begins another
## update()
UPD-01 C A role that the client asks for is not given
UPD-02 C An update changes nobody's identity
UPD-03 H An update changes no lifetime
UPD-04 H An update changes no provider's token
UPD-06 M An update that is no object, wide or deep is answered at once
UPD-07 M A field of the wrong type or length is 400, and the token stays
UPD-08 H A role that is lowered in the database counts with the next request, where the definition looks
UPD-09 H An update without this browser's CSRF token is 403, another media type 415
## Prototypes
POL-01 H An own \`__proto__\` becomes nobody's role
POL-04 M Claims that the token reserves have one documented precedence
## CSRF
CSRF-01 H Nothing is done without a token
CSRF-02 H Nothing is done on a foreign or malformed token or cookie
CSRF-03 H Nothing is done for another origin, even with a token
CSRF-04 H GET and HEAD change nothing
CSRF-05 M A form that was open while the secret changed is accepted, or asked for again
CSRF-06 M Another site's form signs nobody in
CSRF-07 H The sender is checked whatever NODE_ENV says
CSRF-08 L No field or header changes the method
## Honest results
ACT-01 H A sign-in and a sign-out succeed or fail by what happened, never by a query that the client sent
## Redirects
RED-01 H No callback URL leads a browser to another origin, by body, query or cookie
RED-02 H The way back of a guard is a path with one slash
RED-03 M Credentials and \`blob:\` in a callback URL are dropped
RED-04 H A callback URL that would run is dropped, and the session stays
RED-05 M A callback URL that is no text is 400
RED-06 M A long or malformed callback URL is no failure
RED-07 H The client does not leave the origin for one either
RED-08 M The client follows an answer to this origin or a provider only
RED-09 M A callback URL in the address of an own sign-in page is inert
RED-11 L A callback URL from a cookie is sanitised like any other
## Host, origin and proxies
HST-01 H With an origin set, \`Host\` changes nothing
HST-02 H Forwarding headers change nothing where no proxy is trusted
HST-03 H No start without an origin
HST-04 H Only yes is yes in AUTH_TRUST_HOST, and NODE_ENV is no part of it
HST-05 M A host outside the app's list is 400
HST-06 H A proxy that says http changes no cookie, and ends no session
HST-08 M A malformed host is 400 on auth routes, guarded APIs, pages and route rules
HST-09 M One network is one key, whatever it writes
HST-10 H What names the host is in no shared cache
## Cookies
COK-01 H Over https every cookie is HttpOnly, Secure, SameSite, of \`/\`, without Domain, and bound to its host
COK-02 H Also where TLS ends at a proxy
COK-04 H A junk callback cookie signs nobody out
COK-05 M A large session is split; a larger one is a clear error at the sign-in
COK-07 M Doubled, quoted and lookalike cookies make nobody somebody else
COK-08 L Each cookie is set once at most
COK-09 H A request with hundreds of cookie parts costs no more than any other, and at most the parts that this module writes are deleted
COK-10 M Missing, reversed, duplicated and oddly numbered cookie parts give no session or the same one, and never a 5xx
## The token
JWE-01 C A forged or altered token opens nothing, is cleared, and costs less than 20 ms
JWE-02 C A token of another secret, cookie or app opens nothing
JWE-03 H An older secret's token is accepted while the secret is there, and re-issued with the newer
JWE-04 M Clocks may differ by 15 seconds, no more
JWE-05 M A token that is a bomb costs neither time nor memory
JWE-14 H No other cookie of Auth.js is a session
JWE-15 M A token is taken from its cookie only
## Session life
SES-01 H A cookie from before the sign-in is not the session after it
SES-02 C Nothing of one visitor's session is left in the next one's
SES-03 H Signing in again makes a new token
SES-04 M Nothing anonymous becomes part of a session
SES-05 H No account is linked without being asked for
SES-06 M A session that is not used ends
SES-07 M A session that is used ends, too
SES-08 L A database session's token has 128 bits or more
SES-09 H A copied cookie ends with the sign-out
SES-10 H A slow request brings no session back after a sign-out
SES-11 H A sign-out that fails in the store is told
SES-13 M All sessions of somebody can be ended
SES-14 M An open socket ends with its session, and opens for no other site
SES-15 H Signing out revokes the session that the guards read, whatever other parts of its cookie are sent
SES-16 M Parallel and repeated sign-outs all succeed, and are reported once
SES-17 M A user's session can't be ended in the name of another user
## Guards
GRD-01 C What makes Auth.js fail opens no door
GRD-02 C No door opens without a secret
GRD-03 C What is no session opens no door
GRD-04 H What has expired opens no door
GRD-05 C No writing of a path gets past its rule
GRD-06 C No case of a path gets past its rule
GRD-07 C No encoding of a path gets past its rule
GRD-08 M A neighbour of a path has its own rule
GRD-09 H No Host gets past a rule
GRD-10 C No island, payload or error page shows a guarded page
GRD-11 C A guarded page is not rendered for strangers
GRD-12 H No method gets past a rule
GRD-13 C No header gets past a rule
GRD-14 M No Authorization header gets past a rule, or fails
GRD-15 C A role is compared exactly
GRD-16 M 401 for an API, 302 for a page, 403 for the wrong person
GRD-19 M A page without server rendering is guarded on the server
GRD-20 M The guard runs before the app's own middleware
GRD-22 C A path is exempt from a rule in its exact spelling only
GRD-23 M The app's own rule on an exempt path applies
GRD-24 H A rule on a file that a CDN serves before the server runs is reported at build
## Caches
CCH-01 H Every answer of Auth.js's routes is \`private, no-store\`
CCH-02 H Every answer that knows its visitor is \`private, no-store\`
CCH-03 C A stored page holds no name, session or cookie
CCH-04 H A prerendered page holds no session, token or secret
CCH-05 H \`requireSession\` in a cached handler is an error
CCH-07 C A payload is nobody else's
CCH-09 L After a sign-out the back button shows nothing private
CCH-10 M A page that a proxy may share never deletes or sets a session cookie
CCH-11 H Nothing guarded and nothing below the base path is prerendered
## Providers
OIDC-01 H A wrong or missing nonce makes no session
OIDC-02 H A wrong iss, aud, azp, exp, nbf or sub makes no session
OIDC-03 H A wrong, missing, doubled or replayed state makes no session
OIDC-04 H An injected code makes no session
OIDC-05 M A token signed by a foreign key is refused
OIDC-06 H Discovery that lies is refused
OIDC-07 H An answer of another issuer makes no session
OIDC-08 H A flow that began at one provider ends at no other
OIDC-09 M A provider's error is shown escaped
OIDC-10 M A provider that fails is an error page, for that visitor
OIDC-11 H A provider that hangs is given up
OIDC-12 H A client changes no parameter of an authorization request
OIDC-14 H The same e-mail at a second provider links nothing
OIDC-15 M A provider without TLS is refused in production
## Refresh of provider tokens
REF-01 C Parallel requests refresh once
REF-02 H A tab with the cookie from before a rotation stays signed in
REF-03 H Processes that share a store refresh once
REF-04 H A process that dies while it refreshes stops nobody
REF-05 H A provider that fails is asked again slowly, and the session stays
REF-06 H A refresh token that is revoked ends the session once
REF-07 H A refresh while a page renders reaches the browser
REF-10 H A store holds no plain token
REF-11 M A refresh reaches no private, plain or redirecting address, and reads no oversized answer
REF-12 M A rotated refresh token is kept, whatever the provider says about its expiry
## Linking and email
LNK-01 H Another person's callback URL never links their account, whatever the provider checks itself
LNK-02 H A wish to link an account holds only for the user, the provider and the flow that it was made for
EML-01 H A magic link signs in nobody but the address that it was sent to
WIN-01 L Another origin can neither open nor finish a sign-in window
## Revocation
REV-01 H A revocation is never forgotten while its session could still be used
REV-02 M A revocation record that can't be read is 503
## Stores and adapters
ADP-01 H A store that fails is 503 in time, and signs nobody out
ADP-02 M A store that can only be read signs nobody out
ADP-03 C An expiry of any type is read, or over
ADP-04 C A sign-out wins against every update
ADP-06 M What has expired is gone from the store
ADP-07 C A magic link is redeemed once
ADP-09 H A deleted user has no session
ADP-11 M An adapter that is a class works
ADP-12 H Credentials make a database session
ADP-13 H A database that dies and comes back ends no process
ADP-14 H A session token is a bound parameter
## Secrets
SEC-01 C Production does not start without a secret; development has a random one
SEC-02 H Production does not start with a weak secret
SEC-03 L White space around a secret is none of it, and several secrets rotate
SEC-04 H No secret is built in
SEC-05 M Requests change no config
## Development
DEV-01 L The development secret is served under no spelling of its path
## Input
INP-01 M What is no JSON object is 400, and so is a form that has a field twice
INP-02 H A body beyond 64 kB is 413, and not kept
INP-03 M A body that comes too slowly is 408, at the latest after 15 seconds
INP-04 L Other media types are 415
INP-06 L Any error in the address is a page, escaped
INP-07 M No path and no random request is a failure of the server, or counts as another path
INP-09 M \`authorize\` gets texts only
INP-10 H No line break of a visitor begins a header
INP-11 H One request is never taken for two
INP-12 L A name is never taken for one that looks the same
INP-13 H An e-mail address is one address
INP-14 L An unexpected GET below the base path is a page or a 4xx, without a stack trace in the log
## Timing and guessing
TIM-01 M An unknown name costs as much as a wrong password, as documented
TIM-02 L Tokens and MACs are compared in constant time
TIM-03 M Guessing is limited, as documented
## Concurrency
CON-01 C Parallel visitors see themselves only
CON-02 H A session that is read after an \`await\` is the right one
CON-03 M Two instances know each other's sessions
`

/** Every promise of the security contract, in its order. */
export const rows: Row[] = text.trim().split('\n## ').flatMap((part) => {
  const [title = '', ...lines] = part.replace(/^## /, '').split('\n')
  return lines.map((line) => {
    const [, id = '', severity = '', promise = ''] = /^(\S+) (\S) (.+)$/.exec(line) ?? []
    return { section: title, id, severity: severity as Row['severity'], promise }
  })
})
