import net from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { SMTPServer } from 'smtp-server'
import type { Channels } from '../../src/jobs/channels/channel.js'
import { channelsOf } from '../../src/jobs/channels/channels.js'
import { impatientMs, listening, message, trial } from '../support/receiver.js'

interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
}
const arrived: Mail[] = []
const refusals: Record<string, number> = { 'grey@example.com': 450, 'gone@example.com': 550, 'full@example.com': 552, 'busy@example.com': 421 }
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onRcptTo({ address }, _session, done) {
    const responseCode = refusals[address]
    if (address === 'silent@example.com') return
    done(responseCode ? Object.assign(new Error('not here\tnow'), { responseCode }) : null)
  },
  onData(stream, { envelope }, done) {
    void text(stream).then((raw) => {
      arrived.push({ from: envelope.mailFrom ? envelope.mailFrom.address : '', to: envelope.rcptTo.map(({ address }) => address), raw })
      done(raw.includes('SPAM') ? Object.assign(new Error('no'), { responseCode: 554 }) : null)
    })
  },
  onAuth: (_auth, _session, done) => done(new Error('wrong password')),
})
server.on('error', () => {})
let port: number
let channels: Channels
beforeAll(async () => {
  port = await listening(server.server)
  channels = channelsOf(trial({ smtpUrl: `smtp://127.0.0.1:${port}` }))
})
afterEach(() => {
  arrived.length = 0
})
afterAll(async () => {
  await channels.close()
  await new Promise<void>((resolve) => server.close(resolve))
})

const mail = (address: string, extra: Partial<typeof message> = {}, by: Channels = channels) => by.send({ channel: 'EMAIL', address }, { ...message, ...extra })
const head = ({ raw }: Mail) => raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ')
const bodyOf = ({ raw }: Mail) => {
  const body = raw.slice(raw.indexOf('\r\n\r\n'))
  if (/^content-transfer-encoding: base64/im.test(raw)) return Buffer.from(body, 'base64').toString()
  const bytes = body.replaceAll('=\r\n', '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString().replaceAll('\r\n', '\n')
}

test('a message arrives with its words, its link, and an id that stays the same', async () => {
  expect(await mail('manager@example.com')).toEqual({ kind: 'SENT' })
  expect(await mail('manager@example.com')).toEqual({ kind: 'SENT' })
  const [first, second] = arrived
  expect(first).toMatchObject({ from: 'no-reply@countersign.example.com', to: ['manager@example.com'] })
  expect(bodyOf(first!).trim()).toBe(`${message.text}\n\n${message.link}`)
  for (const each of [first!, second!]) {
    expect(head(each)).toContain(`Message-ID: <${message.id}@countersign.example.com>`)
    expect(head(each)).toContain('Auto-Submitted: auto-generated')
  }
})

test('nobody else gets it and no header is added, whatever stands in the fields', async () => {
  const forged = 'Hello\r\nBcc: thief@example.com\r\n\r\n<b>body</b>'
  expect(
    await mail('manager@example.com', { subject: forged, id: 'x>\r\nBcc: thief@example.com', text: `.\r\nQUIT\r\nRCPT TO:<thief@example.com>\r\n.` }),
  ).toEqual({
    kind: 'SENT',
  })
  expect(arrived).toHaveLength(1)
  expect(arrived[0]!.to).toEqual(['manager@example.com'])
  expect(
    head(arrived[0]!)
      .split('\r\n')
      .map((line) => line.split(':')[0]!.toLowerCase())
      .sort(),
  ).toEqual(['auto-submitted', 'content-transfer-encoding', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'])
  expect(arrived[0]!.raw).toContain('RCPT TO:<thief@example.com>')
  for (const address of [
    'manager@example.com, thief@example.com',
    'manager@example.com;thief@example.com',
    'manager@example.com\r\nBcc: thief@example.com',
    'manager@example.com\nRCPT TO:<thief@example.com>',
    'Manager <manager@example.com>',
    '<manager@example.com>',
    'manager',
    '@example.com',
    '',
    ' manager@example.com',
  ])
    expect(await mail(address)).toEqual({ kind: 'REFUSED', why: 'the address is not one of an e-mail' })
  expect(arrived).toHaveLength(1)
})

test('what the server says of the message decides: 4xx later, 5xx never', async () => {
  expect(await mail('grey@example.com')).toEqual({ kind: 'RETRY', why: 'SMTP 450 not here now' })
  expect(await mail('busy@example.com')).toMatchObject({ kind: 'RETRY' })
  expect(await mail('gone@example.com')).toEqual({ kind: 'REFUSED', why: 'SMTP 550 not here now' })
  expect(await mail('full@example.com')).toEqual({ kind: 'REFUSED', why: 'SMTP 552 not here now' })
  expect(await mail('manager@example.com', { text: 'SPAM' })).toEqual({ kind: 'REFUSED', why: 'SMTP 554 no' })
  expect(await mail('manager@example.com')).toEqual({ kind: 'SENT' })
})

test('a server that falls silent holds a sending no longer than the time given, and no other', async () => {
  const begun = performance.now()
  const impatient = channelsOf(trial({ smtpUrl: `smtp://127.0.0.1:${port}`, timeoutMs: impatientMs }))
  const [silent, spoken] = await Promise.all([mail('silent@example.com', {}, impatient), mail('manager@example.com')])
  await impatient.close()
  expect(performance.now() - begun).toBeLessThan(5 * impatientMs)
  expect([silent, spoken]).toEqual([{ kind: 'RETRY', why: 'SMTP: not taken within 400 ms' }, { kind: 'SENT' }])
})

/** A mail server that only says this, then this again every 50 ms; its connections are counted. */
async function against(said: string, use: (by: Channels) => Promise<void>): Promise<number> {
  const sockets = new Set<net.Socket>()
  const odd = net.createServer((socket) => {
    sockets.add(socket)
    const drip = setInterval(() => socket.write(said), 50)
    socket
      .on('error', () => {})
      .on('close', () => {
        clearInterval(drip)
        sockets.delete(socket)
      })
  })
  const by = channelsOf(trial({ smtpUrl: `smtp://user:topsecret@127.0.0.1:${await listening(odd)}`, timeoutMs: impatientMs }))
  await use(by)
  await new Promise((resolve) => setTimeout(resolve, 100))
  const open = sockets.size
  await by.close()
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => odd.close(resolve))
  return open
}

test('trouble with the server itself is tried again: silence, dripping, a greeting that refuses, no server, a wrong password', async () => {
  const within = async (by: Channels, why: string | RegExp) => {
    const begun = performance.now()
    expect(await mail('manager@example.com', {}, by)).toEqual({ kind: 'RETRY', why: expect.stringMatching(why) })
    expect(performance.now() - begun).toBeLessThan(5 * impatientMs)
  }
  const late = 'SMTP: not taken within 400 ms'
  expect(await against('', (by) => within(by, late))).toBe(0)
  expect(await against('2', (by) => within(by, late))).toBe(0)
  expect(await against('220-wait\r\n', (by) => within(by, late))).toBe(0)
  expect(await against('554 go away\r\n', (by) => within(by, /^SMTP E\w+$/))).toBe(0)
  await within(channelsOf(trial({ smtpUrl: 'smtp://127.0.0.1:1' })), /^SMTP E\w+$/)
  await within(channelsOf(trial({ smtpUrl: `smtp://user:topsecret@127.0.0.1:${port}` })), 'SMTP EAUTH')
  expect(await mail('manager@example.com', {}, channelsOf(trial()))).toEqual({ kind: 'REFUSED', why: 'no SMTP server is configured' })
})
