import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { role } from '../../src/define/index.js'
import { customerId, departmentId, employeeId } from '../../src/organisation/ids.js'
import { stance, today } from '../support/complaints.js'
import { type Desk, deskOf, word } from '../support/desk.js'
import type { DrivenCase } from '../support/house.js'
import { type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'
import { complaintToCountersign } from '../support/papers.js'
import { countersignOf } from '../support/practice.js'

let http: HttpHouse
beforeAll(async () => {
  const drawn = countersignOf('drawn-practice', { kind: 'quorum', approvals: 2 }, { voters: { everyone: 'RELATIONS_SUPERVISOR' } })
  const seated = countersignOf('seated-practice', { kind: 'all' }, { seats: { ONE: role('CS_MANAGER'), OTHER: role('FINANCE') } })
  http = await serveHouse({}, (url) => url, [drawn, seated])
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes)).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const ballot = 'ballot { mode voices { seat employee { login } department { code } role { id } added open vote votedAt } }'
const read = async (desk: Desk, id: string, fields = ballot) => (await desk.read(`query ($id: ID!) { case(id: $id) { ${fields} } }`, { id })).case
const offer = async (desk: Desk, id: string, action: string) => {
  const { availableActions } = await read(desk, id, 'availableActions { action allowed requiresSeat seats reasons { code } }')
  return availableActions.find((one: any) => one.action === action)
}

test('named seats: each seat once, and whoever holds two signs each on its own', async () => {
  const it = await complaintToCountersign(http.house)
  const desk = await deskOf(http, 'complaint-supervisor-1')
  const before = (await read(desk, it.id)).ballot
  expect([before.mode, before.voices.map(({ seat, open, vote }: any) => [seat, open, vote])]).toEqual([
    'all',
    ['CUSTOMER_DEPT', 'MARKETING', 'PRODUCTION', 'QUALITY', 'FINANCE', 'RESPONSIBLE_DEPT'].slice(0, before.voices.length).map((seat) => [seat, true, null]),
  ])
  expect(before.voices.length).toBeGreaterThanOrEqual(5)
  const both = await deskOf(http, 'finance-3')
  const give = 'complaintHandlingGiveOpinion'
  const form = { type: 'CountersignOpinionInput!', values: stance('同意') }
  expect(await offer(both, it.id, 'GIVE_OPINION')).toMatchObject({ allowed: true, requiresSeat: true, seats: ['QUALITY', 'FINANCE'] })
  expect(await both.refused(give, { caseId: it.id }, form)).toMatchObject({ code: 'SEAT_REQUIRED' })
  expect(await both.refused(give, { caseId: it.id, seat: word('MARKETING') }, form)).toMatchObject({ code: 'NOT_AUTHORISED' })
  await both.run(give, { caseId: it.id, seat: word('QUALITY') }, 'state', form)
  expect(await offer(both, it.id, 'GIVE_OPINION')).toMatchObject({ allowed: true, seats: ['FINANCE'] })
  expect(await both.refused(give, { caseId: it.id, seat: word('QUALITY') }, form)).toMatchObject({ code: 'SEAT_TAKEN' })
  const after = (await read(desk, it.id)).ballot
  expect(after.voices.find(({ seat }: any) => seat === 'QUALITY')).toMatchObject({ open: false, vote: 'APPROVE', votedAt: expect.any(String), employee: null })
})

test('drawn voices: frozen by name, counted as they come, gone when the case moves on', async () => {
  const it = await http.house.open('technician-1', 'drawn-practice', { subject: '一' })
  await it.act('technician-1', 'SUBMIT')
  const [one, other] = [await deskOf(http, 'relations-supervisor-1'), await deskOf(http, 'relations-supervisor-2')]
  await http.house.hire('late-supervisor', ['RELATIONS_SUPERVISOR'])
  const voices = async (desk: Desk) => (await read(desk, it.id)).ballot.voices.map(({ employee, open, vote }: any) => [employee.login, open, vote])
  expect(await voices(one)).toEqual([
    ['relations-supervisor-1', true, null],
    ['relations-supervisor-2', true, null],
  ])
  // Whoever joins later has no voice, and so nothing to do with the case.
  expect(await (await deskOf(http, 'late-supervisor')).refused('drawnPracticeApprove', { caseId: it.id })).toMatchObject({ code: 'NOT_FOUND' })
  await one.run('drawnPracticeApprove', { caseId: it.id })
  expect(await voices(other)).toEqual([
    ['relations-supervisor-1', false, 'APPROVE'],
    ['relations-supervisor-2', true, null],
  ])
  expect(await offer(one, it.id, 'APPROVE')).toMatchObject({ allowed: false, reasons: [{ code: 'SOD_CONFLICT' }] })
  expect(await one.refused('drawnPracticeApprove', { caseId: it.id })).toMatchObject({ code: 'SOD_CONFLICT' })
  expect(await other.run('drawnPracticeApprove', { caseId: it.id }, `state status ${ballot}`)).toEqual({ state: 'passed', status: 'CLOSED', ballot: null })
})

test('a voice added beside the others is shown as added, and removed again', async () => {
  const it = await http.house.open('technician-1', 'drawn-practice', { subject: '一' })
  await it.act('technician-1', 'SUBMIT')
  const one = await deskOf(http, 'relations-supervisor-1')
  const taskId = await it.task({ of: 'relations-supervisor-1' })
  await one.run('addSigners', { taskId, employeeIds: [employeeId('deputy-manager-1')], position: word('PARALLEL'), reason: '并行' })
  const added = async () => (await read(one, it.id)).ballot.voices.filter((voice: any) => voice.added)
  expect(await added()).toMatchObject([{ employee: { login: 'deputy-manager-1' }, open: true, vote: null }])
  const deputy = await deskOf(http, 'deputy-manager-1')
  expect(await offer(deputy, it.id, 'APPROVE')).toMatchObject({ allowed: true })
  await one.run('removeSigner', { taskId, employeeId: employeeId('deputy-manager-1') })
  expect(await added()).toEqual([])
  expect(await deputy.refused('drawnPracticeApprove', { caseId: it.id })).toMatchObject({ code: 'NOT_AUTHORISED' })
})

test('one rejects: the node fails for all, and the ballot is gone', async () => {
  const it = await http.house.open('technician-1', 'seated-practice', { subject: '一' })
  await it.act('technician-1', 'SUBMIT')
  const manager = await deskOf(http, 'cs-manager-1')
  const form = { type: 'ReasonInput!', values: { reason: '不必' } }
  const fields = 'state outcome tasks { seat status }'
  expect(await manager.run('seatedPracticeReject', { caseId: it.id, seat: word('ONE') }, fields, form)).toMatchObject({
    state: 'failed',
    outcome: 'REJECTED',
    tasks: expect.arrayContaining([
      { seat: 'ONE', status: 'COMPLETED' },
      { seat: 'OTHER', status: 'SUPERSEDED' },
    ]),
  })
  expect((await read(manager, it.id)).ballot).toBeNull()
})

/** A grievance whose sheet two departments have to sign. */
async function grievance(): Promise<DrivenCase> {
  const owner = employeeId('production-2')
  const note = {
    customer: customerId('C0001'),
    no: 'BY-1',
    filledBy: employeeId('complaint-specialist-3'),
    filledOn: today,
    abstract: '划痕',
    actionNeeded: '更换',
  }
  const it = await http.house.open('complaint-specialist-1', 'customer-grievance-handling', note)
  const sheet = {
    urgency: 'NORMAL',
    date: today,
    customer: customerId('C0001'),
    kind: 'GRIEVANCE',
    productModel: 'A-100',
    quantity: '300',
    content: '划痕',
    responsibleUnit: departmentId('PRODUCTION'),
    countersignDepartments: ['QUALITY', 'MARKETING'].map(departmentId),
  }
  await it.act('complaint-specialist-1', 'CLASSIFY', { sheet })
  await it.act('production-1', 'MEASURE_TAKEN', { measure: { measure: '隔离', owner } })
  await it.act('production-1', 'SUBMIT_ANALYSIS', { analysis: { cause: '过薄', defectiveQuantity: '3', defectRate: '1', owner } })
  await it.act('production-1', 'SUBMIT_PREVENTION', { prevention: { measures: '加厚', owner } })
  return it
}

test('departments: a voice for each, raised by any of its members, and the others are told why not', async () => {
  const it = await grievance()
  const supervisor = await deskOf(http, 'complaint-supervisor-1')
  const voices = async () => (await read(supervisor, it.id)).ballot.voices.map(({ department, open, vote }: any) => [department.code, open, vote])
  expect((await voices()).sort()).toEqual([
    ['MARKETING', true, null],
    ['QUALITY', true, null],
  ])
  const marketing = await deskOf(http, 'marketing-1')
  const form = { type: 'CountersignOpinionInput!', values: stance('同意') }
  expect(await offer(marketing, it.id, 'GIVE_OPINION')).toMatchObject({ allowed: true, requiresSeat: false, seats: [] })
  expect(await offer(supervisor, it.id, 'GIVE_OPINION')).toMatchObject({ allowed: false, reasons: [{ code: 'NOT_AUTHORISED' }] })
  await marketing.run('customerGrievanceHandlingGiveOpinion', { caseId: it.id }, 'state', form)
  expect((await voices()).sort()).toEqual([
    ['MARKETING', false, 'APPROVE'],
    ['QUALITY', true, null],
  ])
  expect(await offer(await deskOf(http, 'marketing-2'), it.id, 'GIVE_OPINION')).toMatchObject({ allowed: false, reasons: [{ code: 'NOT_AUTHORISED' }] })
  const quality = await deskOf(http, 'quality-2')
  const done = await quality.run('customerGrievanceHandlingGiveOpinion', { caseId: it.id }, `state ${ballot}`, form)
  expect(done).toEqual({ state: 'disposition', ballot: null })
})
