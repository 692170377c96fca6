import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Refused } from '../../src/engine/refused.js'
import { customerId } from '../../src/organisation/ids.js'
import { atOnce, decide } from '../support/acts.js'
import { mealApplicant, mealForm } from '../support/cases.js'
import { actionsOf, applicant, because, commitmentsOf, completersOf, digestOf, handedIn, request } from '../support/edges.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { papers } from '../support/papers.js'
import { chainOf } from '../support/practice.js'

let house: House
beforeAll(async () => {
  house = await openHouse([chainOf('content-chain')])
  await house.owner.query(`update authority_limit set cumulative = 1500 where process in ('customer-meal-hospitality', 'gift-giving-application')`)
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
})
afterAll(() => house.close())

const supervisor = 'relations-supervisor-1'
const manager = 'cs-manager-1'
const meal = (customer: string, amount: string) => mealForm({ customer: customerId(customer), budget: [{ item: 'MEAL', amount }], budgetTotal: amount })
const openMeal = (customer: string, amount: string) => house.open(mealApplicant, 'customer-meal-hospitality', meal(customer, amount))
const forward = (it: DrivenCase) => it.act('relations-specialist-1', 'FORWARD', { arrangement: papers['customer-meal-hospitality']!['arrangement'] })
async function mealInReview(customer: string, amount: string): Promise<DrivenCase> {
  const it = await openMeal(customer, amount)
  await it.act(mealApplicant, 'SUBMIT')
  await forward(it)
  return it
}

test('edge-20: the amount is raised after the manager approved: that approval lapses and the route is found anew', async () => {
  const it = await mealInReview('C0003', '1000')
  await it.act(manager, 'APPROVE')
  expect(await it.act(mealApplicant, 'AMEND', { application: meal('C0003', '2500') })).toBe('managerReview')
  expect(await it.record()).toMatchObject({ round: 2 })
  expect((await it.record()).decisions.some(({ state }) => state === 'managerReview')).toBe(false)
  expect(await completersOf(it, 'financeBudgetReview')).toEqual([{ status: 'SUPERSEDED', by: null }])
  expect(await it.refused('finance-1', 'APPROVE', { budgetCheck: { availableBudget: '9000' } })).toEqual(['NOT_AUTHORISED', 'LIMIT_EXCEEDED'])
  expect(await it.refused(manager, 'APPROVE')).toEqual(['LIMIT_EXCEEDED'])
  expect(await it.act(manager, 'APPROVE_AND_ESCALATE')).toBe('gmApproval')
  expect(await commitmentsOf(it)).toMatchObject([{ amount: '2500.00', status: 'RESERVED' }])
})

test('edge-20: an approval that the raise made stale stands in the history, with what made it so', async () => {
  const it = await mealInReview('C0004', '1000')
  await it.act(manager, 'APPROVE')
  const approval = (await it.record()).version
  await it.act(mealApplicant, 'AMEND', { application: meal('C0004', '1001') })
  const { rows } = await house.pool.query(
    `select action, content::jsonb -> 'details' ->> 'lapsed' as lapsed from audit_entry where stream = $1 and sequence >= $2 order by sequence`,
    [`case:${it.id}`, approval],
  )
  expect(rows).toEqual([
    { action: 'APPROVE', lapsed: null },
    { action: 'AMEND', lapsed: String(approval) },
  ])
})

test('edge-21: the amount is lowered to what the manager may decide alone: the general manager’s task is superseded', async () => {
  const it = await mealInReview('C0005', '3000')
  await it.act(manager, 'APPROVE_AND_ESCALATE')
  expect(await it.act(mealApplicant, 'AMEND', { application: meal('C0005', '2500') })).toBe('gmApproval')
  expect(await it.act(mealApplicant, 'AMEND', { application: meal('C0005', '1200') })).toBe('financeBudgetReview')
  expect(await completersOf(it, 'gmApproval')).toEqual([{ status: 'SUPERSEDED', by: null }])
  expect(await it.record()).toMatchObject({ round: 1 })
  expect((await it.record()).decisions.filter(({ state }) => state === 'managerReview')).toMatchObject([{ limit: '2000.00', approves: true }])
  expect(await it.refused('general-manager-1', 'APPROVE')).toEqual(['NOT_AUTHORISED'])
  expect((await it.history()).at(-1)).toMatchObject({ action: 'AMEND', from: 'gmApproval', to: 'financeBudgetReview' })
})

test('edge-22: whoever decides on a screen that is one edit old is told field by field what changed', async () => {
  const it = await handedIn(house, 'content-chain', { amount: '100' })
  const seen = await digestOf(it)
  await it.act(applicant, 'AMEND', { request: request({ amount: '90', subject: '采购设备' }) })
  const fresh = await digestOf(it)
  expect(await it.refused(supervisor, 'APPROVE', {}, { expectedDigest: seen })).toEqual(['CONTENT_CHANGED'])
  const error = await decide(it, supervisor, 'APPROVE', { expectedDigest: seen }).catch((refused: Refused) => refused)
  if (!(error instanceof Refused)) throw new Error('it was not refused')
  expect([...error.changes].sort((one, other) => one.path.localeCompare(other.path))).toEqual([
    { path: 'request.amount', before: '100', after: '90' },
    { path: 'request.subject', before: '采购', after: '采购设备' },
  ])
  expect(error.details).toMatchObject({ state: 'first', contentDigest: fresh })
  expect(await it.act(supervisor, 'APPROVE', {}, { expectedDigest: fresh })).toBe('second')
})

test('edge-22: a digest that the case never had is refused too', async () => {
  const it = await handedIn(house, 'content-chain', { amount: '100' })
  expect(await it.refused(supervisor, 'APPROVE', {}, { expectedDigest: '0'.repeat(64) })).toEqual(['CONTENT_CHANGED'])
})

test('edge-23: the same key with another comment is refused', async () => {
  const it = await handedIn(house, 'content-chain')
  const key = randomUUID()
  await it.act(supervisor, 'APPROVE', { opinion: { opinion: '同意' } }, { key })
  expect(await it.refused(supervisor, 'APPROVE', { opinion: { opinion: '不同意' } }, { key })).toEqual(['IDEMPOTENCY_KEY_REUSED'])
  expect(await it.form('opinion')).toEqual({ opinion: '同意' })
  // Somebody else's key is another key.
  expect(await it.act(manager, 'APPROVE', {}, { key })).toBe('paying')
})

test('edge-24: a decision sent again gets its own answer, even when the case has moved on', async () => {
  const it = await handedIn(house, 'content-chain')
  const key = { idempotencyKey: randomUUID(), forms: { opinion: { opinion: '同意' } } }
  const first = await decide(it, supervisor, 'APPROVE', key)
  expect(first).toMatchObject({ caseId: it.id, sequence: 3, replayed: false })
  expect(await decide(it, supervisor, 'APPROVE', key)).toEqual({ ...first, replayed: true })
  await it.act(manager, 'APPROVE')
  expect(await decide(it, supervisor, 'APPROVE', key)).toEqual({ ...first, replayed: true })
  expect(await actionsOf(it)).toEqual(['OPEN', 'SUBMIT', 'APPROVE', 'APPROVE'])
})

test('edge-24: sent five times at once it is done once', async () => {
  const it = await handedIn(house, 'content-chain')
  const key = { idempotencyKey: randomUUID() }
  const answers = await Promise.all(Array.from({ length: 5 }, () => decide(it, supervisor, 'APPROVE', key)))
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1)
  expect(new Set(answers.map(({ sequence }) => sequence))).toEqual(new Set([3]))
  expect(await actionsOf(it)).toEqual(['OPEN', 'SUBMIT', 'APPROVE'])
})

test('edge-24: what was refused may be sent again with its key', async () => {
  const it = await handedIn(house, 'content-chain')
  const key = randomUUID()
  expect(await it.refused(applicant, 'RETURN', because, { key })).toEqual(['NOT_AUTHORISED'])
  await house.hire('late-supervisor', [])
  expect(await it.refused('late-supervisor', 'APPROVE', {}, { key })).toEqual(['NOT_FOUND'])
  await house.hire('late-supervisor', ['RELATIONS_SUPERVISOR'])
  expect(await it.act('late-supervisor', 'APPROVE', {}, { key })).toBe('second')
})

/** Two that were submitted at once, in the order of their places in the account. */
async function inPlace(two: readonly DrivenCase[], by: string): Promise<readonly [DrivenCase, DrivenCase]> {
  expect(await atOnce(two.map((it) => decide(it, by, 'SUBMIT')))).toEqual(['done', 'done'])
  const places = await Promise.all(two.map(async (it) => (await commitmentsOf(it))[0]!.place))
  expect([...places].sort()).toEqual([1, 2])
  return places[0] === 1 ? [two[0]!, two[1]!] : [two[1]!, two[0]!]
}
const mealsAtOnce = async (customer: string) => {
  const two = await inPlace([await openMeal(customer, '1000'), await openMeal(customer, '1000')], mealApplicant)
  for (const it of two) await forward(it)
  return two
}
const mealWithin = async (it: DrivenCase) => {
  expect(await it.refused(manager, 'APPROVE_AND_ESCALATE')).toEqual(['CONDITION_UNMET'])
  expect(await it.act(manager, 'APPROVE')).toBe('financeBudgetReview')
}
const mealAbove = async (it: DrivenCase) => {
  expect(await it.refused(manager, 'APPROVE')).toEqual(['LIMIT_EXCEEDED'])
  expect(await it.act(manager, 'APPROVE_AND_ESCALATE')).toBe('gmApproval')
}

test.each([
  ['the first before the second', 'C0006', [0, 1]],
  ['the second before the first', 'C0007', [1, 0]],
] as const)('edge-28: of two meals submitted at once the second goes to the higher authority, approved %s', async (_, customer, order) => {
  const two = await mealsAtOnce(customer)
  for (const index of order) await (index === 0 ? mealWithin : mealAbove)(two[index]!)
})

test('edge-28: approved at the same time as well', async () => {
  const two = await mealsAtOnce('C0008')
  expect(await atOnce(two.map((it) => decide(it, manager, 'APPROVE')))).toEqual(['done', 'LIMIT_EXCEEDED'])
})

test('edge-28: what the first gives up is the second’s again', async () => {
  const [first, second] = await mealsAtOnce('C0009')
  expect(await second.refused(manager, 'APPROVE')).toEqual(['LIMIT_EXCEEDED'])
  await first.act(manager, 'REJECT', because)
  expect(await commitmentsOf(first)).toMatchObject([{ status: 'RELEASED' }])
  await mealWithin(second)
})

test.each([
  ['the first before the second', 'C0010', [0, 1]],
  ['the second before the first', 'C0011', [1, 0]],
] as const)('edge-28: of two gifts submitted at once the second goes to the general manager, signed %s', async (_, customer, order) => {
  const giver = 'relations-specialist-1'
  const { application, stockCheck } = papers['gift-giving-application']!
  const rows = [{ customer: customerId(customer), recipient: '孙莉', giftName: '茶叶', quantity: 2, value: '1000' }]
  const open = () => house.open(giver, 'gift-giving-application', { ...application, rows })
  const two = await inPlace([await open(), await open()], giver)
  for (const index of order) {
    const it = two[index]!
    await it.act('dept-head-1', 'SIGN')
    await it.act('gift-custodian-1', 'SIGN', { stockCheck })
    await it.act('office-director-1', 'SIGN')
    if (index === 1) expect(await it.refused('deputy-manager-1', 'SIGN')).toEqual(['LIMIT_EXCEEDED'])
    expect(await it.act('deputy-manager-1', index === 0 ? 'SIGN' : 'SIGN_AND_ESCALATE')).toBe(index === 0 ? 'approvedToIssue' : 'gmApproval')
  }
  expect(await commitmentsOf(two[0])).toMatchObject([{ status: 'USED' }])
  expect(await commitmentsOf(two[1])).toMatchObject([{ status: 'RESERVED' }])
})
