import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A received message. `to` is the envelope recipient, in ASCII; `text` is decoded. */
export interface Mail { to: string[], text: string, link: string }

export interface Mailbox {
  /** The URL for a mailer: `smtp://…`. */
  url: string
  mails: Mail[]
  close: () => Promise<void>
}

/** A mail server on loopback that stores its messages. It refuses recipients at `refused.example`. */
export async function startMailbox(): Promise<Mailbox> {
  const mails: Mail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: ({ address }, _, done) => done(address.endsWith('@refused.example') ? new Error('No such mailbox') : null),
    async onData(stream, { envelope }, done) {
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk)
      mails.push(toMail(Buffer.concat(chunks).toString('latin1'), envelope.rcptTo.map(({ address }) => address)))
      done()
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return { url: `smtp://127.0.0.1:${port}`, mails, close: () => new Promise(resolve => server.close(resolve)) }
}

/** Decodes a message whose parts are in quoted-printable (RFC 2045 §6.7) or plain ASCII. */
function toMail(raw: string, to: string[]): Mail {
  const isEncoded = /^Content-Transfer-Encoding: quoted-printable/im.test(raw)
  const text = isEncoded ? raw.replace(/=\r?\n/g, '').replace(/=([\dA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))) : raw
  return { to, text, link: /https?:\/\/\S+?\/callback\/[^\s"<]+/.exec(text)?.[0] ?? '' }
}
