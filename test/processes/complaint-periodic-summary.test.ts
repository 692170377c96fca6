import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { arrowsOf, faultsOf } from '../../src/define/index.js'
import { systemAccount } from '../../src/engine/system-account.js'
import { departmentId, employeeId } from '../../src/organisation/ids.js'
import definition from '../../workflows/complaints/complaint-periodic-summary/process.js'
import * as paper from '../support/complaints.js'
import { people, reason, transitionsNotTaken } from '../support/complaints.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'

let house: House
let complaint: DrivenCase
beforeAll(async () => {
  house = await openHouse()
  complaint = await house.open(handler, 'complaint-handling', paper.registration1())
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
  await house.close()
})

const { handler, supervisor, manager } = people
const figures = (complaintCount = 1) => ({
  periodFrom: '2026-10-01',
  periodTo: '2026-10-31',
  computedAt: '2026-11-01T00:00:10+08:00',
  complaintCount,
  complaintsPerDay: '0.03',
  solvedCount: 0,
  ...(complaintCount > 0 && { solvedRate: '0.00' }),
  qualityCount: 0,
  withdrawnCount: 0,
  notAcceptedCount: 0,
  closedCount: 0,
  openCount: 1,
  totalLoss: '0.00',
})
const statistics = { statistics: { complaintKind: '全部', remark: '以品质投诉为主' } }
const analysed = (...ids: string[]) => ({
  analysis: {
    rows: ids.map((id) => ({ complaint: id, expectedDifficulties: '库存不足', strategy: '先行调拨', expectationMet: true, mainMeasures: '更换新机' })),
    specialistSuggestion: '加严老化测试',
  },
})
const summary = (...departments: string[]) => ({
  summary: { mainQualityProblems: '电源板虚焊', processingIssues: '加严焊接检查', departments: departments.map(departmentId) },
})
const advice = { opinion: { opinion: '按对策落实' } }
const lines = (...given: [department: string, done: boolean, status?: string][]) => ({
  measures: { lines: given.map(([department, done, status = '已整改']) => ({ department: departmentId(department), status, done })) },
})
const distribution = { distribution: { departments: [departmentId('PRODUCTION')], distributedOn: paper.today } }

/** Opened as the clock opens it. */
async function compiling(complaintCount = 1): Promise<DrivenCase> {
  const { caseId } = await house.door.open({
    actorId: systemAccount.employeeId,
    process: definition.id,
    form: figures(complaintCount),
    idempotencyKey: randomUUID(),
    requestId: 'test',
  })
  return house.caseOf(caseId)
}
async function further(before: Promise<DrivenCase>, login: string, action: string, forms: Readonly<Record<string, unknown>> = {}): Promise<DrivenCase> {
  const it = await before
  await it.act(login, action, forms)
  return it
}
const analysing = () => further(compiling(), handler, 'SUBMIT_STATISTICS', statistics)
const summarising = () => further(analysing(), handler, 'SUBMIT_ANALYSIS', analysed(complaint.id))
const supervisorReview = (...departments: string[]) => further(summarising(), handler, 'SUBMIT_SUMMARY', summary(...departments))
const managerReview = (...departments: string[]) => further(supervisorReview(...departments), supervisor, 'APPROVE', advice)
const measuresFollowUp = (...departments: string[]) => further(managerReview(...departments), manager, 'ACCEPT')

/** The table of page 5. */
const table: readonly (readonly [
  action: string,
  stage: () => Promise<DrivenCase>,
  login: string,
  to: string,
  forms: () => Readonly<Record<string, unknown>>,
])[] = [
  ['SUBMIT_STATISTICS', () => compiling(), handler, 'analysing', () => statistics],
  ['SUBMIT_ANALYSIS', analysing, handler, 'summarising', () => analysed(complaint.id)],
  ['SUBMIT_SUMMARY', summarising, handler, 'supervisorReview', () => summary()],
  ['APPROVE', supervisorReview, supervisor, 'managerReview', () => advice],
  ['RETURN', supervisorReview, supervisor, 'summarising', () => reason('对策不具体')],
  ['ACCEPT', managerReview, manager, 'measuresFollowUp', () => ({})],
  ['RETURN', managerReview, manager, 'summarising', () => reason('对策不具体')],
  ['MEASURES_DONE', measuresFollowUp, supervisor, 'archived', () => distribution],
]
test.each(table)('%s is done by its lane and nobody else', async (action, stage, login, to, forms) => {
  const it = await stage()
  for (const other of [handler, supervisor, manager, 'production-1', 'auditor-1', 'payment-run'].filter((one) => one !== login))
    expect(['NOT_AUTHORISED', 'NOT_FOUND']).toContain((await it.refused(other, action, forms()))[0])
  expect(await it.act(login, action, forms())).toBe(to)
})

test('the definition is sound, its arrows are those of the page, and the departments report besides', () => {
  expect(faultsOf(definition)).toEqual([])
  expect([...new Set(arrowsOf(definition).map(({ action }) => action))].sort()).toEqual(
    [...new Set([...table.map(([action]) => action), 'REPORT_MEASURES'])].sort(),
  )
})

test('only the system opens it, and nobody revises its figures', async () => {
  for (const login of [handler, supervisor, manager]) expect(await house.openRefused(login, definition.id, figures())).toEqual(['NOT_AUTHORISED'])
  const it = await compiling()
  expect(await it.record()).toMatchObject({ applicantId: systemAccount.employeeId, applicantPersonId: systemAccount.personId })
  expect(await it.refused(handler, 'SUBMIT_STATISTICS', { ...statistics, figures: figures(9) })).toEqual(['FORM_INVALID', 'figures NOT_ASKED'])
  expect(faultsOf({ ...definition, startedBy: { kind: 'anyOf', rules: [definition.startedBy, { kind: 'applicant' }] } })).toEqual([
    `${definition.id}: is opened by the clock and lets others open it too`,
  ])
  const revising = { ...definition.states.compiling, on: { SUBMIT_STATISTICS: { target: 'analysing', form: 'statistics', revises: 'figures' } } } as const
  expect(faultsOf({ ...definition, states: { ...definition.states, compiling: revising } })).toEqual([
    `${definition.id}: lets people hand in the figures of figures`,
  ])
})

test('where there were complaints at least one is analysed, and what is analysed are complaints', async () => {
  const it = await analysing()
  expect(await it.refused(handler, 'SUBMIT_ANALYSIS', analysed())).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(handler, 'SUBMIT_ANALYSIS', analysed(it.id))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(handler, 'SUBMIT_ANALYSIS', analysed(complaint.id, randomUUID()))).toEqual(['FORM_INVALID', 'analysis.rows[1].complaint NOT_FOUND'])
  expect(await it.act(handler, 'SUBMIT_ANALYSIS', analysed(complaint.id))).toBe('summarising')
  const quiet = await further(compiling(0), handler, 'SUBMIT_STATISTICS', statistics)
  expect(await quiet.act(handler, 'SUBMIT_ANALYSIS', { analysis: {} })).toBe('summarising')
})

test('the advice of the supervisor is in writing', async () => {
  const it = await supervisorReview()
  expect(await it.refused(supervisor, 'APPROVE')).toEqual(['CONDITION_UNMET'])
  expect(await it.act(supervisor, 'APPROVE', { ...advice, dutyCheck: { checkedSpecialist: employeeId(handler), findings: '受理及时' } })).toBe('managerReview')
})

test('whoever compiled, analysed or summarised does not review', async () => {
  const both = await house.hire('compiler-and-supervisor', ['COMPLAINT_SPECIALIST', 'COMPLAINT_SUPERVISOR', 'CS_MANAGER'])
  const stages = [
    () =>
      further(
        further(further(compiling(), both, 'SUBMIT_STATISTICS', statistics), handler, 'SUBMIT_ANALYSIS', analysed(complaint.id)),
        handler,
        'SUBMIT_SUMMARY',
        summary(),
      ),
    () => further(further(analysing(), both, 'SUBMIT_ANALYSIS', analysed(complaint.id)), handler, 'SUBMIT_SUMMARY', summary()),
    () => further(summarising(), both, 'SUBMIT_SUMMARY', summary()),
  ]
  for (const stage of stages) {
    const it = await stage()
    expect(await it.refused(both, 'APPROVE', advice)).toEqual(['SOD_CONFLICT'])
    await it.act(supervisor, 'APPROVE', advice)
    expect(await it.refused(both, 'ACCEPT')).toEqual(['SOD_CONFLICT'])
  }
  const reviewed = await further(supervisorReview(), both, 'APPROVE', advice)
  expect(await reviewed.refused(both, 'ACCEPT')).toEqual(['SOD_CONFLICT'])
  expect(await reviewed.act(manager, 'ACCEPT')).toBe('measuresFollowUp')
})

test('a report that comes back is written again, and its statistics stand', async () => {
  const it = await further(managerReview(), manager, 'RETURN', reason('对策不具体'))
  expect(await it.record()).toMatchObject({ state: 'summarising', round: 2 })
  expect((await it.record()).decisions.map(({ state }) => state)).toEqual(['compiling', 'analysing'])
  await it.act(handler, 'SUBMIT_SUMMARY', { ...summary(), ...analysed(complaint.id) })
  await it.act(supervisor, 'APPROVE', advice)
  expect(await it.act(manager, 'ACCEPT')).toBe('measuresFollowUp')
})

test('every department of the summary carries out its measures before the report is filed', async () => {
  const it = await measuresFollowUp('PRODUCTION', 'QUALITY')
  expect(await it.refused(supervisor, 'MEASURES_DONE', distribution)).toEqual(['CONDITION_UNMET'])
  expect(['NOT_AUTHORISED', 'NOT_FOUND']).toContain((await it.refused('finance-1', 'REPORT_MEASURES', lines(['PRODUCTION', true])))[0])
  expect(await it.refused('production-1', 'REPORT_MEASURES', lines(['FINANCE', true]))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused('production-1', 'REPORT_MEASURES', lines(['PRODUCTION', true], ['PRODUCTION', false]))).toEqual(['CONDITION_UNMET'])
  expect(await it.act('production-1', 'REPORT_MEASURES', lines(['PRODUCTION', true]))).toBe('measuresFollowUp')
  expect(await it.refused(supervisor, 'MEASURES_DONE', distribution)).toEqual(['CONDITION_UNMET'])
  // What production reported as done stays as it was reported.
  for (const changed of [lines(['QUALITY', true]), lines(['PRODUCTION', false], ['QUALITY', true]), lines(['PRODUCTION', true, '其他'], ['QUALITY', true])])
    expect(await it.refused('quality-1', 'REPORT_MEASURES', changed)).toEqual(['CONDITION_UNMET'])
  await it.act('quality-1', 'REPORT_MEASURES', lines(['PRODUCTION', true], ['QUALITY', false]))
  expect(await it.refused(supervisor, 'MEASURES_DONE', distribution)).toEqual(['CONDITION_UNMET'])
  await it.act('quality-1', 'REPORT_MEASURES', lines(['PRODUCTION', true], ['QUALITY', true]))
  expect(await it.refused(supervisor, 'MEASURES_DONE')).toEqual(['FORM_INVALID', 'distribution REQUIRED'])
  expect(await it.act(supervisor, 'MEASURES_DONE', distribution)).toBe('archived')
})

test('every transition of page 5 was taken', async () => {
  expect(await transitionsNotTaken(house, definition.id)).toEqual([])
})
