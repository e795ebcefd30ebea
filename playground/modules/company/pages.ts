const people: Record<string, string> = { katherine: 'Katherine Johnson', alan: 'Alan Turing' }

export function isPerson(id: string | undefined): id is string {
  return id !== undefined && Object.hasOwn(people, id)
}

/** The provider's claims about a user. */
export function toClaims(id: string) {
  return { sub: id, name: people[id], email: `${id}@company.example`, email_verified: true }
}

export function renderSignIn(): string {
  const buttons = Object.entries(people).map(([id, name]) => `<button name="person" value="${id}">${name}</button>`)
  return renderPage('Who are you?', `<form method="post">${buttons.join('')}<button name="person" value="">Cancel</button></form>`)
}

/** `form` is the provider's own form, with its CSRF token. */
export function renderSignOut(form: string): string {
  return renderPage('Sign out of Company?', `${form}<button form="op.logoutForm" name="logout" value="yes">Sign out</button><button form="op.logoutForm">Stay signed in</button>`)
}

export function renderPage(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} · Company</title>
<link rel="icon" href="data:,"><style>
:root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; background: light-dark(#eef2f9, #0d1220); color: light-dark(#131a2b, #e6ebf7); }
body { display: grid; place-content: center; min-height: 100vh; margin: 0; padding: 1rem; box-sizing: border-box; }
main, form { display: grid; gap: .75rem; } main { width: min(22rem, 100vw - 2rem); }
h1 { margin: 0; font-size: 1.5rem; } p { margin: 0; }
button { padding: .7rem; border: 1px solid light-dark(#2746a6, #9db4ff); border-radius: 10px; background: none; color: light-dark(#2746a6, #9db4ff); font: inherit; font-weight: 600; cursor: pointer; }
</style><main><p>Company · a demo provider</p><h1>${title}</h1>${body}</main></html>`
}
