// @ts-check
// The passkey form of the default sign-in page: fetches the options, asks the authenticator and submits the form.
// https://developer.mozilla.org/docs/Web/API/PublicKeyCredential

const api = window.PublicKeyCredential

/** @type {AbortController | undefined} */
let prompt
/** @type {Promise<Response> | undefined} */
let lastRequest

/**
 * @param {HTMLFormElement} form
 * @param {CredentialMediationRequirement} [mediation]
 */
async function signIn(form, mediation) {
  // A browser shows one prompt at a time: the button's replaces the autofill's.
  prompt?.abort()
  prompt = new AbortController()
  const { signal } = prompt
  lastRequest = fetchAfter(lastRequest, getOptionsUrl(form))
  const response = await lastRequest
  signal.throwIfAborted()
  if (!response.ok) throw new Error(String(response.status))
  const { action, options } = await response.json()
  const credential = action === 'register'
    ? await navigator.credentials.create({ signal, publicKey: api.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ signal, mediation, publicKey: api.parseRequestOptionsFromJSON(options) })
  setField(form, 'action', action)
  setField(form, 'data', JSON.stringify(credential))
  form.submit()
}

/**
 * Requests run one after the other, even aborted ones: each response sets the cookie that the form is verified against.
 * @param {Promise<Response> | undefined} previous
 * @param {string} url
 */
async function fetchAfter(previous, url) {
  await previous?.catch(() => {})
  return await fetch(url)
}

/** @param {HTMLFormElement} form */
function getOptionsUrl(form) {
  const query = new URLSearchParams()
  for (const { name, value } of getVisibleInputs(form)) if (value) query.append(name, value)
  if (query.size === 0) query.set('action', 'authenticate')
  return `${form.dataset.passkey}?${query}`
}

/** @param {HTMLFormElement} form */
function getVisibleInputs(form) {
  /** @type {NodeListOf<HTMLInputElement>} */
  const inputs = form.querySelectorAll('input:not([type=hidden])')
  return inputs
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string} value
 */
function setField(form, name, value) {
  const input = form.elements.namedItem(name)
  if (input instanceof HTMLInputElement) input.value = value
}

/** @param {HTMLFormElement} form */
function enable(form) {
  form.hidden = false
  // The note for browsers without passkeys.
  form.nextElementSibling?.setAttribute('hidden', '')
  if (!document.querySelector('[autofocus]')) (getVisibleInputs(form)[0] ?? form.querySelector('button'))?.focus()
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submit(form)
  })
}

/** @param {HTMLFormElement} form */
async function submit(form) {
  showError(form, '')
  try {
    await signIn(form)
  }
  catch (error) {
    const isAborted = error instanceof Error && error.name === 'AbortError'
    if (!isAborted) showError(form, form.dataset.failed ?? '')
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {string} text
 */
function showError(form, text) {
  const alert = form.querySelector('[role=alert]')
  if (alert) alert.textContent = text
}

if (typeof api?.parseRequestOptionsFromJSON === 'function' && typeof api.parseCreationOptionsFromJSON === 'function') {
  /** @type {NodeListOf<HTMLFormElement>} */
  const forms = document.querySelectorAll('form[data-passkey]')
  for (const form of forms) enable(form)
  const autofill = [...forms].find(form => 'autofill' in form.dataset)
  // A user who ignores the autofill's list sees no error.
  if (autofill && await api.isConditionalMediationAvailable?.()) await signIn(autofill, 'conditional').catch(() => {})
}
