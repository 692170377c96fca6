import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealInReview } from '../support/cases.js'
import { type Desk, deskOf, word } from '../support/desk.js'
import { type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'

let http: HttpHouse
let manager: Desk
let director: Desk
let applicant: Desk
let deputy: Desk
beforeAll(async () => {
  http = await serveHouse()
  manager = await deskOf(http, 'cs-manager-1')
  director = await deskOf(http, 'cs-director-1')
  applicant = await deskOf(http, mealApplicant)
  deputy = await deskOf(http, 'deputy-manager-1')
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes)).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const asks = 'asks { kind status question answer answeredAt by { login } to { login } }'
const fields = `id status kind ${asks} actions { action allowed reasons { code } }`
const approve = 'customerMealHospitalityApprove'
const taskOf = async (desk: Desk, id: string) => (await desk.read(`query ($id: ID!) { node(id: $id) { ... on Task { ${fields} } } }`, { id })).node
const told = (task: any): Record<string, unknown> =>
  Object.fromEntries(task.actions.map(({ action, allowed, reasons }: any) => [action, allowed || reasons.map(({ code }: any) => code)]))
const decisions = async (desk: Desk, id: string) => {
  const { availableActions } = (await desk.read('query ($id: ID!) { case(id: $id) { availableActions { action allowed reasons { code } } } }', { id })).case
  const { allowed, reasons } = availableActions.find(({ action }: any) => action === 'APPROVE')
  return allowed || reasons.map(({ code }: any) => code)
}
const newTask = async () => {
  const meal = await mealInReview(http.house)
  return { meal, id: await meal.task() }
}
/** What somebody is asked in this case, as it lies in the inbox. */
const askedOf = async (desk: Desk, caseId: string) => {
  const { inbox } = await desk.read(`{ inbox(first: 10) { edges { node { case { id } ${fields} } } } }`)
  const mine = inbox.edges.map(({ node }: any) => node).filter((node: any) => node.case.id === caseId)
  if (mine.length !== 1) throw new Error(`${mine.length} tasks, not one`)
  return mine[0]
}

test('an opinion is asked, given and no vote: the task waits and comes back', async () => {
  const { meal, id } = await newTask()
  const given = { taskId: id, employeeId: employeeId('deputy-manager-1'), question: '场地是否合适？' }
  expect(await manager.refused('delegateTask', { ...given, question: '' })).toMatchObject({
    code: 'INPUT_INVALID',
    fields: [{ path: 'question', code: 'REQUIRED' }],
  })
  expect(await manager.refused('delegateTask', { ...given, employeeId: employeeId(mealApplicant) })).toMatchObject({ code: 'SOD_CONFLICT' })
  expect(await applicant.refused('delegateTask', given)).toMatchObject({ code: 'NOT_AUTHORISED' })
  const waiting = await manager.run('delegateTask', given, fields)
  expect(waiting).toMatchObject({
    status: 'SUSPENDED',
    asks: [{ kind: 'OPINION', status: 'OPEN', question: '场地是否合适？', answer: null, to: { login: 'deputy-manager-1' } }],
  })
  expect(told(waiting)).toMatchObject({ DELEGATE: ['TASK_SUSPENDED'], ADD_SIGNER: ['TASK_SUSPENDED'], RECALL: true })
  expect(await decisions(manager, meal.id)).toEqual(['TASK_SUSPENDED'])
  expect(await manager.refused(approve, { caseId: meal.id })).toMatchObject({ code: 'TASK_SUSPENDED' })

  const asked = await askedOf(deputy, meal.id)
  expect([asked.kind, asked.status, asked.asks.length, told(asked)['RESPOND'], told(asked)['TRANSFER']]).toEqual([
    'ADVISE',
    'OPEN',
    1,
    true,
    expect.arrayContaining(['CONDITION_UNMET']),
  ])
  expect(await manager.refused('respondToTask', { taskId: asked.id, text: '合适' })).toMatchObject({ code: 'NOT_AUTHORISED' })
  expect(await deputy.refused('respondToTask', { taskId: asked.id })).toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'text', code: 'REQUIRED' }] })
  const answered = await deputy.run('respondToTask', { taskId: asked.id, text: '合适' }, fields)
  expect(answered).toMatchObject({ status: 'COMPLETED', asks: [{ status: 'ANSWERED', answer: '合适', answeredAt: expect.any(String) }] })
  expect(await taskOf(manager, id)).toMatchObject({ status: 'OPEN', asks: [{ status: 'ANSWERED', answer: '合适' }] })
  expect(await decisions(deputy, meal.id)).toEqual(['NOT_AUTHORISED'])
  expect(await manager.run(approve, { caseId: meal.id }, 'state')).toEqual({ state: 'financeBudgetReview' })
})

test('what was asked is recalled by whoever asked, until it is answered', async () => {
  const { meal, id } = await newTask()
  await manager.run('delegateTask', { taskId: id, employeeId: employeeId('deputy-manager-1'), question: '如何？' })
  const asked = await askedOf(deputy, meal.id)
  expect(await (await deskOf(http, 'cs-manager-3')).refused('recallTask', { taskId: id })).toMatchObject({ code: 'CONDITION_UNMET' })
  const back = await manager.run('recallTask', { taskId: id }, fields)
  expect([back.status, back.asks[0].status, told(back)['RECALL'], told(back)['DELEGATE']]).toEqual(['OPEN', 'WITHDRAWN', ['CONDITION_UNMET'], true])
  expect(await deputy.refused('respondToTask', { taskId: asked.id, text: '好' })).toMatchObject({ code: 'TASK_SUPERSEDED' })
  expect(await manager.refused('recallTask', { taskId: id })).toMatchObject({ code: 'CONDITION_UNMET' })
})

test('information is asked of the applicant unless somebody is named', async () => {
  const { meal, id } = await newTask()
  expect(await manager.run('askForInformation', { taskId: id, question: '来宾是谁？' }, fields)).toMatchObject({
    status: 'SUSPENDED',
    asks: [{ kind: 'ANSWER', to: { login: mealApplicant }, by: { login: 'cs-manager-1' } }],
  })
  await applicant.run('respondToTask', { taskId: (await askedOf(applicant, meal.id)).id, text: '孙莉' })
  await manager.run('askForInformation', { taskId: id, question: '酒楼何名？', employeeId: employeeId('deputy-manager-1') })
  const asked = await askedOf(deputy, meal.id)
  expect(asked.kind).toBe('ANSWER')
  await deputy.run('respondToTask', { taskId: asked.id, text: '江畔' })
  expect((await taskOf(manager, id)).asks.map(({ answer }: any) => answer)).toEqual(['孙莉', '江畔'])
})

test('signers before: all have to sign before the task may be decided', async () => {
  const { meal, id } = await newTask()
  const signers = { taskId: id, position: word('BEFORE'), reason: '金额较大' }
  const of = (...logins: string[]) => ({ ...signers, employeeIds: logins.map(employeeId) })
  expect(await manager.refused('addSigners', of())).toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'employeeIds', code: 'VALUE_INVALID' }] })
  expect(await manager.refused('addSigners', of(mealApplicant))).toMatchObject({ code: 'SOD_CONFLICT' })
  expect(await manager.refused('addSigners', { ...of('deputy-manager-1'), position: word('PARALLEL') })).toMatchObject({ code: 'CONDITION_UNMET' })
  const waiting = await manager.run('addSigners', of('deputy-manager-1', 'cs-director-1'), fields)
  expect(waiting.asks.map(({ kind, status }: any) => [kind, status])).toEqual([
    ['SIGN_BEFORE', 'OPEN'],
    ['SIGN_BEFORE', 'OPEN'],
  ])
  expect([waiting.status, told(waiting)['REMOVE_SIGNER']]).toEqual(['SUSPENDED', true])
  const asked = await askedOf(deputy, meal.id)
  expect(asked.kind).toBe('SIGN')
  expect(await deputy.refused('respondToTask', { taskId: asked.id })).toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'approves', code: 'REQUIRED' }] })
  await deputy.run('respondToTask', { taskId: asked.id, approves: true })
  expect(await decisions(manager, meal.id)).toEqual(['TASK_SUSPENDED'])
  await director.run('respondToTask', { taskId: (await askedOf(director, meal.id)).id, approves: false, text: '太贵' })
  expect((await taskOf(manager, id)).asks.map(({ status, answer }: any) => [status, answer]).sort()).toEqual([
    ['APPROVED', ''],
    ['REJECTED', '太贵'],
  ])
  expect(await decisions(manager, meal.id)).toBe(true)
})

test('signers after: the decision stands, and takes effect with the last signature', async () => {
  const { meal, id } = await newTask()
  const added = await manager.run(
    'addSigners',
    { taskId: id, employeeIds: ['deputy-manager-1'].map(employeeId), position: word('AFTER'), reason: '备案' },
    fields,
  )
  expect([added.status, added.asks[0].kind, added.asks[0].status]).toEqual(['OPEN', 'SIGN_AFTER', 'WAITING'])
  expect(await manager.run(approve, { caseId: meal.id }, 'state version')).toEqual({ state: 'managerReview', version: 3 })
  expect(await taskOf(manager, id)).toMatchObject({ status: 'SUSPENDED', asks: [{ status: 'OPEN' }] })
  expect(await decisions(manager, meal.id)).toEqual(['TASK_SUSPENDED'])
  await deputy.run('respondToTask', { taskId: (await askedOf(deputy, meal.id)).id, approves: true })
  const { state, version } = await meal.record()
  expect([state, version]).toEqual(['financeBudgetReview', 4])
  expect((await meal.history()).at(-1)).toMatchObject({ action: 'APPROVE', actor: employeeId('cs-manager-1') })
  expect(await taskOf(manager, id)).toMatchObject({ status: 'COMPLETED', asks: [{ status: 'APPROVED' }] })
})

test('a signer is removed by whoever added him; with the last one gone the task is back, not passed', async () => {
  const { meal, id } = await newTask()
  await manager.run('addSigners', { taskId: id, employeeIds: ['deputy-manager-1'].map(employeeId), position: word('BEFORE'), reason: '会商' })
  const given = { taskId: id, employeeId: employeeId('deputy-manager-1') }
  expect(await applicant.refused('removeSigner', given)).toMatchObject({ code: 'NOT_AUTHORISED' })
  expect(await manager.refused('removeSigner', { ...given, employeeId: employeeId('cs-director-1') })).toMatchObject({ code: 'CONDITION_UNMET' })
  const asked = await askedOf(deputy, meal.id)
  const back = await manager.run('removeSigner', given, fields)
  expect([back.status, back.asks[0].status, told(back)['REMOVE_SIGNER'], told(back)['ADD_SIGNER']]).toEqual(['OPEN', 'WITHDRAWN', ['CONDITION_UNMET'], true])
  expect(await deputy.refused('respondToTask', { taskId: asked.id, approves: true })).toMatchObject({ code: 'TASK_SUPERSEDED' })
  expect(await meal.state()).toBe('managerReview')
})
