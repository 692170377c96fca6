import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type AnyProcess, arrowsOf, defineProcess, faultsOf, role } from '../../src/define/index.js'
import { customerId, departmentId, employeeId } from '../../src/organisation/ids.js'
import { Reason } from '../../workflows/common.js'
import { onTo } from '../support/complaint-road.js'
import * as paper from '../support/complaints.js'
import { people, reason, transitionsNotTaken } from '../support/complaints.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'

/** Something that is tracked like a complaint, and ends as no complaint that is tracked can end today. */
const dropped: AnyProcess = defineProcess({
  id: 'tracked-elsewhere',
  version: 1,
  title: ['其他被追踪案件', 'Tracked elsewhere'],
  source: 'test',
  forms: { reason: Reason },
  startedBy: role('COMPLAINT_SPECIALIST'),
  startsWith: 'reason',
  tells: { onEnd: [{ to: 'complaint-case-tracking', event: 'CASE_CLOSED' }] },
  owner: 'CS_MANAGER',
  initial: 'open',
  states: {
    open: {
      label: ['办理', 'Open'],
      assignee: role('COMPLAINT_SPECIALIST'),
      on: {
        SUBMIT: {
          opens: [
            {
              process: 'complaint-case-tracking',
              forms: ({ today }) => ({ sheet: { filledOn: today, acceptedOn: today, customer: paper.customer, content: '无' } }),
            },
          ],
        },
        WITHDRAW: { target: 'withdrawn' },
        REJECT: { target: 'notAccepted' },
      },
    },
    withdrawn: { type: 'final', label: ['撤诉', 'Withdrawn'], outcome: 'withdrawn' },
    notAccepted: { type: 'final', label: ['不予受理', 'Not accepted'], outcome: 'rejected' },
  },
})

let house: House
beforeAll(async () => {
  house = await openHouse([dropped])
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
  await house.close()
})

const { handler, supervisor, executor, manager } = people
const watcher = 'complaint-supervisor-2'
const clock = 'payment-run'
const answer = { response: { response: '三日内完成' } }
const reminder = (department = 'PRODUCTION', extra: object = {}) => ({
  reminder: { remindedOn: paper.today, docNo: 'DB-001', addressee: departmentId(department) },
  ...extra,
})
const share = (department: string, ratio: string) => ({ department: departmentId(department), ratio })
const split = (...shares: object[]) => ({ liability: { shares, personalPenaltyKind: '警告', handler: employeeId(handler) } })
const whole = split(share('PRODUCTION', '70'), share('QUALITY', '30'))
const number = { closing: { closingNo: 'JA-001' } }

/** A complaint at a state, and the case that tracks it. */
async function tracked(state = 'investigating'): Promise<{ complaint: DrivenCase; it: DrivenCase }> {
  const complaint = await house.open(handler, 'complaint-handling', paper.registration1())
  await complaint.act(handler, 'CLASSIFY', { classification: paper.classification(), notice: paper.notice(), registration2: paper.registration2 })
  await onTo(complaint, 'investigating')
  const [it] = await complaint.children('complaint-case-tracking')
  await onTo(complaint, state)
  return { complaint, it: it! }
}
const tracking = async () => (await tracked()).it
const dunning = async () => further(await tracking(), handler, 'DUN', reminder())
const liabilityReview = async () => (await tracked('closed')).it
const attributed = async () => further(await liabilityReview(), handler, 'ATTRIBUTE_LIABILITY', whole)
async function further(it: DrivenCase, login: string, action: string, forms: Readonly<Record<string, unknown>> = {}): Promise<DrivenCase> {
  await it.act(login, action, forms)
  return it
}

/** The table of page 4, and what it leaves to be added. */
const table: readonly (readonly [
  stage: () => Promise<DrivenCase>,
  action: string,
  logins: readonly string[],
  to: string,
  forms?: Readonly<Record<string, unknown>>,
])[] = [
  [tracking, 'STAGE_STAMP', [clock], 'tracking'],
  [tracking, 'DEADLINE_OVERDUE', [clock], 'dunning'],
  [tracking, 'DUN', [handler, watcher], 'dunning', reminder()],
  [tracking, 'CHECK_HANDLING', [watcher], 'tracking', { check: { findings: '进展正常' } }],
  [dunning, 'DEPT_RESPONDED', [executor], 'tracking', answer],
  [dunning, 'DUN', [handler, watcher], 'dunning', reminder()],
  [dunning, 'STAGE_STAMP', [clock], 'dunning'],
  [dunning, 'DEADLINE_OVERDUE', [clock], 'dunning'],
  [dunning, 'CHECK_HANDLING', [watcher], 'dunning', { check: { findings: '无回复' } }],
  [async () => further(await dunning(), handler, 'DUN', reminder()), 'ESCALATE', [watcher], 'dunning', reason('责任部门不回复')],
  [liabilityReview, 'ATTRIBUTE_LIABILITY', [handler], 'liabilityReview', whole],
  [attributed, 'CONFIRM_LIABILITY', [watcher], 'closed', number],
]
const everybody = [handler, watcher, executor, manager, clock, 'quality-1', 'auditor-1']

test.each(table.map(([stage, action, logins, to, forms = {}]) => [action, stage, logins, to, forms] as const))(
  '%s is done by its lane and nobody else',
  async (action, stage, logins, to, forms) => {
    const it = await stage()
    for (const login of everybody.filter((one) => !logins.includes(one)))
      expect(['NOT_AUTHORISED', 'NOT_FOUND']).toContain((await it.refused(login, action, forms))[0])
    expect(await it.act(logins.at(-1)!, action, forms)).toBe(to)
  },
)

test('the definition is sound, and nobody opens a tracking case by hand', async () => {
  const { definition } = house.processes.current.get('complaint-case-tracking')!
  expect(faultsOf(definition)).toEqual([])
  expect([...new Set(arrowsOf(definition).map(({ from }) => from))]).toEqual(['tracking', 'dunning', 'liabilityReview'])
  const sheet = { filledOn: paper.today, acceptedOn: paper.today, customer: paper.customer, content: '无' }
  for (const login of [handler, supervisor, manager]) expect(await house.openRefused(login, 'complaint-case-tracking', sheet)).toEqual(['NOT_AUTHORISED'])
})

test('L3: the notice opens it, with the head of the sheet copied from the papers of the complaint', async () => {
  const { complaint, it } = await tracked()
  expect(await complaint.children('complaint-case-tracking')).toHaveLength(1)
  expect(await it.form('sheet')).toEqual({
    filledOn: paper.today,
    acceptedOn: paper.today,
    docNo: 'TZ-001',
    customer: paper.customer,
    content: '新机无法开机',
    manufacturingDept: departmentId('PRODUCTION'),
    promisedDeadline: paper.dayIn(10),
  })
  expect(await it.form('delivery')).toEqual({ productSpec: 'A型打印机' })
  expect(await it.record()).toMatchObject({ parentId: complaint.id, customerId: paper.customer })
})

test('every act that brings the complaint to a state is stamped, until it ends', async () => {
  const { complaint, it } = await tracked('countersigning')
  const stamps = async () => (await it.history()).filter(({ action }) => action === 'STAGE_STAMP').length
  expect(await stamps()).toBe(4)
  await complaint.act('customer-dept-1', 'GIVE_OPINION', { countersignOpinion: paper.stance('同意') }, { seat: 'CUSTOMER_DEPT' })
  expect(await stamps()).toBe(4)
  const { rows } = await house.pool.query(
    `select s.content::jsonb -> 'causedBy' ->> 'caseId' as case, (s.content::jsonb -> 'causedBy' ->> 'sequence')::int as sequence from audit_entry s where stream = $1 and action = 'STAGE_STAMP' order by sequence`,
    [`case:${it.id}`],
  )
  expect(rows.map(({ sequence }) => sequence).sort()).toEqual([3, 4, 5, 6])
  expect(new Set(rows.map((row) => row.case))).toEqual(new Set([complaint.id]))
})

test('a complaint that is closed leads to the liability from both states', async () => {
  for (const remind of [false, true]) {
    const { complaint, it } = await tracked('reportReview')
    if (remind) await it.act(handler, 'DUN', reminder())
    await onTo(complaint, 'closed')
    expect(await it.state()).toBe('liabilityReview')
  }
})

test('one that is withdrawn or not accepted ends the tracking with it, from both states', async () => {
  for (const [action, remind] of [
    ['WITHDRAW', false],
    ['WITHDRAW', true],
    ['REJECT', false],
    ['REJECT', true],
  ] as const) {
    const complaint = await house.open(handler, 'tracked-elsewhere', { reason: '无' })
    await complaint.act(handler, 'SUBMIT')
    const [it] = await complaint.children()
    if (remind) await it!.act(handler, 'DUN', reminder())
    await complaint.act(handler, action)
    expect(await it!.record()).toMatchObject({ state: 'closed', outcome: 'completed' })
    expect((await it!.tasks()).every(({ status }) => status !== 'OPEN')).toBe(true)
  }
})

test('the department that was reminded answers, whoever the sheet names', async () => {
  const it = await tracking()
  await it.act(handler, 'DUN', reminder('QUALITY'))
  expect((await it.refused(handler, 'DEPT_RESPONDED', answer))[0]).toBe('NOT_AUTHORISED')
  expect(await it.act('quality-1', 'DEPT_RESPONDED', answer)).toBe('tracking')
})

test('a reminder by a person has its day, number and addressee; more defective goods than goods are refused', async () => {
  const it = await tracking()
  expect(await it.refused(handler, 'DUN')).toEqual(['FORM_INVALID', 'reminder REQUIRED'])
  expect(await it.refused(handler, 'DUN', { reminder: { remindedOn: paper.today } })).toEqual([
    'FORM_INVALID',
    'reminder.docNo REQUIRED',
    'reminder.addressee REQUIRED',
  ])
  const goods = (quantity: string, defectiveQuantity: string) => ({ delivery: { quantity, defectiveQuantity, deliveryNoteNo: 'JH-9', shippedOn: paper.today } })
  expect(await it.refused(handler, 'DUN', reminder('PRODUCTION', goods('10', '10.0001')))).toEqual(['CONDITION_UNMET'])
  expect(await it.act(handler, 'DUN', reminder('PRODUCTION', goods('10', '10')))).toBe('dunning')
})

test('it goes to the manager after so many reminders, those of the clock among them, and not before', async () => {
  const it = await further(await tracking(), clock, 'DEADLINE_OVERDUE')
  expect(await it.refused(watcher, 'ESCALATE', reason('不回复'))).toEqual(['CONDITION_UNMET'])
  await it.act(executor, 'DEPT_RESPONDED', answer)
  await it.act(watcher, 'DUN', reminder())
  expect(await it.refused(watcher, 'ESCALATE')).toEqual(['FORM_INVALID', 'reason REQUIRED'])
  expect(await it.act(watcher, 'ESCALATE', reason('再次逾期'))).toBe('dunning')
  await house.owner.query(`insert into process_setting (process, key, value) values ('complaint-case-tracking', 'remindersBeforeEscalation', 3)`)
  expect(await it.refused(watcher, 'ESCALATE', reason('再次逾期'))).toEqual(['CONDITION_UNMET'])
  await house.owner.query(`delete from process_setting where process = 'complaint-case-tracking'`)
})

test('the supervisor hears of a term that has passed, the manager once it was reminded often enough', async () => {
  const heard = (state: string, action: string) =>
    arrowsOf(house.processes.current.get('complaint-case-tracking')!.definition)
      .filter((arrow) => arrow.from === state && arrow.action === action)
      .map(({ notifies = [] }) => notifies)
  for (const state of ['tracking', 'dunning']) {
    expect(heard(state, 'DEADLINE_OVERDUE')).toEqual([['COMPLAINT_SUPERVISOR', 'CS_MANAGER'], ['COMPLAINT_SUPERVISOR']])
    expect(heard(state, 'DUN')).toEqual([['CS_MANAGER'], []])
  }
  expect(heard('dunning', 'ESCALATE')).toEqual([['CS_MANAGER']])
})

test('shares come to 100% exactly', async () => {
  const it = await liabilityReview()
  for (const shares of [[share('PRODUCTION', '99.9999')], [share('PRODUCTION', '70'), share('QUALITY', '30.0001')], []])
    expect(await it.refused(handler, 'ATTRIBUTE_LIABILITY', split(...shares))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(handler, 'ATTRIBUTE_LIABILITY', split(share('PRODUCTION', '100.0001')))).toEqual([
    'FORM_INVALID',
    'liability.shares[0].ratio AMOUNT_INVALID',
  ])
  expect(await it.refused(watcher, 'CONFIRM_LIABILITY', number)).toEqual(['CONDITION_UNMET'])
  expect(await it.act(handler, 'ATTRIBUTE_LIABILITY', split(share('PRODUCTION', '70'), share('QUALITY', '30.00')))).toBe('liabilityReview')
})

test('the sheet names the handler whom the record names, and bears the closing number of the complaint', async () => {
  const it = await liabilityReview()
  const other = { liability: { ...whole.liability, handler: employeeId(people.visitor) } }
  expect(await it.refused(handler, 'ATTRIBUTE_LIABILITY', other)).toEqual(['CONDITION_UNMET'])
  await it.act(handler, 'ATTRIBUTE_LIABILITY', whole)
  expect(await it.refused(watcher, 'CONFIRM_LIABILITY', { closing: { closingNo: 'JA-002' } })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(watcher, 'CONFIRM_LIABILITY', number)).toBe('closed')
})

test('who attributed the liability, who handled the complaint and who belongs to a liable department does not confirm it', async () => {
  const both = await house.hire('specialist-and-supervisor', ['COMPLAINT_SPECIALIST', 'COMPLAINT_SUPERVISOR'])
  const ofQuality = await house.hire('supervisor-of-quality', ['COMPLAINT_SUPERVISOR'], { department: 'QUALITY' })
  const own = await further(await liabilityReview(), both, 'ATTRIBUTE_LIABILITY', whole)
  expect(await own.refused(both, 'CONFIRM_LIABILITY', number)).toEqual(['SOD_CONFLICT'])
  expect(await own.refused(ofQuality, 'CONFIRM_LIABILITY', number)).toEqual(['SOD_CONFLICT'])
  await house.hire(handler, ['COMPLAINT_SUPERVISOR'])
  expect(new Set(await own.refused(handler, 'CONFIRM_LIABILITY', number))).toEqual(new Set(['SOD_CONFLICT']))
  await house.dismiss(handler, 'COMPLAINT_SUPERVISOR')
  const elsewhere = await further(await liabilityReview(), both, 'ATTRIBUTE_LIABILITY', split(share('PRODUCTION', '100')))
  expect(await elsewhere.act(ofQuality, 'CONFIRM_LIABILITY', number)).toBe('closed')
  // Whoever issued the notice has handled nothing by that.
  expect(await own.act(supervisor, 'CONFIRM_LIABILITY', number)).toBe('closed')
})

test('where the fault was not ours nobody is liable, and no share has to be made up', async () => {
  const { complaint, it } = await tracked('causeVerdict')
  await complaint.act(watcher, 'CAUSE_NOT_OWN')
  await complaint.act(handler, 'CUSTOMER_ACCEPTS', { statement: paper.statement('接受说明') })
  await onTo(complaint, 'closed')
  expect(await it.act(handler, 'ATTRIBUTE_LIABILITY', split())).toBe('liabilityReview')
  expect(await it.refused(watcher, 'CONFIRM_LIABILITY', number)).toEqual(['SOD_CONFLICT'])
  expect(await it.act(supervisor, 'CONFIRM_LIABILITY', number)).toBe('closed')
})

test('the customer of the case is that of the complaint', async () => {
  const complaint = await house.open(handler, 'complaint-handling', paper.registration1({ customer: customerId('C0002') }))
  await onTo(complaint, 'investigating')
  expect((await (await complaint.children())[0]!.record()).customerId).toBe(customerId('C0002'))
})

test('every transition of page 4 was taken', async () => {
  expect(await transitionsNotTaken(house, 'complaint-case-tracking')).toEqual([])
})
