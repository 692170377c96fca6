import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { customerId, departmentId, employeeId } from '../../src/organisation/ids.js'
import { barred, barredBeside, barredFrom } from '../support/attempts.js'
import { mealApplicant, mealForm, today } from '../support/cases.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { chainAt, chainOf } from '../support/practice.js'

// Somebody tries to send back, take back or undo what stands.

const chain = 'practice-chain'
const reason = { reason: { reason: '理由' } }
const [applicant, supervisor, manager, general] = ['technician-1', 'relations-supervisor-1', 'cs-manager-1', 'general-manager-1']
let house: House
beforeAll(async () => {
  house = await openHouse([chainOf(chain)])
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes, undefined, ['closedAt'])).toEqual([])
  expect(house.reported).toEqual([])
})
afterAll(() => house.close())

const at = (state: Parameters<typeof chainAt>[2]): Promise<DrivenCase> => chainAt(house, chain, state)
const inReview = async (): Promise<DrivenCase> => {
  const meal = await house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
  await meal.act(mealApplicant, 'SUBMIT')
  await meal.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  return meal
}
const plan = async (): Promise<DrivenCase> => {
  const rows = [{ lineNo: 1, customer: customerId('C0003'), purpose: '答谢', giftName: '茶叶', quantity: 9, budgetValue: '600' }]
  const it = await house.open('relations-specialist-1', 'gift-plan-approval', { filledOn: today, rows })
  await it.act('relations-specialist-1', 'SUBMIT')
  await it.act(supervisor, 'SIGN')
  await it.act(manager, 'SIGN')
  return it
}
const revoke = async (it: DrivenCase, login: string): Promise<DrivenCase> => {
  const request = { actorId: employeeId(login), requestId: 'test', idempotencyKey: randomUUID(), caseId: it.id, what: 'REVOKE' as const, text: '理由' }
  return house.caseOf((await house.door.revoke(request)).caseId)
}

test('a case is returned to a state in which it has not been', async () => {
  await barred(await at('second'), manager, 'RETURN', ['RETURN_TARGET_UNREACHABLE'], { forms: reason, to: 'third' })
})

test('a case is returned to a state that is not declared, or that there is not', async () => {
  for (const to of ['passed', 'paying', 'second', 'nowhere', ''])
    await barred(await at('second'), manager, 'RETURN', ['RETURN_TARGET_UNREACHABLE'], { forms: reason, to })
})

test('an approval is aimed at a state further on', async () => {
  for (const to of ['third', 'passed']) await barred(await at('first'), supervisor, 'APPROVE', ['RETURN_TARGET_UNREACHABLE'], { to })
})

test('a case is returned behind what was paid', async () => {
  for (const to of ['second', 'paying']) await barred(await at('third'), general, 'RETURN', ['EFFECT_ALREADY_EXECUTED'], { forms: reason, to })
})

test('somebody returns a case whose task is not his', async () => {
  const it = await at('second')
  for (const login of [applicant, supervisor, general]) await barred(it, login, 'RETURN', ['NOT_AUTHORISED'], { forms: reason, to: 'first' })
})

test('a returned case goes straight back with another amount', async () => {
  const it = await at('second')
  await it.act(manager, 'RETURN', reason, { to: 'draft' })
  const forms = { request: { subject: '练习', amount: '100000' } }
  await barred(it, applicant, 'SUBMIT', ['CONDITION_UNMET'], { forms, straightBack: true })
})

test('a case goes straight to a state that did not return it', async () => {
  const it = await at('first')
  await it.act(supervisor, 'RETURN', reason)
  await barred(it, applicant, 'SUBMIT', ['CONDITION_UNMET'], { to: 'second' })
  await barred(await at('draft'), applicant, 'SUBMIT', ['RETURN_TARGET_UNREACHABLE'], { straightBack: true })
})

test('a case that the applicant took back goes straight behind the first approval', async () => {
  const it = await at('second')
  await it.act(applicant, 'WITHDRAW', reason)
  for (const aim of [{ straightBack: true } as const, { to: 'second' }])
    await barred(it, applicant, 'SUBMIT', [aim.to ? 'CONDITION_UNMET' : 'RETURN_TARGET_UNREACHABLE'], aim)
  expect(await it.act(applicant, 'SUBMIT')).toBe('first')
})

test('somebody else withdraws a case', async () => {
  const it = await at('first')
  for (const login of [supervisor, manager, 'payment-run']) await barred(it, login, 'WITHDRAW', ['NOT_AUTHORISED'], { forms: reason })
})

test('a meal is withdrawn after its first approval', async () => {
  const meal = await inReview()
  await meal.act(manager, 'APPROVE')
  await barred(meal, mealApplicant, 'WITHDRAW', ['CONDITION_UNMET'], { forms: reason })
})

test('a case is withdrawn once it can no longer be, and after its end', async () => {
  await barred(await at('paying'), applicant, 'WITHDRAW', ['ACTION_UNAVAILABLE'], { forms: reason })
  await barred(await at('passed'), applicant, 'WITHDRAW', ['ACTION_UNAVAILABLE'], { forms: reason })
})

test('anything at all is done after the end', async () => {
  const it = await at('passed')
  for (const [login, action] of [
    [general, 'APPROVE'],
    [general, 'REJECT'],
    [applicant, 'AMEND'],
    [supervisor, 'TAKE_BACK'],
  ] as const)
    await barred(it, login, action, ['ACTION_UNAVAILABLE'])
})

test('somebody takes back the decision of another', async () => {
  const it = await at('second')
  for (const login of [applicant, 'relations-supervisor-2', manager, general]) await barred(it, login, 'TAKE_BACK', ['NOT_AUTHORISED'])
})

test('the principal takes back what his proxy decided', async () => {
  const [principal, proxy] = [await house.hire('principal-with-regrets', ['RELATIONS_SUPERVISOR']), await house.hire('proxy-without', ['TECHNICIAN'])]
  await house.proxy(principal, proxy)
  const it = await at('first')
  await it.act(proxy, 'APPROVE', {}, { onBehalfOf: principal })
  await barred(it, principal, 'TAKE_BACK', ['NOT_AUTHORISED'])
})

test('a decision is taken back after the next task was claimed, or decided', async () => {
  const claimed = await at('second')
  await claimed.handle(manager, 'CLAIM')
  await barred(claimed, supervisor, 'TAKE_BACK', ['CONDITION_UNMET'])
  await barred(await at('paying'), supervisor, 'TAKE_BACK', ['NOT_AUTHORISED', 'ACTION_UNAVAILABLE'])
})

test('a decision is taken back the day after next', async () => {
  const occurredAt = new Date(Date.now() + 25 * 3_600_000).toISOString()
  await barred(await at('second'), supervisor, 'TAKE_BACK', ['CONDITION_UNMET'], { occurredAt })
})

test('a decision is taken back after the applicant has changed the content', async () => {
  const it = await at('second')
  await it.act(applicant, 'AMEND', { request: { subject: '练习', amount: '90' } })
  await barred(it, supervisor, 'TAKE_BACK', ['NOT_AUTHORISED'])
})

test('a decision is taken back twice', async () => {
  const it = await at('second')
  await it.act(supervisor, 'TAKE_BACK')
  await barred(it, supervisor, 'TAKE_BACK', ['NOT_AUTHORISED', 'ACTION_UNAVAILABLE'])
})

test('somebody revokes the case of another', async () => {
  const it = await at('passed')
  for (const login of [supervisor, manager, general]) await barredBeside(it, login, 'REVOKE', ['NOT_AUTHORISED'])
})

test('a case is revoked before it has passed, and twice', async () => {
  await barredBeside(await at('third'), applicant, 'REVOKE', ['ACTION_UNAVAILABLE'])
  const it = await at('passed')
  await revoke(it, applicant)
  await barredBeside(it, applicant, 'REVOKE', ['CONDITION_UNMET'])
})

test('a case is revoked after the days that its process allows', async () => {
  const it = await at('passed')
  await house.owner.query(`update service_case set closed_at = closed_at - interval '31 days' where id = $1`, [it.id])
  await barredBeside(it, applicant, 'REVOKE', ['CONDITION_UNMET'])
})

test('a case of a process that knows no revocation is revoked', async () => {
  const meal = await inReview()
  await meal.act(manager, 'REJECT', reason)
  await barredBeside(meal, mealApplicant, 'REVOKE', ['CONDITION_UNMET'])
})

test('the revocation of a plan is used as a plan, and so is the plan that it revoked', async () => {
  const revoked = await plan()
  const revocation = await revoke(revoked, 'relations-specialist-1')
  await revocation.act('relations-specialist-1', 'SUBMIT')
  await revocation.act(supervisor, 'SIGN')
  expect(await revocation.act(manager, 'SIGN')).toBe('approved')
  const row = { customer: customerId('C0003'), recipient: '孙莉', giftName: '茶叶', quantity: 1, value: '300' }
  const drawingOn = ({ id }: DrivenCase) => ({
    applyingDepartment: departmentId('CS-RELATIONS'),
    giftDepartment: departmentId('GIFT'),
    giftDate: today,
    rows: [row],
    giftPlan: id,
    planLine: 1,
  })
  const gift = await house.open('relations-specialist-2', 'gift-giving-application', drawingOn(revoked))
  for (const used of [revoked, revocation])
    await barred(gift, 'relations-specialist-2', 'SUBMIT', ['CONDITION_UNMET'], { forms: { application: drawingOn(used) } })
  expect(await gift.act('relations-specialist-2', 'SUBMIT', { application: drawingOn(await plan()) })).toBe('deptHeadSignature')
})

test('one reminds of a task that is none of one’s business', async () => {
  await barredFrom(await at('first'), 'finance-1', 'REMIND', ['NOT_AUTHORISED'])
})
