// The apps of the comparison: the same pages and routes, each with a different auth module.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const folder = fileURLToPath(new URL('.', import.meta.url))
export const secret = 'KCq0m8l9hTqfYyq5dYk0pGm1p9mJ7QO0b5uW1yq3vXo='

/** Auth.js's form for credentials, with its CSRF token. */
const authjs = { csrf: '/api/auth/csrf', path: '/api/auth/callback/credentials', fields: { name: 'Ada', json: 'true' }, cookie: 'session-token' }

const entries = {
  'none': {
    name: 'without auth', packages: [], session: '/api/auth/session',
    signIn: { path: '/api/form', fields: { name: 'Ada' }, cookie: 'name=Ada' },
  },
  'ours': { packages: ['nuxt-authjs', '@auth/core'], session: '/api/auth/session', signIn: authjs },
  'by-hand': { packages: ['@auth/core'], suffix: ', a hand-written route', session: '/api/auth/session', signIn: { ...authjs, isForm: true } },
  'sidebase': {
    packages: ['@sidebase/nuxt-auth', 'next-auth'], session: '/api/auth/session', signIn: authjs,
    env: origin => ({ AUTH_URL: `${origin}/api/auth` }),
  },
  'hebilicious': {
    packages: ['@hebilicious/authjs-nuxt', '@auth/core'], session: '/api/auth/session',
    signIn: { ...authjs, csrf: undefined, isForm: true },
    env: origin => ({ NUXT_PUBLIC_AUTH_JS_BASE_URL: origin }),
  },
  'auth-utils': {
    packages: ['nuxt-auth-utils'], session: '/api/_auth/session',
    signIn: { path: '/api/login', fields: { name: 'Ada' }, cookie: 'nuxt-session=' },
    env: () => ({ NUXT_SESSION_PASSWORD: secret }),
  },
  'better-auth': {
    packages: ['better-auth'], session: '/api/auth/get-session',
    signUp: { path: '/api/auth/sign-up/email', fields: { name: 'Ada', email: 'ada@app.example', password: 'lovelace' } },
    signIn: { path: '/api/auth/sign-in/email', fields: { email: 'ada@app.example', password: 'lovelace' }, cookie: 'session_token=' },
  },
}

/** Every app by its id, with its folder and name. */
export const apps = Object.entries(entries).map(([id, entry]) => ({ id, dir: `${folder}apps/${id}`, env: () => ({}), ...entry }))

export function getApp(id) {
  const app = apps.find(app => app.id === id)
  if (!app) throw new Error(`There is no app ${id}. There are: ${apps.map(({ id }) => id).join(', ')}`)
  return app
}

/** The measured packages with their installed versions. */
export function getName({ name, packages, suffix = '', dir }) {
  return name ?? packages.map(each => `${each}@${getVersion(each, dir)}`).join(' + ') + suffix
}

/** The version that the app resolves. */
export function getVersion(name, dir = folder) {
  const path = [dir, folder].map(base => `${base}/node_modules/${name}/package.json`).find(path => existsSync(path))
  if (!path) throw new Error(`${name} is not installed`)
  return JSON.parse(readFileSync(path, 'utf8')).version
}
