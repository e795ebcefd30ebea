/** Logs the session's hooks on this page. */
export default defineNuxtPlugin((nuxtApp) => {
  const log = useAuthLog()
  nuxtApp.hook('auth:session', session => void log.value.unshift(`auth:session ${session?.user.name ?? session?.user.email ?? null}`))
  nuxtApp.hook('auth:sign-in', session => void log.value.unshift(`auth:sign-in ${session.user.name ?? session.user.email}`))
  nuxtApp.hook('auth:sign-out', () => void log.value.unshift('auth:sign-out'))
  nuxtApp.hook('auth:update', () => void log.value.unshift('auth:update'))
  nuxtApp.hook('auth:redirect', ({ access, from }) => void log.value.unshift(`auth:redirect ${access}, from ${from}`))
})
