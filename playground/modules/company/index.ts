import { addServerHandler, createResolver, defineNuxtModule } from '@nuxt/kit'

/**
 * Stands in for your company's identity provider while you develop: a certified OpenID provider, below `/idp`.
 * In your own app, set the three variables to the real provider's values and leave this folder out.
 */
export default defineNuxtModule({
  setup(_, nuxt) {
    if (!nuxt.options.dev) return
    addServerHandler({ route: '/idp/**', handler: createResolver(import.meta.url).resolve('./handler'), lazy: true })
    nuxt.hook('listen', (_, { url }) => {
      const own = { AUTH_COMPANY_ISSUER: `${url}idp`, AUTH_COMPANY_ID: 'playground', AUTH_COMPANY_SECRET: 'only-on-this-machine' }
      Object.assign(process.env, { ...own, ...process.env })
    })
  },
})
