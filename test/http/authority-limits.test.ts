import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { mealInReview } from '../support/cases.js'
import { type Desk, deskOf } from '../support/desk.js'
import { type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'

let http: HttpHouse
let administrator: Desk
let manager: Desk
beforeAll(async () => {
  http = await serveHouse()
  administrator = await deskOf(http, 'organisation-administrator-1')
  manager = await deskOf(http, 'cs-manager-1')
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes)).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const process = 'customer-meal-hospitality'
const limit = (extra: object = {}) => ({ process, role: 'CS_MANAGER', amount: '2000', cumulative: '2500', ...extra })
const shown = 'limits { role { id } amount cumulative }'
const approving = async (id: string) => {
  const query = 'query ($id: ID!) { case(id: $id) { availableActions { action allowed reasons { code } } } }'
  const offers = (await manager.read(query, { id })).case.availableActions
  return offers
    .filter(({ action }: any) => action.startsWith('APPROVE'))
    .map(({ action, allowed, reasons }: any) => [action, allowed, reasons[0]?.code ?? null])
}

test('what a customer’s year may come to bounds a manager who could decide the amount alone', async () => {
  const { limits } = await administrator.run('setAuthorityLimit', limit(), shown)
  expect(limits).toContainEqual({ role: { id: 'CS_MANAGER' }, amount: '2000.00', cumulative: '2500.00' })
  const [first, second, third] = [await mealInReview(http.house), await mealInReview(http.house), await mealInReview(http.house)]
  expect(await approving(second!.id)).toEqual([
    ['APPROVE', true, null],
    ['APPROVE_AND_ESCALATE', false, 'CONDITION_UNMET'],
  ])
  expect(await approving(third!.id)).toEqual([
    ['APPROVE', false, 'LIMIT_EXCEEDED'],
    ['APPROVE_AND_ESCALATE', true, null],
  ])
  expect(await manager.refused('customerMealHospitalityApprove', { caseId: third!.id })).toMatchObject({ code: 'LIMIT_EXCEEDED' })
  // What stands before it counts while it is pending, and no longer once it is rejected.
  await first!.act('cs-manager-3', 'REJECT', { reason: { reason: '不必' } })
  expect((await approving(third!.id))[0]).toEqual(['APPROVE', true, null])
})

test('a person’s own limit comes before that of the role, and without an amount there is none', async () => {
  const meal = await mealInReview(http.house)
  await administrator.run('setAuthorityLimit', limit({ employeeId: employeeId('cs-manager-1'), amount: '999.99', cumulative: undefined }))
  expect((await approving(meal.id))[0]).toEqual(['APPROVE', false, 'LIMIT_EXCEEDED'])
  await administrator.run('setAuthorityLimit', limit({ employeeId: employeeId('cs-manager-1'), amount: '5000', cumulative: '1000000' }))
  expect((await approving(meal.id))[0]).toEqual(['APPROVE', true, null])
  const { limits } = await administrator.run('setAuthorityLimit', { process, role: 'GENERAL_MANAGER' }, shown)
  expect(limits.map(({ role }: any) => role.id)).not.toContain('GENERAL_MANAGER')
})

test.each([
  ['an amount below zero', { amount: '-1' }, ['amount TOO_SMALL']],
  ['a total below zero', { cumulative: '-0.01' }, ['cumulative TOO_SMALL']],
  ['both', { amount: '-1', cumulative: '-1' }, ['amount TOO_SMALL', 'cumulative TOO_SMALL']],
  ['an unknown role', { role: 'KING' }, ['role CHOICE_UNKNOWN']],
  ['an unknown process', { process: 'nothing' }, ['process CHOICE_UNKNOWN']],
  ['an end before the beginning', { validFrom: '2999-01-02T00:00:00Z', validTo: '2999-01-01T00:00:00Z' }, ['validTo DATETIME_INVALID']],
  ['an end that has passed', { validTo: '2020-01-01T00:00:00Z' }, ['validTo DATETIME_INVALID']],
])('%s is refused by its field', async (_what, extra, expected) => {
  const { code, fields } = await administrator.refused('setAuthorityLimit', limit(extra))
  expect([code, (fields ?? []).map((one) => `${one.path} ${one.code}`)]).toEqual(['INPUT_INVALID', expected])
})

test('only the administrator sets limits, and none of his own', async () => {
  expect(await manager.refused('setAuthorityLimit', limit())).toMatchObject({ code: 'NOT_AUTHORISED' })
  expect(await administrator.refused('setAuthorityLimit', limit({ employeeId: employeeId('organisation-administrator-1') }))).toMatchObject({
    code: 'SOD_CONFLICT',
  })
  expect(await administrator.refused('setAuthorityLimit', limit({ employeeId: employeeId('nobody') }))).toMatchObject({ code: 'NOT_FOUND' })
})
