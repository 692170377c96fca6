import { mkdtempSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { configFrom, root } from '../../src/config.js'
import type { AnyProcess } from '../../src/define/index.js'
import type { SocketLimits } from '../../src/http/socket-peer.js'
import { employeeId } from '../../src/organisation/ids.js'
import { ownTokens, type Tokens } from '../../src/organisation/tokens.js'
import { type Server, serverFrom } from '../../src/server.js'
import { type House, openHouse } from './house.js'

export interface GraphQLFault {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions: {
    readonly code: string
    readonly requestId?: string
    readonly reasons?: { code: string; message: string }[]
    readonly fields?: { path: string; code: string; message: string }[]
    readonly retryAfterSeconds?: number
    readonly changes?: { path: string; before: string | null; after: string | null }[]
    readonly [detail: string]: unknown
  }
}
export interface HttpAnswer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  /** The parsed body; null when it is no JSON. */
  readonly json: { data?: any; errors?: GraphQLFault[] } | null
  readonly ms: number
}
export interface HttpRequest {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}
type Variables = Readonly<Record<string, unknown>>
/** Somebody at the API: a GraphQL request in, the whole answer out. */
export type Ask = (query: string, variables?: Variables, headers?: Readonly<Record<string, string>>) => Promise<HttpAnswer>

/** A server with a house of its own behind it, reached over a socket like any other. */
export interface HttpHouse {
  readonly house: House
  readonly server: Server
  readonly tokens: Tokens
  /** What the server logged, warnings and worse, one JSON text a line. */
  readonly logged: string[]
  readonly port: number
  send(request: HttpRequest): Promise<HttpAnswer>
  as(login: string): Promise<Ask>
  /** With this token, whatever it is; without one nobody asks. */
  withToken(token?: string): Ask
  /** The digest of everything that is stored but refusals, counters and what is published of it in the background. */
  digest(): Promise<string>
  close(): Promise<void>
}

/**
 * `env`: as the operator would set it, as `NODE_ENV: 'production'`. `route`: the address under which the server reaches its database.
 * `also`: processes of the test's own. `sockets`: bounds of the subscriptions.
 */
export async function serveHouse(
  env: Readonly<Record<string, string>> = {},
  route: (url: string) => string = (url) => url,
  also: readonly AnyProcess[] = [],
  sockets: Partial<SocketLimits> = {},
): Promise<HttpHouse> {
  const house = await openHouse(also)
  const logged: string[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) })
  const config = configFrom({
    KEY_FILE: process.env['KEY_FILE'],
    PROOF_DIRECTORY: mkdtempSync(path.join(tmpdir(), 'countersign-proof-')),
    DATABASE_URL: house.ownerUrl,
    APP_DATABASE_URL: route(house.appUrl),
    ...env,
  })
  const server = await serverFrom(config, house.processes, logger, sockets)
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.app.server.address() as AddressInfo
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 })
  const tokens = await ownTokens(house.pool)
  const send = (request: HttpRequest) => exchange(agent, port, request)
  const withToken =
    (token?: string): Ask =>
    (query, variables, headers = {}) =>
      send({
        headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
        body: JSON.stringify({ query, ...(variables && { variables }) }),
      })
  return {
    house,
    server,
    tokens,
    logged,
    port,
    send,
    as: async (login) => withToken((await tokens.issue(employeeId(login))).token),
    withToken,
    digest: () => digestOf(house),
    async close() {
      agent.destroy()
      await server.close()
      await house.close()
    },
  }
}

function exchange(agent: http.Agent, port: number, { method = 'POST', path = '/graphql', headers = {}, body }: HttpRequest): Promise<HttpAnswer> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const length = body === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const request = http.request({ agent, port, host: '127.0.0.1', method, path, headers: { ...length, ...headers } }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        resolve({ status: response.statusCode!, headers: response.headers, text, json: parsed(text), ms: performance.now() - started })
      })
    })
    // A server that has refused an over-long body need not read the rest: the answer counts when there is one.
    request.on('error', (error) => setTimeout(() => reject(error), 200))
    request.end(body)
  })
}
function parsed(text: string): HttpAnswer['json'] {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function digestOf({ owner }: House): Promise<string> {
  const { rows: tables } = await owner.query(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename not in ('rate_limit', 'outbox', 'event', 'event_reader', 'log_leaf', 'log_block', 'checkpoint') order by 1`,
  )
  const digests: string[] = []
  for (const { name } of tables) {
    const { rows } = await owner.query(
      `select md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) as digest from "${name}" t ${name === 'audit_entry' ? `where result = 'DONE'` : ''}`,
    )
    digests.push(`${name} ${rows[0].digest}`)
  }
  return digests.join('\n')
}

/** What was asked for. Throws what went wrong. */
export const dataOf = ({ json }: HttpAnswer): any => {
  if (!json || json.errors) throw new Error(JSON.stringify(json?.errors))
  return json.data
}
export const codeOf = ({ json }: HttpAnswer): string | undefined => json?.errors?.[0]?.extensions?.code
export const fieldsOf = ({ json }: HttpAnswer): string[] => (json?.errors?.[0]?.extensions?.fields ?? []).map(({ path, code }) => `${path} ${code}`)

/** What no answer may give away: SQL, a stack, a path of the server. */
export const leaks = new RegExp(
  [
    root,
    'node_modules',
    'dist/',
    'src/',
    String.raw`\bat [\w.<>]+ \(`,
    String.raw`[a-z-]+\.[jt]s:\d+`,
    'select .+ from',
    'insert into',
    'invalid input syntax',
    'violates',
    'relation "',
    'column "',
    'syntax error at or near',
    'duplicate key',
    'service_case',
    'audit_entry',
    'ECONNREFUSED',
    'RangeError',
    'TypeError',
  ].join('|'),
  'i',
)
