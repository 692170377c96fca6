import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { departmentId, employeeId } from '../../src/organisation/ids.js'
import { barred } from '../support/attempts.js'
import { mealApplicant, mealForm, today } from '../support/cases.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { papers } from '../support/papers.js'

// Somebody tries to slip an amount past a limit.

const [meal, manager, finance] = ['customer-meal-hospitality', 'cs-manager-1', 'finance-1']
const budgetCheck = { budgetCheck: { availableBudget: '90000' } }
let house: House
let customer: string
beforeAll(async () => {
  house = await openHouse()
  await house.owner.query(`update authority_limit set cumulative = 3000 where process = $1 and role = 'CS_MANAGER'`, [meal])
  await house.owner.query(`update authority_limit set cumulative = 3000 where process = 'gift-giving-application' and role = 'DEPUTY_MANAGER'`)
})
beforeEach(async () => {
  customer = await newCustomer()
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
})
afterAll(() => house.close())

async function newCustomer(): Promise<string> {
  const id = randomUUID()
  await house.owner.query(`insert into customer (id, code, kind, name, status) values ($1, $2, 'LEGAL_PERSON', '宴请客户', 'ACTIVE')`, [id, id.slice(0, 8)])
  return id
}
const application = (amount: string, extra: object = {}) => mealForm({ customer, budget: [{ item: 'MEAL', amount }], budgetTotal: amount, ...extra })
const amended = (amount: string, extra: object = {}) => ({ application: application(amount, extra) })
const inReview = async (amount: string): Promise<DrivenCase> => {
  const it = await house.open(mealApplicant, meal, application(amount))
  await it.act(mealApplicant, 'SUBMIT')
  await it.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  return it
}
const gift = async (value: string): Promise<DrivenCase> => {
  const row = { customer, recipient: '孙莉', giftName: '茶叶', quantity: 2, value }
  const form = { applyingDepartment: departmentId('CS-RELATIONS'), giftDepartment: departmentId('GIFT'), giftDate: today, rows: [row] }
  const it = await house.open('relations-specialist-1', 'gift-giving-application', form)
  await it.act('relations-specialist-1', 'SUBMIT')
  await it.act('dept-head-1', 'SIGN')
  await it.act('gift-custodian-1', 'SIGN', { stockCheck: papers['gift-giving-application']!['stockCheck'] })
  await it.act('office-director-1', 'SIGN')
  return it
}

test('the amount is raised after the approval: the manager decides anew, and not above his limit', async () => {
  const it = await inReview('1000')
  await it.act(manager, 'APPROVE')
  expect(await it.act(mealApplicant, 'AMEND', amended('2500'))).toBe('managerReview')
  await barred(it, finance, 'APPROVE', ['NOT_AUTHORISED', 'LIMIT_EXCEEDED'], { forms: budgetCheck })
  await barred(it, manager, 'APPROVE', ['LIMIT_EXCEEDED'])
})

test('the amount is raised while the manager looks at it', async () => {
  const it = await inReview('1000')
  const { contentDigest } = (
    await house.pool.query('select content::jsonb ->> $2 as "contentDigest" from audit_entry where stream = $1 order by sequence desc limit 1', [
      `case:${it.id}`,
      'contentDigest',
    ])
  ).rows[0]
  await it.act(mealApplicant, 'AMEND', amended('1900'))
  await barred(it, manager, 'APPROVE', ['CONTENT_CHANGED'], { expectedDigest: contentDigest })
})

test('the amount is raised by somebody else than the applicant', async () => {
  const it = await inReview('1000')
  for (const login of [manager, finance, 'relations-specialist-1']) await barred(it, login, 'AMEND', ['NOT_AUTHORISED'], { forms: amended('2500') })
})

test('the amount is changed after the last approval', async () => {
  const it = await inReview('1000')
  await it.act(manager, 'APPROVE')
  await it.act(finance, 'APPROVE', budgetCheck)
  await barred(it, mealApplicant, 'AMEND', ['ACTION_UNAVAILABLE'], { forms: amended('2500') })
})

test('an amount is split below the limit of the case', async () => {
  await (await inReview('1900')).act(manager, 'APPROVE')
  await barred(await inReview('1900'), manager, 'APPROVE', ['LIMIT_EXCEEDED'])
})

test('an amount is split, and both halves are submitted before either is decided', async () => {
  const [one, other] = [await inReview('1600'), await inReview('1600')]
  await barred(other, manager, 'APPROVE', ['LIMIT_EXCEEDED'])
  expect(await one.act(manager, 'APPROVE')).toBe('financeBudgetReview')
})

test('a gift is split', async () => {
  expect(await (await gift('1900')).act('deputy-manager-1', 'SIGN')).toBe('approvedToIssue')
  await barred(await gift('1900'), 'deputy-manager-1', 'SIGN', ['LIMIT_EXCEEDED'])
})

test('what is above the limit of the period is amended past the general manager', async () => {
  await (await inReview('1900')).act(manager, 'APPROVE')
  const it = await inReview('1900')
  await it.act(manager, 'APPROVE_AND_ESCALATE')
  expect(await it.act(mealApplicant, 'AMEND', amended('1800'))).toBe('gmApproval')
  await barred(it, finance, 'APPROVE', ['NOT_AUTHORISED'], { forms: budgetCheck })
  expect(await it.act(mealApplicant, 'AMEND', amended('1000'))).toBe('financeBudgetReview')
})

test('an approved meal is amended for a customer whose period is used up', async () => {
  const usedUp = customer
  await (await inReview('1900')).act(manager, 'APPROVE')
  customer = await newCustomer()
  const it = await inReview('1900')
  await it.act(manager, 'APPROVE')
  expect(await it.act(mealApplicant, 'AMEND', amended('1900', { customer: usedUp }))).toBe('managerReview')
  await barred(it, manager, 'APPROVE', ['LIMIT_EXCEEDED'])
})

test('the general manager is asked by one who may decide alone, and the other way about', async () => {
  await barred(await inReview('1000'), manager, 'APPROVE_AND_ESCALATE', ['CONDITION_UNMET'])
  const it = await inReview('2500')
  await it.act(manager, 'APPROVE_AND_ESCALATE')
  await barred(it, manager, 'APPROVE', ['NOT_AUTHORISED'])
})
