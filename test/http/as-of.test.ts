import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealForm, mealInReview } from '../support/cases.js'
import { type Desk, deskOf } from '../support/desk.js'
import type { DrivenCase } from '../support/house.js'
import { type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'
import { chainAt, chainOf } from '../support/practice.js'

let http: HttpHouse
let manager: Desk
let auditor: Desk
const admin = 'organisation-administrator-1'
beforeAll(async () => {
  http = await serveHouse({}, (url) => url, [chainOf('chain-practice')])
  manager = await deskOf(http, 'cs-manager-1')
  auditor = await deskOf(http, 'auditor-1')
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes)).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

/** An instant after everything that was done, by the clock of the database, with nothing in its millisecond. */
async function instant(): Promise<string> {
  const { rows } = await http.house.pool.query('select clock_timestamp() as now, pg_sleep(0.005)')
  return rows[0].now.toISOString()
}
const asOf = async (desk: Desk, { id }: DrivenCase, at: string, fields: string) =>
  (await desk.read(`query ($id: ID!, $at: DateTime!) { case(id: $id) { asOf(at: $at) { ${fields} } } }`, { id, at })).case.asOf
const then = `state stateLabel version round outcome tasks { state label seat kind status assignee { login } candidates { login } closedAt }
  forms { key version } decisions { sequence action } availableActions { action allowed reasons { code } }`
const allowed = ({ availableActions }: any): string[] => availableActions.filter((one: any) => one.allowed).map(({ action }: any) => action)

test('a case is seen as it stood: state, tasks, forms, decisions, and what the reader could do then', async () => {
  const before = await instant()
  const meal = await mealInReview(http.house)
  const waiting = await instant()
  await meal.handle('cs-manager-3', 'CLAIM')
  const claimed = await instant()
  await meal.act('cs-manager-3', 'APPROVE')
  const approved = await instant()
  expect(await asOf(manager, meal, before, then)).toBeNull()
  const first = await asOf(manager.in('en'), meal, waiting, then)
  expect(first).toMatchObject({ state: 'managerReview', version: 3, round: 1, outcome: null, stateLabel: expect.stringMatching(/review/i) })
  expect(first.tasks.map(({ state, status }: any) => `${state} ${status}`)).toEqual(['draft COMPLETED', 'submitted COMPLETED', 'managerReview OPEN'])
  expect(first.tasks.at(-1)).toMatchObject({ kind: 'DECIDE', seat: null, assignee: null, closedAt: null })
  expect(first.tasks.at(-1).candidates.map(({ login }: any) => login)).toEqual(expect.arrayContaining(['cs-manager-1', 'cs-manager-3']))
  expect(first.forms).toEqual([
    { key: 'application', version: 1 },
    { key: 'arrangement', version: 1 },
  ])
  expect(first.decisions.map(({ action }: any) => action)).toEqual(['SUBMIT', 'FORWARD'])
  expect(allowed(first)).toContain('APPROVE')
  const second = await asOf(manager, meal, claimed, then)
  expect(second.tasks.at(-1)).toMatchObject({ status: 'CLAIMED', assignee: { login: 'cs-manager-3' } })
  expect(second.availableActions).toContainEqual({ action: 'APPROVE', allowed: false, reasons: [{ code: 'CLAIM_CONFLICT' }] })
  const third = await asOf(manager, meal, approved, then)
  expect(third).toMatchObject({ state: 'financeBudgetReview', version: 4 })
  expect(third.tasks.find(({ state }: any) => state === 'managerReview')).toMatchObject({
    status: 'COMPLETED',
    candidates: [],
    assignee: { login: 'cs-manager-3' },
  })
  expect(allowed(third)).not.toContain('APPROVE')
})

test('whoever has lost a role since could act then; whoever got it since could not', async () => {
  const { house } = http
  await house.hire('asof-old', ['CS_MANAGER'])
  await house.hire('asof-new', [])
  const meal = await mealInReview(house)
  const early = await instant()
  await house.administer(admin, { action: 'REVOKE_ROLE', employeeId: employeeId('asof-old'), role: 'CS_MANAGER' })
  await house.administer(admin, { action: 'GRANT_ROLE', employeeId: employeeId('asof-new'), role: 'CS_MANAGER' })
  const late = await instant()
  const can = async (login: string, at: string) => {
    // Both hold a role that sees the case by now, or the case would be none of theirs.
    const desk = await deskOf(http, login)
    return allowed(await asOf(desk, meal, at, 'availableActions { action allowed }')).includes('APPROVE')
  }
  expect([await can('asof-new', early), await can('asof-new', late)]).toEqual([false, true])
  const candidates = async (at: string) =>
    (await asOf(auditor, meal, at, 'tasks { candidates { login } }')).tasks.at(-1).candidates.map(({ login }: any) => login)
  const [then, now] = [await candidates(early), await candidates(late)]
  expect([then.includes('asof-old'), then.includes('asof-new'), now.includes('asof-old'), now.includes('asof-new')]).toEqual([true, false, false, true])
  await house.administer(admin, { action: 'SET_ACTIVE', employeeId: employeeId('asof-new'), active: false })
  expect(await candidates(late)).toContain('asof-new')
  expect(await candidates(await instant())).not.toContain('asof-new')
})

test('a return shows the decisions that counted before and after it', async () => {
  const it = await chainAt(http.house, 'chain-practice', 'second')
  const approved = await instant()
  await it.act('cs-manager-1', 'RETURN', { reason: { reason: '补充' } }, { to: 'draft' })
  const returned = await instant()
  await it.act('technician-1', 'SUBMIT', {}, { to: 'second' })
  const decisions = async (at: string) => (await asOf(manager, it, at, 'round decisions { action }')) as { round: number; decisions: { action: string }[] }
  expect(await decisions(approved)).toEqual({ round: 1, decisions: [{ action: 'SUBMIT' }, { action: 'APPROVE' }] })
  expect(await decisions(returned)).toEqual({ round: 2, decisions: [] })
  expect((await decisions(await instant())).decisions.map(({ action }) => action).sort()).toEqual(['APPROVE', 'SUBMIT', 'SUBMIT'])
})

test('nobody knows the future, and nobody sees a case that is none of his', async () => {
  const meal = await mealInReview(http.house)
  const query = 'query ($id: ID!, $at: DateTime!) { case(id: $id) { asOf(at: $at) { state } } }'
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
  const answer = await manager.ask(query, { id: meal.id, at: tomorrow })
  expect(answer.json!.errors![0]!.extensions).toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'at', code: 'IN_THE_FUTURE' }] })
  expect((await manager.ask(query, { id: meal.id, at: '1970-01-01T00:00:00Z' })).json!.data.case.asOf).toBeNull()
  const stranger = await deskOf(http, 'info-specialist-1')
  expect((await stranger.ask(query, { id: meal.id, at: await instant() })).json!.errors![0]!.extensions.code).toBe('NOT_FOUND')
})

const entriesOf = async (desk: Desk, { id }: DrivenCase) => {
  const fields = 'sequence action actor { login } couldHaveActed { more people { employee { login } role { id } onBehalfOf { login } } }'
  const { edges } = (await desk.read(`query ($id: ID!) { case(id: $id) { history(first: 20) { edges { node { ${fields} } } } } }`, { id })).case.history
  return edges.map(({ node }: any) => node)
}
const logins = (entry: any): string[] => entry.couldHaveActed.people.map(({ employee }: any) => employee.login)

test('who could have acted: by the roles of then, separated duties and limits, with those who stood in', async () => {
  const { house } = http
  await house.hire('able-then', ['CS_MANAGER'])
  await house.hire('able-proxy', ['TECHNICIAN'])
  await house.proxy('cs-manager-1', 'able-proxy')
  const meal = await mealInReview(house, { companyGuests: [employeeId('cs-manager-2')] })
  await meal.act('cs-manager-3', 'APPROVE')
  await house.hire('able-later', ['CS_MANAGER'])
  await house.administer(admin, { action: 'REVOKE_ROLE', employeeId: employeeId('able-then'), role: 'CS_MANAGER' })
  const [opened, submitted, , approved] = await entriesOf(auditor, meal)
  expect(opened.couldHaveActed).toBeNull()
  expect(submitted.couldHaveActed).toEqual({ more: false, people: [{ employee: { login: mealApplicant }, role: { id: 'EMPLOYEE' }, onBehalfOf: null }] })
  expect(approved.actor.login).toBe('cs-manager-3')
  expect(logins(approved)).toEqual(expect.arrayContaining(['able-then', 'able-proxy', 'cs-manager-1', 'cs-manager-3']))
  for (const nobody of ['able-later', mealApplicant, 'finance-1']) expect(logins(approved)).not.toContain(nobody)
  expect(approved.couldHaveActed.people.find(({ employee }: any) => employee.login === 'able-proxy')).toMatchObject({
    role: { id: 'CS_MANAGER' },
    onBehalfOf: { login: 'cs-manager-1' },
  })
})

test('an act above somebody’s limit then is none that he could have done, whatever his limit is now', async () => {
  const { house } = http
  await house.hire('limit-low', ['CS_MANAGER'])
  const limit = (amount: string) =>
    house.administer(admin, { action: 'SET_LIMIT', process: 'customer-meal-hospitality', role: 'CS_MANAGER', employeeId: employeeId('limit-low'), amount })
  await limit('500')
  const meal = await mealInReview(house)
  await meal.act('cs-manager-1', 'APPROVE')
  await limit('9000')
  const approved = (await entriesOf(manager, meal)).at(-1)
  expect(logins(approved)).toContain('cs-manager-1')
  expect(logins(approved)).not.toContain('limit-low')
})

test('where separation of duties left nobody, those above could have acted, and can no longer once there is somebody below', async () => {
  const { house } = http
  const applicant = 'relations-supervisor-1'
  const { rows: others } = await house.owner.query(
    `update role_assignment r set valid_to = greatest(valid_from, clock_timestamp()) from employee e
      where e.id = r.employee_id and r.role = 'RELATIONS_SUPERVISOR' and e.login <> $1 and r.valid_to is null returning e.login`,
    [applicant],
  )
  const it = await chainAt(house, 'chain-practice', 'first', { applicant })
  const nobody = await instant()
  await it.act('cs-manager-3', 'APPROVE')
  for (const { login } of others) await house.hire(login, ['RELATIONS_SUPERVISOR'])
  const entry = (await entriesOf(manager, it)).at(-1)
  expect(entry.couldHaveActed.people).toContainEqual({ employee: { login: 'cs-manager-1' }, role: { id: 'CS_MANAGER' }, onBehalfOf: null })
  expect(logins(entry)).not.toContain(applicant)
  expect(logins(entry).filter((login) => others.some((one) => one.login === login))).toEqual([])
  expect(allowed(await asOf(manager, it, nobody, 'availableActions { action allowed }'))).toContain('APPROVE')
})

test('a claim keeps a task from others and takes no authority from them', async () => {
  const meal = await mealInReview(http.house)
  await meal.handle('cs-manager-3', 'CLAIM')
  await meal.act('cs-manager-3', 'APPROVE')
  expect(logins((await entriesOf(manager, meal)).at(-1))).toEqual(expect.arrayContaining(['cs-manager-1', 'cs-manager-3']))
})

test('more than a hundred who could have acted are said to be more', async () => {
  const { house } = http
  const it = await chainAt(house, 'chain-practice', 'first')
  await house.owner.query(
    `with hired as (insert into employee (id, number, login, name, person_id) select gen_random_uuid(), 'crowd-' || n, 'crowd-' || n, 'crowd', gen_random_uuid() from generate_series(1, 250) n returning id)
     insert into role_assignment (id, employee_id, role) select gen_random_uuid(), id, 'RELATIONS_SUPERVISOR' from hired`,
  )
  await it.act('relations-supervisor-1', 'APPROVE')
  const { couldHaveActed } = (await entriesOf(manager, it)).at(-1)
  expect([couldHaveActed.people.length, couldHaveActed.more]).toEqual([100, true])
  await house.owner.query(
    `update role_assignment set valid_to = greatest(valid_from, clock_timestamp()) where employee_id in (select id from employee where number like 'crowd-%')`,
  )
})

test('the versions of a form differ field by field, rows by their place, in the language of the reader', async () => {
  const meal = await mealInReview(http.house)
  const budget = [
    { item: 'MEAL', amount: '900' },
    { item: 'OTHER', amount: '50' },
  ]
  const changed = mealForm({ venue: '湖畔酒楼', budget, budgetTotal: '950', remarks: undefined })
  await http.house.door.decide({
    caseId: meal.id,
    process: meal.process,
    action: 'AMEND',
    actorId: employeeId(mealApplicant),
    forms: { application: changed },
    idempotencyKey: randomUUID(),
    requestId: 'test',
  })
  const fields = 'key version changes { path label before after }'
  const versions = async (desk: Desk) =>
    (await desk.read(`query ($id: ID!) { case(id: $id) { ... on CustomerMealHospitality { formVersions { ${fields} } } } }`, { id: meal.id })).case.formVersions
  const [first, , second] = await versions(manager.in('en'))
  expect(first).toEqual({ key: 'application', version: 1, changes: [] })
  const told = (changes: any[]) => Object.fromEntries(changes.map(({ path, before, after }) => [path, [before, after]]))
  expect([second.key, second.version, told(second.changes)]).toEqual([
    'application',
    2,
    {
      venue: ['江畔酒楼', '湖畔酒楼'],
      'budget[0].amount': ['1000', '900'],
      'budget[1].item': [null, 'OTHER'],
      'budget[1].amount': [null, '50'],
      budgetTotal: ['1000', '950'],
    },
  ])
  const label = (of: any, path: string) => of.changes.find((one: any) => one.path === path).label
  expect(label(second, 'budget[1].amount')).toMatch(/^\P{Script=Han}+ 2 · \P{Script=Han}+$/u)
  expect(label((await versions(manager.in('zh-CN')))[2], 'budget[1].amount')).toMatch(/^\p{Script=Han}+.* 2 · \p{Script=Han}+/u)
  const between = (args: string) => manager.ask(`query ($id: ID!) { case(id: $id) { formChanges(${args}) { path before after } } }`, { id: meal.id })
  expect(told((await between('key: "application", from: 2, to: 1')).json!.data.case.formChanges)).toMatchObject({
    venue: ['湖畔酒楼', '江畔酒楼'],
    'budget[1].item': ['OTHER', null],
  })
  const refusedAs = async (args: string) => (await between(args)).json!.errors![0]!.extensions
  expect(await refusedAs('key: "nothing", from: 1, to: 2')).toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'key', code: 'CHOICE_UNKNOWN' }] })
  expect(await refusedAs('key: "application", from: 0, to: 2')).toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'from', code: 'NOT_FOUND' }] })
  expect(await refusedAs('key: "application", from: 1, to: 9')).toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'to', code: 'NOT_FOUND' }] })
})
