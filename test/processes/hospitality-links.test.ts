import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { customerId, departmentId, employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealForm, today } from '../support/cases.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const specialist = 'relations-specialist-1'
const row = (extra: object = {}) => ({ customer: customerId('C0001'), recipient: '孙莉', giftName: '茶叶礼盒', quantity: 1, value: '300', ...extra })
const gift = (extra: object = {}, ...rows: object[]) => ({
  applyingDepartment: departmentId('CS-RELATIONS'),
  giftDepartment: departmentId('GIFT'),
  giftDate: today,
  rows: rows.length > 0 ? rows : [row()],
  ...extra,
})
const reason = { reason: { reason: '取消' } }

async function planInForce(budgetValue = '500'): Promise<DrivenCase> {
  const line = { lineNo: 1, customer: customerId('C0001'), purpose: '答谢', giftName: '茶叶礼盒', quantity: 2, budgetValue }
  const plan = await house.open(specialist, 'gift-plan-approval', { filledOn: today, rows: [line] })
  await signed(plan)
  return plan
}
async function signed(plan: DrivenCase): Promise<void> {
  await plan.act(specialist, 'SUBMIT')
  await plan.act('relations-supervisor-1', 'SIGN')
  await plan.act('cs-manager-1', 'SIGN')
}
const drawsOn = async (plan: DrivenCase, extra: object = {}, ...rows: object[]) =>
  house.open(specialist, 'gift-giving-application', gift({ giftPlan: plan.id, planLine: 1, ...extra }, ...rows))

test('L24: an application draws on a line of a plan in force, and only as far as its budget goes', async () => {
  const plan = await planInForce()
  const first = await drawsOn(plan)
  expect(await first.act(specialist, 'SUBMIT')).toBe('deptHeadSignature')
  const second = await drawsOn(plan)
  expect(await second.refused(specialist, 'SUBMIT')).toEqual(['CONDITION_UNMET'])
  expect(await second.act(specialist, 'SUBMIT', { application: gift({ giftPlan: plan.id, planLine: 1 }, row({ value: '200' })) })).toBe('deptHeadSignature')
  // What is taken back is free again.
  await first.act(specialist, 'WITHDRAW', reason)
  const third = await drawsOn(plan)
  expect(await third.act(specialist, 'SUBMIT')).toBe('deptHeadSignature')
})

test.each<[string, object, object[]]>([
  ['a line that the plan does not have', { planLine: 2 }, []],
  ['a line without a plan', { giftPlan: undefined }, []],
  ['another customer', {}, [row({ customer: customerId('C0002') })]],
  ['another gift', {}, [row({ giftName: '钢笔' })]],
])('L24: refused: %s', async (_what, extra, rows) => {
  const it = await drawsOn(await planInForce(), extra, ...rows)
  expect(await it.refused(specialist, 'SUBMIT')).toEqual(['CONDITION_UNMET'])
})

test('L24: two applications at once do not both take the last of a line', async () => {
  for (let round = 0; round < 5; round++) {
    const plan = await planInForce()
    const both = await Promise.all([drawsOn(plan), drawsOn(plan)])
    const answers = await Promise.all(both.map((it) => it.act(specialist, 'SUBMIT').catch(() => 'refused')))
    expect(answers.sort()).toEqual(['deptHeadSignature', 'refused'])
  }
})

test('a plan is revoked by those who put it in force, and from then on nothing draws on it', async () => {
  const plan = await planInForce()
  const { caseId } = await house.door.revoke({
    what: 'REVOKE',
    caseId: plan.id,
    text: '活动取消',
    actorId: employeeId(specialist),
    idempotencyKey: `revoke-${plan.id}`,
    requestId: 'test',
  })
  expect(await (await drawsOn(plan)).act(specialist, 'SUBMIT')).toBe('deptHeadSignature')
  const revocation = await house.caseOf(caseId)
  expect([await plan.state(), await revocation.state(), (await revocation.record()).revokesId]).toEqual(['approved', 'draft', plan.id])
  await signed(revocation)
  expect([await plan.state(), await revocation.state()]).toEqual(['approved', 'approved'])
  expect(await (await drawsOn(plan)).refused(specialist, 'SUBMIT')).toEqual(['CONDITION_UNMET'])
})

test('L26: a banquet with a gift in its budget waits for the approved application, which stays within that line', async () => {
  const budget = {
    budget: [
      { item: 'MEAL', amount: '1000' },
      { item: 'GIFT', amount: '500' },
    ],
    budgetTotal: '1500',
  }
  const meal = await house.open(mealApplicant, 'customer-meal-hospitality', mealForm(budget))
  await meal.act(mealApplicant, 'SUBMIT')
  await meal.act(specialist, 'FORWARD', { arrangement: { arranger: employeeId(specialist) } })
  await meal.act('cs-manager-1', 'APPROVE')
  await meal.act('finance-1', 'APPROVE', { budgetCheck: { availableBudget: '5000' } })
  const plan = { plan: { venue: '江畔酒楼', mealAt: `${today}T18:00:00+08:00`, menu: '标准餐', plannedCost: '1000' } }
  expect(await meal.refused(specialist, 'PLAN_READY', plan)).toEqual(['CONDITION_UNMET'])
  expect(await meal.refused(specialist, 'REQUEST_GIFT', { giftApplication: gift({}, row({ value: '500.01' })) })).toEqual(['CONDITION_UNMET'])
  expect(await meal.refused(specialist, 'REQUEST_GIFT', { giftApplication: gift({}, row({ customer: customerId('C0002') })) })).toEqual(['CONDITION_UNMET'])
  expect(await meal.act(specialist, 'REQUEST_GIFT', { giftApplication: gift() })).toBe('mealPlanning')
  expect(await meal.refused(specialist, 'REQUEST_GIFT', { giftApplication: gift() })).toEqual(['CONDITION_UNMET'])
  const [child] = await meal.children('gift-giving-application')
  await child!.act(specialist, 'SUBMIT')
  await child!.act('dept-head-1', 'SIGN')
  await child!.act('gift-custodian-1', 'SIGN', { stockCheck: { onHand: [{ giftName: '茶叶礼盒', quantity: 1 }], recipientsOutside: true } })
  await child!.act('office-director-1', 'SIGN')
  expect(await meal.refused(specialist, 'PLAN_READY', plan)).toEqual(['CONDITION_UNMET'])
  await child!.act('deputy-manager-1', 'SIGN')
  expect(await meal.act(specialist, 'PLAN_READY', plan)).toBe('arranged')
})

test('nothing is left in disorder', async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
})
