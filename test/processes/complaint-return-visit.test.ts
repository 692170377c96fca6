import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import * as paper from '../support/complaints.js'
import { people, reason } from '../support/complaints.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { everyTerm, ladderDeeds, reminders, running, setFigure, termOf } from '../support/terms.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const { handler, visitor: specialist, supervisor } = people
const visitor = 'care-specialist-1'
const byPhone = { plan: { channel: 'PHONE' } }
const sheet = (...attempts: object[]) => ({ attempt: { attempts } })
const failed = (count: number) => sheet(...paper.attempts(count))
const letter = { letter: { sentOn: paper.today } }

/** A visit that nobody's complaint waits for. */
const opened = (task: object = {}) => house.open(specialist, 'complaint-return-visit', { customer: paper.customer, ...task })
const contacting = async (visit: DrivenCase): Promise<DrivenCase> => {
  await visit.act(visitor, 'START_VISIT', byPhone)
  return visit
}
const recording = async (visit: DrivenCase): Promise<DrivenCase> => {
  await contacting(visit)
  await visit.act(visitor, 'CONTACTED')
  return visit
}
const inReview = async (visit: DrivenCase, satisfied: boolean): Promise<DrivenCase> => {
  await recording(visit)
  await visit.act(visitor, 'SUBMIT_RECORD', { visitRecord: paper.visitRecord(satisfied, visitor) })
  return visit
}
/** The visit of a complaint that was settled on the spot, and its reception. */
async function ofReception(): Promise<{ reception: DrivenCase; visit: DrivenCase }> {
  const reception = await house.open(handler, 'complaint-reception', paper.arrival)
  await reception.act(handler, 'GREET_VISITOR')
  await reception.act(handler, 'RECORD_PURPOSE', { purpose: { statement: '换新' } })
  await reception.act(handler, 'REGISTER_ACCEPTED', { registration1: paper.registration1(), registration2: paper.registration2 })
  await reception.act(handler, 'CUSTOMER_CALMED', { comfort: paper.comfort(false) })
  await reception.act(handler, 'SELF_HANDLE', { assessment: paper.assessment('100') })
  await reception.act(handler, 'CUSTOMER_SATISFIED', { communication: paper.told(true) })
  await reception.act(handler, 'SEE_OFF', { departure: paper.departure })
  return { reception, visit: (await reception.children())[0]! }
}
/** The visit of a complaint that is not our fault, and that complaint, which waits for it. */
async function ofComplaint(): Promise<{ complaint: DrivenCase; visit: DrivenCase }> {
  const complaint = await explaining()
  await complaint.act(handler, 'CUSTOMER_ACCEPTS', { statement: paper.statement('接受说明') })
  return { complaint, visit: (await complaint.children('complaint-return-visit'))[0]! }
}
async function explaining(): Promise<DrivenCase> {
  const complaint = await house.open(handler, 'complaint-handling', paper.registration1())
  await complaint.act(handler, 'CLASSIFY', { classification: paper.classification(), notice: paper.notice() })
  await complaint.act(supervisor, 'ISSUE_NOTICE', { notice: paper.notice() })
  await complaint.act(handler, 'SUBMIT_INVESTIGATION', { survey: paper.survey, record: paper.record() })
  await complaint.act('complaint-supervisor-2', 'CAUSE_NOT_OWN')
  return complaint
}

test('complaint-return-visit 1: a specialist opens one too, nobody else does', async () => {
  expect(await house.openRefused(visitor, 'complaint-return-visit', { customer: paper.customer })).toEqual(['NOT_AUTHORISED', 'NOT_AUTHORISED'])
  expect(await house.openRefused(specialist, 'complaint-return-visit', { customer: employeeId(visitor) })).toEqual(['FORM_INVALID', 'task.customer NOT_FOUND'])
  expect(await (await opened()).state()).toBe('due')
})

test('complaint-return-visit 2: the visit starts with its form chosen, by the centre or by a specialist', async () => {
  const visit = await opened()
  expect(await visit.refused(visitor, 'START_VISIT')).toEqual(['FORM_INVALID', 'plan REQUIRED'])
  expect((await visit.refused(supervisor, 'START_VISIT', byPhone))[0]).toBe('NOT_AUTHORISED')
  expect(await visit.act(visitor, 'START_VISIT', byPhone)).toBe('contacting')
  expect(await (await opened()).act(people.colleague, 'START_VISIT', byPhone)).toBe('contacting')
})

test('complaint-return-visit 3: whoever handled the complaint may not visit, at its reception either', async () => {
  const { visit } = await ofReception()
  expect((await visit.refused(handler, 'START_VISIT', byPhone))[0]).toBe('SOD_CONFLICT')
  const named = await opened({ handlers: [employeeId(visitor)] })
  expect((await named.refused(visitor, 'START_VISIT', byPhone))[0]).toBe('SOD_CONFLICT')
  expect(await named.act('care-specialist-2', 'START_VISIT', byPhone)).toBe('contacting')
})

test('complaint-return-visit 4: three attempts, then the letter and not before', async () => {
  const visit = await opened()
  for (let attempt = 0; attempt < 3; attempt++) {
    await contacting(visit)
    expect(await visit.refused(visitor, 'GIVE_UP', letter)).toEqual(['CONDITION_UNMET'])
    expect(await visit.act(visitor, 'ATTEMPT_FAILED', failed(attempt + 1))).toBe('due')
  }
  await contacting(visit)
  expect(await visit.refused(visitor, 'ATTEMPT_FAILED', sheet(...paper.attempts(3), paper.attempted('20:00')))).toEqual(['CONDITION_UNMET'])
  expect(await visit.refused(visitor, 'GIVE_UP')).toEqual(['FORM_INVALID', 'letter REQUIRED'])
  expect(await visit.act(visitor, 'GIVE_UP', letter)).toBe('unreachable')
  const { rows } = await house.pool.query(`select count(*)::int as attempts from form_version where case_id = $1 and key = 'attempt'`, [visit.id])
  expect(rows).toEqual([{ attempts: 3 }])
})

test('complaint-return-visit 4: an organisation may set another number of attempts', async () => {
  await house.owner.query(`insert into process_setting (process, key, value) values ('complaint-return-visit', 'maxAttempts', 1)`)
  const visit = await opened()
  await contacting(visit)
  await visit.act(visitor, 'ATTEMPT_FAILED', failed(1))
  await contacting(visit)
  expect(await visit.act(visitor, 'GIVE_UP', letter)).toBe('unreachable')
  await house.owner.query(`delete from process_setting where process = 'complaint-return-visit'`)
})

test('complaint-return-visit 5: a customer who is reached is recorded, completely', async () => {
  const visit = await contacting(await opened())
  expect(await visit.refused(visitor, 'SUBMIT_RECORD', { visitRecord: paper.visitRecord(true, visitor) })).toEqual(['ACTION_UNAVAILABLE'])
  expect(await visit.act(visitor, 'CONTACTED')).toBe('recording')
  for (const missing of ['satisfied', 'resultFedBack', 'customerOpinion']) {
    expect(await visit.refused(visitor, 'SUBMIT_RECORD', { visitRecord: { ...paper.visitRecord(true, visitor), [missing]: undefined } })).toEqual([
      'CONDITION_UNMET',
    ])
  }
  expect(await visit.act(visitor, 'SUBMIT_RECORD', { visitRecord: paper.visitRecord(true, visitor) })).toBe('review')
})

test('complaint-return-visit 6: the supervisor confirms what is satisfied, and nothing else', async () => {
  const visit = await inReview(await opened(), true)
  expect((await visit.refused(visitor, 'CONFIRM'))[0]).toBe('NOT_AUTHORISED')
  expect(new Set(await visit.refused(supervisor, 'REOPEN'))).toEqual(new Set(['CONDITION_UNMET']))
  expect(await visit.act(supervisor, 'CONFIRM', { opinion: { opinion: '属实' } })).toBe('satisfied')
  const other = await inReview(await opened(), false)
  expect(await other.refused(supervisor, 'CONFIRM')).toEqual(['CONDITION_UNMET'])
})

test('complaint-return-visit 6: whoever made the visit may not review it', async () => {
  await house.owner.query(`insert into role_assignment (id, employee_id, role) values (gen_random_uuid(), $1, 'COMPLAINT_SUPERVISOR')`, [
    employeeId('care-specialist-2'),
  ])
  const visit = await opened()
  await visit.act('care-specialist-2', 'START_VISIT', byPhone)
  await visit.act('care-specialist-2', 'CONTACTED')
  await visit.act(visitor, 'SUBMIT_RECORD', { visitRecord: paper.visitRecord(true, visitor) })
  expect((await visit.refused('care-specialist-2', 'CONFIRM'))[0]).toBe('SOD_CONFLICT')
})

test('complaint-return-visit 7: a record that will not do is written again, and both versions are kept', async () => {
  const visit = await inReview(await opened(), false)
  expect(await visit.act(supervisor, 'RETURN', reason('意见不完整'))).toBe('recording')
  expect((await visit.record()).round).toBe(2)
  await visit.act(visitor, 'SUBMIT_RECORD', { visitRecord: paper.visitRecord(true, visitor) })
  expect(await visit.act(supervisor, 'CONFIRM')).toBe('satisfied')
  const { rows } = await house.pool.query(
    `select (content::jsonb -> 'satisfied')::boolean as satisfied from form_version where case_id = $1 and key = 'visitRecord' order by version`,
    [visit.id],
  )
  expect(rows.map(({ satisfied }) => satisfied)).toEqual([false, true])
})

test('complaint-return-visit 8: a dissatisfied customer whose complaint waits sends that complaint back', async () => {
  const { complaint, visit } = await ofComplaint()
  await inReview(visit, false)
  expect(await visit.act(supervisor, 'REOPEN')).toBe('reopened')
  expect(await visit.children()).toEqual([])
  expect(await complaint.record()).toMatchObject({ state: 'investigating', round: 2 })
})

test('complaint-return-visit 8: one settled on the spot becomes a complaint, with the register of its reception', async () => {
  const { reception, visit } = await ofReception()
  await inReview(visit, false)
  expect(await visit.act(supervisor, 'REOPEN')).toBe('reopened')
  const [complaint] = await visit.children('complaint-handling')
  expect(await complaint!.form('registration1')).toEqual(await reception.form('registration1'))
  expect(await complaint!.record()).toMatchObject({ state: 'registered', parentId: visit.id, customerId: paper.customer })
  expect(await reception.state()).toBe('resolvedOnSite')
})

test('complaint-return-visit 8: a complaint that no longer waits is opened anew', async () => {
  const complaint = await explaining()
  await complaint.act(people.manager, 'NEGOTIATION_FAILED', reason('客户拒绝'))
  await complaint.act(people.manager, 'SETTLED_OR_JUDGED', { litigation: paper.litigation(false) })
  const [visit] = await complaint.children('complaint-return-visit')
  await inReview(visit!, false)
  expect(await visit!.act(supervisor, 'REOPEN')).toBe('reopened')
  expect(await complaint.record()).toMatchObject({ state: 'reporting', round: 1 })
  expect(await visit!.children('complaint-handling')).toHaveLength(1)
})

test("complaint-return-visit 8: a visit of nobody's complaint needs the register handed in", async () => {
  const visit = await inReview(await opened(), false)
  expect(new Set(await visit.refused(supervisor, 'REOPEN'))).toEqual(new Set(['CONDITION_UNMET']))
  expect(await visit.act(supervisor, 'REOPEN', { registration1: paper.registration1() })).toBe('reopened')
  const [complaint] = await visit.children('complaint-handling')
  expect(await complaint!.form('registration1')).toEqual(paper.registration1())
})

test.each([
  ['VISIT_SATISFIED', { visitRecord: paper.visitRecord(true) }, 'satisfied'],
  ['VISIT_DISSATISFIED', { visitRecord: paper.visitRecord(false) }, 'reopened'],
  ['VISIT_UNREACHABLE', { visitRecord: paper.visitRecord(undefined), unreachable: paper.unreachable(3) }, 'unreachable'],
] as const)(
  'complaint-return-visit 9: %s recorded in the complaint settles the visit in whatever state it is; only the system does that',
  async (action, forms, end) => {
    for (const stage of [async (visit: DrivenCase) => visit, contacting, recording, (visit: DrivenCase) => inReview(visit, true)]) {
      const { complaint, visit } = await ofComplaint()
      await stage(visit)
      expect((await visit.refused(visitor, 'SETTLED_IN_CASE'))[0]).toBe('NOT_AUTHORISED')
      await complaint.act(specialist, action, forms)
      expect(await visit.state()).toBe(end)
    }
  },
)

test('complaint-return-visit 10: the visit is due on the day that its task names', async () => {
  const visit = await opened({ dueOn: '2030-05-06' })
  const { rows } = await house.pool.query(
    `select (select to_char(due_at at time zone 'UTC', 'YYYY-MM-DD HH24') from service_case where id = $1) as "case", (select to_char(due_at at time zone 'UTC', 'YYYY-MM-DD HH24') from task where case_id = $1) as task`,
    [visit.id],
  )
  expect(rows).toEqual([{ case: '2030-05-06 16', task: '2030-05-06 16' }])
})

const tried = async (visit: DrivenCase, ...attempts: object[]): Promise<DrivenCase> => {
  await (await contacting(visit)).act(visitor, 'ATTEMPT_FAILED', sheet(...attempts))
  return visit
}
const { attempted } = paper
everyTerm(() => house, 'complaint-return-visit', [
  {
    place: 'due',
    name: 'VISIT_DUE',
    of: () => opened(),
    term: { workingDays: 3 },
    hears: ['COMPLAINT_SUPERVISOR'],
    ladder: reminders,
    leave: contacting,
  },
  {
    place: 'due',
    name: 'RETRY_DUE',
    of: async () => tried(await opened(), attempted('09:00')),
    term: { days: 3, from: paper.dayIn(-1) },
    hears: ['COMPLAINT_SUPERVISOR'],
    ladder: reminders,
    leave: contacting,
  },
])
test('complaint-return-visit: after a failed attempt the next one is due, from the first on, and the clock gives nobody up', async () => {
  const visit = await tried(await opened({ dueOn: paper.dayIn(1) }), attempted('09:00', paper.dayIn(-2)))
  expect(await termOf(visit, 'VISIT_DUE')).toBeUndefined()
  await tried(visit, attempted('09:00', paper.dayIn(-2)), attempted('15:00'))
  expect(await termOf(visit, 'RETRY_DUE')).toEqual({ days: 3, from: paper.dayIn(-2) })
  expect(await visit.expire('RETRY_DUE', 0)).toBe('FIRED')
  expect(await ladderDeeds(visit)).toEqual([{ action: 'REMIND', term: 'RETRY_DUE', share: '0.5' }])
  expect(await visit.expire('RETRY_DUE')).toBe('FIRED')
  expect(await visit.state()).toBe('due')
  expect(await running(visit)).toEqual(['RETRY_DUE#1'])
})
test.each([
  ['09:00', '11:59', false],
  ['11:59', '12:00', true],
  ['12:00', '17:59', false],
  ['17:59', '18:00', true],
  ['09:00', '18:00', true],
])('complaint-return-visit 4 (Q6): an attempt at %s and one at %s are at different times of day: %s', async (one, other, differ) => {
  const visit = await contacting(await tried(await opened(), attempted(one)))
  const forms = sheet(attempted(one), attempted(other))
  if (differ) expect(await visit.act(visitor, 'ATTEMPT_FAILED', forms)).toBe('due')
  else expect(await visit.refused(visitor, 'ATTEMPT_FAILED', forms)).toEqual(['CONDITION_UNMET'])
})
test('complaint-return-visit 4 (Q6): attempts count together for three days from the first; after that a new sheet is begun', async () => {
  const first = attempted('09:00', paper.dayIn(-5))
  const together = await contacting(await tried(await opened(), first))
  expect(await together.act(visitor, 'ATTEMPT_FAILED', sheet(first, attempted('15:00', paper.dayIn(-2))))).toBe('due')
  const apart = await contacting(await tried(await opened(), first))
  const late = attempted('15:00', paper.dayIn(-1))
  expect(await apart.refused(visitor, 'ATTEMPT_FAILED', sheet(first, late))).toEqual(['CONDITION_UNMET'])
  expect(await apart.act(visitor, 'ATTEMPT_FAILED', sheet(late))).toBe('due')
  expect(await termOf(apart, 'RETRY_DUE')).toEqual({ days: 3, from: paper.dayIn(-1) })
  await contacting(apart)
  expect(await apart.refused(visitor, 'GIVE_UP', letter)).toEqual(['CONDITION_UNMET'])
})
test('complaint-return-visit 4: what is on the sheet stays, one line is added, and none from the future', async () => {
  const visit = await contacting(await tried(await opened(), attempted('09:00')))
  const refused = (...lines: object[]) => visit.refused(visitor, 'ATTEMPT_FAILED', sheet(...lines))
  expect(await refused(attempted('09:01'), attempted('15:00'))).toEqual(['CONDITION_UNMET'])
  expect(await refused(attempted('15:00'))).toEqual(['CONDITION_UNMET'])
  expect(await refused(attempted('09:00'), attempted('15:00'), attempted('19:00'))).toEqual(['CONDITION_UNMET'])
  expect(await refused(attempted('09:00'))).toEqual(['CONDITION_UNMET'])
  expect(await refused(attempted('09:00'), attempted('15:00', paper.dayIn(1)))).toEqual(['CONDITION_UNMET'])
  expect(await visit.act(visitor, 'ATTEMPT_FAILED', sheet(attempted('09:00'), attempted('15:00')))).toBe('due')
})
test('complaint-return-visit 4: the borders of the day are the figures of the organisation', async () => {
  await setFigure(house, 'complaint-return-visit', 'noonHour', 11)
  const visit = await contacting(await tried(await opened(), attempted('10:59')))
  expect(await visit.act(visitor, 'ATTEMPT_FAILED', sheet(attempted('10:59'), attempted('11:00')))).toBe('due')
  await house.owner.query(`delete from process_setting where process = 'complaint-return-visit'`)
})

test('every transition of page 3 was taken', async () => {
  expect(await paper.transitionsNotTaken(house, 'complaint-return-visit')).toEqual([])
})
