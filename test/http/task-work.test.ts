import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealForm, mealInReview } from '../support/cases.js'
import { type Desk, deskOf } from '../support/desk.js'
import { dataOf, type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'

let http: HttpHouse
let manager: Desk
let colleague: Desk
let director: Desk
let applicant: Desk
beforeAll(async () => {
  http = await serveHouse()
  manager = await deskOf(http, 'cs-manager-1')
  colleague = await deskOf(http, 'cs-manager-3')
  director = await deskOf(http, 'cs-director-1')
  applicant = await deskOf(http, mealApplicant)
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes)).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const fields = 'id status kind assignee { login } claimedAt actions { action label allowed mutation reasons { code message } }'
const taskOf = async (desk: Desk, id: string) => (await desk.read(`query ($id: ID!) { node(id: $id) { ... on Task { ${fields} } } }`, { id })).node
/** For each operation: true, or the codes against it. */
const told = (task: any): Record<string, unknown> =>
  Object.fromEntries(task.actions.map(({ action, allowed, reasons }: any) => [action, allowed || reasons.map(({ code }: any) => code)]))
const newTask = async () => {
  const meal = await mealInReview(http.house)
  return { meal, id: await meal.task() }
}

test('a task lists what may be done with it, each with its mutation and why not, in the language of the reader', async () => {
  const { id } = await newTask()
  const task = await taskOf(manager.in('en'), id)
  expect(told(task)).toEqual({
    CLAIM: true,
    RELEASE: ['NOT_AUTHORISED'],
    REASSIGN: true,
    TRANSFER: true,
    DELEGATE: true,
    ADD_SIGNER: true,
    REMOVE_SIGNER: ['CONDITION_UNMET'],
    ASK: true,
    RECALL: ['CONDITION_UNMET'],
    RESPOND: ['CONDITION_UNMET'],
    REMIND: true,
  })
  const { __type } = await manager.read('{ __type(name: "Mutation") { fields { name } } }')
  expect(__type.fields.map(({ name }: any) => name)).toEqual(expect.arrayContaining(task.actions.map(({ mutation }: any) => mutation)))
  expect(new Set(task.actions.map(({ mutation }: any) => mutation)).size).toBe(task.actions.length)
  const release = (of: any) => of.actions.find(({ action }: any) => action === 'RELEASE')
  expect(release(task)).toMatchObject({ label: 'Give back', reasons: [{ message: 'You do not hold a role that may do this: only whoever has claimed it' }] })
  expect(release(await taskOf(manager.in('zh-CN'), id))).toMatchObject({ label: '退回任务池', reasons: [{ message: '您没有执行此操作的角色：仅限签收人' }] })
  expect(told(await taskOf(applicant, id))).toMatchObject({
    CLAIM: ['NOT_AUTHORISED'],
    TRANSFER: ['NOT_AUTHORISED'],
    REASSIGN: ['NOT_AUTHORISED'],
    REMIND: true,
  })
})

test('a claimed task is its holder’s until it is given back, and everybody sees why', async () => {
  const { id } = await newTask()
  const claimed = await manager.run('claimTask', { taskId: id }, fields)
  expect(claimed).toMatchObject({ status: 'CLAIMED', assignee: { login: 'cs-manager-1' }, claimedAt: expect.any(String) })
  expect(told(claimed)).toMatchObject({ CLAIM: true, RELEASE: true })
  expect(told(await taskOf(colleague, id))).toMatchObject({ CLAIM: ['CLAIM_CONFLICT'], RELEASE: ['NOT_AUTHORISED'], TRANSFER: ['CLAIM_CONFLICT'] })
  expect(await colleague.refused('claimTask', { taskId: id })).toMatchObject({ code: 'CLAIM_CONFLICT', assigneeId: employeeId('cs-manager-1') })
  const back = await manager.run('releaseTask', { taskId: id }, fields)
  expect([back.status, back.assignee, told(back)['RELEASE']]).toEqual(['OPEN', null, ['NOT_AUTHORISED']])
  expect(told(await taskOf(colleague, id))).toMatchObject({ CLAIM: true, TRANSFER: true })
})

test('a superior gives a task to somebody who may do it, and to nobody else', async () => {
  const { meal, id } = await newTask()
  expect(told(await taskOf(director, id))).toMatchObject({ REASSIGN: true, CLAIM: ['NOT_AUTHORISED'] })
  const given = { taskId: id, employeeId: employeeId('cs-manager-3'), reason: '均衡工作量' }
  expect(await applicant.refused('reassignTask', given)).toMatchObject({ code: 'NOT_AUTHORISED' })
  expect(await director.refused('reassignTask', { ...given, employeeId: employeeId('finance-1') })).toMatchObject({ code: 'NOT_AUTHORISED' })
  expect(await director.refused('reassignTask', { ...given, employeeId: employeeId('nobody') })).toMatchObject({ code: 'NOT_FOUND' })
  expect(await director.refused('reassignTask', { ...given, reason: ' ' })).toMatchObject({
    code: 'INPUT_INVALID',
    fields: [{ path: 'reason', code: 'REQUIRED' }],
  })
  expect(await director.run('reassignTask', given, fields)).toMatchObject({ status: 'CLAIMED', assignee: { login: 'cs-manager-3' } })
  expect(await meal.refused('cs-manager-1', 'APPROVE')).toEqual(['CLAIM_CONFLICT'])
  expect(await meal.act('cs-manager-3', 'APPROVE')).toBe('financeBudgetReview')
})

test('a transferred task is the receiver’s alone, and does not come back', async () => {
  const { meal, id } = await newTask()
  const given = { taskId: id, employeeId: employeeId('cs-manager-3'), reason: '出差', idempotencyKey: `transfer-${id}` }
  expect(await manager.refused('transferTask', { ...given, employeeId: employeeId('finance-1'), idempotencyKey: 'x1' })).toMatchObject({
    code: 'NOT_AUTHORISED',
  })
  expect(await manager.refused('transferTask', { ...given, employeeId: employeeId('cs-manager-1'), idempotencyKey: 'x2' })).toMatchObject({
    code: 'CONDITION_UNMET',
  })
  const moved = await manager.run('transferTask', given, fields)
  expect(moved).toMatchObject({ status: 'CLAIMED', assignee: { login: 'cs-manager-3' } })
  expect(told(moved)).toMatchObject({ TRANSFER: expect.arrayContaining(['NOT_AUTHORISED']), DELEGATE: expect.arrayContaining(['NOT_AUTHORISED']) })
  const again = await manager.send('transferTask', given)
  expect([dataOf(again).transferTask.id, again.headers['idempotency-replayed']]).toEqual([id, 'true'])
  expect(await colleague.refused('transferTask', { taskId: id, employeeId: employeeId('cs-manager-1'), reason: '退回' })).toMatchObject({
    code: 'CONDITION_UNMET',
  })
  expect(await meal.refused('cs-manager-1', 'APPROVE')).toEqual(['CLAIM_CONFLICT', 'NOT_AUTHORISED'])
  expect(await colleague.run('customerMealHospitalityApprove', { caseId: meal.id }, 'state')).toEqual({ state: 'financeBudgetReview' })
  const { rows } = await http.house.pool.query(`select action from audit_entry where stream = $1 order by sequence`, [`work:${meal.id}`])
  expect(rows).toEqual([{ action: 'TRANSFER' }])
  expect(told(await taskOf(colleague, id))).toMatchObject({ CLAIM: ['TASK_SUPERSEDED'], REMIND: ['TASK_SUPERSEDED'] })
})

test('nobody receives a task on a request of his own', async () => {
  const own = await http.house.open(
    'cs-manager-2',
    'customer-meal-hospitality',
    mealForm({ applicant: employeeId('cs-manager-2'), companyGuests: ['cs-manager-3'].map(employeeId) }),
  )
  await own.act('cs-manager-2', 'SUBMIT')
  await own.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  const given = { taskId: await own.task(), employeeId: employeeId('cs-manager-2'), reason: '请办理' }
  for (const mutation of ['reassignTask', 'transferTask']) expect(await manager.refused(mutation, given)).toMatchObject({ code: 'SOD_CONFLICT' })
})

test('a reminder is sent once an hour and three times a day, and the answer says when the next may follow', async () => {
  const { meal, id } = await newTask()
  const specialist = await deskOf(http, 'relations-specialist-1')
  const earlier = () => http.house.owner.query(`update task_reminder set reminded_at = reminded_at - interval '2 hours' where task_id = $1`, [id])
  expect(await specialist.refused('remindTask', { taskId: id })).toMatchObject({ code: 'NOT_AUTHORISED' })
  const given = { taskId: id, idempotencyKey: `remind-${id}` }
  expect(await applicant.run('remindTask', given)).toEqual({ id })
  expect(await applicant.run('remindTask', given)).toEqual({ id })
  expect(await applicant.refused('remindTask', { taskId: id })).toMatchObject({ code: 'REMINDER_LIMIT', retryAfterSeconds: 3600 })
  expect(await colleague.refused('remindTask', { taskId: id })).toMatchObject({ code: 'REMINDER_LIMIT' })
  for (let count = 2; count <= 3; count++) {
    await earlier()
    expect(await colleague.run('remindTask', { taskId: id })).toEqual({ id })
  }
  await earlier()
  expect(await applicant.refused('remindTask', { taskId: id })).toMatchObject({ code: 'REMINDER_LIMIT', retryAfterSeconds: 86_400 })
  await meal.act('cs-manager-1', 'APPROVE')
  expect(await applicant.refused('remindTask', { taskId: id })).toMatchObject({ code: 'TASK_SUPERSEDED' })
})
