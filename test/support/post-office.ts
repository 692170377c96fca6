import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type pg from 'pg'
import type { Channels, Message, Sent, Target } from '../../src/jobs/channels/channel.js'
import { type Deliverer, type DeliveringLimits, delivererOf } from '../../src/jobs/delivering.js'
import { publish } from '../../src/persistence/events.js'

/** One message as it arrived, by the path of whoever was addressed. */
export interface Arrived {
  readonly to: string
  readonly message: Message
}
/** A receiver at the other end of the wire: it writes down everything, and answers as it is told. */
export interface PostOffice {
  readonly url: string
  readonly arrived: Arrived[]
  /** The status with which a message is answered; 200 unless told. A promise keeps the sender waiting. */
  answer: (arrived: Arrived) => number | Promise<number>
  /** Channels that post to it: an endpoint by its address, a mail to `/mail/<address>`. 200: sent, 410: refused, else try again. */
  readonly channels: Channels
  close(): Promise<void>
}

export async function openPostOffice(): Promise<PostOffice> {
  const arrived: Arrived[] = []
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', async () => {
      const one = { to: request.url!, message: JSON.parse(Buffer.concat(parts).toString()) as Message }
      arrived.push(one)
      response.writeHead(await office.answer(one)).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const agent = new http.Agent({ keepAlive: true })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const office: PostOffice = {
    url,
    arrived,
    answer: () => 200,
    channels: {
      send: (target, message) => post(agent, addressOf(target, url), message),
      close: async () => agent.destroy(),
    },
    async close() {
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return office
}
const addressOf = (target: Target, url: string): string => (target.channel === 'EMAIL' ? `${url}/mail/${target.address}` : target.url)

function post(agent: http.Agent, url: string, message: Message): Promise<Sent> {
  return new Promise((resolve) => {
    const request = http.request(url, { agent, method: 'POST' }, (response) => {
      const { statusCode: status } = response.resume()
      resolve(status === 200 ? { kind: 'SENT' } : status === 410 ? { kind: 'REFUSED', why: 'gone' } : { kind: 'RETRY', why: `answered ${status}` })
    })
    request.on('error', (error) => resolve({ kind: 'RETRY', why: error.message }))
    request.end(JSON.stringify(message))
  })
}

/** Everything that was done so far becomes events, in order. */
export async function publishAll(pool: pg.Pool): Promise<void> {
  while (await publish(pool));
}

/** Turns until nothing is left that can be sent now. */
export async function drain(deliverer: Deliverer): Promise<void> {
  while (await deliverer.turn());
}
export const drainAll = (pool: pg.Pool, office: PostOffice, limits: Partial<DeliveringLimits> = {}): Promise<void> =>
  drain(delivererOf(pool, office.channels, limits))
