/**
 * The last page of a sign-in in a window of its own: it tells the page that opened it, and closes. By channel, because a
 * provider may have cut the window off from its opener. Text, because it is served as it stands.
 */
export const popupScript: string = `const { pathname } = new URL('.', document.currentScript.src)
const channel = new BroadcastChannel('nuxt-authjs:' + pathname.slice(0, -1) + ':popup')
channel.postMessage(new URLSearchParams(location.search).get('flow'))
window.close()
`
