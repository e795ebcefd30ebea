/**
 * The script behind a passkey's form, in the browser's own words: it gets options, asks the authenticator, and sends the form.
 * Text, because it is served as it stands. https://developer.mozilla.org/docs/Web/API/PublicKeyCredential
 */
export const passkeyScript: string = `const api = window.PublicKeyCredential
let pending
let last

async function send(form, mediation) {
  // One question at a time: the autofill's makes way for the button's.
  pending?.abort()
  pending = new AbortController()
  const { signal } = pending
  const filled = [...form.querySelectorAll('input:not([type=hidden])')].filter(input => input.value)
  const query = new URLSearchParams(filled.map(input => [input.name, input.value]))
  if (filled.length === 0) query.set('action', 'authenticate')
  // After the one before, even if nobody wants that any more: each answer sets the cookie that the form is checked against.
  const before = last
  last = (async () => { await before?.catch(() => {}); return await fetch(form.dataset.passkey + '?' + query) })()
  const response = await last
  signal.throwIfAborted()
  if (!response.ok) throw new Error(response.status)
  const { action, options } = await response.json()
  const credential = action === 'register'
    ? await navigator.credentials.create({ signal, publicKey: api.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ signal, mediation, publicKey: api.parseRequestOptionsFromJSON(options) })
  form.elements.namedItem('action').value = action
  form.elements.namedItem('data').value = JSON.stringify(credential)
  form.submit()
}

function prepare(form) {
  const status = form.querySelector('[role=alert]')
  form.hidden = false
  form.nextElementSibling.hidden = true
  if (!document.querySelector('[autofocus]')) form.querySelector('input:not([type=hidden]), button').focus()
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    status.textContent = ''
    send(form).catch((error) => {
      if (error.name !== 'AbortError') status.textContent = form.dataset.failed
    })
  })
}

const forms = api?.parseRequestOptionsFromJSON && api.parseCreationOptionsFromJSON ? [...document.querySelectorAll('form[data-passkey]')] : []
forms.forEach(prepare)
const autofill = forms.find(form => 'autofill' in form.dataset)
// Whoever does not choose a passkey from the list is asked nothing, and told nothing.
if (autofill && await api.isConditionalMediationAvailable?.()) await send(autofill, 'conditional').catch(() => {})
`
