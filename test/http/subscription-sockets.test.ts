import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import nodeHttp from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { importJWK, SignJWT } from 'jose'
import pg from 'pg'
import { WebSocket, WebSocketServer } from 'ws'
import { Peer, socketLimits } from '../../src/http/socket-peer.js'
import { employeeId } from '../../src/organisation/ids.js'
import { claimant, pause, submitted, times } from '../support/acts.js'
import { type HttpHouse, leaks, serveHouse } from '../support/http.js'
import { background, textOf } from '../support/statements.js'
import { cursorNow, settled, subscribe, subscribeWith } from '../support/subscriber.js'

/** Tighter than in practice, so that every bound is met. */
const bounds = {
  connections: 8,
  connectionsPerEmployee: 3,
  subscriptionsPerConnection: 2,
  keepAliveMs: 1500,
  stallMs: 700,
  initialiseMs: 400,
  messageBytes: 20_000,
}
let http: HttpHouse
beforeAll(async () => {
  http = await serveHouse({}, undefined, [], bounds)
}, 60_000)
afterAll(async () => {
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const authorization = async (login: string) => `Bearer ${(await http.tokens.issue(employeeId(login))).token}`
const address = () => `ws://127.0.0.1:${http.port}/graphql`
const refusedWith = (code: string, fields: object = {}) => ({ errors: [{ extensions: { code, requestId: expect.any(String), ...fields } }] })

/** A socket without a library's help; what arrived is parsed. */
async function raw(login?: string): Promise<{ socket: WebSocket; got: any[]; closed: Promise<number>; say(message: object): void }> {
  const socket = new WebSocket(address(), 'graphql-transport-ws')
  const got: any[] = []
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  socket.on('message', (text) => got.push(JSON.parse(String(text))))
  await once(socket, 'open')
  const say = (message: object) => socket.send(JSON.stringify(message))
  if (login) {
    say({ type: 'connection_init', payload: { authorization: await authorization(login) } })
    while (got.length === 0) await pause(5)
  }
  return { socket, got, closed, say }
}
/** The status of a handshake that is refused. */
const refusedHandshake = (path: string, headers: object) =>
  new Promise<number>((resolve, reject) => {
    const request = nodeHttp.get(`http://127.0.0.1:${http.port}${path}`, {
      agent: false,
      headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers },
    })
    request.on('response', (response) => resolve(response.statusCode!)).on('error', reject)
    request.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve(response.statusCode!)
    })
  })
/** A token of ours that is good for so many seconds. */
async function tokenFor(login: string, seconds: number): Promise<string> {
  const { rows } = await http.house.owner.query('select id, private_jwk from signing_key')
  const claims = { sub: employeeId(login), iss: 'countersign', aud: 'countersign-api', jti: randomUUID(), iat: Math.floor(Date.now() / 1000) }
  const payload = { ...claims, exp: Math.floor(Date.now() / 1000) + seconds }
  return new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', kid: rows[0].id }).sign(await importJWK(JSON.parse(rows[0].private_jwk), 'EdDSA'))
}

test('without a valid token nobody comes in', async () => {
  const query = 'subscription { taskEvents { id } }'
  const good = await authorization('finance-1')
  for (const params of [{}, { authorization: 'Bearer x.y.z' }, { authorization: good.slice(0, -4) }, { authorization: 7 }])
    expect(await subscribeWith(http.port, query, params).end).toEqual({ code: 4403, reason: 'Forbidden' })
  expect(await (await subscribe(http, 'finance-1', 'taskEvents', {}, { token: await tokenFor('finance-1', -1) })).end).toMatchObject({ code: 4403 })
  const hasty = await raw()
  hasty.say({ id: '1', type: 'subscribe', payload: { query } })
  expect(await hasty.closed).toBe(4401)
  expect(await (await raw()).closed).toBe(4408)
})

test('the handshake: our own path, our own pages, this protocol', async () => {
  const protocol = { 'sec-websocket-protocol': 'graphql-transport-ws' }
  expect(await refusedHandshake('/other', protocol)).toBe(404)
  for (const origin of ['https://elsewhere.example', 'null', `http://127.0.0.1:${http.port + 1}`])
    expect([origin, await refusedHandshake('/graphql', { ...protocol, origin })]).toEqual([origin, 403])
  expect(await refusedHandshake('/graphql', { ...protocol, origin: `http://127.0.0.1:${http.port}` })).toBe(101)
  expect((await once(new WebSocket(address()), 'close'))[0]).toBe(4406)
})

test('a request that merely offers HTTP/2 is answered as ever', async () => {
  const headers = { 'content-type': 'application/json', connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA' }
  const answer = await http.send({
    headers: { ...headers, authorization: await authorization('finance-1') },
    body: JSON.stringify({ query: '{ viewer { login } }' }),
  })
  expect([answer.status, answer.json?.data]).toEqual([200, { viewer: { login: 'finance-1' } }])
})

test('only subscriptions, under the same bounds and with the same words as by POST', async () => {
  const params = { authorization: await authorization('finance-1'), language: 'en' }
  const ask = (query: string) => subscribeWith(http.port, query, params).end
  expect(await ask('{ viewer { id } }')).toMatchObject(refusedWith('OPERATION_RESOLUTION_FAILURE'))
  expect(await ask('mutation { claimTask(taskId: "x") { id } }')).toMatchObject({
    errors: [{ message: 'the socket takes subscriptions only: send queries and mutations by POST' }],
  })
  expect(await ask('subscription { taskEvents { nothing } }')).toMatchObject(refusedWith('GRAPHQL_VALIDATION_FAILED'))
  expect(await ask('subscription {')).toMatchObject(refusedWith('GRAPHQL_PARSE_FAILED'))
  expect(await ask('subscription ($a: String!) { taskEvents(after: $a) { id } }')).toMatchObject(refusedWith('BAD_USER_INPUT'))
  const deep = `subscription { taskEvents { task { case { ${'parent { '.repeat(12)}id${' }'.repeat(12)} } } } }`
  expect(await ask(deep)).toMatchObject(refusedWith('QUERY_TOO_COSTLY'))
  const costly = `subscription { taskEvents { task { case { history(first: 100) { edges { node { case { history(first: 100) { edges { node { id } } } } } } } } } } }`
  expect(await ask(costly)).toMatchObject(refusedWith('QUERY_TOO_COSTLY'))
  const fragments = times(60, (n) => `fragment f${n} on TaskEvent { ...f${n + 1} ...f${n + 1} }`).join(' ')
  expect(await ask(`subscription { taskEvents { ...f0 } } ${fragments} fragment f60 on TaskEvent { id }`)).toMatchObject(refusedWith('QUERY_TOO_COSTLY'))
  expect(await ask(`subscription { taskEvents(after: "\\u0000") { id } }`)).toMatchObject(refusedWith('INPUT_INVALID'))
  expect(await ask('subscription { caseEvents(id: "x") { id } }')).toMatchObject({ errors: [{ message: 'It does not exist, or you may not see it' }] })
  const long = await raw('finance-1')
  long.say({ id: '1', type: 'subscribe', payload: { query: `subscription { taskEvents { id } } # ${'x'.repeat(bounds.messageBytes)}` } })
  expect(await long.closed).toBe(1009)
})

test('bounds on subscriptions of a socket, sockets of a person, and sockets in all', async () => {
  const first = await raw('finance-1')
  for (const id of ['1', '2', '3']) first.say({ id, type: 'subscribe', payload: { query: 'subscription { taskEvents { id } }' } })
  while (first.got.length < 2) await pause(5)
  expect(first.got[1]).toMatchObject({ id: '3', type: 'error', payload: [{ extensions: { code: 'TOO_MANY_CONNECTIONS' } }] })
  first.say({ id: '1', type: 'complete' })
  await pause(100)
  first.say({ id: '4', type: 'subscribe', payload: { query: 'subscription { taskEvents(after: "x") { id } }' } })
  while (first.got.length < 3) await pause(5)
  expect(first.got[2]).toMatchObject({ id: '4', type: 'error', payload: [{ extensions: { code: 'INPUT_INVALID' } }] })
  const more = [await raw('finance-1'), await raw('finance-1')]
  const tooMany = { code: 1013, reason: 'TOO_MANY_CONNECTIONS' }
  expect(await (await subscribe(http, 'finance-1', 'taskEvents')).end).toEqual(tooMany)
  more.push(...(await Promise.all(['finance-2', 'cs-manager-1', 'cs-manager-2', 'cs-manager-3', 'general-manager-1'].map((login) => raw(login)))))
  expect(await refusedHandshake('/graphql', { 'sec-websocket-protocol': 'graphql-transport-ws' })).toBe(503)
  for (const { socket } of [first, ...more]) socket.terminate()
  await pause(100)
  expect(await refusedHandshake('/graphql', { 'sec-websocket-protocol': 'graphql-transport-ws' })).toBe(101)
})

test('an expired token and a leaver end every stream, also while nothing happens, and the socket after them', async () => {
  const expiring = await subscribe(http, 'finance-1', 'taskEvents', {}, { token: await tokenFor('finance-1', 2) })
  await http.house.hire('leaver', ['FINANCE'])
  const { socket, got, closed, say } = await raw('leaver')
  const leaver = { got, closed }
  say({ id: '1', type: 'subscribe', payload: { query: 'subscription { taskEvents { id } }' } })
  await pause(300)
  await http.house.owner.query('update employee set active = false where login = $1', ['leaver'])
  expect(await expiring.end).toMatchObject(refusedWith('UNAUTHENTICATED'))
  expect(await leaver.closed).toBe(4403)
  expect(leaver.got[1]).toMatchObject({ id: '1', type: 'error', payload: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
  socket.terminate()
})

test('a leaver is told nothing of what happens right after, looked up or not', async () => {
  await http.house.hire('sudden-leaver', ['FINANCE'])
  const live = await subscribe(http, 'sudden-leaver', 'taskEvents', { after: await cursorNow(http) })
  const it = await submitted(http.house)
  await live.count(1)
  await http.house.owner.query('update employee set active = false where login = $1', ['sudden-leaver'])
  await it.act('finance-1', 'CHECK')
  expect(await live.end).toMatchObject(refusedWith('UNAUTHENTICATED'))
  expect(live.seen.length).toBe(1)
})

test('a client that gives no sign of life is dropped, holds nobody up, and goes on by his cursor', async () => {
  const after = await cursorNow(http)
  const stuck = await raw('finance-2')
  stuck.say({ id: '1', type: 'subscribe', payload: { query: `subscription { taskEvents(after: ${JSON.stringify(after)}) { id } }` } })
  ;(stuck.socket as unknown as { _socket: { pause(): void } })._socket.pause()
  const brisk = await subscribe(http, 'finance-1', 'taskEvents', { after })
  for (let count = 0; count < 10; count++) await submitted(http.house)
  const told = await brisk.count(10)
  for (const start = Date.now(); !(await openSockets()).endsWith(' 1') && Date.now() - start < 10_000; ) await pause(50)
  expect(await openSockets()).toBe('countersign_open_sockets 1')
  const again = await subscribe(http, 'finance-2', 'taskEvents', { after })
  expect((await again.count(10)).map(({ id }) => id)).toEqual(told.map(({ id }) => id))
  stuck.socket.terminate()
  await Promise.all([again.stop(), brisk.stop()])
})
const openSockets = async () => /^countersign_open_sockets \d+/m.exec((await http.send({ method: 'GET', path: '/metrics' })).text)![0]

test('what a client does not take is bounded: the socket is closed with a code that says when to come back', async () => {
  const sockets = new WebSocketServer({ port: 0 })
  const slow = { ...socketLimits, stallMs: 300, bufferedBytes: 1_000_000 }
  const big = 'x'.repeat(8_000_000)
  for (const send of [
    // One at a time, as a subscription does, and several at once.
    async (peer: Peer) => times(3, () => 0).reduce<Promise<void>>((before) => before.then(() => peer.send(big)), Promise.resolve()),
    async (peer: Peer) => void (await Promise.all(times(30, () => peer.send(big)))),
  ]) {
    const client = new WebSocket(`ws://127.0.0.1:${(sockets.address() as AddressInfo).port}`)
    const [[socket, request]] = await Promise.all([once(sockets, 'connection'), once(client, 'open')])
    client.pause()
    const peer = new Peer(socket, request, 'test', 'en', slow)
    const sent = send(peer)
    for (const start = Date.now(); socket.readyState === WebSocket.OPEN; await pause(10)) if (Date.now() - start > 5000) throw new Error('still open')
    expect(socket.bufferedAmount).toBeLessThan(2 * big.length + 1000)
    client.resume()
    expect((await once(client, 'close'))[0]).toBe(1013)
    await sent
  }
  sockets.close()
})

test('whoever only waits costs nothing', async () => {
  const idle = await Promise.all(['info-specialist-1', 'relations-specialist-1', 'relations-specialist-2'].map((login) => raw(login)))
  for (const { say } of idle) for (const id of ['1', '2']) say({ id, type: 'subscribe', payload: { query: 'subscription { taskEvents { id } }' } })
  await pause(300)
  const seen: string[] = []
  const original = pg.Client.prototype.query as (...args: unknown[]) => unknown
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    seen.push(textOf(args[0]))
    return original.apply(this, args)
  } as never
  await pause(1000)
  const quiet = seen.splice(0).filter((sql) => !sql.includes('employee where id = any'))
  await submitted(http.house)
  await settled(http)
  pg.Client.prototype.query = original as never
  // One look at the log a beat, whatever the number of listeners; and for what happened, one look at whose it is for all of them.
  expect(quiet.filter((sql) => !background.test(sql))).toEqual([])
  expect(quiet.filter((sql) => sql.includes('from event e')).length).toBeLessThan(22)
  expect(seen.filter((sql) => sql.includes('task_candidate')).length).toBeLessThan(3)
  for (const { socket } of idle) socket.terminate()
})

test('production: no introspection, no hints; and at its end the server says when to come back', async () => {
  const production = await serveHouse({ NODE_ENV: 'production' })
  const token = (await production.tokens.issue(employeeId('finance-1'))).token
  const params = { authorization: `Bearer ${token}` }
  const hint = await subscribeWith(production.port, 'subscription { taskEvent { id } }', params).end
  expect(hint).toMatchObject(refusedWith('GRAPHQL_VALIDATION_FAILED'))
  expect(JSON.stringify(hint)).not.toMatch(/Did you mean/)
  const schema = await subscribeWith(production.port, 'subscription { __schema { types { name } } }', params).end
  expect(schema).toMatchObject({ errors: [{ message: expect.stringMatching(/introspection/) }, { message: expect.any(String) }] })
  expect(JSON.stringify([hint, schema])).not.toMatch(leaks)
  const it = await submitted(production.house)
  const live = await subscribe(production, claimant, 'caseEvents', { id: it.id, after: await cursorNow(production, 'case') })
  await it.handle('finance-1', 'CLAIM')
  await live.count(1)
  const started = Date.now()
  await production.close()
  expect(await live.end).toEqual({ code: 1012, reason: 'Service restart' })
  expect(Date.now() - started).toBeLessThan(3000)
}, 60_000)
