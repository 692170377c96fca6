import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import * as paper from '../support/complaints.js'
import { people, reason } from '../support/complaints.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { everyTerm, running } from '../support/terms.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const { handler: receiver, colleague, supervisor, manager } = people
const director = 'cs-director-1'
const declined = paper.registration1({ acceptance: 'REJECTED', promisedDeadline: undefined, rejectionReason: '非本公司产品' })

/** The straight road: `remedy` above 500 asks the manager for help, `compensation` above 5 000 the director for approval. */
interface Plot {
  readonly remedy?: string
  readonly compensation?: string
}
const road: readonly (readonly [from: string, go: (it: DrivenCase, plot: Plot) => Promise<unknown>])[] = [
  ['received', (it) => it.act(receiver, 'GREET_VISITOR')],
  ['inquiring', (it) => it.act(receiver, 'RECORD_PURPOSE', { purpose: { statement: '打印机坏了，我要换新' } })],
  ['recording', (it) => it.act(receiver, 'REGISTER_ACCEPTED', { registration1: paper.registration1(), registration2: paper.registration2 })],
  ['comforting', (it) => it.act(receiver, 'CUSTOMER_CALMED', { comfort: paper.comfort(true) })],
  [
    'analysing',
    (it, { remedy = '500' }) => it.act(receiver, remedy === '500' ? 'SELF_HANDLE' : 'REQUEST_ASSISTANCE', { assessment: paper.assessment(remedy) }),
  ],
]
const at = async (state: string, plot: Plot = {}): Promise<DrivenCase> => {
  const it = await house.open(receiver, 'complaint-reception', paper.arrival)
  for (const [from, go] of road) {
    if (from === state) break
    await go(it, plot)
  }
  const { remedy: _remedy, compensation } = plot
  if (compensation !== undefined) await it.act(manager, 'ESCALATE', { solution: paper.solution({ compensation }) })
  if ((await it.state()) !== state) throw new Error(`the case is in ${await it.state()}, not in ${state}`)
  return it
}

test('complaint-reception 1: a visitor is greeted and asked, and his words are kept as he said them', async () => {
  const it = await at('received')
  expect(await it.refused(manager, 'GREET_VISITOR')).toEqual(['NOT_AUTHORISED'])
  expect(await it.refused(receiver, 'RECORD_PURPOSE', { purpose: { statement: '换新' } })).toEqual(['ACTION_UNAVAILABLE'])
  expect(await it.act(receiver, 'GREET_VISITOR')).toBe('inquiring')
  expect(await it.refused(receiver, 'RECORD_PURPOSE', { purpose: { statement: '' } })).toEqual(['FORM_INVALID', 'purpose.statement REQUIRED'])
  expect(await it.act(receiver, 'RECORD_PURPOSE', { purpose: { statement: '打印机坏了，我要换新' } })).toBe('recording')
  expect(await it.form('purpose')).toEqual({ statement: '打印机坏了，我要换新' })
})

test('complaint-reception 2: only a complaint specialist opens the record', async () => {
  expect(await house.openRefused(manager, 'complaint-reception', paper.arrival)).toEqual(['NOT_AUTHORISED'])
  expect(await house.openRefused(receiver, 'complaint-reception', { ...paper.arrival, channel: 'PIGEON' })).toEqual([
    'FORM_INVALID',
    'arrival.channel CHOICE_UNKNOWN',
  ])
})

test('complaint-reception 3: who does not come to complain is sent to after-sales service only once that process exists', async () => {
  const it = await at('inquiring')
  expect(await it.refused(receiver, 'NOT_A_COMPLAINT', { redirection: { purpose: '询问保养', business: 'AFTER_SALES' } })).toEqual(['PROCESS_UNAVAILABLE'])
  expect(await it.state()).toBe('inquiring')
})
test('complaint-reception 3: who comes on a visit is sent to the reception', async () => {
  const it = await at('inquiring')
  expect(await it.act(receiver, 'NOT_A_COMPLAINT', { redirection: { purpose: '参观访问', business: 'RECEPTION' } })).toBe('redirected')
  expect((await it.children()).map(({ process }) => process)).toEqual(['customer-reception'])
})

test('complaint-reception 4: accepted only with the promised term, which the case then shows', async () => {
  const it = await at('recording')
  const forms = (extra: object) => ({ registration1: paper.registration1(extra as never), registration2: paper.registration2 })
  expect(await it.refused(receiver, 'REGISTER_ACCEPTED', forms({ promisedDeadline: undefined }))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(receiver, 'REGISTER_ACCEPTED', { registration1: declined, registration2: paper.registration2 })).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(receiver, 'REGISTER_ACCEPTED', { registration1: paper.registration1() })).toEqual(['FORM_INVALID', 'registration2 REQUIRED'])
  expect(await it.act(receiver, 'REGISTER_ACCEPTED', forms({ promisedDeadline: '2030-05-06' }))).toBe('comforting')
  const { rows } = await house.pool.query(`select to_char(due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI') as due from service_case where id = $1`, [it.id])
  expect(rows).toEqual([{ due: '2030-05-06T16:00' }])
})

test('complaint-reception 5: declined only with the reason, confirmed by a supervisor who did not receive it', async () => {
  const it = await at('recording')
  expect(await it.refused(receiver, 'REGISTER_DECLINED', { registration1: { ...declined, rejectionReason: undefined } })).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(receiver, 'REGISTER_DECLINED', { registration1: paper.registration1({ rejectionReason: '非本公司产品' }) })).toEqual([
    'CONDITION_UNMET',
  ])
  expect(await it.act(receiver, 'REGISTER_DECLINED', { registration1: declined })).toBe('declineReview')
  expect(await it.refused(receiver, 'CONFIRM_DECLINE')).toEqual(['NOT_AUTHORISED'])
  expect(await it.act(supervisor, 'CONFIRM_DECLINE', { opinion: { opinion: '同意' } })).toBe('departing')
  expect(await it.act(receiver, 'SEE_OFF', { departure: paper.departure })).toBe('notAccepted')
  expect(await it.record()).toMatchObject({ outcome: 'rejected' })
  expect(await it.children()).toEqual([])
})

test('complaint-reception 5: whoever received the complaint may not confirm its refusal as a supervisor', async () => {
  await house.owner.query(`insert into role_assignment (id, employee_id, role) values (gen_random_uuid(), $1, 'COMPLAINT_SUPERVISOR')`, [employeeId(colleague)])
  const it = await at('recording')
  await it.act(colleague, 'REGISTER_DECLINED', { registration1: declined })
  expect(await it.refused(colleague, 'CONFIRM_DECLINE')).toEqual(['SOD_CONFLICT'])
  const own = await house.open(colleague, 'complaint-reception', paper.arrival)
  await own.act(receiver, 'GREET_VISITOR')
  await own.act(receiver, 'RECORD_PURPOSE', { purpose: { statement: '换新' } })
  await own.act(receiver, 'REGISTER_DECLINED', { registration1: declined })
  expect(await own.refused(colleague, 'CONFIRM_DECLINE')).toEqual(['SOD_CONFLICT'])
})

test('complaint-reception 6: the supervisor overrules a refusal, with the promised term', async () => {
  const it = await at('recording')
  await it.act(receiver, 'REGISTER_DECLINED', { registration1: declined })
  expect(await it.refused(supervisor, 'OVERRULE_DECLINE', { registration1: declined })).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(supervisor, 'OVERRULE_DECLINE', { registration1: paper.registration1({ promisedDeadline: undefined }) })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(supervisor, 'OVERRULE_DECLINE', { registration1: paper.registration1() })).toBe('comforting')
})

test('complaint-reception 7: an apology exactly when the company is at fault', async () => {
  const it = await at('comforting')
  expect(await it.refused(receiver, 'CUSTOMER_CALMED', { comfort: paper.comfort(true, false) })).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(receiver, 'CUSTOMER_CALMED', { comfort: paper.comfort(false, true) })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(receiver, 'CUSTOMER_CALMED', { comfort: paper.comfort(false) })).toBe('analysing')
})

test('complaint-reception 8: the specialist settles up to her limit, above it the manager helps', async () => {
  const it = await at('analysing')
  expect(await it.refused(receiver, 'SELF_HANDLE', { assessment: paper.assessment('500.01') })).toEqual(['LIMIT_EXCEEDED'])
  expect(await it.act(receiver, 'SELF_HANDLE', { assessment: paper.assessment('500') })).toBe('planCommunicating')
  const helped = await at('analysing')
  expect(await helped.act(receiver, 'REQUEST_ASSISTANCE', { assessment: paper.assessment('500.01') })).toBe('managerAssist')
})

test('complaint-reception 8: without a limit on record everything is too much', async () => {
  const it = await at('analysing')
  await house.owner.query(`update authority_limit set valid_to = now() where process = 'complaint-reception' and role = 'COMPLAINT_SPECIALIST'`)
  expect(await it.refused(receiver, 'SELF_HANDLE', { assessment: paper.assessment('0') })).toEqual(['LIMIT_EXCEEDED'])
  await house.owner.query(`update authority_limit set valid_to = null where process = 'complaint-reception' and role = 'COMPLAINT_SPECIALIST'`)
  expect(await it.act(receiver, 'SELF_HANDLE', { assessment: paper.assessment('0') })).toBe('planCommunicating')
})

test('complaint-reception 9: the manager proposes within his powers and escalates above them, never the other way round', async () => {
  const it = await at('managerAssist', { remedy: '3000' })
  expect(await it.refused(manager, 'ESCALATE', { solution: paper.solution({ compensation: '5000' }) })).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(manager, 'PROPOSE_SOLUTION', { solution: paper.solution({ compensation: '5000.01' }) })).toEqual(['LIMIT_EXCEEDED'])
  expect(await it.refused(receiver, 'PROPOSE_SOLUTION', { solution: paper.solution() })).toEqual(['NOT_AUTHORISED'])
  expect(await it.act(manager, 'PROPOSE_SOLUTION', { solution: paper.solution({ compensation: '5000' }) })).toBe('planCommunicating')
  const free = await at('managerAssist', { remedy: '3000' })
  expect(await free.act(manager, 'PROPOSE_SOLUTION', { solution: paper.solution() })).toBe('planCommunicating')
})

test('complaint-reception 10: the director approves or returns; a returned solution is proposed anew in another round', async () => {
  const it = await at('directorApproval', { remedy: '9000', compensation: '9000' })
  expect(await it.refused(manager, 'APPROVE')).toEqual(['NOT_AUTHORISED'])
  expect(await it.refused(director, 'RETURN')).toEqual(['FORM_INVALID', 'reason REQUIRED'])
  expect(await it.act(director, 'RETURN', reason('补偿过高'))).toBe('managerAssist')
  expect((await it.record()).round).toBe(2)
  await it.act(manager, 'ESCALATE', { solution: paper.solution({ compensation: '8000' }) })
  expect(await it.act(director, 'APPROVE', { opinion: { opinion: '同意' } })).toBe('planCommunicating')
  const { rows } = await house.pool.query(
    `select content::jsonb ->> 'compensation' as amount from form_version where case_id = $1 and key = 'solution' order by version`,
    [it.id],
  )
  expect(rows.map(({ amount }) => amount)).toEqual(['9000', '8000'])
})

test('complaint-reception 10: whoever proposed the solution may not approve it', async () => {
  await house.owner.query(`insert into role_assignment (id, employee_id, role) values (gen_random_uuid(), $1, 'CS_DIRECTOR')`, [employeeId('cs-manager-3')])
  const it = await at('managerAssist', { remedy: '9000' })
  await it.act('cs-manager-3', 'ESCALATE', { solution: paper.solution({ compensation: '9000' }) })
  expect(await it.refused('cs-manager-3', 'APPROVE')).toEqual(['SOD_CONFLICT'])
  expect(await it.act(director, 'APPROVE')).toBe('planCommunicating')
})

test('complaint-reception 11: a satisfied customer is seen off, and visited all the same (L2)', async () => {
  const it = await at('planCommunicating')
  expect(await it.refused(receiver, 'CUSTOMER_SATISFIED', { communication: paper.told(false) })).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(receiver, 'OPEN_CASE', { communication: paper.told(true) })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(receiver, 'CUSTOMER_SATISFIED', { communication: paper.told(true) })).toBe('departing')
  expect(await it.act(receiver, 'SEE_OFF', { departure: paper.departure })).toBe('resolvedOnSite')
  const children = await it.children()
  expect(children.map(({ process }) => process)).toEqual(['complaint-return-visit'])
  expect(await children[0]!.form('task')).toEqual({ customer: paper.customer })
  expect(await children[0]!.record()).toMatchObject({ state: 'due', customerId: paper.customer, parentId: it.id })
})

test.each([
  ['not satisfied', paper.told(false)],
  ['satisfied, and yet there is something to investigate', paper.told(true, true)],
])('complaint-reception 12: a customer who is %s becomes a case with the register copied (L1)', async (_why, communication) => {
  const it = await at('planCommunicating')
  expect(await it.act(receiver, 'OPEN_CASE', { communication })).toBe('departing')
  expect(await it.act(receiver, 'SEE_OFF', { departure: paper.departure })).toBe('caseOpened')
  const children = await it.children()
  expect(children.map(({ process }) => process)).toEqual(['complaint-handling'])
  expect(await children[0]!.record()).toMatchObject({ state: 'registered', customerId: paper.customer, applicantId: employeeId(receiver) })
  expect(await children[0]!.form('registration1')).toEqual(await it.form('registration1'))
  expect(await children[0]!.form('registration2')).toEqual(paper.registration2)
})

test('complaint-reception 13: a case that was overruled into acceptance has no second register, and opens a complaint all the same', async () => {
  const it = await at('recording')
  await it.act(receiver, 'REGISTER_DECLINED', { registration1: declined })
  await it.act(supervisor, 'OVERRULE_DECLINE', { registration1: paper.registration1() })
  await it.act(receiver, 'CUSTOMER_CALMED', { comfort: paper.comfort(true) })
  await it.act(receiver, 'SELF_HANDLE', { assessment: paper.assessment('500') })
  await it.act(receiver, 'OPEN_CASE', { communication: paper.told(false) })
  expect(await it.act(receiver, 'SEE_OFF', { departure: paper.departure })).toBe('caseOpened')
  const [complaint] = await it.children('complaint-handling')
  expect(await complaint!.form('registration1')).toMatchObject({ acceptance: 'ACCEPTED' })
  expect(await complaint!.form('registration2')).toBeUndefined()
})

test('complaint-reception 14: what is over cannot be gone on with', async () => {
  const it = await at('planCommunicating')
  await it.act(receiver, 'CUSTOMER_SATISFIED', { communication: paper.told(true) })
  await it.act(receiver, 'SEE_OFF', { departure: paper.departure })
  expect(await it.refused(receiver, 'SEE_OFF', { departure: paper.departure })).toEqual(['ACTION_UNAVAILABLE'])
})

const seenOff = async (it: DrivenCase) => {
  await it.act(receiver, 'CUSTOMER_SATISFIED', { communication: paper.told(true) })
  await it.act(receiver, 'SEE_OFF', { departure: paper.departure })
}
everyTerm(() => house, 'complaint-reception', [
  {
    place: '',
    name: 'DEADLINE_NEAR',
    of: () => at('planCommunicating'),
    term: { workingDays: -2, from: paper.dayIn(10) },
    hears: ['COMPLAINT_SUPERVISOR'],
    ladder: [],
    leave: seenOff,
  },
  {
    place: '',
    name: 'DEADLINE_OVERDUE',
    of: () => at('planCommunicating'),
    term: { on: paper.dayIn(10) },
    hears: ['COMPLAINT_SUPERVISOR', 'CS_MANAGER'],
    ladder: ['0.5 REMIND', '0.8 REMIND', '1 RAISE'],
    leave: seenOff,
  },
])
test('complaint-reception: the clock starts with the promise, and a refusal promises nothing', async () => {
  const it = await at('recording')
  expect(await running(it)).toEqual([])
  await it.act(receiver, 'REGISTER_DECLINED', { registration1: { ...declined, promisedDeadline: paper.dayIn(10) } })
  expect(await running(it)).toEqual([])
  await it.act(supervisor, 'OVERRULE_DECLINE', { registration1: paper.registration1() })
  expect(await running(it)).toContain('DEADLINE_OVERDUE')
})

test('every transition of page 1 was taken, whatever branch led there', async () => {
  expect(await paper.transitionsNotTaken(house, 'complaint-reception')).toEqual([])
})
