import https from 'node:https'
import net from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import selfSigned from 'smtp-server/lib/tls-options.js'
import { addressFault, isPublic } from '../../src/jobs/channels/address.js'
import { channelsOf } from '../../src/jobs/channels/channels.js'
import type { Resolve } from '../../src/jobs/channels/safe-call.js'
import { impatientMs, listening, message, openReceiver, trial } from '../support/receiver.js'

/** Whoever connects here has got past the guard. */
const inner = net.createServer((socket) => {
  connections += 1
  socket
    .on('error', () => {})
    .resume()
    .end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
})
let connections = 0
let port: number
beforeAll(async () => {
  port = await listening(inner)
})
beforeEach(() => {
  connections = 0
})
afterAll(() => new Promise((resolve) => inner.close(resolve)))

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const rules = (...allowedHosts: string[]) => trial({ allowedHosts, allowPrivate: false })
const known = () => rules(`hooks.example.com:${port}`, `*.partner.cn:${port}`, 'api.example.com')

/** Sends a webhook. Output: what became of it, and which names were asked about. */
async function call(url: string, config = known(), addresses: (nth: number) => readonly string[] = () => ['127.0.0.1']) {
  const asked: string[] = []
  const resolve: Resolve = async (host) => {
    asked.push(host)
    return addresses(asked.length).map((address) => ({ address, family: net.isIP(address) }))
  }
  const channels = channelsOf(config, resolve)
  const sent = await channels.send({ channel: 'WEBHOOK', url, secret }, message)
  await channels.close()
  return { sent, asked }
}
const at = (url: string) => url.replace('PORT', String(port))

test.each([
  // Loopback, in every way of writing it.
  ['https://127.0.0.1:PORT/'],
  ['https://127.1:PORT/'],
  ['https://127.0.0.1.:PORT/'],
  ['https://2130706433:PORT/'],
  ['https://0x7f000001:PORT/'],
  ['https://0x7f.1:PORT/'],
  ['https://0177.0.0.1:PORT/'],
  ['https://017700000001:PORT/'],
  ['https://%31%32%37.0.0.1:PORT/'],
  ['https://１２７.０.０.１:PORT/'],
  ['https://127。0。0。1:PORT/'],
  ['https://0:PORT/'],
  ['https://0.0.0.0:PORT/'],
  ['https://127.255.255.254:PORT/'],
  ['https://[::1]:PORT/'],
  ['https://[::]:PORT/'],
  ['https://[::ffff:127.0.0.1]:PORT/'],
  ['https://[::ffff:7f00:1]:PORT/'],
  ['https://[0:0:0:0:0:ffff:127.0.0.1]:PORT/'],
  ['https://[::127.0.0.1]:PORT/'],
  ['https://[64:ff9b::127.0.0.1]:PORT/'],
  ['https://[2002:7f00:1::]:PORT/'],
  // Inside a house or a machine room.
  ['https://169.254.169.254/latest/meta-data/'],
  ['https://100.100.100.200/latest/meta-data/'],
  ['https://10.0.0.1/'],
  ['https://172.16.0.1/'],
  ['https://172.31.255.255/'],
  ['https://192.168.1.1/'],
  ['https://100.64.0.1/'],
  ['https://[fd00:ec2::254]/'],
  ['https://[fc00::1]/'],
  ['https://[fe80::1]/'],
  ['https://[fec0::1]/'],
  // Nobody's.
  ['https://224.0.0.1/'],
  ['https://240.0.0.1/'],
  ['https://255.255.255.255/'],
  ['https://198.18.0.1/'],
  ['https://192.0.2.1/'],
  ['https://[ff02::1]/'],
  ['https://[2001:db8::1]/'],
  ['https://[100::1]/'],
  ['https://[4000::1]/'],
])('%s is refused even where it stands on the list', async (written) => {
  const url = at(written)
  const config = rules(new URL(url).host)
  expect(addressFault(url, config)?.[1]).toBe('Private and reserved addresses cannot be used')
  expect(addressFault(url, { ...config, allowPrivate: true })).toBeNull()
  expect(await call(url, config)).toEqual({ sent: { kind: 'REFUSED', why: 'Private and reserved addresses cannot be used' }, asked: [] })
  expect(connections).toBe(0)
})

const unlisted = 'The host or its port is not on the list of those allowed'
test.each([
  ['https://user:password@hooks.example.com:PORT/', 'The address may not hold a user name or a password'],
  ['https://user@hooks.example.com:PORT/', 'The address may not hold a user name or a password'],
  ['https://hooks.example.com@127.0.0.1:PORT/', 'The address may not hold a user name or a password'],
  ['https://127.0.0.1:PORT\\@hooks.example.com/', unlisted],
  ['https://hooks.example.com%40127.0.0.1:PORT/', 'The address cannot be read'],
  ['https://127.0.0.1:PORT#@hooks.example.com/', unlisted],
  ['http://hooks.example.com:PORT/', 'Only https addresses can be used'],
  ['ftp://hooks.example.com:PORT/', 'Only https addresses can be used'],
  ['ws://hooks.example.com:PORT/', 'Only https addresses can be used'],
  ['gopher://127.0.0.1:PORT/_POST', 'Only https addresses can be used'],
  ['file:///etc/passwd', 'Only https addresses can be used'],
  ['data:text/plain,hello', 'Only https addresses can be used'],
  ['javascript:alert(1)', 'Only https addresses can be used'],
  ['//hooks.example.com:PORT/', 'The address cannot be read'],
  ['hooks.example.com', 'The address cannot be read'],
  ['', 'The address cannot be read'],
  ['https://', 'The address cannot be read'],
  ['https://hooks.example.com/', unlisted],
  ['https://hooks.example.com:22/', unlisted],
  ['https://hooks.example.com:PORT0/', 'The address cannot be read'],
  ['https://api.example.com:PORT/', unlisted],
  ['https://hooks.example.com.:PORT/', unlisted],
  ['https://api.partner.cn.:PORT/', unlisted],
  ['https://localhost:PORT/', unlisted],
  ['https://localhost.:PORT/', unlisted],
  ['https://partner.cn:PORT/', unlisted],
  ['https://evilpartner.cn:PORT/', unlisted],
  ['https://partner.cn.evil.example:PORT/', unlisted],
  ['https://hooks.example.com.evil.example:PORT/', unlisted],
  ['https://evil-hooks.example.com:PORT/', unlisted],
  // Cyrillic о, Greek ο, a dotless ı, a letter that only looks like l.
  ['https://hооks.example.com:PORT/', unlisted],
  ['https://hοοks.example.com:PORT/', unlisted],
  ['https://apı.partner.cn.example:PORT/', unlisted],
  ['https://hooks.exampӏe.com:PORT/', unlisted],
  ['https://a.раrtner.cn:PORT/', unlisted],
])('%s is refused: %s', async (written, why) => {
  expect(addressFault(at(written), known())?.[1]).toBe(why)
  expect(await call(at(written))).toEqual({ sent: { kind: 'REFUSED', why }, asked: [] })
  expect(connections).toBe(0)
})

test.each([
  ['https://hooks.example.com:PORT/robot?key=1'],
  ['https://HOOKS.Example.COM:PORT/'],
  ['https://hooks。example。com:PORT/'],
  ['https://a.b.partner.cn:PORT/'],
  ['https://api.example.com/'],
  ['https://api.example.com:443/'],
])('%s is one of the hosts allowed', (written) => {
  expect(addressFault(at(written), known())).toBeNull()
})

test('a list holds what it says and nothing by accident', () => {
  for (const entry of ['', '*', '*.', '.', ':443', '*.:443', 'https://', ' ', 'exa mple.com', '*example.com'])
    expect(addressFault('https://hooks.example.com/', rules(entry))?.[1]).toBe(unlisted)
  expect(addressFault('https://审批.example.com/', rules('审批.example.com'))).toBeNull()
  expect(addressFault('https://8.8.8.8/', rules('8.8.8.8'))).toBeNull()
  expect(addressFault('https://[2400:3200::1]/', rules('[2400:3200::1]'))).toBeNull()
  expect(addressFault('http://127.0.0.1:81/', trial({ allowedHosts: ['127.0.0.1:80'] }))?.[1]).toBe(unlisted)
  expect(addressFault('http://localhost/', trial())?.[0]).toBe('该主机或端口不在允许名单内')
})

test.each([
  [['127.0.0.1']],
  [['::1']],
  [['::ffff:127.0.0.1']],
  [['169.254.169.254']],
  [['10.1.2.3']],
  [['100.64.1.1']],
  [['0.0.0.0']],
  [['fd00::1']],
  [['fe80::1%lo']],
  [['64:ff9b::7f00:1']],
  [['2d00::1', '127.0.0.1']],
  [['127.0.0.1', '2d00::1']],
])('a name that stands for %p is refused, with nobody connected to', async (addresses) => {
  const { sent, asked } = await call(at('https://127.0.0.1.partner.cn:PORT/'), known(), () => addresses)
  expect(sent).toEqual({ kind: 'REFUSED', why: '127.0.0.1.partner.cn: the name stands for a private address' })
  expect(asked).toEqual(['127.0.0.1.partner.cn'])
  expect(connections).toBe(0)
})

test('a name is asked about once, and its connection goes where that answer said', async () => {
  // 2d00::1 belongs to nobody yet: a public address that cannot be reached.
  const turning = await call(at('https://hooks.example.com:PORT/'), { ...known(), timeoutMs: impatientMs }, (nth) => (nth === 1 ? ['2d00::1'] : ['127.0.0.1']))
  expect(turning).toEqual({
    sent: { kind: 'RETRY', why: expect.stringMatching(/^hooks\.example\.com: (E\w+|no answer within 400 ms)$/) },
    asked: ['hooks.example.com'],
  })
  expect(await call(at('https://hooks.example.com:PORT/'), known(), () => [])).toMatchObject({ sent: { kind: 'RETRY' } })
  expect(connections).toBe(0)
})

test('the same calls arrive where private receivers are allowed: it is the guard that held them', async () => {
  const free = trial({ allowedHosts: ['hooks.example.com', '127.0.0.1', 'localhost'] })
  expect(await call(at('http://hooks.example.com:PORT/'), free)).toEqual({ sent: { kind: 'SENT' }, asked: ['hooks.example.com'] })
  expect((await call(at('http://2130706433:PORT/'), free)).sent).toEqual({ kind: 'SENT' })
  expect(connections).toBe(2)
  const receiver = await openReceiver()
  const channels = channelsOf(trial({ allowedHosts: ['localhost'] }))
  expect(await channels.send({ channel: 'WEBHOOK', url: `http://localhost:${receiver.port}/`, secret }, message)).toEqual({ kind: 'SENT' })
  await channels.close()
  await receiver.close()
})

test('a receiver whose certificate nobody vouches for is told nothing', async () => {
  const heard: unknown[] = []
  const stranger = https.createServer(selfSigned({}), (request, response) => response.end(heard.push(request.url)))
  const { sent } = await call(`https://127.0.0.1:${await listening(stranger)}/`, trial())
  expect(sent).toEqual({ kind: 'RETRY', why: expect.stringMatching(/^127\.0\.0\.1: \w*CERT\w*$/) })
  await new Promise((resolve) => stranger.close(resolve))
  expect(heard).toEqual([])
})

test('only public addresses are public', () => {
  expect(['8.8.8.8', '203.119.1.1', '2400:3200::1', '2606:4700::1111'].map(isPublic)).toEqual([true, true, true, true])
  expect(['127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::808:808', '2001::1', '3fff::1', '5f00::1'].map(isPublic)).toEqual(Array(6).fill(false))
})
