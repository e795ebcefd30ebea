// @ts-check
// The last page of a sign-in in a popup window: it tells the page that opened it which flow has finished, then closes.
// By BroadcastChannel, because a provider's Cross-Origin-Opener-Policy may have cut off `window.opener`.

const script = /** @type {HTMLScriptElement} */ (document.currentScript)
const { pathname } = new URL('.', script.src)
const channel = new BroadcastChannel(`nuxt-authjs:${pathname.slice(0, -1)}:popup`)
channel.postMessage(new URLSearchParams(location.search).get('flow'))
window.close()
