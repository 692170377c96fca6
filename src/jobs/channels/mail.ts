import { isEmail } from 'class-validator'
import nodemailer from 'nodemailer'
import type { ChannelsConfig, Message, Sent } from './channel.js'

/** E-mail to one person. */
export interface Mail {
  send(address: string, message: Message): Promise<Sent>
  close(): void
}

const connectionsMax = 3

export function mailOf({ smtpUrl, mailFrom, timeoutMs }: ChannelsConfig): Mail {
  if (!smtpUrl) return { send: async () => ({ kind: 'REFUSED', why: 'no SMTP server is configured' }), close() {} }
  const [, domain = 'localhost'] = /@([\w.-]+)/.exec(mailFrom) ?? []
  const transport = nodemailer.createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: connectionsMax,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send(address, { id, subject, text, link }) {
      // Also a guard: what is one address by this check is neither a list of them nor holds a line break.
      if (!isEmail(address)) return { kind: 'REFUSED', why: 'the address is not one of an e-mail' }
      try {
        await transport.sendMail({
          from: mailFrom,
          to: { name: '', address },
          subject: subject.replace(/\p{Cc}+/gu, ' '),
          text: link === null ? text : `${text}\n\n${link}`,
          messageId: `<${id.replace(/[^\w.-]/g, '')}@${domain}>`,
          // RFC 3834: nobody's absence notice answers it.
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal: AbortSignal.timeout(timeoutMs),
        })
        return { kind: 'SENT' }
      } catch (error) {
        return unsent(error as Failure, timeoutMs)
      }
    },
    close: () => transport.close({ force: true }),
  }
}

interface Failure {
  readonly code?: string
  readonly response?: string
  /** Did the server say that no retry will help (5xx)? */
  readonly permanent?: boolean
}
/** Only a server's word on this very message is final. One that cannot be reached, greets with 554 or takes no password is trouble with the server. */
function unsent({ code = 'ERROR', response, permanent }: Failure, timeoutMs: number): Sent {
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return { kind: 'RETRY', why: code === 'EABORT' ? `SMTP: not taken within ${timeoutMs} ms` : `SMTP ${code}` }
  const why = response ? `SMTP ${response.replace(/\p{Cc}+/gu, ' ').slice(0, 200)}` : `SMTP ${code}`
  return { kind: permanent === false ? 'RETRY' : 'REFUSED', why }
}
