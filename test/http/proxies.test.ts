import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealInReview } from '../support/cases.js'
import { type Desk, deskOf } from '../support/desk.js'
import { type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'

let http: HttpHouse
let manager: Desk
let proxy: Desk
beforeAll(async () => {
  http = await serveHouse()
  manager = await deskOf(http, 'cs-manager-1')
  proxy = await deskOf(http, 'deputy-manager-1')
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes)).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
const yesterday = new Date(Date.now() - 86_400_000).toISOString()
const approve = 'customerMealHospitalityApprove'
const given = (extra: object = {}) => ({
  principalId: employeeId('cs-manager-1'),
  proxyId: employeeId('deputy-manager-1'),
  validTo: tomorrow,
  reason: '休假',
  ...extra,
})
const inbox = async (desk: Desk) => (await desk.read('{ inbox { edges { node { case { id } } } } }')).inbox.edges.map((edge: any) => edge.node.case.id)
const offer = async (desk: Desk, id: string) => {
  const query = 'query ($id: ID!) { case(id: $id) { availableActions { action allowed reasons { code } onBehalfOf { login } } } }'
  return (await desk.read(query, { id })).case.availableActions.find(({ action }: any) => action === 'APPROVE')
}

test('a proxy finds the task in his inbox, is told in whose place he may decide, and does so', async () => {
  const meal = await mealInReview(http.house)
  const second = await mealInReview(http.house)
  expect(await inbox(proxy)).toEqual([])
  const grant = await manager.run('grantProxy', given(), 'id principal { login } proxy { login } processes { id } validTo revokedAt amountCap')
  expect(grant).toMatchObject({ principal: { login: 'cs-manager-1' }, proxy: { login: 'deputy-manager-1' }, processes: [], revokedAt: null, amountCap: null })
  expect(await inbox(proxy)).toEqual([second.id, meal.id])
  expect(await offer(proxy, meal.id)).toEqual({
    action: 'APPROVE',
    allowed: false,
    reasons: [{ code: 'NOT_AUTHORISED' }],
    onBehalfOf: [{ login: 'cs-manager-1' }],
  })
  expect(await proxy.refused(approve, { caseId: meal.id })).toMatchObject({ code: 'NOT_AUTHORISED' })
  expect(await proxy.refused(approve, { caseId: meal.id, onBehalfOf: employeeId('cs-manager-3') })).toMatchObject({ code: 'PROXY_EXPIRED' })
  expect(await proxy.run(approve, { caseId: meal.id, onBehalfOf: employeeId('cs-manager-1') }, 'state')).toEqual({ state: 'financeBudgetReview' })

  const { history, tasks } = await proxy
    .read(
      `query ($id: ID!) { case(id: $id) { tasks { state assignee { login } } history { edges { node { action actor { login } onBehalfOf { login } roleUsed { id } } } } } }`,
      { id: meal.id },
    )
    .then((data) => data.case)
  expect(history.edges.at(-1).node).toEqual({
    action: 'APPROVE',
    actor: { login: 'deputy-manager-1' },
    onBehalfOf: { login: 'cs-manager-1' },
    roleUsed: { id: 'CS_MANAGER' },
  })
  expect(tasks.find(({ state }: any) => state === 'managerReview').assignee).toEqual({ login: 'deputy-manager-1' })
  expect(history.edges.slice(0, -1).every(({ node }: any) => node.onBehalfOf === null)).toBe(true)

  const ended = await manager.run('revokeProxy', { grantId: grant.id }, 'revokedAt')
  expect(ended.revokedAt).toEqual(expect.any(String))
  expect(await inbox(proxy)).toEqual([])
  expect(await proxy.refused(approve, { caseId: second.id, onBehalfOf: employeeId('cs-manager-1') })).toMatchObject({ code: 'PROXY_EXPIRED' })
  expect(await proxy.refused(approve, { caseId: meal.id, onBehalfOf: employeeId('cs-manager-1') })).toMatchObject({ code: 'PROXY_EXPIRED' })
})

test('above the cap of the grant nobody is named in whose place the proxy might decide', async () => {
  const meal = await mealInReview(http.house)
  const capped = await manager.run('grantProxy', given({ amountCap: '999.99' }))
  expect((await offer(proxy, meal.id)).onBehalfOf).toEqual([])
  expect(await proxy.refused(approve, { caseId: meal.id, onBehalfOf: employeeId('cs-manager-1') })).toMatchObject({ code: 'PROXY_EXPIRED' })
  const wide = await manager.run('grantProxy', given({ amountCap: '1000' }))
  expect((await offer(proxy, meal.id)).onBehalfOf).toEqual([{ login: 'cs-manager-1' }])
  for (const { id } of [capped, wide]) await manager.run('revokeProxy', { grantId: id })
})

test('a grant for other processes shows and lets do nothing here', async () => {
  const meal = await mealInReview(http.house)
  const { id } = await manager.run('grantProxy', given({ processes: ['gift-plan-approval'] }))
  expect(await inbox(proxy)).toEqual([])
  expect(await proxy.refused(approve, { caseId: meal.id, onBehalfOf: employeeId('cs-manager-1') })).toMatchObject({ code: 'PROXY_EXPIRED' })
  await manager.run('revokeProxy', { grantId: id })
})

test('nobody decides on his own request in another’s place', async () => {
  const meal = await mealInReview(http.house)
  const applicant = await deskOf(http, mealApplicant)
  const { id } = await manager.run('grantProxy', given({ proxyId: employeeId(mealApplicant) }))
  expect(await inbox(applicant)).toEqual([])
  expect((await offer(applicant, meal.id)).onBehalfOf).toEqual([])
  expect(await applicant.refused(approve, { caseId: meal.id, onBehalfOf: employeeId('cs-manager-1') })).toMatchObject({ code: 'SOD_CONFLICT' })
  await manager.run('revokeProxy', { grantId: id })
})

test.each([
  ['an end before the beginning', { validTo: yesterday }, 'validTo VALUE_INVALID'],
  ['an end at the beginning', { validFrom: tomorrow }, 'validTo VALUE_INVALID'],
  ['an end that has passed', { validFrom: new Date(0).toISOString(), validTo: yesterday }, 'validTo VALUE_INVALID'],
  ['no reason', { reason: ' ' }, 'reason VALUE_INVALID'],
  ['a cap below zero', { amountCap: '-1' }, 'amountCap VALUE_INVALID'],
  ['an unknown process', { processes: ['nothing'] }, 'processes CHOICE_UNKNOWN'],
])('%s is refused by its field', async (_what, extra, field) => {
  const { code, fields } = await manager.refused('grantProxy', given(extra))
  expect([code, ...(fields ?? []).map((one) => `${one.path} ${one.code}`)]).toEqual(['INPUT_INVALID', field])
})

test.each([
  ['oneself', { proxyId: employeeId('cs-manager-1') }, 'SOD_CONFLICT'],
  ['nobody there', { proxyId: employeeId('nobody') }, 'NOT_FOUND'],
  ['what is no id', { proxyId: 'x' }, 'NOT_FOUND'],
  ['a service', { proxyId: employeeId('payment-run') }, 'NOT_FOUND'],
  ['somebody for a superior', { principalId: employeeId('general-manager-1') }, 'NOT_AUTHORISED'],
])('a proxy who is %s is refused', async (_what, extra, code) => {
  expect(await manager.refused('grantProxy', given(extra))).toMatchObject({ code })
})

test('no proxy of a proxy, and only the principal or a superior ends a grant', async () => {
  const { id } = await manager.run('grantProxy', given())
  const chained = given({ principalId: employeeId('deputy-manager-1'), proxyId: employeeId('deputy-manager-2') })
  expect(await proxy.refused('grantProxy', chained)).toMatchObject({ code: 'CONDITION_UNMET' })
  expect(await proxy.refused('revokeProxy', { grantId: id })).toMatchObject({ code: 'NOT_AUTHORISED' })
  expect(await manager.refused('revokeProxy', { grantId: employeeId('cs-manager-1') })).toMatchObject({ code: 'NOT_FOUND' })
  const director = await deskOf(http, 'cs-director-1')
  const ended = await director.run('revokeProxy', { grantId: id }, 'revokedAt')
  expect(await manager.run('revokeProxy', { grantId: id }, 'revokedAt')).toEqual(ended)
})
