import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { barred, barredFrom, lastAttempt } from '../support/attempts.js'
import { mealApplicant, mealForm } from '../support/cases.js'
import type { DrivenCase } from '../support/house.js'
import { codeOf, fieldsOf, type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'

// Somebody tries to get a decision through with a key, an old view of the case, or among many others.

const manager = 'cs-manager-1'
const reason = { reason: { reason: '理由' } }
let server: HttpHouse
beforeAll(async () => {
  server = await serveHouse()
})
afterAll(async () => {
  expect(await faultsIn(server.house.pool, server.house.processes)).toEqual([])
  expect(server.house.reported).toEqual([])
  expect(server.logged).toEqual([])
})
afterAll(() => server.close())

const inReview = async (applicant = mealApplicant): Promise<DrivenCase> => {
  const it = await server.house.open(applicant, 'customer-meal-hospitality', mealForm({ applicant: employeeId(applicant) }))
  await it.act(applicant, 'SUBMIT')
  await it.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  return it
}
interface Item {
  readonly caseId: string
  readonly action: string
  readonly idempotencyKey: string
  readonly expectedVersion?: number
  readonly expectedDigest?: string
}
const item = ({ id }: Pick<DrivenCase, 'id'>, action = 'APPROVE', extra: Partial<Item> = {}): Item => ({
  caseId: id,
  action,
  idempotencyKey: crypto.randomUUID(),
  ...extra,
})
const send = async (login: string, items: readonly Item[]) =>
  (await server.as(login))('mutation ($items: [BatchItemInput!]!) { decideMany(items: $items) { done replayed case { state } reasons { code } } }', { items })
/** What came of each: `done`, or the codes. */
async function batch(login: string, items: readonly Item[]): Promise<(string | string[])[]> {
  const { json } = await send(login, items)
  return json!.data.decideMany.map(({ done, reasons }: { done: boolean; reasons: { code: string }[] }) => (done ? 'done' : reasons.map(({ code }) => code)))
}
/** A batch of one that is refused, changes nothing, and is on record. */
async function barredInBatch(it: DrivenCase, login: string, one: Item, codes: readonly string[], onRecord = codes): Promise<void> {
  const before = await server.digest()
  expect(await batch(login, [one])).toEqual([codes])
  expect(await server.digest()).toBe(before)
  expect(await lastAttempt(it.house, it.id)).toEqual({ action: one.action, actor: employeeId(login), codes: onRecord })
}

test('one sends again what somebody else has sent, with his key', async () => {
  const it = await inReview()
  await it.act(manager, 'APPROVE', {}, { key: 'of-the-manager' })
  await barred(it, 'cs-manager-3', 'APPROVE', ['NOT_AUTHORISED'], { key: 'of-the-manager' })
  await barred(it, mealApplicant, 'APPROVE', ['NOT_AUTHORISED'], { key: 'of-the-manager' })
})

test('one uses a key of one’s own for another act, another case, another content', async () => {
  const [one, other] = [await inReview(), await inReview()]
  await one.act(manager, 'APPROVE', { opinion: { opinion: '同意' } }, { key: 'used-once' })
  await barred(other, manager, 'APPROVE', ['IDEMPOTENCY_KEY_REUSED'], { key: 'used-once', forms: { opinion: { opinion: '同意' } } })
  await barred(one, manager, 'REJECT', ['IDEMPOTENCY_KEY_REUSED'], { key: 'used-once', forms: reason })
  await barred(one, manager, 'APPROVE', ['IDEMPOTENCY_KEY_REUSED'], { key: 'used-once' })
})

test('one uses the key of a decision to do something with a task', async () => {
  const [one, other] = [await inReview(), await inReview()]
  await one.act(manager, 'APPROVE', {}, { key: 'decided' })
  await barredFrom(other, manager, 'TRANSFER', ['IDEMPOTENCY_KEY_REUSED'], { people: ['cs-manager-3'], key: 'decided' })
})

test('the key of a refused act opens no way: it is judged again', async () => {
  const it = await inReview()
  for (let again = 0; again < 3; again++) await barred(it, 'finance-1', 'APPROVE', ['NOT_AUTHORISED'], { key: 'refused-once' })
})

test('a key is empty, too long, or has blanks in it', async () => {
  const it = await inReview()
  for (const key of ['', 'x'.repeat(256), 'two words', '中文']) {
    expect(await it.refused(manager, 'APPROVE', {}, { key })).toEqual(['INPUT_INVALID', 'idempotencyKey VALUE_INVALID'])
    expect((await lastAttempt(it.house, it.id)).codes).toEqual(['INPUT_INVALID', 'FORM_INVALID'])
  }
})

test('one decides on a version that is no more, or not yet', async () => {
  const it = await inReview()
  for (const expectedVersion of [1, 2, 4]) await barred(it, manager, 'APPROVE', ['CASE_STALE'], { expectedVersion })
})

test('one decides on a content that has changed since, or never was', async () => {
  const it = await inReview()
  for (const expectedDigest of ['', '0'.repeat(64)]) await barred(it, manager, 'APPROVE', ['CONTENT_CHANGED'], { expectedDigest })
})

test('whoever may not decide learns nothing of the content by a digest', async () => {
  await barred(await inReview(), 'finance-1', 'APPROVE', ['NOT_AUTHORISED'], { expectedDigest: '0'.repeat(64) })
})

test('batch: an act that its process does not let one decide in batches', async () => {
  const it = await inReview()
  for (const action of ['REJECT', 'RETURN', 'APPROVE_AND_ESCALATE', 'WITHDRAW']) await barredInBatch(it, manager, item(it, action), ['BATCH_REFUSED'])
})

test('batch: one’s own request among others, which are done', async () => {
  const [mine, other] = [await inReview('cs-manager-2'), await inReview()]
  expect(await batch('cs-manager-2', [item(mine), item(other)])).toEqual([['SOD_CONFLICT'], 'done'])
  expect(await lastAttempt(mine.house, mine.id)).toEqual({ action: 'APPROVE', actor: employeeId('cs-manager-2'), codes: ['SOD_CONFLICT'] })
  expect(await mine.state()).toBe('managerReview')
})

test('batch: a case that one may not see, and one that there is not', async () => {
  const it = await inReview()
  await barredInBatch(it, 'survey-specialist-1', item(it), ['NOT_FOUND'], ['NOT_AUTHORISED'])
  expect(await batch('survey-specialist-1', [item({ id: crypto.randomUUID() }), item({ id: 'no id at all' })])).toEqual([['NOT_FOUND'], ['NOT_FOUND']])
})

test('batch: an old version, an old content', async () => {
  const it = await inReview()
  await barredInBatch(it, manager, item(it, 'APPROVE', { expectedVersion: 1 }), ['CASE_STALE'])
  await barredInBatch(it, manager, item(it, 'APPROVE', { expectedDigest: '0' }), ['CONTENT_CHANGED'])
})

test('batch: one key for two cases, and the same case twice', async () => {
  const [one, other] = [await inReview(), await inReview()]
  const key = { idempotencyKey: crypto.randomUUID() }
  expect(await batch(manager, [item(one, 'APPROVE', key), item(other, 'APPROVE', key), item(one)])).toEqual([
    'done',
    ['IDEMPOTENCY_KEY_REUSED'],
    ['NOT_AUTHORISED'],
  ])
  expect((await lastAttempt(other.house, other.id)).codes).toEqual(['IDEMPOTENCY_KEY_REUSED'])
  expect(await other.state()).toBe('managerReview')
})

test('batch: more than a hundred, and none', async () => {
  const it = await inReview()
  const before = await server.digest()
  for (const count of [0, 101]) {
    const answer = await send(
      manager,
      Array.from({ length: count }, () => item(it)),
    )
    expect([codeOf(answer), fieldsOf(answer)]).toEqual(['INPUT_INVALID', ['items VALUE_INVALID']])
  }
  expect(await server.digest()).toBe(before)
})

test('batch: nobody is signed in', async () => {
  const it = await inReview()
  const ask = server.withToken()
  const answer = await ask('mutation ($items: [BatchItemInput!]!) { decideMany(items: $items) { done } }', { items: [item(it)] })
  expect(codeOf(answer)).toBe('UNAUTHENTICATED')
  expect(await it.state()).toBe('managerReview')
})

test('over HTTP: a proxy whom nobody has named', async () => {
  const it = await inReview()
  const ask = await server.as('finance-1')
  const field = 'customerMealHospitalityApprove'
  const answer = await ask(`mutation ($id: ID!, $for: ID!) { ${field}(caseId: $id, idempotencyKey: "proxy", onBehalfOf: $for) { state } }`, {
    id: it.id,
    for: employeeId(manager),
  })
  expect(codeOf(answer)).toBe('PROXY_EXPIRED')
  expect(await lastAttempt(it.house, it.id)).toEqual({ action: 'APPROVE', actor: employeeId('finance-1'), codes: ['PROXY_EXPIRED'] })
})
