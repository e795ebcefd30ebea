import { resolveBrowser } from '../browser'

/** Vitest global setup: finds the browser once, and every test reads it from `CHROMIUM_PATH`. */
export default async function setup(): Promise<void> {
  process.env.CHROMIUM_PATH = await resolveBrowser()
}
