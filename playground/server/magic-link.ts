import Nodemailer from '@auth/core/providers/nodemailer'
import { deliver } from './outbox'

/** To send real email, set `server: process.env.SMTP_URL` and remove `sendVerificationRequest`. */
export const magicLink = Nodemailer({
  server: { jsonTransport: true },
  from: 'sign-in@app.example',
  sendVerificationRequest: ({ identifier, url }) => deliver({ to: identifier, url }),
})
