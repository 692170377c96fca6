import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mealForm, mealInReview } from '../support/cases.js'
import { type Desk, deskOf } from '../support/desk.js'
import type { DrivenCase } from '../support/house.js'
import { type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'

let http: HttpHouse
let manager: Desk
beforeAll(async () => {
  http = await serveHouse()
  manager = await deskOf(http, 'cs-manager-1')
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes)).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const query = `mutation ($items: [BatchItemInput!]!) { decideMany(items: $items) { caseId done replayed case { state version availableActions { action } } reasons { code message } } }`
const item = (caseId: string, extra: object = {}) => ({ caseId, action: 'APPROVE', idempotencyKey: randomUUID(), ...extra })
const many = async (items: readonly object[], desk = manager) => (await desk.read(query, { items })).decideMany
const outcome = (results: any) => results.map(({ done, case: after, reasons }: any) => (done ? after.state : reasons.map(({ code }: any) => code)))

test('each item succeeds or fails by itself, in the order given', async () => {
  const [first, second, amended, third] = [
    await mealInReview(http.house),
    await mealInReview(http.house),
    await mealInReview(http.house),
    await mealInReview(http.house),
  ]
  const digest = async (meal: DrivenCase) => (await manager.read('query ($id: ID!) { case(id: $id) { contentDigest } }', { id: meal.id })).case.contentDigest
  const seen = await digest(amended!)
  await amended!.act('relations-specialist-3', 'AMEND', { application: mealForm({ venue: '别处' }) })
  const claim = await http.house.open('technician-1', 'expense-reimbursement', {
    source: 'OTHER',
    sourceRecord: '出差',
    items: [{ item: '餐费', amount: '9' }],
    total: '9',
  })
  const results = await many([
    item(first!.id, { expectedDigest: await digest(first!) }),
    item(second!.id, { expectedVersion: 1 }),
    item(amended!.id, { expectedDigest: seen }),
    item(claim.id),
    item('no id'),
    item(first!.id, { action: 'REJECT' }),
    item(first!.id),
    item(third!.id, { expectedVersion: 3 }),
  ])
  expect(outcome(results)).toEqual([
    'financeBudgetReview',
    ['CASE_STALE'],
    ['CONTENT_CHANGED'],
    ['BATCH_REFUSED'],
    ['NOT_FOUND'],
    ['BATCH_REFUSED'],
    ['NOT_AUTHORISED'],
    'financeBudgetReview',
  ])
  expect(outcome(await many([item(third!.id)], await deskOf(http, 'repair-technician-1')))).toEqual([['NOT_FOUND']])
  expect(results[0].case.version).toBe(4)
  expect(await Promise.all([first, second, amended, third].map((meal) => meal!.state()))).toEqual([
    'financeBudgetReview',
    'managerReview',
    'managerReview',
    'financeBudgetReview',
  ])
  const { rows } = await http.house.pool.query(`select count(*)::int as n from audit_entry where stream = $1 and result <> 'DONE'`, [`attempts:${first!.id}`])
  expect(rows[0].n).toBe(2)
})

test('the same items again do nothing more and say so; another act under the same key is refused', async () => {
  const meals = [await mealInReview(http.house), await mealInReview(http.house)]
  const items = meals.map(({ id }) => item(id))
  expect((await many(items)).map(({ done, replayed }: any) => [done, replayed])).toEqual([
    [true, false],
    [true, false],
  ])
  const again = await many(items)
  expect(again.map(({ done, replayed, case: after }: any) => [done, replayed, after.state, after.version])).toEqual([
    [true, true, 'financeBudgetReview', 4],
    [true, true, 'financeBudgetReview', 4],
  ])
  expect(outcome(await many([{ ...items[0], expectedVersion: 3 }]))).toEqual([['IDEMPOTENCY_KEY_REUSED']])
})

test('an item that needs a form fails by itself', async () => {
  const meal = await mealInReview(http.house)
  await meal.act('cs-manager-1', 'APPROVE')
  const [result] = await many([item(meal.id)], await deskOf(http, 'finance-1'))
  expect([result.done, result.reasons[0].code]).toEqual([false, 'BATCH_REFUSED'])
  expect(await meal.state()).toBe('financeBudgetReview')
})

test('a refusal is told in the language of the reader', async () => {
  const wrong = [item(randomUUID())]
  const told = async (language: 'zh-CN' | 'en') => (await many(wrong, manager.in(language)))[0].reasons[0].message
  expect([await told('zh-CN'), await told('en')]).toEqual(['不存在，或您无权查看', 'It does not exist, or you may not see it'])
})

test('none, or more than a hundred, are refused as a whole', async () => {
  for (const items of [[], Array.from({ length: 101 }, () => item(randomUUID()))]) {
    const { json } = await manager.ask(query, { items })
    expect(json!.errors![0]!.extensions).toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'items', code: 'VALUE_INVALID' }] })
  }
  expect((await many(Array.from({ length: 100 }, () => item(randomUUID())))).every(({ done }: any) => !done)).toBe(true)
})
