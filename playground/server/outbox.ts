export interface Mail { to: string, url: string }

/** The emails of this server, newest first. */
export const outbox: Mail[] = []

/** A real app sends the email here. In production, the link is only in the server's log. */
export function deliver(mail: Mail): void {
  if (import.meta.dev) outbox.unshift(mail)
  else console.info(`Email to ${mail.to}: ${mail.url}`)
}
