import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { customerId, departmentId, employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealForm, mealInReview, today } from '../support/cases.js'
import { type Desk, deskOf } from '../support/desk.js'
import type { DrivenCase } from '../support/house.js'
import { codeOf, type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'

let http: HttpHouse
let manager: Desk
let applicant: Desk
beforeAll(async () => {
  http = await serveHouse()
  manager = await deskOf(http, 'cs-manager-1')
  applicant = await deskOf(http, mealApplicant)
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes)).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const read = async (desk: Desk, id: string, fields: string) => (await desk.read(`query ($id: ID!) { case(id: $id) { ${fields} } }`, { id })).case
const hidden = async (desk: Desk, id: string) => codeOf(await desk.ask('query ($id: ID!) { case(id: $id) { id } }', { id })) === 'NOT_FOUND'

test('a copy lets somebody see the case and decide nothing by it', async () => {
  const { id } = await mealInReview(http.house)
  const reader = await deskOf(http, 'info-specialist-1')
  const given = { caseId: id, employeeIds: [employeeId('info-specialist-1')], note: '请知悉' }
  expect(await reader.refused('copyCase', given)).toMatchObject({ code: 'NOT_FOUND' })
  expect(await hidden(reader, id)).toBe(true)
  expect(await applicant.run('copyCase', given, 'id version')).toEqual({ id, version: 3 })
  const { availableActions } = await read(reader, id, 'availableActions { allowed }')
  expect(availableActions.every(({ allowed }: any) => !allowed)).toBe(true)
  expect(await reader.refused('customerMealHospitalityApprove', { caseId: id })).toMatchObject({ code: 'NOT_AUTHORISED' })
  const trail = await reader.read(
    'query ($id: ID!) { auditTrail(filter: { caseId: $id, actions: ["COPY"], results: DONE }) { edges { node { action actionLabel comment actor { login } } } } }',
    { id },
  )
  expect(trail.auditTrail.edges).toEqual([{ node: { action: 'COPY', actionLabel: '抄送', comment: '请知悉', actor: { login: mealApplicant } } }])
  // Whoever was copied may pass it on.
  await reader.run('copyCase', { caseId: id, employeeIds: [employeeId('info-specialist-2')] })
  expect(await hidden(await deskOf(http, 'info-specialist-2'), id)).toBe(false)
})

test('a case is copied to twenty at once and to a hundred in all', async () => {
  const { id } = await mealInReview(http.house)
  const { rows } = await http.house.pool.query(`select id from employee where active and kind = 'EMPLOYEE' order by number limit 110`)
  const people: string[] = rows.map((row) => row.id)
  const copy = (from: number, to: number) => ({ caseId: id, employeeIds: people.slice(from, to) })
  for (const [from, to] of [
    [0, 0],
    [0, 21],
  ] as const)
    expect(await manager.refused('copyCase', copy(from, to))).toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'employeeIds', code: 'VALUE_INVALID' }] })
  expect(await manager.refused('copyCase', { caseId: id, employeeIds: [employeeId('nobody')] })).toMatchObject({ code: 'NOT_FOUND' })
  for (let from = 0; from < 100; from += 20) await manager.run('copyCase', copy(from, from + 20))
  expect(await manager.refused('copyCase', copy(100, 101))).toMatchObject({ code: 'CONDITION_UNMET' })
  expect(await manager.run('copyCase', copy(0, 5))).toEqual({ id })
})

/** A gift plan in force. */
async function planInForce(): Promise<DrivenCase> {
  const row = { lineNo: 1, customer: customerId('C0001'), purpose: '答谢', giftName: '茶叶', quantity: 2, budgetValue: '600' }
  const plan = await http.house.open('relations-specialist-1', 'gift-plan-approval', { filledOn: today, rows: [row] })
  await plan.act('relations-specialist-1', 'SUBMIT')
  await plan.act('relations-supervisor-1', 'SIGN')
  await plan.act('cs-manager-1', 'SIGN')
  return plan
}

test('what was approved is revoked by the same approvals, and stands until then', async () => {
  const plan = await planInForce()
  const owner = await deskOf(http, 'relations-specialist-1')
  const given = { caseId: plan.id, reason: '客户已注销' }
  expect(await manager.refused('revokeCase', given)).toMatchObject({ code: 'NOT_AUTHORISED' })
  expect(await owner.refused('revokeCase', { ...given, reason: ' ' })).toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'reason', code: 'REQUIRED' }] })
  const revocation = await owner.run('revokeCase', given, 'id state status process { id } revokes { id }')
  expect(revocation).toMatchObject({ state: 'draft', status: 'OPEN', process: { id: 'gift-plan-approval' }, revokes: { id: plan.id } })
  expect(await read(owner, plan.id, 'outcome revokedBy { id }')).toEqual({ outcome: 'COMPLETED', revokedBy: null })
  expect(await owner.refused('revokeCase', given)).toMatchObject({ code: 'CONDITION_UNMET' })
  const it = await http.house.caseOf(revocation.id)
  await it.act('relations-specialist-1', 'SUBMIT')
  expect(await it.refused('relations-specialist-1', 'SIGN')).toEqual(['NOT_AUTHORISED'])
  await it.act('relations-supervisor-1', 'SIGN')
  expect(await read(owner, plan.id, 'revokedBy { id }')).toEqual({ revokedBy: null })
  await it.act('cs-manager-1', 'SIGN')
  expect(await read(owner, plan.id, 'outcome revokedBy { id }')).toEqual({ outcome: 'COMPLETED', revokedBy: { id: revocation.id } })
  expect(await owner.refused('revokeCase', given)).toMatchObject({ code: 'CONDITION_UNMET' })
})

test('what is under way, of another process, or out of time is not revoked', async () => {
  const meal = await mealInReview(http.house)
  expect(await applicant.refused('revokeCase', { caseId: meal.id, reason: '不必' })).toMatchObject({ code: 'CONDITION_UNMET' })
  const owner = await deskOf(http, 'relations-specialist-1')
  const open = await http.house.open('relations-specialist-1', 'gift-plan-approval', {
    filledOn: today,
    rows: [{ lineNo: 1, customer: customerId('C0001'), purpose: '答谢', giftName: '茶叶', quantity: 2, budgetValue: '600' }],
  })
  expect(await owner.refused('revokeCase', { caseId: open.id, reason: '不必' })).toMatchObject({ code: 'ACTION_UNAVAILABLE' })
  expect(await (await deskOf(http, 'repair-technician-1')).refused('revokeCase', { caseId: open.id, reason: '不必' })).toMatchObject({ code: 'NOT_FOUND' })
})

test('a request that may have been split shows its other parts, to those who may see them', async () => {
  const customer = customerId('C0005')
  const [one, other] = [await mealInReview(http.house, { customer }), await mealInReview(http.house, { customer })]
  const elsewhere = await mealInReview(http.house, { customer: customerId('C0006') })
  expect((await read(manager, one.id, 'similar { id }')).similar).toEqual([{ id: other.id }])
  expect((await read(manager, other.id, 'similar { id }')).similar).toEqual([{ id: one.id }])
  expect((await read(manager, elsewhere.id, 'similar { id }')).similar).toEqual([])
  await applicant.run('copyCase', { caseId: one.id, employeeIds: [employeeId('info-specialist-1')] })
  expect((await read(await deskOf(http, 'info-specialist-1'), one.id, 'similar { id }')).similar).toEqual([])
  await other.act('cs-manager-1', 'REJECT', { reason: { reason: '重复' } })
  expect((await read(manager, one.id, 'similar { id }')).similar).toEqual([])
})

test('what is pending against a customer is told only as far as one may see it', async () => {
  const customer = customerId('C0007')
  const pending = async (desk: Desk) => {
    const query = 'query ($id: ID!) { customer(id: $id) { pendingApprovals { state case { id } } } }'
    return (await desk.read(query, { id: customer })).customer.pendingApprovals
  }
  expect(await pending(manager)).toEqual([])
  const meal = await http.house.open(mealApplicant, 'customer-meal-hospitality', mealForm({ customer }))
  // A draft waits for its applicant alone: nothing is pending.
  expect(await pending(manager)).toEqual([])
  await meal.act(mealApplicant, 'SUBMIT')
  expect(await pending(manager)).toEqual([{ state: 'submitted', case: { id: meal.id } }])
  const gift = await http.house.open('relations-specialist-1', 'gift-giving-application', {
    applyingDepartment: departmentId('CS-RELATIONS'),
    giftDepartment: departmentId('GIFT'),
    giftDate: today,
    rows: [{ customer, recipient: '孙莉', giftName: '茶叶', quantity: 2, value: '300' }],
  })
  await gift.act('relations-specialist-1', 'SUBMIT')
  expect((await pending(manager)).map((task: any) => task.case.id)).toEqual([meal.id, gift.id])
  expect((await pending(applicant)).map((task: any) => task.case.id)).toEqual(expect.arrayContaining([meal.id]))
  expect((await pending(await deskOf(http, 'gift-custodian-1'))).map((task: any) => task.case.id)).toEqual([gift.id])
  expect(await pending(await deskOf(http, 'repair-technician-1'))).toEqual([])
})
