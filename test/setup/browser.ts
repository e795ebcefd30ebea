import { resolveBrowser } from '../browser'

/** Vitest global setup: finds the browser once and passes it to every test in `CHROMIUM_PATH`. */
export default async function setup(): Promise<void> {
  process.env.CHROMIUM_PATH = await resolveBrowser()
}
