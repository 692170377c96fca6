import { randomUUID } from 'node:crypto'
import net from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mealApplicant, mealForm } from '../support/cases.js'
import { codeOf, type HttpHouse, leaks, serveHouse } from '../support/http.js'

let http: HttpHouse
beforeAll(async () => {
  http = await serveHouse({ NODE_ENV: 'production' })
}, 60_000)
afterAll(() => http.close())

const get = (path: string) => http.send({ method: 'GET', path })

test('introspection is off', async () => {
  const ask = await http.as('cs-manager-1')
  for (const query of [
    '{ __schema { types { name } } }',
    '{ __type(name: "Query") { fields { name } } }',
    'query { viewer { id } __schema { queryType { name } } }',
  ]) {
    const answer = await ask(query)
    expect([answer.status, codeOf(answer), answer.json!.data]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED', undefined])
  }
  expect((await ask('{ viewer { __typename } }')).json!.data.viewer.__typename).toBe('Employee')
})

test('GraphiQL is not served', async () => {
  for (const path of ['/', '/graphiql', '/graphiql/', '/graphiql/static/ruru.js', '/docs', '/.env', '/package.json'])
    expect([path, (await get(path)).status]).toEqual([path, 404])
  expect((await get('/graphql')).status).toBe(405)
})

test('nothing is suggested', async () => {
  const ask = await http.as('cs-manager-1')
  for (const query of [
    '{ viewr { id } }',
    '{ viewer { lgin } }',
    '{ case(idd: "x") { id } }',
    '{ cases(filter: { statuss: OPEN }) { totalCount } }',
    '{ cases(filter: { status: OPE }) { totalCount } }',
    '{ inbox { edges { node { ... on Tsk { id } } } } }',
  ]) {
    const { text, status } = await ask(query)
    expect(status).toBe(400)
    expect(text).not.toMatch(/did you mean/i)
  }
  const variable = await ask('query ($f: CaseFilterInput) { cases(filter: $f) { totalCount } }', { f: { statuss: 'OPEN' } })
  expect(variable.status).toBe(400)
  expect(variable.text).not.toMatch(/did you mean/i)
})

test('an accident is masked, logged with the request id, and told in the language of the caller', async () => {
  const { owner } = http.house
  await owner.query('alter table contact rename to contact_gone')
  const ask = await http.as('cs-manager-1')
  const answer = await ask('{ customers(first: 1) { edges { node { code contacts { name } } } } }', {}, { 'accept-language': 'en' })
  await owner.query('alter table contact_gone rename to contact')
  const { message, extensions } = answer.json!.errors![0]!
  expect([message, extensions.code]).toEqual(['Internal server error', 'INTERNAL_SERVER_ERROR'])
  expect(answer.text).not.toMatch(leaks)
  expect(Object.keys(extensions).sort()).toEqual(['code', 'requestId'])
  expect(answer.headers['x-request-id']).toBe(extensions.requestId)
  const lines = http.logged.splice(0)
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!).requestId).toBe(extensions.requestId)
  expect((await ask('{ customers(first: 1) { edges { node { contacts { name } } } } }')).json!.errors).toBeUndefined()
})

test('what the caller sends stays on one line of the log', async () => {
  const ask = await http.as('cs-manager-1')
  await http.house.owner.query('alter table contact rename to contact_gone')
  await ask(
    '{ customers(first: 1, filter: { text: "a\\n{\\"level\\":60}\\u001b[31m" }) { edges { node { contacts { name } } } } customers2: customers(first: 1) { edges { node { contacts { name } } } } }',
  )
  await http.house.owner.query('alter table contact_gone rename to contact')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the control characters are what is looked for
  for (const line of http.logged.splice(0)) expect(line.trimEnd()).not.toMatch(/[\u0000-\u001f]/)
})

test('the headers of helmet are on every answer', async () => {
  for (const answer of [
    await get('/livez'),
    await get('/nowhere'),
    await http.withToken()('{ viewer { id } }'),
    await http.send({ headers: { 'content-type': 'application/json' }, body: '{' }),
  ]) {
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN', 'referrer-policy': 'no-referrer' })
    expect(answer.headers['strict-transport-security']).toMatch(/max-age=\d{7,}/)
    expect(answer.headers['content-security-policy']).toMatch(/default-src 'self'/)
    expect(answer.headers['x-powered-by']).toBeUndefined()
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  }
})

test('the probes answer', async () => {
  expect([(await get('/livez')).status, (await get('/readyz')).status]).toEqual([200, 200])
  const metrics = await get('/metrics')
  expect(metrics.headers['content-type']).toMatch(/text\/plain/)
  expect(metrics.text).toMatch(/countersign_request_seconds_count\{status="200"\} \d+/)
  expect(metrics.text).toMatch(/process_cpu_seconds_total/)
})

test('without the database the server lives, is not ready and says BUSY; with it, it is well again', async () => {
  const database = process.env['TEST_OWNER_URL']!
  const line = cableTo(Number(new URL(database).port))
  await line.plugIn()
  const cut = await serveHouse({ NODE_ENV: 'production' }, (url) => Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(line.port()) }).href)
  const ask = await cut.as('cs-manager-1')
  const meal = await cut.house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
  const probe = (path: string) => cut.send({ method: 'GET', path })
  const act = () => ask('mutation ($id: ID!) { customerMealHospitalitySubmit(caseId: $id, idempotencyKey: "k") { state } }', { id: meal.id })
  expect((await probe('/readyz')).status).toBe(200)
  expect((await ask('{ viewer { login } }')).status).toBe(200)
  await line.cut()
  const [live, ready, busy, act1] = [await probe('/livez'), await probe('/readyz'), await ask('{ viewer { id } }'), await act()]
  await line.plugIn()
  expect([live.status, ready.status]).toEqual([200, 503])
  expect(ready.text).not.toMatch(leaks)
  for (const answer of [busy, act1]) {
    expect([answer.status, codeOf(answer), answer.headers['retry-after']]).toEqual([503, 'BUSY', '1'])
    expect(answer.text).not.toMatch(leaks)
  }
  expect((await probe('/readyz')).status).toBe(200)
  expect((await ask('{ viewer { login } }')).json!.data.viewer.login).toBe('cs-manager-1')
  await cut.close()
  await line.cut()
}, 60_000)

/** A stretch of network between the server and its database, that can be cut. */
function cableTo(port: number) {
  const sockets = new Set<net.Socket>()
  let own = 0
  let relay: net.Server
  return {
    port: () => own,
    plugIn: () =>
      new Promise<void>((resolve) => {
        relay = net.createServer((near) => {
          const far = net.connect(port, '127.0.0.1')
          const drop = () => {
            near.destroy()
            far.destroy()
          }
          for (const socket of [near, far]) sockets.add(socket.on('error', drop).on('close', drop))
          near.pipe(far).pipe(near)
        })
        relay.listen(own, '127.0.0.1', () => {
          own = (relay.address() as net.AddressInfo).port
          resolve()
        })
      }),
    async cut() {
      const closed = new Promise((resolve) => relay.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

test('closing finishes what is under way and takes nothing new', async () => {
  const draining = await serveHouse({ NODE_ENV: 'production' })
  const meal = await draining.house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
  const ask = await draining.as(mealApplicant)
  await ask('{ viewer { id } }')
  const { owner } = draining.house
  await owner.query('begin')
  await owner.query('select 1 from service_case where id = $1 for update', [meal.id])
  const underWay = ask('mutation ($id: ID!, $k: String!) { customerMealHospitalitySubmit(caseId: $id, idempotencyKey: $k) { state } }', {
    id: meal.id,
    k: randomUUID(),
  })
  await new Promise((resolve) => setTimeout(resolve, 300))
  const closed = draining.server.close()
  await new Promise((resolve) => setTimeout(resolve, 200))
  await expect(connects(draining.port)).resolves.toBe(false)
  await owner.query('commit')
  const answer = await underWay
  expect([answer.status, answer.json]).toEqual([200, { data: { customerMealHospitalitySubmit: { state: 'submitted' } } }])
  await closed
  expect(await meal.state()).toBe('submitted')
  await draining.house.close()
}, 30_000)

const connects = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net
      .connect({ port, host: '127.0.0.1' }, () => resolve(true))
      .on('error', () => resolve(false))
      .on('close', () => resolve(false))
    setTimeout(() => socket.destroy(), 1_000)
  })
