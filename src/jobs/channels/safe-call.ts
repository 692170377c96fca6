import dns from 'node:dns/promises'
import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { addressFault, isPublic } from './address.js'
import type { ChannelsConfig, Endpoint, Message, Sent } from './channel.js'

/** What a name stands for now: every address of it. Throws when there is none. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>
export const systemResolve: Resolve = (host) => dns.lookup(host, { all: true })

export interface Call {
  readonly url: string
  /** JSON. */
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}
export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  /** As much of it as was read. */
  readonly text: string
}
/** Posts, and judges the answer; whatever comes in the way of one is an outcome too. */
export type Post = (call: Call, judge: (answer: Answer) => Sent) => Promise<Sent>
/** How an endpoint of one kind is told. */
export type SendTo = (post: Post, endpoint: Endpoint, message: Message) => Promise<Sent>

const socketsPerHost = 4
const answerBytesMax = 64 * 1024

class PrivateAddress extends Error {
  readonly code = 'PRIVATE_ADDRESS'
}

/** Calls to addresses that an administrator typed, so that they lead nowhere but to the public hosts on the list. Redirects are not followed. */
export function postWith(config: ChannelsConfig, resolve: Resolve): { readonly post: Post; close(): void } {
  const options = { keepAlive: true, maxSockets: socketsPerHost, maxFreeSockets: socketsPerHost }
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) }
  const lookup = checkedLookup(resolve, config.allowPrivate)
  return {
    async post(call, judge) {
      const fault = addressFault(call.url, config)
      if (fault) return { kind: 'REFUSED', why: fault[1] }
      const url = new URL(call.url)
      const request = url.protocol === 'https:' ? https.request : http.request
      const start = () => request(url, { method: 'POST', agent: agents[url.protocol as keyof typeof agents], lookup, headers: headersOf(call) })
      try {
        return judge(await answerTo(start, call.body, config.timeoutMs))
      } catch (error) {
        return { kind: error instanceof PrivateAddress ? 'REFUSED' : 'RETRY', why: `${url.hostname}: ${reasonOf(error)}` }
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

const headersOf = ({ body, headers }: Call) => ({
  'content-type': 'application/json; charset=utf-8',
  'content-length': Buffer.byteLength(body),
  'user-agent': 'Countersign',
  ...headers,
})

/** The connection is made to the very addresses that were checked: the name is not asked about again. One private address among them spoils them all. */
const checkedLookup =
  (resolve: Resolve, allowPrivate: boolean): LookupFunction =>
  (host, { all }, done) =>
    void resolve(host)
      .then((addresses) => {
        if (addresses.length === 0) throw new Error('the name stands for no address')
        if (!allowPrivate && addresses.some(({ address }) => !isPublic(address))) throw new PrivateAddress('the name stands for a private address')
        return addresses
      })
      .then(
        (addresses) => (all ? done(null, [...addresses]) : done(null, addresses[0]!.address, addresses[0]!.family)),
        (error: NodeJS.ErrnoException) => done(error, ''),
      )

/**
 * One request and its answer within `timeoutMs`, whatever the receiver does. An answer that has begun counts once the time is up or
 * enough of it was read: its status says what became of the message.
 */
function answerTo(start: () => http.ClientRequest, body: string, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let begun: (() => Answer) | undefined
    const request = start()
    const settle = (error?: Error) => {
      clearTimeout(timer)
      if (begun) resolve(begun())
      else reject(error ?? new Error('the connection ended without an answer'))
    }
    const timer = setTimeout(() => {
      settle(new Error(`no answer within ${timeoutMs} ms`))
      request.destroy()
    }, timeoutMs)
    request.on('error', settle).on('close', settle)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      const { statusCode, headers } = response
      begun = () => ({ status: statusCode ?? 0, headers, text: Buffer.concat(chunks).subarray(0, answerBytesMax).toString('utf8') })
      response.on('end', () => settle()).on('error', settle)
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        bytes += chunk.length
        if (bytes > answerBytesMax) request.destroy()
      })
    })
    request.end(body)
  })
}

/** Never the whole address: a robot's key stands in it. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code && code !== 'PRIVATE_ADDRESS' ? code : message
}
