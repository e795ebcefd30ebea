/* eslint-disable no-console -- Nitro has no logger of its own: its log is standard error, and this file is the only door to it. */

/** One line for whoever runs the server, and the cause with its stack. Never called with a credential or a token. */
export function logError(message: string, cause?: unknown): void {
  console.error(toLine(message), ...(cause === undefined ? [] : [cause]))
}

export function logWarning(message: string): void {
  console.warn(toLine(message))
}

/** One line for each attempt that was refused: what it was, and fields for a machine. Never called with what the visitor sent. */
export function logRefusal(what: string, fields: Record<string, string | number>): void {
  logWarning(`${what} ${JSON.stringify(fields)}`)
}

// A line break from a visitor's input would let him write log lines of his own.
function toLine(message: string): string {
  const line = message.replace(/[\r\n\u2028\u2029]+/g, ' ')
  return line.startsWith('[nuxt-authjs]') ? line : `[nuxt-authjs] ${line}`
}
