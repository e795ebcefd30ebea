/* eslint-disable no-console -- Nitro has no logger: its log is standard error, and only this file writes to it. */

/** Logs one line, and the cause with its stack. Never called with a credential or a token. */
export function logError(message: string, cause?: unknown): void {
  console.error(toLine(message), ...(cause === undefined ? [] : [cause]))
}

/** Logs a caught value on one line, and its cause if it is an error that has one. */
export function logCaught(error: unknown): void {
  logError(String(error), error instanceof Error ? error.cause : undefined)
}

/** Logs one line as a warning. Never called with a credential or a token. */
export function logWarning(message: string): void {
  console.warn(toLine(message))
}

/** Logs a refused attempt: its name, and fields as JSON for log parsers. Never called with input from the request. */
export function logRefusal(attempt: string, fields: Record<string, string | number>): void {
  logWarning(`${attempt} ${JSON.stringify(fields)}`)
}

// Line breaks in a message that contains user input would allow forged log lines.
function toLine(message: string): string {
  const line = message.replace(/[\r\n\u2028\u2029]+/g, ' ')
  return line.startsWith('[nuxt-authjs]') ? line : `[nuxt-authjs] ${line}`
}
