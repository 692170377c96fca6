import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { type OfficeApi, openOfficeApi } from '../support/office-api.js'
import { drainAll, openPostOffice, type PostOffice } from '../support/post-office.js'
import { endpointAt, fill, orderOf, standing } from '../support/queue.js'

const admin = 'organisation-administrator-1'
let api: OfficeApi
let office: PostOffice
beforeAll(async () => {
  api = await openOfficeApi()
  office = await openPostOffice()
})
beforeEach(async () => {
  await api.house.owner.query('delete from delivery')
  office.arrived.length = 0
})
afterAll(async () => {
  await office.close()
  await api.close()
})

const list = `query ($status: DeliveryStatus, $first: Int, $after: String) { deliveries(status: $status, first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } edges { node { id status attempts lastError channel endpoint { label } employee { login } case { id } } } } }`
const send = (what: 'retryDelivery' | 'dropDelivery') =>
  `mutation ($id: ID!, $idempotencyKey: String!) { ${what}(id: $id, idempotencyKey: $idempotencyKey) { id status attempts } }`
/** A lane whose second letter is dead, and another lane. */
async function deadLetter(): Promise<string> {
  await fill(api.house, await endpointAt(api.house, office, '/hook'), ['bad', 'good'], 3)
  office.answer = ({ message }) => (message.subject === 'bad/1' ? 410 : 200)
  await drainAll(api.house.pool, office)
  office.answer = () => 200
  expect(await standing(api.house)).toEqual({ SENT: 4, DEAD: 1, PENDING: 1 })
  const { data } = await api.ask(admin, list, { status: 'DEAD' })
  expect(data.deliveries.edges).toEqual([
    {
      node: {
        id: expect.any(String),
        status: 'DEAD',
        attempts: 1,
        lastError: 'gone',
        channel: 'WEBHOOK',
        endpoint: { label: '/hook' },
        employee: null,
        case: null,
      },
    },
  ])
  return data.deliveries.edges[0].node.id
}

test('a dead letter that is retried goes out with the same id, then what waited behind it', async () => {
  const id = await deadLetter()
  expect((await api.ask(admin, send('retryDelivery'), { id })).data.retryDelivery).toEqual({ id, status: 'PENDING', attempts: 0 })
  await drainAll(api.house.pool, office)
  expect(orderOf(office)).toEqual({ bad: [0, 1, 2], good: [0, 1, 2] })
  expect(office.arrived.filter(({ message }) => message.subject === 'bad/1').map(({ message }) => message.id)).toEqual([id, id])
  expect(await standing(api.house)).toEqual({ SENT: 6 })
})

test('a dead letter that is dropped is not sent again, and what waited behind it goes on', async () => {
  const id = await deadLetter()
  const idempotencyKey = 'drop-1'
  for (const _ of [1, 2])
    expect((await api.ask(admin, send('dropDelivery'), { id, idempotencyKey })).data.dropDelivery).toEqual({ id, status: 'DROPPED', attempts: 1 })
  await drainAll(api.house.pool, office)
  expect(await standing(api.house)).toEqual({ SENT: 5, DROPPED: 1 })
  const { rows } = await api.house.pool.query(`select content from audit_entry where stream = 'organisation' order by sequence desc limit 1`)
  expect(JSON.parse(rows[0].content)).toMatchObject({ action: 'DROP_DELIVERY', details: { deliveryId: id } })
})

test('only a dead letter is retried or dropped, and only by the administrator; a refusal changes nothing and is on record', async () => {
  const id = await deadLetter()
  for (const what of ['retryDelivery', 'dropDelivery'] as const) {
    for (const login of ['cs-manager-1', 'auditor-1', 'general-manager-1']) expect((await api.ask(login, send(what), { id })).code).toBe('NOT_AUTHORISED')
    expect((await api.ask(null, send(what), { id })).code).toBe('UNAUTHENTICATED')
    expect((await api.ask(admin, send(what), { id: '00000000-0000-4000-8000-000000000000' })).code).toBe('NOT_FOUND')
  }
  expect((await api.ask('auditor-1', list)).code).toBe('NOT_AUTHORISED')
  expect(await standing(api.house)).toEqual({ SENT: 4, DEAD: 1, PENDING: 1 })
  const { data } = await api.ask(admin, list, { status: 'SENT' })
  expect((await api.ask(admin, send('retryDelivery'), { id: data.deliveries.edges[0].node.id })).code).toBe('ACTION_UNAVAILABLE')
  const { rows } = await api.house.pool.query(
    `select count(*)::int as n from audit_entry where action in ('RETRY_DELIVERY', 'DROP_DELIVERY') and result = 'REFUSED'`,
  )
  expect(rows[0].n).toBe(9)
})

test('the queue is read page by page, each delivery once; a cursor of another list is none', async () => {
  await fill(api.house, await endpointAt(api.house, office, '/hook'), ['a', 'b'], 25)
  const seen: string[] = []
  for (let after: string | null = null, more = true; more; ) {
    const { data } = await api.ask(admin, list, { first: 20, after })
    seen.push(...data.deliveries.edges.map(({ node }: any) => node.id))
    expect(data.deliveries.totalCount).toBe(50)
    after = data.deliveries.pageInfo.endCursor
    more = data.deliveries.pageInfo.hasNextPage
  }
  const { rows } = await api.house.pool.query('select id from delivery order by seq desc')
  expect(seen).toEqual(rows.map(({ id }) => id))
  for (const forged of [
    ['x', '1'],
    ['1', 'x'],
    ['2026-01-01 00:00:00+00', '1'],
  ])
    expect((await api.ask(admin, list, { after: Buffer.from(JSON.stringify(forged)).toString('base64url') })).code).toBe('INPUT_INVALID')
})

test('the metrics tell how much waits and how many letters are dead', async () => {
  await deadLetter()
  const { text } = await api.get('/metrics')
  expect(text).toContain('countersign_delivery_backlog 1\n')
  expect(text).toContain('countersign_dead_letters 1\n')
})
