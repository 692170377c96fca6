import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealForm, mealInReview } from '../support/cases.js'
import { type Desk, deskOf } from '../support/desk.js'
import { type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'

let http: HttpHouse
let administrator: Desk
let owner: Desk
beforeAll(async () => {
  http = await serveHouse()
  administrator = await deskOf(http, 'organisation-administrator-1')
  owner = await deskOf(http, 'cs-manager-1')
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes)).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const fields = 'id status assignee { login } candidates { login }'
const unassignable = async (desk: Desk) =>
  (await desk.read(`{ tasks(filter: { status: UNASSIGNABLE }) { totalCount edges { node { ${fields} case { id } } } } }`)).tasks
const taskOf = async (desk: Desk, id: string) => (await desk.read(`query ($id: ID!) { node(id: $id) { ... on Task { ${fields} } } }`, { id })).node
const roles = (mutation: string, logins: readonly string[]) =>
  Promise.all(logins.map((login) => administrator.run(mutation, { employeeId: employeeId(login), role: 'FINANCE' })))
const everybody = ['finance-1', 'finance-2', 'finance-3']

test('a task of a role that nobody holds is shown to the owner as such, and recovers when somebody joins', async () => {
  const meal = await mealInReview(http.house)
  await meal.act('cs-manager-1', 'APPROVE')
  const id = await meal.task()
  expect(await taskOf(owner, id)).toMatchObject({ status: 'OPEN', candidates: everybody.map((login) => ({ login })) })
  expect((await unassignable(owner)).totalCount).toBe(0)
  await roles('revokeRole', everybody)
  expect(await taskOf(owner, id)).toEqual({ id, status: 'UNASSIGNABLE', assignee: null, candidates: [] })
  const listed = await unassignable(owner)
  expect([listed.totalCount, listed.edges.map(({ node }: any) => [node.id, node.case.id])]).toEqual([1, [[id, meal.id]]])
  expect((await unassignable(await deskOf(http, 'repair-technician-1'))).totalCount).toBe(0)
  const inbox = await (await deskOf(http, 'finance-1')).read('{ inbox { totalCount } }')
  expect(inbox.inbox.totalCount).toBe(0)
  await roles('grantRole', ['info-specialist-1'])
  expect(await taskOf(owner, id)).toMatchObject({ status: 'OPEN', candidates: [{ login: 'info-specialist-1' }] })
  expect((await unassignable(owner)).totalCount).toBe(0)
  const joined = await deskOf(http, 'info-specialist-1')
  expect((await joined.read('{ inbox { edges { node { id } } } }')).inbox.edges).toEqual([{ node: { id } }])
  expect(await meal.act('info-specialist-1', 'APPROVE', { budgetCheck: { availableBudget: '5000' } })).toBe('mealPlanning')
})

test('a claimed task whose holder has lost the role is nobody’s, until somebody joins', async () => {
  const meal = await mealInReview(http.house)
  await meal.act('cs-manager-1', 'APPROVE')
  const id = await meal.task()
  const holder = await deskOf(http, 'info-specialist-1')
  expect(await holder.run('claimTask', { taskId: id }, 'status')).toEqual({ status: 'CLAIMED' })
  await roles('revokeRole', ['info-specialist-1'])
  expect(await taskOf(owner, id)).toMatchObject({ status: 'UNASSIGNABLE', assignee: null })
  await roles('grantRole', everybody)
  expect(await taskOf(owner, id)).toMatchObject({ status: 'OPEN', candidates: everybody.map((login) => ({ login })) })
})

test('where separation of duties shuts out every holder, the one above is the candidate', async () => {
  const guests = ['cs-manager-1', 'cs-manager-3'].map(employeeId)
  const own = await http.house.open('cs-manager-2', 'customer-meal-hospitality', mealForm({ applicant: employeeId('cs-manager-2'), companyGuests: guests }))
  await own.act('cs-manager-2', 'SUBMIT')
  await own.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  const director = await deskOf(http, 'cs-director-1')
  expect(await taskOf(director, await own.task())).toMatchObject({ status: 'OPEN', candidates: [{ login: 'cs-director-1' }] })
  const query = 'query ($id: ID!) { case(id: $id) { availableActions { action allowed reasons { code } } } }'
  const offers = async (desk: Desk) => (await desk.read(query, { id: own.id })).case.availableActions.find(({ action }: any) => action === 'REJECT')
  expect(await offers(director)).toMatchObject({ allowed: true })
  expect(await offers(owner)).toMatchObject({ allowed: false, reasons: [{ code: 'SOD_CONFLICT' }] })
  expect(await offers(await deskOf(http, mealApplicant))).toMatchObject({ allowed: false, reasons: [{ code: 'NOT_AUTHORISED' }] })
})
