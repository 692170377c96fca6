import type { Writable } from 'node:stream'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import type { Channels, Endpoint, Sent } from '../../src/jobs/channels/channel.js'
import { channelsOf } from '../../src/jobs/channels/channels.js'
import { retryAfter } from '../../src/jobs/channels/retry-after.js'
import { impatientMs, message, openReceiver, type Receiver, trial } from '../support/receiver.js'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
let receiver: Receiver
let channels: Channels
beforeAll(async () => {
  receiver = await openReceiver()
  channels = channelsOf(trial())
})
afterEach(() => {
  receiver.received.length = 0
})
afterAll(async () => {
  await channels.close()
  await receiver.close()
})

const endpoint = (extra: Partial<Endpoint> = {}): Endpoint => ({ channel: 'WEBHOOK', url: receiver.url('/hook'), secret, ...extra })
const send = (by = channels) => by.send(endpoint(), message)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
async function timed(sending: Promise<Sent>): Promise<{ sent: Sent; ms: number }> {
  const begun = performance.now()
  return { sent: await sending, ms: performance.now() - begun }
}

test('the official verifier accepts what arrives, and every attempt carries the same id and its own time', async () => {
  receiver.answers((response) => response.end())
  expect(await send()).toEqual({ kind: 'SENT' })
  await pause(1000)
  expect(await send()).toEqual({ kind: 'SENT' })
  const [first, second] = receiver.received
  for (const { headers, body } of [first!, second!]) {
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(message.body)
    expect(headers).toMatchObject({ 'webhook-id': message.id, 'content-type': 'application/json; charset=utf-8', 'user-agent': 'Countersign' })
  }
  expect(() => new Webhook(secret).verify(first!.body.replace('42', '43'), first!.headers as Record<string, string>)).toThrow('No matching signature')
  expect(() => new Webhook('whsec_AAAA').verify(first!.body, first!.headers as Record<string, string>)).toThrow('No matching signature')
  expect(Number(second!.headers['webhook-timestamp'])).toBeGreaterThan(Number(first!.headers['webhook-timestamp']))
})

test.each([
  ...[200, 201, 202, 204].map((status) => [status, { kind: 'SENT' }] as const),
  ...[300, 304, 400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 502, 503, 504].map((status) => [status, { kind: 'RETRY', why: `HTTP ${status}` }] as const),
  [410, { kind: 'REFUSED', why: 'HTTP 410: the receiver wants no more messages' }] as const,
])('%i is taken as Standard Webhooks says', async (status, sent) => {
  receiver.answers((response) => response.writeHead(status).end('whatever'))
  expect(await send()).toEqual(sent)
})

test('a receiver that says when is left alone until then', async () => {
  receiver.answers((response) => response.writeHead(429, { 'retry-after': '120' }).end())
  expect(await send()).toEqual({ kind: 'RETRY', why: 'HTTP 429', afterMs: 120_000 })
  receiver.answers((response) => response.writeHead(503, { 'retry-after': new Date(Date.now() + 90_000).toUTCString() }).end())
  const sent = await send()
  expect(sent).toMatchObject({ kind: 'RETRY', why: 'HTTP 503' })
  expect(sent.kind === 'RETRY' && sent.afterMs).toBeGreaterThan(85_000)
  expect(sent.kind === 'RETRY' && sent.afterMs).toBeLessThanOrEqual(90_000)
})

test.each([
  ['0', 0],
  ['99999999999999999999', 86_400_000],
  ['Fri, 20 Nov 2026 02:00:10 GMT', 10_000],
  ['Fri, 20 Nov 2020 02:00:10 GMT', 0],
  ['Fri, 20 Nov 2099 02:00:10 GMT', 86_400_000],
  ['-5', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['2026', 2_026_000],
  ['', undefined],
])('Retry-After %p is %p ms', (value, afterMs) => {
  expect(retryAfter({ 'retry-after': value }, Date.parse('2026-11-20T02:00:00Z'))).toEqual(afterMs === undefined ? {} : { afterMs })
})

test('redirects are not followed', async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    receiver.answers((response) => response.writeHead(status, { location: receiver.url('/elsewhere') }).end())
    expect(await send()).toEqual({ kind: 'RETRY', why: `HTTP ${status}` })
  }
  expect(receiver.received.map(({ path }) => path)).toEqual(Array(5).fill('/hook'))
})

test('nobody is waited for longer than the time given: silence, dripping heads and bodies, late answers', async () => {
  const late: Sent = { kind: 'RETRY', why: '127.0.0.1: no answer within 400 ms' }
  const dripping = (into: Writable, first = 'x', again = 'x') => {
    into.write(first)
    setTimeout(
      clearInterval,
      3000,
      setInterval(() => into.write(again), 20),
    ).unref()
  }
  const cases: [Parameters<Receiver['answers']>[0], Sent][] = [
    [() => {}, late],
    [({ socket }) => dripping(socket!, 'HTTP/1.1 200 OK\r\nx-slow: '), late],
    [({ socket }) => dripping(socket!, '', 'HTTP/1.1 102 Processing\r\n\r\n'), late],
    [(response) => void setTimeout(() => response.end(), 3000).unref(), late],
    // The status has arrived, and with it what became of the message.
    [(response) => dripping(response), { kind: 'SENT' }],
    [(response) => dripping(response.writeHead(500)), { kind: 'RETRY', why: 'HTTP 500' }],
  ]
  const impatient = channelsOf(trial({ timeoutMs: impatientMs }))
  for (const [answer, expected] of cases) {
    receiver.answers(answer)
    const { sent, ms } = await timed(send(impatient))
    expect(sent).toEqual(expected)
    expect(ms).toBeGreaterThan(impatientMs - 20)
    expect(ms).toBeLessThan(5 * impatientMs)
  }
  await impatient.close()
  await pause(100)
  expect(receiver.received).toHaveLength(cases.length)
})

test('no more than is needed is read of an answer that does not end', async () => {
  let written = 0
  receiver.answers((response) => {
    const more = () => {
      while (response.writable && response.write(Buffer.alloc(65_536))) written += 65_536
      if (response.writable) response.once('drain', more)
    }
    more()
  })
  const { sent, ms } = await timed(send())
  expect(sent).toEqual({ kind: 'SENT' })
  expect(ms).toBeLessThan(5000)
  await pause(100)
  expect(written).toBeLessThan(16 * 1024 * 1024)
  receiver.answers((response) => response.writeHead(500).end(Buffer.alloc(1024 * 1024)))
  expect(await send()).toEqual({ kind: 'RETRY', why: 'HTTP 500' })
})

test('a connection that breaks, and nobody at home', async () => {
  receiver.answers((response) => response.socket?.resetAndDestroy())
  expect(await send()).toEqual({ kind: 'RETRY', why: '127.0.0.1: ECONNRESET' })
  receiver.answers((response) => response.socket?.end())
  expect(await send()).toEqual({ kind: 'RETRY', why: '127.0.0.1: ECONNRESET' })
  const gone = await openReceiver()
  await gone.close()
  expect(await channels.send(endpoint({ url: gone.url('/hook?key=topsecret') }), message)).toEqual({ kind: 'RETRY', why: '127.0.0.1: ECONNREFUSED' })
})

test('nothing is sent unsigned or without a body', async () => {
  const unsigned = { kind: 'REFUSED', why: 'the endpoint has no secret that signs (whsec_ and base64)' }
  for (const bad of [null, '', 'whsec_', 'whsec_not base64!']) expect(await channels.send(endpoint({ secret: bad }), message)).toEqual(unsigned)
  expect(await channels.send(endpoint(), { ...message, body: null })).toMatchObject({ kind: 'REFUSED' })
  expect(await channels.send(endpoint(), { ...message, id: 'a\r\nx-forged: 1' })).toMatchObject({ kind: 'RETRY' })
  expect(receiver.received).toEqual([])
})

test('connections are kept, and no host has more than four', async () => {
  const other = await openReceiver()
  const ours = channelsOf(trial())
  const to = endpoint({ url: other.url() })
  for (let n = 0; n < 10; n++) expect(await ours.send(to, message)).toEqual({ kind: 'SENT' })
  expect(other.connections.made).toBe(1)
  let most = 0
  other.answers((response) => {
    most = Math.max(most, other.connections.open)
    setTimeout(() => response.end(), 20)
  })
  const sent = await Promise.all(Array.from({ length: 40 }, () => ours.send(to, message)))
  expect(sent).toEqual(Array(40).fill({ kind: 'SENT' }))
  expect(most).toBe(4)
  other.answers(() => {})
  const pending = ours.send(to, message)
  await pause(50)
  await ours.close()
  expect(await pending).toMatchObject({ kind: 'RETRY' })
  await pause(50)
  expect(other.connections.open).toBe(0)
  await other.close()
})
