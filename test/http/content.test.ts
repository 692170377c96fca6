import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mealApplicant, mealForm, mealInReview } from '../support/cases.js'
import { type Desk, deskOf, word } from '../support/desk.js'
import type { DrivenCase } from '../support/house.js'
import { type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'
import { chainOf } from '../support/practice.js'

let http: HttpHouse
let manager: Desk
let applicant: Desk
beforeAll(async () => {
  http = await serveHouse({}, (url) => url, [chainOf('chain-practice')])
  manager = await deskOf(http, 'cs-manager-1')
  applicant = await deskOf(http, mealApplicant)
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes)).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const approve = 'customerMealHospitalityApprove'
const read = async (desk: Desk, id: string, fields: string) => (await desk.read(`query ($id: ID!) { case(id: $id) { ${fields} } }`, { id })).case
const digestOf = async (desk: Desk, id: string): Promise<string> => (await read(desk, id, 'contentDigest')).contentDigest
const paper = (extra: object) => ({ type: 'HospitalityApplicationInput!', values: mealForm(extra) })
const targets = async (desk: Desk, id: string, action = 'RETURN') => {
  const { availableActions } = await read(desk, id, 'availableActions { action allowed targets }')
  return availableActions.find((offer: any) => offer.action === action)?.targets
}
async function inSecond(): Promise<DrivenCase> {
  const it = await http.house.open('technician-1', 'chain-practice', { subject: '一', amount: '100' })
  await it.act('technician-1', 'SUBMIT')
  await it.act('relations-supervisor-1', 'APPROVE')
  return it
}

test('an approver decides on what he saw, or is told field by field what is different', async () => {
  const { id } = await mealInReview(http.house)
  const seen = await digestOf(manager, id)
  expect(seen).toMatch(/^[0-9a-f]{64}$/)
  expect(await digestOf(applicant, id)).toBe(seen)
  const changed = { venue: '湖畔酒楼', budget: [{ item: 'MEAL', amount: '900' }], budgetTotal: '900' }
  await applicant.run('customerMealHospitalityAmend', { caseId: id }, 'state', paper(changed))
  const now = await digestOf(manager, id)
  expect(now).not.toBe(seen)
  const refused = await manager.refused(approve, { caseId: id, expectedDigest: seen })
  expect(refused).toMatchObject({ code: 'CONTENT_CHANGED', contentDigest: now, state: 'managerReview', version: 4 })
  expect([...refused.changes!].sort((one, other) => one.path.localeCompare(other.path))).toEqual([
    { path: 'application.budget[0].amount', before: '1000', after: '900' },
    { path: 'application.budgetTotal', before: '1000', after: '900' },
    { path: 'application.venue', before: '江畔酒楼', after: '湖畔酒楼' },
  ])
  expect(await manager.refused(approve, { caseId: id, expectedDigest: 'f'.repeat(64) })).toMatchObject({ code: 'CONTENT_CHANGED' })
  expect(await manager.run(approve, { caseId: id, expectedDigest: now }, 'state')).toEqual({ state: 'financeBudgetReview' })
})

test('a change and its undoing leave the digest as it was, and two cases never share one', async () => {
  const [one, other] = [await mealInReview(http.house), await mealInReview(http.house)]
  const seen = await digestOf(manager, one.id)
  expect(await digestOf(manager, other.id)).not.toBe(seen)
  await applicant.run('customerMealHospitalityAmend', { caseId: one.id }, 'state', paper({ venue: '别处' }))
  await applicant.run('customerMealHospitalityAmend', { caseId: one.id }, 'state', paper({}))
  expect(await manager.run(approve, { caseId: one.id, expectedDigest: seen }, 'state')).toEqual({ state: 'financeBudgetReview' })
})

test('whoever may not decide learns nothing of the changes', async () => {
  const { id } = await mealInReview(http.house)
  const refused = await applicant.refused(approve, { caseId: id, expectedDigest: 'f'.repeat(64) })
  expect([refused.code, refused.changes]).toEqual(['NOT_AUTHORISED', undefined])
})

test('a return goes where the approver chooses among the states that were visited', async () => {
  const it = await inSecond()
  expect(await targets(manager, it.id)).toEqual(['draft', 'first'])
  expect(await targets(await deskOf(http, 'technician-1'), it.id)).toEqual([])
  const form = { type: 'ReasonInput!', values: { reason: '再议' } }
  const back = (to: string) => ({ caseId: it.id, to: word(to) })
  for (const to of ['third', 'passed', 'paying'])
    expect(await manager.refused('chainPracticeReturn', back(to), form)).toMatchObject({
      code: expect.stringMatching(/^(RETURN_TARGET_UNREACHABLE|CONDITION_UNMET)$/),
    })
  expect(await manager.run('chainPracticeReturn', back('first'), 'state round', form)).toEqual({ state: 'first', round: 2 })
  expect(await targets(await deskOf(http, 'relations-supervisor-2'), it.id, 'APPROVE')).toEqual([])
})

test('a return without a choice goes to the first that the process names', async () => {
  const it = await inSecond()
  const form = { type: 'ReasonInput!', values: { reason: '补充' } }
  expect(await manager.run('chainPracticeReturn', { caseId: it.id }, 'state round', form)).toEqual({ state: 'draft', round: 2 })
})

test('resubmitted as it was, a returned case may go straight back to whoever returned it', async () => {
  const it = await inSecond()
  const owner = await deskOf(http, 'technician-1')
  await it.act('cs-manager-1', 'RETURN', { reason: { reason: '附件' } }, { to: 'draft' })
  expect(await owner.run('chainPracticeSubmit', { caseId: it.id, straightBack: true }, 'state round')).toEqual({ state: 'second', round: 2 })
  expect((await it.record()).decisions).toContainEqual(expect.objectContaining({ state: 'first', action: 'APPROVE' }))
  expect(await manager.run('chainPracticeApprove', { caseId: it.id }, 'state')).toEqual({ state: 'paying' })
})

test('changed, it goes the whole way again', async () => {
  const it = await inSecond()
  const owner = await deskOf(http, 'technician-1')
  await it.act('cs-manager-1', 'RETURN', { reason: { reason: '金额' } }, { to: 'draft' })
  const form = { type: 'PracticeRequestInput!', values: { subject: '一', amount: '200' } }
  expect(await owner.refused('chainPracticeSubmit', { caseId: it.id, straightBack: true }, form)).toMatchObject({ code: 'CONDITION_UNMET' })
  expect(await owner.run('chainPracticeSubmit', { caseId: it.id }, 'state', form)).toEqual({ state: 'first' })
})

test('there is no way straight back for a case that nobody has returned', async () => {
  const it = await http.house.open('technician-1', 'chain-practice', { subject: '一' })
  expect(await (await deskOf(http, 'technician-1')).refused('chainPracticeSubmit', { caseId: it.id, straightBack: true })).toMatchObject({
    code: 'RETURN_TARGET_UNREACHABLE',
  })
})
