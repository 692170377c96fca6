import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { customerId } from '../../src/organisation/ids.js'
import { pause } from '../support/acts.js'
import { mealApplicant, mealForm } from '../support/cases.js'
import { type Desk, deskOf } from '../support/desk.js'
import { close, commitmentFaults, keeper, pastMealFor } from '../support/erasures.js'
import { codeOf, type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'

let http: HttpHouse
let desk: Desk
let auditor: Desk
let applicant: Desk
beforeAll(async () => {
  http = await serveHouse()
  desk = (await deskOf(http, keeper)).in('en')
  auditor = (await deskOf(http, 'auditor-1')).in('en')
  applicant = await deskOf(http, mealApplicant)
}, 60_000)
afterAll(async () => {
  expect([await faultsIn(http.house.pool, http.house.processes), await commitmentFaults(http.house)]).toEqual([[], []])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const fields =
  'id customer { code name erasure { id } } status reason requestedBy { login } requestedAt doneAt blockedBy { code message caseNumber case { id } }'
const history = `history(first: 100, includeRefusals: true) { edges { node { action amended comment forms { key erased content {
  ... on HospitalityApplication { venue customerGuests } } } } } }`
const caseOf = async (reader: Desk, id: string) =>
  (await reader.read(`query ($id: ID!) { case(id: $id) { number holds { id reason placedBy { login } liftedBy { login } liftedAt } ${history} } }`, { id }))
    .case
const erasureOf = async (code: string) =>
  (await auditor.read(`query ($id: ID!) { customer(id: $id) { erasure { ${fields} } } }`, { id: customerId(code) })).customer.erasure

/** A meal whose application was approved once, changed after that, and withdrawn. */
async function changedMeal(code: string) {
  const form = mealForm({ customer: customerId(code), customerGuests: ['客人甲'] })
  const meal = await http.house.open(mealApplicant, 'customer-meal-hospitality', form)
  const withdraw = () => meal.act(mealApplicant, 'WITHDRAW', { reason: { reason: '改期' } })
  await meal.act(mealApplicant, 'SUBMIT')
  await withdraw()
  await meal.act(mealApplicant, 'SUBMIT', { application: { ...form, purpose: '续约' } })
  await withdraw()
  return meal
}

test('erased as soon as the hold is lifted, without anybody asking again; the history reads on, and says the same of every decision', async () => {
  const meal = await changedMeal('C0032')
  const hold = await desk.run('placeHold', { caseId: meal.id, reason: '诉讼' })
  const asked = await desk.run('eraseCustomer', { customerId: customerId('C0032'), reason: '本人申请' }, fields)
  const { number } = await meal.record()
  expect(asked).toMatchObject({
    customer: { code: 'C0032', erasure: { id: asked.id } },
    status: 'DEFERRED',
    reason: '本人申请',
    requestedBy: { login: keeper },
    doneAt: null,
    blockedBy: [
      { code: 'CONDITION_UNMET', message: `A condition is not met: case ${number} is under a hold, which must be lifted first`, caseNumber: number },
      { code: 'CONDITION_UNMET', message: `A condition is not met: case ${number} is open and must be closed first`, caseNumber: number },
    ],
  })
  await close(meal)
  const before = await caseOf(auditor, meal.id)
  expect(before.holds).toEqual([{ id: hold.id, reason: '诉讼', placedBy: { login: keeper }, liftedBy: null, liftedAt: null }])
  await desk.run('liftHold', { holdId: hold.id, reason: '结案' })
  for (const end = Date.now() + 10_000; (await erasureOf('C0032')).status === 'DEFERRED' && Date.now() < end; ) await pause(100)
  expect(await erasureOf('C0032')).toMatchObject({ status: 'DONE', doneAt: expect.any(String), blockedBy: [], customer: { name: '已删除客户 C0032' } })

  const after = await caseOf(auditor, meal.id)
  const told = ({ history }: any) => history.edges.map(({ node: { action, amended } }: any) => ({ action, amended }))
  expect(told(after)).toEqual(told(before))
  expect(told(after).map(({ amended }: any) => amended)).toEqual([false, true, true, false, false, false])
  const papers = ({ history }: any) => history.edges.flatMap(({ node }: any) => node.forms).filter(({ key }: any) => key === 'application')
  expect(papers(before).map(({ erased, content }: any) => [erased, content.venue, content.customerGuests])).not.toContainEqual([true, '江畔酒楼', null])
  expect(papers(after).map(({ erased, content }: any) => [erased, content])).toEqual(
    papers(after).map(() => [true, { venue: '江畔酒楼', customerGuests: null }]),
  )
  expect([papers(after).length, after.holds[0].liftedBy.login]).toEqual([2, keeper])
})

test('at once where nothing stands in the way; the same key answers the same, and nothing is done twice', async () => {
  await pastMealFor(http.house, 'C0033')
  const given = { customerId: customerId('C0033'), reason: '本人申请', idempotencyKey: 'erase-C0033' }
  const first = await desk.send('eraseCustomer', given, fields)
  const second = await desk.send('eraseCustomer', given, fields)
  expect(first.json!.data.eraseCustomer).toMatchObject({ status: 'DONE', blockedBy: [], doneAt: expect.any(String) })
  expect([second.json, second.headers['idempotency-replayed']]).toEqual([first.json, 'true'])
  expect(await desk.refused('eraseCustomer', { ...given, idempotencyKey: 'again' })).toMatchObject({
    code: 'CONDITION_UNMET',
    reasons: [{ message: 'A condition is not met: the personal information of the customer has been erased' }],
  })
  const opened = await applicant.send('customerMealHospitalityOpen', {}, 'id', {
    type: 'HospitalityApplicationInput!',
    values: mealForm({ customer: customerId('C0033') }),
  })
  expect(codeOf(opened)).toBe('CONDITION_UNMET')
})

test('holds and erasures are read by the auditor, the information supervisor and the manager, and decided by no auditor', async () => {
  const meal = await pastMealFor(http.house, 'C0034')
  await desk.run('placeHold', { caseId: meal.id, reason: '诉讼' })
  await desk.run('eraseCustomer', { customerId: customerId('C0034'), reason: '本人申请' })
  const list =
    'query ($status: ErasureStatus, $first: Int, $after: String) { erasures(status: $status, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { customer { code } status } } } }'
  for (const reader of [auditor, desk, await deskOf(http, 'cs-manager-1')])
    expect((await reader.read(list, { status: 'DEFERRED' })).erasures).toMatchObject({
      totalCount: 1,
      edges: [{ node: { customer: { code: 'C0034' }, status: 'DEFERRED' } }],
    })
  const page = (await auditor.read(list, { first: 1 })).erasures
  const next = (await auditor.read(list, { first: 1, after: page.pageInfo.endCursor })).erasures
  expect([page.pageInfo.hasNextPage, page.edges[0].node.customer.code, next.edges[0].node.customer.code]).toEqual([true, 'C0034', 'C0033'])
  expect(codeOf(await applicant.ask(list))).toBe('NOT_AUTHORISED')
  expect(codeOf(await http.withToken()(list))).toBe('UNAUTHENTICATED')
  expect((await caseOf(applicant, meal.id)).holds).toBeNull()
  expect((await applicant.read('query ($id: ID!) { customer(id: $id) { erasure { id } } }', { id: customerId('C0034') })).customer.erasure).toBeNull()
  expect(await auditor.refused('placeHold', { caseId: meal.id, reason: '诉讼' })).toMatchObject({ code: 'NOT_AUTHORISED' })
  expect(await auditor.refused('eraseCustomer', { customerId: customerId('C0034'), reason: '本人申请' })).toMatchObject({ code: 'NOT_AUTHORISED' })
})

test('bad input is named', async () => {
  expect(await desk.refused('eraseCustomer', { customerId: customerId('C0035'), reason: ' ' })).toMatchObject({
    code: 'INPUT_INVALID',
    fields: [{ path: 'reason' }],
  })
  expect(await desk.refused('eraseCustomer', { customerId: customerId('C0035'), reason: 'x'.repeat(1_001) })).toMatchObject({ fields: [{ path: 'reason' }] })
  expect(await desk.refused('eraseCustomer', { customerId: 'C0035', reason: '本人申请' })).toMatchObject({ code: 'NOT_FOUND' })
  expect(await desk.refused('placeHold', { caseId: customerId('C0035'), reason: '诉讼' })).toMatchObject({ code: 'NOT_FOUND' })
  expect(await desk.refused('liftHold', { holdId: customerId('C0035'), reason: '结案' })).toMatchObject({ code: 'NOT_FOUND' })
})
