export interface Mail { to: string, url: string }

/** Mails of this server, newest first. */
export const outbox: Mail[] = []

/** Where a real app sends a mail. In production nobody but the one who reads the log may see a link. */
export function deliver(mail: Mail): void {
  if (import.meta.dev) outbox.unshift(mail)
  else console.info(`Mail to ${mail.to}: ${mail.url}`)
}
