import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type OfficeApi, openOfficeApi } from '../support/office-api.js'

const admin = 'organisation-administrator-1'
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const token = 'c2VjcmV0LXRva2Vu'
let api: OfficeApi
beforeAll(async () => {
  api = await openOfficeApi()
})
afterAll(() => api.close())

const add = `mutation ($kind: EndpointKind!, $label: String!, $url: String!, $secret: String, $processes: [ID!], $idempotencyKey: String!) {
  addEndpoint(kind: $kind, label: $label, url: $url, secret: $secret, processes: $processes, idempotencyKey: $idempotencyKey) {
    id kind label url hasSecret active processes { id } } }`
const change = `mutation ($id: ID!, $label: String, $url: String, $secret: String, $processes: [ID!], $idempotencyKey: String!) {
  changeEndpoint(endpointId: $id, label: $label, url: $url, secret: $secret, processes: $processes, idempotencyKey: $idempotencyKey) { label url hasSecret processes { id } } }`
const hook = { kind: 'WEBHOOK', label: '数据仓库', url: `http://127.0.0.1:9/hook?token=${token}`, secret }
const added = async (given: object = hook): Promise<string> => (await api.ask(admin, add, given)).data.addEndpoint.id

test('added, listed, changed and switched off by the administrator, each in the history of the organisation', async () => {
  const { data } = await api.ask(admin, add, { ...hook, processes: ['complaint-handling'] })
  expect(data.addEndpoint).toMatchObject({ kind: 'WEBHOOK', label: '数据仓库', url: 'http://127.0.0.1:9/hook', hasSecret: true, active: true })
  const { id } = data.addEndpoint
  expect((await api.ask(admin, '{ endpoints { edges { node { id processes { id } } } } }')).data.endpoints.edges).toContainEqual({
    node: { id, processes: [{ id: 'complaint-handling' }] },
  })
  const changed = await api.ask(admin, change, { id, label: '新名', processes: [] })
  expect(changed.data.changeEndpoint).toEqual({ label: '新名', url: 'http://127.0.0.1:9/hook', hasSecret: true, processes: [] })
  const off = await api.ask(
    admin,
    'mutation ($id: ID!, $idempotencyKey: String!) { setEndpointActive(endpointId: $id, active: false, idempotencyKey: $idempotencyKey) { active } }',
    { id },
  )
  expect(off.data.setEndpointActive).toEqual({ active: false })
  const { rows } = await api.house.pool.query(`select action from audit_entry where stream = 'organisation' and actor_id is not null order by sequence`)
  expect(rows.map(({ action }) => action)).toEqual(['ADD_ENDPOINT', 'CHANGE_ENDPOINT', 'SET_ENDPOINT_ACTIVE'])
})

test('read page by page, each once', async () => {
  for (let n = 0; n < 3; n++) await added({ ...hook, label: `page ${n}` })
  const page = 'query ($after: String) { endpoints(first: 2, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { id } } } }'
  const seen: string[] = []
  for (let after: string | null = null, more = true; more; ) {
    const { endpoints }: any = (await api.ask(admin, page, { after })).data
    seen.push(...endpoints.edges.map(({ node }: any) => node.id))
    after = endpoints.pageInfo.endCursor
    more = endpoints.pageInfo.hasNextPage
  }
  expect(seen).toEqual((await api.house.pool.query('select id from endpoint order by created_at, id')).rows.map(({ id }) => id))
})

test('the same key adds one endpoint, and the same key for another is refused', async () => {
  const idempotencyKey = 'endpoint-1'
  const [one, again] = [await api.ask(admin, add, { ...hook, idempotencyKey }), await api.ask(admin, add, { ...hook, idempotencyKey })]
  expect(again.data.addEndpoint.id).toBe(one.data.addEndpoint.id)
  expect((await api.ask(admin, add, { ...hook, label: 'other', idempotencyKey })).code).toBe('IDEMPOTENCY_KEY_REUSED')
})

test('the secret, and an address that is a password, stand in no history, log or answer', async () => {
  const robot = `http://127.0.0.1:9/open-apis/bot/${token}`
  await api.ask(admin, add, { kind: 'FEISHU', label: '群', url: robot, secret: 'plain-secret' })
  await api.ask('cs-manager-1', add, hook)
  await api.ask(admin, add, { ...hook, url: `https://example.com/${token}` })
  const { rows: entries } = await api.house.pool.query('select content, aside from audit_entry')
  const { rows: kept } = await api.house.pool.query('select request_hash from idempotency')
  const { text } = await api.ask(admin, '{ endpoints(first: 100) { edges { node { kind label url hasSecret } } } }')
  for (const where of [JSON.stringify(entries), JSON.stringify(kept), api.logged.join(), text])
    for (const hidden of [secret, secret.slice(6), 'plain-secret', token]) expect(where).not.toContain(hidden)
  expect(text).toContain('http://127.0.0.1:9/…')
  expect(entries.map(({ content }) => JSON.parse(content)).find(({ details }) => details?.kind === 'FEISHU').details).toEqual({
    kind: 'FEISHU',
    label: '群',
    processes: '',
    host: '127.0.0.1:9',
    secretSet: 'true',
  })
})

test.each([
  [{ url: 'https://example.com/hook' }, 'url'],
  [{ url: 'http://127.0.0.1:9/'.padEnd(2_001, 'x') }, 'url'],
  [{ label: ' ' }, 'label'],
  [{ label: 'a\u0007' }, 'label'],
  [{ processes: ['no-such-process'] }, 'processes'],
  [{ secret: undefined }, 'secret'],
  [{ secret: 'whsec_c2hvcnQ=' }, 'secret'],
])('what is wrong is named: %j', async (wrong, field) => {
  const { code, fields } = await api.ask(admin, add, { ...hook, ...wrong })
  expect([code, fields]).toEqual(['INPUT_INVALID', [field]])
})

test('a webhook keeps a key that signs; an endpoint that is not there is not found', async () => {
  const id = await added()
  expect(await api.ask(admin, change, { id, secret: 'plain' })).toMatchObject({ code: 'INPUT_INVALID', fields: ['secret'] })
  expect(await api.ask(admin, change, { id: '00000000-0000-4000-8000-000000000000', label: 'x' })).toMatchObject({ code: 'NOT_FOUND' })
})

test('refused to everybody else, and on record', async () => {
  const id = await added()
  for (const login of ['cs-manager-1', 'auditor-1', 'general-manager-1']) {
    expect((await api.ask(login, add, hook)).code).toBe('NOT_AUTHORISED')
    expect((await api.ask(login, change, { id, label: 'x' })).code).toBe('NOT_AUTHORISED')
    expect((await api.ask(login, '{ endpoints { totalCount } }')).code).toBe('NOT_AUTHORISED')
  }
  expect((await api.ask(null, '{ endpoints { totalCount } }')).code).toBe('UNAUTHENTICATED')
  expect((await api.ask(null, add, hook)).code).toBe('UNAUTHENTICATED')
  const { rows } = await api.house.pool.query(
    `select count(*)::int as n from audit_entry where action in ('ADD_ENDPOINT', 'CHANGE_ENDPOINT') and result = 'REFUSED'`,
  )
  expect(rows[0].n).toBeGreaterThanOrEqual(6)
})
