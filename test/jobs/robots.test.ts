import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals'
import type { Channels, Endpoint, Message } from '../../src/jobs/channels/channel.js'
import { channelsOf } from '../../src/jobs/channels/channels.js'
import { impatientMs, message, openReceiver, type Receiver, trial } from '../support/receiver.js'

let receiver: Receiver
let channels: Channels
beforeAll(async () => {
  receiver = await openReceiver()
  channels = channelsOf(trial())
})
afterEach(() => {
  receiver.received.length = 0
  jest.restoreAllMocks()
})
afterAll(async () => {
  await channels.close()
  await receiver.close()
})

type Robot = Exclude<Endpoint['channel'], 'WEBHOOK'>
const robots: readonly Robot[] = ['DINGTALK', 'WECOM', 'FEISHU']
const token = '566cc69da782ec9d5bfd1d8a3c'
const paths = { DINGTALK: `/robot/send?access_token=${token}`, WECOM: `/cgi-bin/webhook/send?key=${token}`, FEISHU: `/open-apis/bot/v2/hook/${token}` }
const signing = 'SEC0123456789abcdef'
const ok = { DINGTALK: { errcode: 0, errmsg: 'ok' }, WECOM: { errcode: 0, errmsg: 'ok' }, FEISHU: { code: 0, msg: 'success', data: {} } }

const answering = (body: unknown, status = 200) =>
  receiver.answers((response) => response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body)))
const tell = (channel: Robot, extra: Partial<Message> = {}, secret: string | null = null) =>
  channels.send({ channel, url: receiver.url(paths[channel]), secret }, { ...message, ...extra })
/** What the robot got. */
async function told(channel: Robot, extra: Partial<Message> = {}, secret: string | null = null) {
  answering(ok[channel])
  expect(await tell(channel, extra, secret)).toEqual({ kind: 'SENT' })
  const { path, body } = receiver.received.at(-1)!
  return { path, body: JSON.parse(body), bytes: Buffer.byteLength(body) }
}
const words = `${message.subject}\n${message.text}\n${message.link}`

test('DingTalk gets a text that calls its people, signed with the key over time and key', async () => {
  // Computed by the Python of DingTalk's own page.
  jest.spyOn(Date, 'now').mockReturnValue(1_599_360_473_000)
  expect(await told('DINGTALK', { mobiles: ['13800001111', '13900002222'] }, signing)).toMatchObject({
    path: `/robot/send?access_token=${token}&timestamp=1599360473000&sign=aKqBjoyC%2BNYhkgqBYxW0ACXynJFx9Q2eLA%2BQ9FLxhBY%3D`,
    body: {
      msgtype: 'text',
      text: { content: `${words}\n@13800001111\n@13900002222` },
      at: { atMobiles: ['13800001111', '13900002222'], isAtAll: false },
    },
  })
  jest.spyOn(Date, 'now').mockReturnValue(1_599_360_473_003)
  expect((await told('DINGTALK', {}, signing)).path).toContain('&sign=4YbNP65GbYWB3y2DWR4JvkKN7LKflxN2j%2FoAm97ODZE%3D')
  expect(await told('DINGTALK')).toMatchObject({ path: paths.DINGTALK, body: { text: { content: words }, at: { atMobiles: [] } } })
})

test('WeCom gets a text and the mobiles beside it, unsigned', async () => {
  expect(await told('WECOM', { mobiles: ['13800001111'] }, signing)).toMatchObject({
    path: paths.WECOM,
    body: { msgtype: 'text', text: { content: words, mentioned_mobile_list: ['13800001111'] } },
  })
})

test('Feishu gets a text, signed in the body with time and key over nothing', async () => {
  // Computed by the Python of Feishu's own page.
  jest.spyOn(Date, 'now').mockReturnValue(1_599_360_473_999)
  expect((await told('FEISHU', { mobiles: ['13800001111'] }, signing)).body).toEqual({
    timestamp: '1599360473',
    sign: 'o4rYuzS+vyYu0ScPJVg0TrKMaVksgOXu1MYbxvtUINE=',
    msg_type: 'text',
    content: { text: words },
  })
  expect((await told('FEISHU', { link: null })).body).toEqual({ msg_type: 'text', content: { text: `${message.subject}\n${message.text}` } })
})

test.each<[Robot, number, object]>([
  ...[310000, 400101, 400102, 430104, 460101].map((code): [Robot, number, object] => ['DINGTALK', code, { kind: 'REFUSED' }]),
  ['DINGTALK', 130101, { kind: 'RETRY', afterMs: 600_000 }],
  ['DINGTALK', 410100, { kind: 'RETRY', afterMs: 600_000 }],
  ['DINGTALK', -1, { kind: 'RETRY' }],
  ['DINGTALK', 987654, { kind: 'RETRY' }],
  ['WECOM', 93000, { kind: 'REFUSED' }],
  ['WECOM', 40058, { kind: 'REFUSED' }],
  ['WECOM', 45009, { kind: 'RETRY', afterMs: 60_000 }],
  ['WECOM', -1, { kind: 'RETRY' }],
  ...[19001, 19021, 19022, 19024].map((code): [Robot, number, object] => ['FEISHU', code, { kind: 'REFUSED' }]),
  ['FEISHU', 9499, { kind: 'RETRY' }],
  ['FEISHU', 11232, { kind: 'RETRY' }],
])('%s, code %i', async (channel, code, sent) => {
  const field = channel === 'FEISHU' ? 'code' : 'errcode'
  // DingTalk and WeCom answer 200 to everything, Feishu also 400.
  answering({ [field]: code, [channel === 'FEISHU' ? 'msg' : 'errmsg']: 'why\nnot' }, channel === 'FEISHU' ? 400 : 200)
  expect(await tell(channel)).toEqual({ ...sent, why: `${field} ${code}: why not` })
})

test.each(robots)('%s that is not itself is tried again', async (channel) => {
  const field = channel === 'FEISHU' ? 'code' : 'errcode'
  for (const body of ['<html>Bad gateway</html>', '', '{}', 'null', '[]', '"0"', `{"${field}":"0"}`, '{']) {
    answering(body, 502)
    expect(await tell(channel)).toEqual({ kind: 'RETRY', why: `HTTP 502 without ${field}` })
  }
  answering('')
  expect(await tell(channel)).toEqual({ kind: 'RETRY', why: `HTTP 200 without ${field}` })
  receiver.answers((response) => response.writeHead(429, { 'retry-after': '7' }).end())
  expect(await tell(channel)).toEqual({ kind: 'RETRY', why: `HTTP 429 without ${field}`, afterMs: 7000 })
  receiver.answers(() => {})
  const impatient = channelsOf(trial({ timeoutMs: impatientMs }))
  const late = await impatient.send({ channel, url: receiver.url(paths[channel]), secret: null }, message)
  expect(late).toEqual({ kind: 'RETRY', why: '127.0.0.1: no answer within 400 ms' })
})

test.each(robots)('%s: no reason tells the key or the secret, whatever the robot says', async (channel) => {
  const field = channel === 'FEISHU' ? 'code' : 'errcode'
  for (const said of [`token ${token} is not exist`, `secret ${signing} is wrong`]) {
    answering({ [field]: 1, errmsg: said, msg: said })
    expect(await tell(channel, {}, signing)).toEqual({ kind: 'RETRY', why: `${field} 1` })
  }
  answering({ [field]: 1, errmsg: 'x'.repeat(1000), msg: 'x'.repeat(1000) })
  expect((await tell(channel)) as object).toEqual({ kind: 'RETRY', why: `${field} 1: ${'x'.repeat(200)}` })
})

test.each(robots)('%s: what is too long is cut between two characters, as late as can be, and the link stays', async (channel) => {
  const measured = ({ body, bytes }: { body: any; bytes: number }) => (channel === 'WECOM' ? Buffer.byteLength(body.text.content) : bytes)
  const limit = channel === 'WECOM' ? 2048 : 20_000
  // Characters of one to four bytes, and those that JSON writes as two or six.
  for (const character of ['a', 'é', '审', '😀', '"', '\n', '\u0001', '审a😀']) {
    const mobiles = Array.from({ length: 20 }, (_, n) => `138000000${10 + n}`)
    const sent = await told(channel, { text: character.repeat(20_000), mobiles }, signing)
    const content: string = channel === 'FEISHU' ? sent.body.content.text : sent.body.text.content
    expect(measured(sent)).toBeLessThanOrEqual(limit)
    expect(measured(sent)).toBeGreaterThan(limit - 8)
    expect(content).toContain(`…\n${message.link}`)
    expect(content.isWellFormed()).toBe(true)
    expect(content).not.toContain('\uFFFD')
    expect(content.startsWith(`${message.subject}\n${character}`)).toBe(true)
  }
  const broken = await told(channel, { text: 'half of a smile \ud83d here' })
  expect(JSON.stringify(broken.body)).toContain('half of a smile \uFFFD here')
  const whole = await told(channel, { text: '一'.repeat(600) })
  expect(JSON.stringify(whole.body)).toContain('一'.repeat(600))
})

test('nobody is called by what somebody wrote in a form', async () => {
  const text = '<at user_id="all">所有人</at> <@zhangsan> <@all>'
  expect((await told('FEISHU', { text, subject: text })).body.content.text).not.toContain('<at')
  expect((await told('WECOM', { text, subject: text })).body.text.content).not.toContain('<@')
})
