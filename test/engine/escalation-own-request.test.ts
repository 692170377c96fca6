import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { anybody, approver, inOrder } from '../../src/define/index.js'
import { customerId, employeeId } from '../../src/organisation/ids.js'
import { barred, barredFrom } from '../support/attempts.js'
import { mealApplicant, mealForm, today } from '../support/cases.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { chainAt, chainOf, countersignOf } from '../support/practice.js'

// Somebody tries to approve what he asked for himself.

const chain = 'practice-chain'
const [drawn, seated] = ['practice-drawn', 'practice-seated']
const both = 'technician-who-supervises'
let house: House
beforeAll(async () => {
  house = await openHouse([
    chainOf(chain),
    countersignOf(drawn, anybody('ALL_REJECT'), { voters: { everyone: 'INFO_SUPERVISOR' } }),
    countersignOf(seated, inOrder, { seats: { SUPERVISOR: approver('RELATIONS_SUPERVISOR'), MANAGER: approver('CS_MANAGER') } }),
  ])
  await house.hire(both, ['TECHNICIAN', 'RELATIONS_SUPERVISOR'])
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
})
afterAll(() => house.close())

const inReview = async (applicant = mealApplicant, extra: object = {}): Promise<DrivenCase> => {
  const meal = await house.open(applicant, 'customer-meal-hospitality', mealForm({ applicant: employeeId(applicant), ...extra }))
  await meal.act(applicant, 'SUBMIT')
  await meal.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  return meal
}
const submitted = async (process: string, applicant: string): Promise<DrivenCase> => {
  const it = await house.open(applicant, process, { subject: '练习' })
  await it.act(applicant, 'SUBMIT')
  return it
}

test('one approves one’s own request', async () => {
  await barred(await chainAt(house, chain, 'first', { applicant: both }), both, 'APPROVE', ['SOD_CONFLICT'])
})

test('a manager approves his own meal', async () => {
  const meal = await inReview('cs-manager-2')
  await barred(meal, 'cs-manager-2', 'APPROVE', ['SOD_CONFLICT'])
  await barred(meal, 'cs-manager-2', 'RETURN', ['SOD_CONFLICT'], { forms: { reason: { reason: '理由' } } })
})

test('one approves it with a second account', async () => {
  const second = await house.hire('second-account-of-technician-1', ['RELATIONS_SUPERVISOR'], { person: 'technician-1' })
  await barred(await chainAt(house, chain, 'first'), second, 'APPROVE', ['SOD_CONFLICT'])
})

test('one asks with the second account and approves with the first', async () => {
  const second = await house.hire('second-account-of-supervisor', ['TECHNICIAN'], { person: 'relations-supervisor-2' })
  await barred(await chainAt(house, chain, 'first', { applicant: second }), 'relations-supervisor-2', 'APPROVE', ['SOD_CONFLICT'])
})

test('one approves it through a proxy whom one named', async () => {
  await house.proxy(both, 'technician-2')
  const it = await chainAt(house, chain, 'first', { applicant: both })
  await barred(it, 'technician-2', 'APPROVE', ['NOT_FOUND'], { onBehalfOf: both, onRecord: ['SOD_CONFLICT'] })
})

test('one approves it through an approver whose principal one is', async () => {
  const it = await chainAt(house, chain, 'first', { applicant: both })
  const proxy = await house.hire('supervisor-who-stands-in', ['RELATIONS_SUPERVISOR'])
  await house.proxy(both, proxy)
  await barred(it, proxy, 'APPROVE', ['SOD_CONFLICT'], { onBehalfOf: both })
})

test('one approves it as proxy of the approver', async () => {
  const applicant = await house.hire('technician-with-a-proxy', ['TECHNICIAN'])
  const approver = await house.hire('supervisor-on-leave', ['RELATIONS_SUPERVISOR'])
  const it = await chainAt(house, chain, 'first', { applicant })
  await house.proxy(approver, applicant)
  await barred(it, applicant, 'APPROVE', ['SOD_CONFLICT'], { onBehalfOf: approver })
})

test('one approves it as proxy of the approver, with a second account', async () => {
  const applicant = await house.hire('technician-with-two', ['TECHNICIAN'])
  const second = await house.hire('technician-with-two-second', ['TECHNICIAN'], { person: applicant })
  const approver = await house.hire('supervisor-on-leave-too', ['RELATIONS_SUPERVISOR'])
  const it = await chainAt(house, chain, 'first', { applicant })
  await house.proxy(approver, second)
  await barred(it, second, 'APPROVE', ['SOD_CONFLICT'], { onBehalfOf: approver })
})

test('one withdraws one’s own request in somebody else’s name', async () => {
  const applicant = await house.hire('technician-for-another', ['TECHNICIAN'])
  const it = await chainAt(house, chain, 'first', { applicant })
  await house.proxy('repair-technician-1', applicant)
  await barred(it, applicant, 'WITHDRAW', ['NOT_AUTHORISED'], { onBehalfOf: 'repair-technician-1', forms: { reason: { reason: '理由' } } })
})

test('a specialist who supervises as well signs her own gift plan', async () => {
  const planner = await house.hire('specialist-who-supervises', ['RELATIONS_SPECIALIST', 'RELATIONS_SUPERVISOR'])
  const rows = [{ lineNo: 1, customer: mealForm().customer, purpose: '答谢', giftName: '茶叶', quantity: 1, budgetValue: '100' }]
  const plan = await house.open(planner, 'gift-plan-approval', { filledOn: today, rows })
  await plan.act(planner, 'SUBMIT')
  await barred(plan, planner, 'SIGN', ['SOD_CONFLICT'])
})

test('a supervisor of customer information approves the cancellation that she applied for', async () => {
  const cancellation = await house.open('info-supervisor-2', 'customer-account-cancellation', {
    customer: customerId('C0002'),
    reason: '不再合作',
    balance: '100',
  })
  await cancellation.act('info-supervisor-2', 'SUBMIT')
  await barred(cancellation, 'info-supervisor-2', 'APPROVE', ['SOD_CONFLICT', 'SOD_CONFLICT'])
})

test('a guest approves the meal to which he is invited', async () => {
  const meal = await inReview(mealApplicant, { companyGuests: [employeeId('cs-manager-1')] })
  await barred(meal, 'cs-manager-1', 'APPROVE', ['SOD_CONFLICT'])
})

test('whoever arranges the meal approves it', async () => {
  const arranger = await house.hire('specialist-who-manages', ['RELATIONS_SPECIALIST', 'CS_MANAGER'])
  const meal = await house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
  await meal.act(mealApplicant, 'SUBMIT')
  await meal.act(arranger, 'FORWARD', { arrangement: { arranger: employeeId(arranger) } })
  await barred(meal, arranger, 'APPROVE', ['SOD_CONFLICT'])
})

test('one invites every manager so that oneself, who stands above them, has to decide', async () => {
  const applicant = await house.hire('applicant-who-directs', ['RELATED_DEPT', 'CS_DIRECTOR'])
  const guests = (await house.pool.query(`select employee_id from role_assignment where role = 'CS_MANAGER'`)).rows.map(({ employee_id }) => employee_id)
  const meal = await inReview(applicant, { companyGuests: guests })
  await barred(meal, applicant, 'APPROVE', ['SOD_CONFLICT'])
  expect(await meal.act('cs-director-1', 'APPROVE')).toBe('financeBudgetReview')
})

test('one votes on one’s own request among the holders of a role', async () => {
  const it = await submitted(drawn, 'info-supervisor-1')
  await barred(it, 'info-supervisor-1', 'APPROVE', ['NOT_AUTHORISED'])
})

test('one votes on it in the place of somebody who has a voice', async () => {
  const applicant = await house.hire('technician-who-votes', ['TECHNICIAN'])
  const it = await submitted(drawn, applicant)
  await house.proxy('info-supervisor-1', applicant)
  await barred(it, applicant, 'APPROVE', ['SOD_CONFLICT'], { onBehalfOf: 'info-supervisor-1' })
})

test('one signs a seat of one’s own request', async () => {
  await barred(await submitted(seated, both), both, 'APPROVE', ['SOD_CONFLICT'], { seat: 'SUPERVISOR' })
})

test('one claims the task that approves it', async () => {
  await barredFrom(await chainAt(house, chain, 'first', { applicant: both }), both, 'CLAIM', ['SOD_CONFLICT'])
})

test('one is asked to sign it besides', async () => {
  const it = await chainAt(house, chain, 'first')
  for (const position of ['BEFORE', 'AFTER'] as const)
    await barredFrom(it, 'relations-supervisor-1', 'ADD_SIGNER', ['SOD_CONFLICT'], { people: ['technician-1'], position })
})

test('one is given a voice on it beside the others', async () => {
  const it = await submitted(drawn, 'technician-1')
  await barredFrom(it, 'info-supervisor-1', 'ADD_SIGNER', ['SOD_CONFLICT'], { people: ['technician-1'], position: 'PARALLEL' }, { of: 'info-supervisor-1' })
})

test('one gives an opinion on it', async () => {
  const it = await chainAt(house, chain, 'first')
  await barredFrom(it, 'relations-supervisor-1', 'DELEGATE', ['SOD_CONFLICT'], { people: ['technician-1'] })
})

test('the task is given to the applicant, or to a second account of his', async () => {
  const second = await house.hire('second-account-of-both', ['RELATIONS_SUPERVISOR'], { person: both })
  const it = await chainAt(house, chain, 'first', { applicant: both })
  for (const receiver of [both, second]) await barredFrom(it, 'relations-supervisor-1', 'TRANSFER', ['SOD_CONFLICT'], { people: [receiver] })
})

test('a superior gives the task to the applicant', async () => {
  const it = await chainAt(house, chain, 'first', { applicant: both })
  await barredFrom(it, 'cs-manager-1', 'REASSIGN', ['SOD_CONFLICT'], { people: [both] })
})

test('a superior picks who approves his own request', async () => {
  const meal = await inReview('cs-manager-2')
  await barredFrom(meal, 'cs-manager-2', 'REASSIGN', ['NOT_AUTHORISED'], { people: ['cs-manager-3'] })
})
