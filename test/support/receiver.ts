import http from 'node:http'
import type net from 'node:net'
import type { AddressInfo } from 'node:net'
import type { ChannelsConfig, Message } from '../../src/jobs/channels/channel.js'

export interface Received {
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}
type Answering = (response: http.ServerResponse, request: Received) => void

/** A server at the other end, on the loopback, that answers as a test tells it. */
export interface Receiver {
  readonly port: number
  /** What arrived, in order. */
  readonly received: Received[]
  /** How many connections were made to it, ever and now. */
  readonly connections: { made: number; open: number }
  url(path?: string): string
  /** From now on; 200 with `{}` at first. */
  answers(how: Answering): void
  close(): Promise<void>
}

export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const connections = { made: 0, open: 0 }
  let answer: Answering = (response) => response.end('{}')
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const what = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }
      received.push(what)
      answer(response, what)
    })
  })
  server.on('connection', (socket) => {
    connections.made += 1
    connections.open += 1
    socket.on('close', () => {
      connections.open -= 1
    })
  })
  const port = await listening(server)
  return {
    port,
    received,
    connections,
    url: (path = '/') => `http://127.0.0.1:${port}${path}`,
    answers(how) {
      answer = how
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Starts it on the loopback. Output: its port. */
export const listening = (server: net.Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))

export const message: Message = {
  id: '0b6f2a4e-5d0c-4b6e-9a0e-7d1f3a5b9c11',
  at: '2026-11-20T02:00:00.000Z',
  subject: '待审批：客户招待用餐',
  text: '张三提交的用餐申请等待您审批，金额 ¥800.00。',
  link: 'https://countersign.example.com/cases/42',
  mobiles: [],
  body: { type: 'task.opened', timestamp: '2026-11-20T02:00:00.000Z', data: { caseId: '42', label: '部门经理审批 “急”' } },
}

/** How long those wait who are to be kept waiting. */
export const impatientMs = 400

/** For receivers on the loopback. */
export const trial = (extra: Partial<ChannelsConfig> = {}): ChannelsConfig => ({
  allowedHosts: ['127.0.0.1'],
  allowPrivate: true,
  timeoutMs: 10_000,
  smtpUrl: undefined,
  mailFrom: '会签 <no-reply@countersign.example.com>',
  ...extra,
})
