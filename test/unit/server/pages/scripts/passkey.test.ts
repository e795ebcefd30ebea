import { Window } from 'happy-dom'
import { afterEach, describe, expect, it, vi } from 'vitest'

const form = `<form data-passkey="/api/auth/webauthn-options/passkey" data-failed="Not used." hidden>
<input type="hidden" name="csrfToken" value="token"><input type="hidden" name="action"><input type="hidden" name="data">
<p role="alert"></p><input name="email"><button>Sign in</button></form><p>Use another browser.</p>`

const credential = { id: 'credential' }

/** The script on a page with `body`, in a browser whose passkey API has `api` on top of the usual. */
async function open(body: string, api: object | null = {}) {
  const { document, HTMLInputElement } = new Window({ url: 'https://app.example/' })
  document.body.innerHTML = body
  const fetch = vi.fn(async (_: string) => Response.json({ action: 'authenticate', options: { challenge: 'a' } }))
  const credentials = { get: vi.fn(async () => credential), create: vi.fn(async () => credential) }
  const parse = (options: object) => ({ ...options, isParsed: true })
  const PublicKeyCredential = api && { parseRequestOptionsFromJSON: parse, parseCreationOptionsFromJSON: parse, ...api }
  const globals = { document, HTMLInputElement, window: { PublicKeyCredential }, navigator: { credentials }, fetch }
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
  const element = document.querySelector('form')!
  const submit = vi.spyOn(element, 'submit').mockReturnValue()
  vi.resetModules()
  await import('../../../../../src/runtime/server/pages/scripts/passkey.js')
  const getValue = (name: string) => element.querySelector<never>(`[name=${name}]`)!['value']
  const press = () => element.querySelector('button')!.click()
  const getAlert = () => element.querySelector('[role=alert]')!.textContent
  return { document, element, fetch, credentials, submit, getValue, getAlert, press }
}

afterEach(() => void vi.unstubAllGlobals())

describe('the passkey script', () => {
  it('shows the form, hides the note, and moves the focus to the first field', async () => {
    const { document, element } = await open(form)
    expect([element.hidden, element.nextElementSibling?.hasAttribute('hidden')]).toEqual([false, true])
    expect(document.activeElement?.getAttribute('name')).toBe('email')
  })

  it.each([['no passkeys', null], ['no JSON options', { parseCreationOptionsFromJSON: undefined }]])('leaves the note in a browser with %s', async (_, api) => {
    const { element, fetch } = await open(form, api)
    expect([element.hidden, fetch.mock.calls]).toEqual([true, []])
  })

  it('asks for the existing passkey if no field is filled in, and submits the credential', async () => {
    const { credentials, fetch, getValue, press, submit } = await open(form)
    press()
    await vi.waitFor(() => expect(submit).toHaveBeenCalledOnce())
    expect(fetch.mock.calls).toEqual([['/api/auth/webauthn-options/passkey?action=authenticate']])
    expect(credentials.get).toHaveBeenCalledWith(expect.objectContaining({ publicKey: { challenge: 'a', isParsed: true } }))
    expect([getValue('action'), getValue('data')]).toEqual(['authenticate', JSON.stringify(credential)])
  })

  it('creates a passkey if the server asks for one', async () => {
    const { element, credentials, fetch, getValue, press, submit } = await open(form)
    fetch.mockImplementation(async () => Response.json({ action: 'register', options: {} }))
    element.querySelector('[name=email]')!.setAttribute('value', 'ada@app.example')
    press()
    await vi.waitFor(() => expect(submit).toHaveBeenCalledOnce())
    expect(fetch.mock.calls).toEqual([['/api/auth/webauthn-options/passkey?email=ada%40app.example']])
    expect([credentials.create.mock.calls.length, getValue('action')]).toEqual([1, 'register'])
  })

  it('says beside the button that a passkey was not used', async () => {
    const { fetch, getAlert, press, submit } = await open(form)
    fetch.mockImplementation(async () => new Response('', { status: 503 }))
    press()
    await vi.waitFor(() => expect(getAlert()).toBe('Not used.'))
    expect(submit).not.toHaveBeenCalled()
  })

  it('never starts a request before the one before it has answered, even if that one is aborted', async () => {
    const { fetch, getAlert, press, submit } = await open(form)
    let answer = (_: Response) => {}
    fetch.mockImplementationOnce(() => new Promise<Response>(resolve => answer = resolve))
    press()
    press()
    await new Promise(resolve => setTimeout(resolve, 5))
    expect(fetch).toHaveBeenCalledOnce()
    answer(Response.json({ action: 'authenticate', options: {} }))
    await vi.waitFor(() => expect(submit).toHaveBeenCalledOnce())
    expect([fetch.mock.calls.length, getAlert()]).toEqual([2, ''])
  })

  it('offers passkeys in the autofill list of a browser that has one', async () => {
    const autofill = form.replace('<form ', '<form data-autofill ')
    const chosen = await open(autofill, { isConditionalMediationAvailable: async () => true })
    expect(chosen.credentials.get).toHaveBeenCalledWith(expect.objectContaining({ mediation: 'conditional' }))
    expect(chosen.submit).toHaveBeenCalledOnce()
    const unavailable = await open(autofill, { isConditionalMediationAvailable: async () => false })
    expect(unavailable.fetch).not.toHaveBeenCalled()
  })
})
