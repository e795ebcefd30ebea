/** Status message of a 401 that says to the build: this is guarded, so it is not an error, but nothing of it is stored. */
export const leftOut = 'Left out of prerendering'

/** Pages without content, which Nuxt prerenders for static hosts whatever the rules say. */
export const shells = ['/200.html', '/404.html']
