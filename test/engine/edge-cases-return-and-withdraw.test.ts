import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type AnyProcess, approver, defineProcess, everybody, quorum } from '../../src/define/index.js'
import { customerId, employeeId, personId } from '../../src/organisation/ids.js'
import gift from '../../workflows/hospitality/gift-giving-application/process.js'
import { atOnce, decide } from '../support/acts.js'
import * as paper from '../support/complaints.js'
import { actionsOf, applicant, because, commitmentsOf, completersOf, handedIn, tasksByStatus, team } from '../support/edges.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { papers } from '../support/papers.js'
import { chainOf, countersignOf } from '../support/practice.js'

const voters = { voters: { everyone: 'PROPOSAL_SPECIALIST' } } as const
const until = (definition: AnyProcess, when: 'FIRST_APPROVAL' | 'END', from: readonly string[]) =>
  defineProcess({ ...definition, withdrawal: { from, to: 'draft', until: when, form: 'reason' } })
const signatures = ['deptHeadSignature', 'custodianSignature', 'officeDirectorSignature', 'deputyManagerSignature']
let house: House
let three: string[]
beforeAll(async () => {
  house = await openHouse([
    chainOf('back-chain'),
    countersignOf('back-fork', everybody, { seats: { LEGAL: approver('AUDITOR'), FINANCE: approver('FINANCE'), QUALITY: approver('QUALITY') } }),
    countersignOf('back-quorum', quorum(2), voters),
    until(countersignOf('back-early', everybody, voters), 'FIRST_APPROVAL', ['voting']),
    until(countersignOf('back-late', everybody, voters), 'END', ['voting']),
    until({ ...gift, id: 'back-gift' }, 'END', signatures),
  ])
  three = await team(house, 'voter', 'PROPOSAL_SPECIALIST', 3)
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
})
afterAll(() => house.close())

const sign = (it: DrivenCase, seat: string, login: string) => it.act(login, 'APPROVE', {}, { seat })
const openSeats = async (it: DrivenCase) => (await it.tasks()).flatMap(({ status, seat }) => (status === 'OPEN' && seat !== null ? [seat] : [])).sort()
/** What the newest entry of an action says lapsed with it, as sequences. */
const lapsedIn = async (it: DrivenCase, action: string): Promise<string | null> =>
  (
    await house.pool.query(
      `select content::jsonb -> 'details' ->> 'lapsed' as lapsed from audit_entry where stream = $1 and action = $2 order by sequence desc limit 1`,
      [`case:${it.id}`, action],
    )
  ).rows[0].lapsed

test('edge-12: a return to before the fork ends every branch: open seats lapse, signed ones count no more, and a round begins', async () => {
  const it = await handedIn(house, 'back-fork')
  await sign(it, 'LEGAL', 'auditor-1')
  expect(await it.act('finance-1', 'RETURN', because)).toBe('draft')
  expect(await it.record()).toMatchObject({ round: 2, decisions: [] })
  expect(await tasksByStatus(it, 'voting')).toEqual({ COMPLETED: 1, SUPERSEDED: 2 })
  expect(await lapsedIn(it, 'RETURN')).toBe('2 3')
  await it.act(applicant, 'SUBMIT')
  expect(await openSeats(it)).toEqual(['FINANCE', 'LEGAL', 'QUALITY'])
  expect((await it.tasks()).filter(({ round }) => round === 2).map(({ state }) => state)).toEqual(['draft', 'voting', 'voting', 'voting'])
  expect(await it.refused('auditor-1', 'APPROVE', {}, { seat: 'QUALITY' })).toEqual(['NOT_AUTHORISED'])
  await sign(it, 'FINANCE', 'finance-1')
  await sign(it, 'QUALITY', 'quality-1')
  expect(await sign(it, 'LEGAL', 'auditor-1')).toBe('passed')
})

test('edge-12: whoever has signed returns nothing for the others any more', async () => {
  const it = await handedIn(house, 'back-fork')
  await sign(it, 'LEGAL', 'auditor-1')
  expect(await it.refused('auditor-1', 'RETURN', because)).toEqual(['NOT_AUTHORISED', 'NOT_AUTHORISED'])
  const drawn = await handedIn(house, 'back-late')
  await drawn.act(three[0]!, 'APPROVE')
  expect(await drawn.refused(three[0]!, 'RETURN', because)).toEqual(['SOD_CONFLICT'])
})

test('edge-13: out of a branch the case is returned to the declared state and to no other', async () => {
  const it = await handedIn(house, 'back-fork')
  await sign(it, 'LEGAL', 'auditor-1')
  for (const to of ['LEGAL', 'voting', 'passed', 'nowhere'])
    expect([to, await it.refused('finance-1', 'RETURN', because, { to })]).toEqual([to, ['RETURN_TARGET_UNREACHABLE']])
})

test('edge-13: nor to a state that the case has not been in, or that is not declared', async () => {
  const it = await handedIn(house, 'back-chain')
  await it.act('relations-supervisor-1', 'APPROVE')
  for (const to of ['third', 'paying', 'second'])
    expect([to, await it.refused('cs-manager-1', 'RETURN', because, { to })]).toEqual([to, ['RETURN_TARGET_UNREACHABLE']])
  expect(await it.act('cs-manager-1', 'RETURN', because, { to: 'first' })).toBe('first')
  expect(await it.record()).toMatchObject({ round: 2, decisions: [{ state: 'draft' }] })
})

test('edge-14: what was paid is not returned away, to any state before it or its own', async () => {
  const it = await handedIn(house, 'back-chain')
  await it.act('relations-supervisor-1', 'APPROVE')
  await it.act('cs-manager-1', 'APPROVE')
  await it.act('finance-1', 'PAY')
  for (const to of ['second', 'paying', undefined])
    expect([to, await it.refused('general-manager-1', 'RETURN', because, to === undefined ? {} : { to })]).toEqual([to, ['EFFECT_ALREADY_EXECUTED']])
  expect(await it.act('general-manager-1', 'APPROVE')).toBe('passed')
})

test('edge-15: approved in round 1, returned, rejected in round 2: no vote of round 1 counts', async () => {
  const it = await handedIn(house, 'back-quorum')
  await it.act(three[0]!, 'APPROVE')
  await it.act(three[1]!, 'RETURN', because)
  await it.act(applicant, 'SUBMIT')
  // With the approval of round 1 the first of these would pass it, and the second would leave it open.
  expect(await it.act(three[0]!, 'APPROVE')).toBe('voting')
  expect(await it.act(three[1]!, 'REJECT', because)).toBe('voting')
  expect(await it.act(three[2]!, 'REJECT', because)).toBe('failed')
  expect(await it.record()).toMatchObject({ outcome: 'rejected', round: 2 })
  expect((await it.record()).decisions.map(({ round }) => round)).toEqual([2, 2, 2, 2])
})

test('edge-15: a gift whose signatures lapsed is rejected, and no signature of round 1 is left', async () => {
  const application = papers['gift-giving-application']!['application'] as Record<string, unknown>
  const it = await house.open('relations-specialist-1', 'gift-giving-application', application)
  await it.act('relations-specialist-1', 'SUBMIT')
  await it.act('dept-head-1', 'SIGN')
  await it.act('gift-custodian-1', 'SIGN', { stockCheck: papers['gift-giving-application']!['stockCheck'] })
  await it.act('office-director-1', 'RETURN', because)
  await it.act('relations-specialist-1', 'SUBMIT')
  expect(await it.act('dept-head-1', 'REJECT', because)).toBe('rejected')
  expect((await it.record()).decisions.map(({ state, action }) => `${state} ${action}`)).toEqual(['draft SUBMIT', 'deptHeadSignature REJECT'])
  expect(await commitmentsOf(it)).toMatchObject([{ account: 'gifts', status: 'RELEASED' }])
})

test('edge-16: after one of three approvals a case may be withdrawn where its process says so, and not where it does not', async () => {
  const early = await handedIn(house, 'back-early')
  await early.act(three[0]!, 'APPROVE')
  expect(await early.refused(applicant, 'WITHDRAW', because)).toEqual(['CONDITION_UNMET'])
  expect(await early.refused(three[0]!, 'WITHDRAW', because)).toEqual(['NOT_AUTHORISED', 'CONDITION_UNMET'])
  const late = await handedIn(house, 'back-late')
  await late.act(three[0]!, 'APPROVE')
  expect(await late.act(applicant, 'WITHDRAW', because)).toBe('draft')
  expect(await late.record()).toMatchObject({ round: 2, decisions: [] })
  expect(await completersOf(late, 'voting')).toEqual(
    expect.arrayContaining([
      { status: 'COMPLETED', by: employeeId(three[0]!) },
      { status: 'SUPERSEDED', by: null },
      { status: 'SUPERSEDED', by: null },
    ]),
  )
  expect(await lapsedIn(late, 'WITHDRAW')).toBe('2 3')
})

test('edge-16: handed in again, all three vote again: nothing is carried over', async () => {
  const it = await handedIn(house, 'back-late')
  await it.act(three[0]!, 'APPROVE')
  await it.act(applicant, 'WITHDRAW', because)
  await it.act(applicant, 'SUBMIT')
  expect(await openSeats(it)).toEqual(three.map(personId).sort())
  for (const login of three.slice(1)) expect(await it.act(login, 'APPROVE')).toBe('voting')
  expect(await it.act(three[0]!, 'APPROVE')).toBe('passed')
  expect(await actionsOf(it)).toEqual(['OPEN', 'SUBMIT', 'APPROVE', 'WITHDRAW', 'SUBMIT', 'APPROVE', 'APPROVE', 'APPROVE'])
})

test('edge-16: what a withdrawn case had reserved is free, and its task was done by nobody', async () => {
  const giver = 'relations-specialist-1'
  const line = { recipient: '孙莉', giftName: '茶叶', quantity: 2, value: '300', customer: customerId('C0002') }
  const it = await house.open(giver, 'back-gift', { ...papers['gift-giving-application']!['application'], rows: [line] })
  await it.act(giver, 'SUBMIT')
  await it.act('dept-head-1', 'SIGN')
  expect(await commitmentsOf(it)).toMatchObject([{ account: 'gifts', amount: '300.00', status: 'RESERVED' }])
  expect(await it.act(giver, 'WITHDRAW', because)).toBe('draft')
  expect(await commitmentsOf(it)).toMatchObject([{ account: 'gifts', status: 'RELEASED' }])
  expect(await completersOf(it, 'custodianSignature')).toEqual([{ status: 'SUPERSEDED', by: null }])
  await it.act(giver, 'SUBMIT')
  expect(await commitmentsOf(it)).toMatchObject([{ account: 'gifts', amount: '300.00', status: 'RESERVED' }])
  expect(await it.refused('gift-custodian-1', 'SIGN')).toEqual(['NOT_AUTHORISED'])
})

test.each([
  ['back-late', 2, 'voter-3', 'passed'],
  ['back-chain', 0, 'relations-supervisor-1', 'second'],
] as const)('edge-17: %s is withdrawn and approved at the same time: one of the two is done', async (process, before, last, passes) => {
  const count = { withdrawn: 0, approved: 0 }
  for (let run = 0; run < 10; run++) {
    const it = await handedIn(house, process)
    for (const login of three.slice(0, before)) await it.act(login, 'APPROVE')
    const both = [
      () => decide(it, last, 'APPROVE'),
      () => decide(it, applicant, 'WITHDRAW', { forms: because, ...(process === 'back-chain' && { expectedVersion: 2 }) }),
    ]
    const outcomes = await atOnce((run % 2 === 0 ? both : both.reverse()).map((act) => act()))
    const [approved, withdrawn] = run % 2 === 0 ? outcomes : outcomes.reverse()
    const state = await it.state()
    expect(['draft', passes]).toContain(state)
    count[state === 'draft' ? 'withdrawn' : 'approved']++
    const lost = process === 'back-chain' ? 'CASE_STALE' : 'ACTION_UNAVAILABLE'
    expect([approved, withdrawn]).toEqual(state === 'draft' ? ['ACTION_UNAVAILABLE', 'done'] : ['done', lost])
    expect((await actionsOf(it)).filter((action) => action === 'WITHDRAW')).toHaveLength(state === 'draft' ? 1 : 0)
  }
  expect(count.withdrawn + count.approved).toBe(10)
})

/** A complaint that is not our fault, from its register to the return visit. */
async function investigatedTo(complaint: DrivenCase): Promise<DrivenCase> {
  const { handler } = paper.people
  await complaint.act(handler, 'SUBMIT_INVESTIGATION', { survey: paper.survey, record: paper.record() })
  await complaint.act('complaint-supervisor-2', 'CAUSE_NOT_OWN')
  await complaint.act(handler, 'CUSTOMER_ACCEPTS', { statement: paper.statement('接受说明') })
  return complaint
}

test('edge-36: a visit that ends in dissatisfaction reopens the same complaint, and is itself over', async () => {
  const { handler, supervisor } = paper.people
  const complaint = await house.open(handler, 'complaint-handling', paper.registration1())
  await complaint.act(handler, 'CLASSIFY', { classification: paper.classification(), notice: paper.notice() })
  await complaint.act(supervisor, 'ISSUE_NOTICE', { notice: paper.notice() })
  await investigatedTo(complaint)
  const [visit] = await complaint.children('complaint-return-visit')
  const visitor = 'care-specialist-1'
  await visit!.act(visitor, 'START_VISIT', { plan: { channel: 'PHONE' } })
  await visit!.act(visitor, 'CONTACTED')
  await visit!.act(visitor, 'SUBMIT_RECORD', { visitRecord: paper.visitRecord(false, visitor) })
  const others = (await house.pool.query('select count(*)::int as n from service_case')).rows[0].n
  expect(await visit!.act(supervisor, 'REOPEN')).toBe('reopened')
  expect(await complaint.record()).toMatchObject({ state: 'investigating', round: 2, outcome: null })
  expect((await house.pool.query('select count(*)::int as n from service_case')).rows[0].n).toBe(others)
  for (const action of ['REOPEN', 'CONFIRM', 'START_VISIT', 'SUBMIT_RECORD']) expect(await visit!.refused(supervisor, action)).toEqual(['ACTION_UNAVAILABLE'])
  expect((await visit!.tasks()).every(({ status }) => status !== 'OPEN')).toBe(true)
  expect(await complaint.children('complaint-return-visit')).toHaveLength(1)
  // The next round has a visit of its own; the first one stays as it was.
  const ended = await visit!.record()
  await investigatedTo(complaint)
  const [, next, ...more] = await complaint.children('complaint-return-visit')
  expect([await next!.state(), more]).toEqual(['due', []])
  expect(await visit!.record()).toEqual(ended)
})
