import Nodemailer from '@auth/core/providers/nodemailer'
import { deliver } from './outbox'

/** With `server: process.env.SMTP_URL`, and without the last line, this sends real mail. */
export const magicLink = Nodemailer({
  server: { jsonTransport: true },
  from: 'sign-in@app.example',
  sendVerificationRequest: ({ identifier, url }) => deliver({ to: identifier, url }),
})
