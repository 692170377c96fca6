import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { arrowsOf, isAskedFor } from '../../src/define/index.js'
import { customerId, departmentId, employeeId, personId } from '../../src/organisation/ids.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { everyTerm, reminders, termOf } from '../support/terms.js'

type Forms = Readonly<Record<string, unknown>>
const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date())
const at = `${today}T10:00:00+08:00`
const [specialist, supervisor, manager, finance] = ['relations-specialist-1', 'relations-supervisor-1', 'cs-manager-1', 'finance-1']
const relationsManager = 'relations-manager-1'
const customer = customerId('C0001')

let house: House
beforeAll(async () => {
  house = await openHouse()
  await house.owner.query(
    `insert into authority_limit (id, process, role, amount) values (gen_random_uuid(), 'customer-reception', 'RELATIONS_SUPERVISOR', 2000)`,
  )
  await hire(relationsManager, ['RELATIONS_MANAGER'])
})
afterAll(() => house.close())

const matters = (extra: object = {}) => ({ customer, guestCount: 2, visitAt: at, purpose: '参观', grade: 'ORDINARY', ...extra })
const plan = (receptionist = specialist) => ({
  plan: { agenda: '参观、座谈', place: '一号会议室', receptionist: employeeId(receptionist), budget: '1000' },
})
const hospitality = (total: string, extra: object = {}) => ({
  applicant: employeeId(specialist),
  department: departmentId('CS-RELATIONS'),
  applyDate: today,
  customer,
  venue: '一号会议室',
  banquetDate: today,
  customerGuests: ['孙莉'],
  companyGuests: [employeeId(specialist)],
  budget: [{ item: 'MEETING', amount: total }],
  budgetTotal: total,
  purpose: '接待来访',
  ...extra,
})
const gifts = (to = customer) => ({
  applyingDepartment: departmentId('CS-RELATIONS'),
  giftDepartment: departmentId('GIFT'),
  giftDate: today,
  rows: [{ customer: to, recipient: '孙莉', giftName: '茶叶礼盒', quantity: 1, value: '300' }],
})
const application = (total = '1000', extra: object = {}) => ({ application: hospitality(total, extra) })
const advance = (amount = '1000') => ({ advance: { amount, releasedOn: today } })
const returned = (amount = '1000') => ({ ...reason, advanceReturn: { amount, returnedOn: today } })
const arrived = (done = true) => ({
  checklist: {
    items: [
      { item: '会议室', done: true },
      { item: '资料', done },
    ],
  },
  arrival: { arrivedAt: at },
})
const report = (spent = '900', extra: object = {}) => ({
  receptionReport: { customerStatement: '按日程接待', outcome: '达成意向', satisfaction: '满意' },
  report: {
    customer,
    hospitalityDate: today,
    reporter: employeeId(specialist),
    purpose: '接待来访',
    place: '一号会议室',
    reportedAt: at,
    customerGuests: ['孙莉'],
    companyGuests: [employeeId(specialist)],
    expenses: [{ item: 'MEETING', amount: spent }],
    expenseTotal: spent,
    effect: '良好',
    ...extra,
  },
})
const claim = (total = '900', extra: object = {}) => ({
  claim: { source: 'RECEPTION', sourceRecord: '接待', items: [{ item: '会议', amount: total }], total, advanceAmount: '1000', ...extra },
})
const settlement = (payBack: string, payOut: string, extra: object = {}) => ({ settlement: { payBack, payOut, ...extra } })
const claimed = { ...claim(), ...settlement('100', '0') }
const record = { record: { talks: '产品升级', requestsRaised: '加急供货' } }
const departure = { departure: { departedAt: at } }
const complaint = { complaint: { statement: '上次送货迟到' } }
const reason = { reason: { reason: '费用过高' } }

const opened = (by = specialist, extra: object = {}) => house.open(by, 'customer-reception', matters(extra))
async function further(before: Promise<DrivenCase>, login: string, action: string, forms: Forms = {}): Promise<DrivenCase> {
  const it = await before
  await it.act(login, action, forms)
  return it
}
/** Brings a new reception to a state; `by`: who took the step that leads there. */
const stages = {
  arranging: opened,
  planning: (by = specialist) => further(opened(), by, 'SET_MATTERS'),
  planApproval: (by = specialist) => further(stages.planning(), by, 'SUBMIT_PLAN', plan()),
  applying: (by = supervisor) => further(stages.planApproval(), by, 'APPROVE'),
  supervisorReview: (by = specialist, total = '1000') => further(stages.applying(), by, 'SUBMIT', application(total)),
  supervisorReviewAbove: () => stages.supervisorReview(specialist, '2000.01'),
  managerApproval: (by = supervisor) => further(stages.supervisorReviewAbove(), by, 'APPROVE_AND_ESCALATE'),
  funding: (by = supervisor) => further(stages.supervisorReview(), by, 'APPROVE'),
  preparing: (by = finance) => further(stages.funding(), by, 'FUNDS_RELEASED', advance()),
  receiving: (by = specialist) => further(stages.preparing(), by, 'CUSTOMER_ARRIVED', arrived()),
  seeingOff: (by = specialist) => further(stages.receiving(), by, 'RECEPTION_DONE', record),
  reporting: (by = specialist) => further(stages.seeingOff(), by, 'CUSTOMER_LEFT', departure),
  debriefing: (by = specialist, spent = '900') => further(stages.reporting(), by, 'SUBMIT_REPORT', report(spent)),
  claiming: (spent = '900', by = supervisor) => further(stages.debriefing(specialist, spent), by, 'ACCEPT_REPORT'),
  claimApproval: (by = specialist) => further(stages.claiming(), by, 'SUBMIT_CLAIM', claimed),
  claimApprovalPaid: () => paid(stages.claimApproval()),
}
type Stage = keyof typeof stages
/** The claim of a reception on its own way to the payment. */
async function paid(before: Promise<DrivenCase>): Promise<DrivenCase> {
  const it = await before
  const child = (await it.children('expense-reimbursement')).at(-1)!
  await child.act(specialist, 'SUBMIT')
  await child.act('cs-manager-2', 'APPROVE')
  await child.act('payment-run', 'REQUEST_PAYMENT')
  await child.act('payment-run', 'PAYMENT_HANDLED')
  return it
}
/** Puts somebody on the staff; with `person`, a second account of somebody who is there already. */
async function hire(login: string, roles: readonly string[], person = login): Promise<string> {
  await house.owner.query('insert into employee (id, number, login, name, person_id) values ($1, $2, $2, $2, $3)', [employeeId(login), login, personId(person)])
  for (const role of roles)
    await house.owner.query('insert into role_assignment (id, employee_id, role) values (gen_random_uuid(), $1, $2)', [employeeId(login), role])
  return login
}
async function newestEntry(it: DrivenCase) {
  const { rows } = await house.pool.query(
    `select action, from_state as "from", to_state as "to", role_used as role from audit_entry where stream = $1 order by sequence desc limit 1`,
    [`case:${it.id}`],
  )
  return rows[0]
}
const conflict = async (it: DrivenCase, login: string, action: string, forms: Forms = {}) =>
  expect([action, new Set(await it.refused(login, action, forms))]).toEqual([action, new Set(['SOD_CONFLICT'])])

const lanes: Readonly<Record<string, string>> = {
  [specialist]: 'RELATIONS_SPECIALIST',
  [supervisor]: 'RELATIONS_SUPERVISOR',
  [manager]: 'CS_MANAGER',
  [relationsManager]: 'RELATIONS_MANAGER',
  [finance]: 'FINANCE',
  'payment-run': 'SYSTEM',
}
const managers = [manager, relationsManager]
/** The table of page 11, and the links of its rules. */
const table: readonly (readonly [stage: Stage, action: string, by: string | readonly string[], to: string, forms?: Forms])[] = [
  ['arranging', 'SET_MATTERS', specialist, 'planning'],
  ['planning', 'SUBMIT_PLAN', specialist, 'planApproval', plan()],
  ['planApproval', 'APPROVE', supervisor, 'applying'],
  ['planApproval', 'RETURN', supervisor, 'planning', reason],
  ['applying', 'SUBMIT', specialist, 'supervisorReview', application()],
  ['supervisorReview', 'APPROVE', supervisor, 'funding'],
  ['supervisorReviewAbove', 'APPROVE_AND_ESCALATE', supervisor, 'managerApproval'],
  ['supervisorReview', 'RETURN', supervisor, 'applying', reason],
  ['managerApproval', 'APPROVE', managers, 'funding'],
  ['managerApproval', 'RETURN', managers, 'planning', reason],
  ['managerApproval', 'REJECT', managers, 'cancelled', reason],
  ['funding', 'FUNDS_RELEASED', finance, 'preparing', advance()],
  ['preparing', 'REQUEST_MEAL', specialist, 'preparing', { mealApplication: hospitality('500') }],
  ['preparing', 'REQUEST_GIFT', specialist, 'preparing', { giftApplication: gifts() }],
  ['preparing', 'CUSTOMER_ARRIVED', specialist, 'receiving', arrived()],
  ['preparing', 'VISIT_CANCELLED', specialist, 'cancelled', returned()],
  ['receiving', 'REQUEST_MEAL', specialist, 'receiving', { mealApplication: hospitality('500') }],
  ['receiving', 'REQUEST_GIFT', specialist, 'receiving', { giftApplication: gifts() }],
  ['receiving', 'RAISE_COMPLAINT', specialist, 'receiving', complaint],
  ['receiving', 'RECEPTION_DONE', specialist, 'seeingOff', record],
  ['seeingOff', 'CUSTOMER_LEFT', specialist, 'reporting', departure],
  ['reporting', 'SUBMIT_REPORT', specialist, 'debriefing', report()],
  ['debriefing', 'ACCEPT_REPORT', supervisor, 'claiming'],
  ['debriefing', 'RETURN', supervisor, 'reporting', reason],
  ['claiming', 'SUBMIT_CLAIM', specialist, 'claimApproval', claimed],
  ['claimApprovalPaid', 'APPROVE', managers, 'closed'],
  ['claimApproval', 'RETURN', managers, 'claiming', reason],
]

test('customer-reception: the table above is the table of the process', () => {
  const drawn = arrowsOf(house.processes.current.get('customer-reception')!.definition)
    .filter(isAskedFor)
    .map(({ from, action, target = from }) => `${from} ${action} ${target}`)
  expect(new Set(table.map(([stage, action, , to]) => `${stage.replace(/Above|Paid/, '')} ${action} ${to}`))).toEqual(new Set(drawn))
})

test.each(table.flatMap(([stage, action, by, to, forms = {}]) => [by].flat().map((login) => [stage, action, login, to, forms, [by].flat()] as const)))(
  'customer-reception: %s, %s by %s leads to %s, and nobody else may do it',
  async (stage, action, login, to, forms, allowed) => {
    const it = await stages[stage]()
    const from = await it.state()
    for (const other of Object.keys(lanes).filter((name) => !allowed.includes(name)))
      expect([other, (await it.refused(other, action, forms))[0]]).toEqual([other, 'NOT_AUTHORISED'])
    expect(await it.act(login, action, forms)).toBe(to)
    expect(await newestEntry(it)).toEqual({ action, from, to, role: lanes[login] })
  },
)

test('customer-reception: the whole way to closed, with its papers, and nothing after it', async () => {
  const it = await further(stages.claimApprovalPaid(), manager, 'APPROVE', { opinion: { opinion: '同意' } })
  expect(await it.record()).toMatchObject({ state: 'closed', outcome: 'completed', customerId: customer, round: 1 })
  expect((await it.history()).map(({ to }) => to)).toEqual([
    'arranging',
    'planning',
    'planApproval',
    'applying',
    'supervisorReview',
    'funding',
    'preparing',
    'receiving',
    'seeingOff',
    'reporting',
    'debriefing',
    'claiming',
    'claimApproval',
    'closed',
  ])
  for (const key of [
    'matters',
    'plan',
    'application',
    'advance',
    'checklist',
    'arrival',
    'record',
    'departure',
    'receptionReport',
    'report',
    'claim',
    'settlement',
  ])
    expect([key, await it.form(key)]).not.toEqual([key, undefined])
  for (const [, action, by, , forms] of table) expect(await it.refused([by].flat()[0]!, action, forms)).toEqual(['ACTION_UNAVAILABLE'])
})

test('customer-reception: only a relations specialist starts one', async () => {
  for (const login of [supervisor, manager, finance, 'complaint-specialist-1'])
    expect(await house.openRefused(login, 'customer-reception', matters())).toEqual(['NOT_AUTHORISED'])
  expect(await house.openRefused(specialist, 'customer-reception', {})).toEqual([
    'FORM_INVALID',
    ...['customer', 'guestCount', 'visitAt', 'purpose', 'grade'].map((field) => `matters.${field} REQUIRED`),
  ])
  expect(await house.openRefused(specialist, 'customer-reception', matters({ guestCount: 0 }))).toEqual(['FORM_INVALID', 'matters.guestCount TOO_SMALL'])
})

test('customer-reception: a visitor redirected from the complaints begins without a paper, and any specialist takes the visit on', async () => {
  const visit = await house.open('complaint-specialist-1', 'complaint-reception', { customer, channel: 'IN_STORE', arrivedAt: at })
  await visit.act('complaint-specialist-1', 'GREET_VISITOR')
  await visit.act('complaint-specialist-1', 'NOT_A_COMPLAINT', { redirection: { purpose: '参观', business: 'RECEPTION' } })
  const [it] = await visit.children('customer-reception')
  expect(await it!.record()).toMatchObject({ state: 'arranging', customerId: customer })
  expect(await it!.refused(specialist, 'SET_MATTERS')).toEqual(['CONDITION_UNMET'])
  expect(await it!.act('relations-specialist-2', 'SET_MATTERS', { matters: matters() })).toBe('planning')
})

test('customer-reception: the budget is set, adds up and is for the visitor', async () => {
  const it = await stages.applying()
  expect(await it.refused(specialist, 'SUBMIT')).toEqual(['FORM_INVALID', 'application REQUIRED'])
  expect(await it.refused(specialist, 'SUBMIT', application('1000', { budget: [] }))).toEqual(['FORM_INVALID', 'application.budget REQUIRED'])
  for (const budgetTotal of ['999.99', '1000.01'])
    expect(await it.refused(specialist, 'SUBMIT', application('1000', { budgetTotal }))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(specialist, 'SUBMIT', application('1000', { customer: customerId('C0002') }))).toEqual(['CONDITION_UNMET'])
  expect(await it.act(specialist, 'SUBMIT', application('1000', { budgetTotal: '1000.00' }))).toBe('supervisorReview')
})

test('customer-reception: up to the limit the supervisor decides, above it the manager', async () => {
  const within = await stages.supervisorReview(specialist, '2000')
  expect(await within.refused(supervisor, 'APPROVE_AND_ESCALATE')).toEqual(['CONDITION_UNMET'])
  expect(await within.act(supervisor, 'APPROVE')).toBe('funding')
  const above = await stages.supervisorReviewAbove()
  expect(await above.refused(supervisor, 'APPROVE')).toEqual(['LIMIT_EXCEEDED'])
  expect(await above.act(supervisor, 'APPROVE_AND_ESCALATE')).toBe('managerApproval')
})

test('customer-reception: the reception of a key account belongs to the CS manager, whatever it costs', async () => {
  const it = await further(opened(specialist, { grade: 'KEY_ACCOUNT' }), specialist, 'SET_MATTERS')
  await it.act(specialist, 'SUBMIT_PLAN', plan())
  await it.act(supervisor, 'APPROVE')
  await it.act(specialist, 'SUBMIT', application('100'))
  expect(await it.refused(supervisor, 'APPROVE')).toEqual(['CONDITION_UNMET'])
  await it.act(supervisor, 'APPROVE_AND_ESCALATE')
  for (const [action, forms] of [
    ['APPROVE', {}],
    ['RETURN', reason],
    ['REJECT', reason],
  ] as const)
    expect(await it.refused(relationsManager, action, forms)).toEqual(['CONDITION_UNMET'])
  await it.act(manager, 'APPROVE')
  await it.act(finance, 'FUNDS_RELEASED', advance('100'))
  await it.act(specialist, 'CUSTOMER_ARRIVED', arrived())
  await it.act(specialist, 'RECEPTION_DONE', record)
  await it.act(specialist, 'CUSTOMER_LEFT', departure)
  await it.act(specialist, 'SUBMIT_REPORT', report('100'))
  await it.act(supervisor, 'ACCEPT_REPORT')
  await paid(further(Promise.resolve(it), specialist, 'SUBMIT_CLAIM', { ...claim('100', { advanceAmount: '100' }), ...settlement('0', '0') }))
  expect(await it.refused(relationsManager, 'APPROVE')).toEqual(['CONDITION_UNMET'])
  expect(await it.act(manager, 'APPROVE')).toBe('closed')
})

test('customer-reception: what is returned needs a reason, goes through the whole chain again, and a refusal is final', async () => {
  const it = await stages.managerApproval()
  for (const action of ['RETURN', 'REJECT']) expect(await it.refused(manager, action)).toEqual(['FORM_INVALID', 'reason REQUIRED'])
  expect(await it.act(manager, 'RETURN', reason)).toBe('planning')
  expect((await it.record()).decisions.map(({ state }) => state)).toEqual(['arranging'])
  expect(await it.refused(specialist, 'SUBMIT', application())).toEqual(['ACTION_UNAVAILABLE'])
  await it.act(specialist, 'SUBMIT_PLAN', plan())
  expect(await it.act(supervisor, 'RETURN', reason)).toBe('planning')
  await it.act(specialist, 'SUBMIT_PLAN', plan())
  await it.act(supervisor, 'APPROVE')
  await it.act(specialist, 'SUBMIT', application('3000'))
  expect(await it.act(supervisor, 'RETURN', reason)).toBe('applying')
  await it.act(specialist, 'SUBMIT', application('2500'))
  await it.act(supervisor, 'APPROVE_AND_ESCALATE')
  expect(await it.act(relationsManager, 'REJECT', reason)).toBe('cancelled')
  expect(await it.record()).toMatchObject({ outcome: 'cancelled', round: 4 })
  expect(await it.refused(finance, 'FUNDS_RELEASED', advance())).toEqual(['ACTION_UNAVAILABLE'])
})

test('customer-reception: finance releases no more than was approved, and nothing that was not', async () => {
  const it = await stages.funding()
  expect(await it.refused(finance, 'FUNDS_RELEASED')).toEqual(['FORM_INVALID', 'advance REQUIRED'])
  expect(await it.refused(finance, 'FUNDS_RELEASED', advance('1000.01'))).toEqual(['CONDITION_UNMET'])
  const { decisions } = await it.record()
  await house.owner.query('update service_case set decisions = $2 where id = $1', [it.id, JSON.stringify(decisions.slice(0, -1))])
  expect(await it.refused(finance, 'FUNDS_RELEASED', advance())).toEqual(['CONDITION_UNMET'])
  await house.owner.query('update service_case set decisions = $2 where id = $1', [it.id, JSON.stringify(decisions)])
  expect(await it.act(finance, 'FUNDS_RELEASED', advance('1000'))).toBe('preparing')
})

test('customer-reception: nobody arrives before everything on the checklist is done', async () => {
  const it = await stages.preparing()
  expect(await it.refused(specialist, 'CUSTOMER_ARRIVED', { arrival: { arrivedAt: at } })).toEqual(['FORM_INVALID', 'checklist REQUIRED'])
  expect(await it.refused(specialist, 'CUSTOMER_ARRIVED', { ...arrived(), checklist: { items: [] } })).toEqual(['FORM_INVALID', 'checklist.items REQUIRED'])
  expect(await it.refused(specialist, 'CUSTOMER_ARRIVED', arrived(false))).toEqual(['CONDITION_UNMET'])
  expect(await it.act(specialist, 'CUSTOMER_ARRIVED', arrived())).toBe('receiving')
})

test('customer-reception: a visit that is cancelled returns the whole advance', async () => {
  const it = await stages.preparing()
  expect(await it.refused(specialist, 'VISIT_CANCELLED', reason)).toEqual(['FORM_INVALID', 'advanceReturn REQUIRED'])
  expect(await it.refused(specialist, 'VISIT_CANCELLED', { advanceReturn: returned().advanceReturn })).toEqual(['FORM_INVALID', 'reason REQUIRED'])
  for (const amount of ['0', '999.99', '1000.01']) expect(await it.refused(specialist, 'VISIT_CANCELLED', returned(amount))).toEqual(['CONDITION_UNMET'])
  expect(await it.act(specialist, 'VISIT_CANCELLED', returned('1000.00'))).toBe('cancelled')
  expect(await it.record()).toMatchObject({ outcome: 'cancelled' })
})

test('customer-reception: the report adds up and is of the visitor', async () => {
  const it = await stages.reporting()
  expect(await it.refused(specialist, 'SUBMIT_REPORT', { report: report().report })).toEqual(['FORM_INVALID', 'receptionReport REQUIRED'])
  expect(await it.refused(specialist, 'SUBMIT_REPORT', { receptionReport: report().receptionReport })).toEqual(['FORM_INVALID', 'report REQUIRED'])
  for (const extra of [{ expenseTotal: '899.99' }, { expenseTotal: '900.01' }, { customer: customerId('C0002') }])
    expect(await it.refused(specialist, 'SUBMIT_REPORT', report('900', extra))).toEqual(['CONDITION_UNMET'])
  await it.act(specialist, 'SUBMIT_REPORT', report())
  expect(await it.act(supervisor, 'RETURN', reason)).toBe('reporting')
  expect(await it.refused(specialist, 'SUBMIT_CLAIM', claimed)).toEqual(['ACTION_UNAVAILABLE'])
  expect(await it.act(specialist, 'SUBMIT_REPORT', report('800'))).toBe('debriefing')
})

test('customer-reception: the claim is the sum of its vouchers, is the report, and states the advance', async () => {
  const it = await stages.claiming()
  const settled = settlement('100', '0')
  expect(await it.refused(specialist, 'SUBMIT_CLAIM', claim())).toEqual(['FORM_INVALID', 'settlement REQUIRED'])
  expect(await it.refused(specialist, 'SUBMIT_CLAIM', { ...claim('900.01'), ...settled })).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(specialist, 'SUBMIT_CLAIM', { ...claim('900', { total: '899.99' }), ...settled })).toEqual(['CONDITION_UNMET'])
  for (const advanceAmount of [undefined, '999.99', '1000.01'])
    expect(await it.refused(specialist, 'SUBMIT_CLAIM', { ...claim('900', { advanceAmount }), ...settled })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(specialist, 'SUBMIT_CLAIM', { ...claim(), ...settled })).toBe('claimApproval')
})

// Advance 1,000; budget 1,000.
test.each([
  [
    '900',
    ['100', '0'],
    [
      ['99.99', '0'],
      ['100.01', '0'],
      ['0', '0'],
      ['0', '100'],
      ['200', '100'],
    ],
  ],
  [
    '1000',
    ['0', '0'],
    [
      ['0.01', '0'],
      ['0', '0.01'],
      ['1', '1'],
    ],
  ],
  [
    '1000.01',
    ['0', '0.01'],
    [
      ['0', '0'],
      ['0.01', '0'],
      ['0', '0.02'],
    ],
  ],
] as const)('customer-reception: of %s spent, %j is paid back and paid out', async (spent, [payBack, payOut], wrong) => {
  const it = await stages.claiming(spent)
  const overspendNote = '客人增加'
  for (const [back, out] of wrong)
    expect([back, out, await it.refused(specialist, 'SUBMIT_CLAIM', { ...claim(spent), ...settlement(back, out, { overspendNote }) })]).toEqual([
      back,
      out,
      ['CONDITION_UNMET'],
    ])
  expect(await it.act(specialist, 'SUBMIT_CLAIM', { ...claim(spent), ...settlement(payBack, payOut, { overspendNote }) })).toBe('claimApproval')
})

test('customer-reception: spending above the budget is explained', async () => {
  const it = await stages.claiming('1000.01')
  expect(await it.refused(specialist, 'SUBMIT_CLAIM', { ...claim('1000.01'), ...settlement('0', '0.01') })).toEqual(['CONDITION_UNMET'])
  const within = await stages.claiming('1000')
  expect(await within.act(specialist, 'SUBMIT_CLAIM', { ...claim('1000'), ...settlement('0', '0') })).toBe('claimApproval')
})

test('customer-reception: the claim is a case of its own, and the reception waits until it is paid', async () => {
  const it = await stages.claimApproval()
  const [child] = await it.children('expense-reimbursement')
  expect(await child!.form('claim')).toEqual(claim().claim)
  expect((await child!.record()).applicantId).toBe(employeeId(specialist))
  expect(new Set(await it.refused(manager, 'APPROVE'))).toEqual(new Set(['CONDITION_UNMET']))
  await paid(Promise.resolve(it))
  expect(await it.refused(manager, 'RETURN', reason)).toEqual(['CONDITION_UNMET'])
  expect(await it.act(manager, 'APPROVE')).toBe('closed')
})

test('customer-reception: a claim that is returned is claimed anew once the old one is abandoned', async () => {
  const it = await further(stages.claimApproval(), relationsManager, 'RETURN', reason)
  expect(await it.refused(specialist, 'SUBMIT_CLAIM', claimed)).toEqual(['CONDITION_UNMET'])
  const [old] = await it.children('expense-reimbursement')
  await old!.act(specialist, 'ABANDON', reason)
  expect(await it.act(specialist, 'SUBMIT_CLAIM', claimed)).toBe('claimApproval')
  expect(await it.children('expense-reimbursement')).toHaveLength(2)
  await paid(Promise.resolve(it))
  expect(await it.act(relationsManager, 'APPROVE')).toBe('closed')
})

test('customer-reception: what was paid after a return is not paid twice', async () => {
  const it = await paid(further(stages.claimApproval(), manager, 'RETURN', reason))
  expect(await it.refused(specialist, 'SUBMIT_CLAIM', settlement('99', '0'))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(specialist, 'SUBMIT_CLAIM', { ...claim('901'), ...settlement('100', '0') })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(specialist, 'SUBMIT_CLAIM', claimed)).toBe('claimApproval')
  expect(await it.children('expense-reimbursement')).toHaveLength(1)
  expect(await it.act(manager, 'APPROVE')).toBe('closed')
})

test('customer-reception: where nothing was spent the whole advance goes back, without a claim', async () => {
  const it = await stages.claiming('0')
  expect(await it.refused(specialist, 'SUBMIT_CLAIM', settlement('999.99', '0'))).toEqual(['CONDITION_UNMET'])
  expect(await it.act(specialist, 'SUBMIT_CLAIM', settlement('1000', '0'))).toBe('claimApproval')
  expect(await it.children()).toEqual([])
  expect(await it.act(manager, 'APPROVE')).toBe('closed')
  const spending = await stages.claiming('0.01')
  expect(await spending.refused(specialist, 'SUBMIT_CLAIM', settlement('999.99', '0'))).toEqual(['CONDITION_UNMET'])
})

test.each(['preparing', 'receiving'] as const)('customer-reception: a meal and a gift asked for in %s are cases of their own', async (stage) => {
  const it = await stages[stage]()
  const other = customerId('C0002')
  expect(await it.refused(specialist, 'REQUEST_MEAL')).toEqual(['FORM_INVALID', 'mealApplication REQUIRED'])
  expect(await it.refused(specialist, 'REQUEST_MEAL', { mealApplication: hospitality('500', { customer: other }) })).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(specialist, 'REQUEST_GIFT', { giftApplication: gifts(other) })).toEqual(['CONDITION_UNMET'])
  await it.act(specialist, 'REQUEST_MEAL', { mealApplication: hospitality('500') })
  await it.act(specialist, 'REQUEST_GIFT', { giftApplication: gifts() })
  const [[meal], [gift]] = await Promise.all([it.children('customer-meal-hospitality'), it.children('gift-giving-application')])
  expect(await meal!.form('application')).toEqual(hospitality('500'))
  expect(await meal!.act(specialist, 'SUBMIT')).toBe('submitted')
  expect(await gift!.form('application')).toEqual(gifts())
  expect(await gift!.act(specialist, 'SUBMIT')).toBe('deptHeadSignature')
  // The application of the reception itself is another paper.
  expect((await it.form('application'))!['budgetTotal']).toBe('1000')
  expect(await it.record()).toMatchObject({ state: stage, customerId: customer })
})

test('customer-reception: a complaint raised during the visit goes to the complaint reception with what was said', async () => {
  const it = await stages.receiving()
  expect(await it.refused(specialist, 'RAISE_COMPLAINT')).toEqual(['FORM_INVALID', 'complaint REQUIRED'])
  await it.act(specialist, 'RAISE_COMPLAINT', complaint)
  const [child] = await it.children('complaint-reception')
  expect(await child!.record()).toMatchObject({ state: 'received', customerId: customer })
  expect(await child!.form('arrival')).toEqual({ customer, channel: 'IN_STORE', arrivedAt: new Date(at).toISOString() })
  expect(await child!.form('purpose')).toEqual(complaint.complaint)
  expect(await child!.act('complaint-specialist-1', 'GREET_VISITOR')).toBe('inquiring')
})

test('customer-reception: whoever receives approves nothing and releases nothing', async () => {
  const all = await hire('receiver-with-every-role', ['RELATIONS_SPECIALIST', 'RELATIONS_SUPERVISOR', 'CS_MANAGER', 'FINANCE'])
  const second = await hire('second-account-of-the-receiver', ['RELATIONS_SUPERVISOR', 'RELATIONS_MANAGER'], all)
  // As the applicant, with either account, …
  const own = await further(further(opened(all), specialist, 'SET_MATTERS'), specialist, 'SUBMIT_PLAN', plan())
  for (const login of [all, second]) await conflict(own, login, 'APPROVE')
  await conflict(own, all, 'RETURN', reason)
  await own.act(supervisor, 'APPROVE')
  await own.act(specialist, 'SUBMIT', application('2500'))
  for (const [action, forms] of [
    ['APPROVE_AND_ESCALATE', {}],
    ['RETURN', reason],
  ] as const)
    await conflict(own, all, action, forms)
  await own.act(supervisor, 'APPROVE_AND_ESCALATE')
  for (const [action, forms] of [
    ['APPROVE', {}],
    ['RETURN', reason],
    ['REJECT', reason],
  ] as const)
    for (const login of [all, second]) await conflict(own, login, action, forms)
  await own.act(manager, 'APPROVE')
  await conflict(own, all, 'FUNDS_RELEASED', advance())
  // … as who planned, applied, prepared, received, saw off or reported, …
  await conflict(await further(further(opened(), all, 'SET_MATTERS'), specialist, 'SUBMIT_PLAN', plan()), all, 'APPROVE')
  await conflict(await stages.planApproval(all), all, 'APPROVE')
  const applied = await stages.supervisorReview(all)
  await conflict(applied, all, 'APPROVE')
  await applied.act(supervisor, 'APPROVE')
  await conflict(applied, all, 'FUNDS_RELEASED', advance())
  const heard = async (before: Promise<DrivenCase>, ...steps: readonly (readonly [action: string, forms: Forms])[]) => {
    const it = await before
    for (const [action, forms] of steps) await it.act(specialist, action, forms)
    for (const [action, forms] of [
      ['ACCEPT_REPORT', {}],
      ['RETURN', reason],
    ] as const)
      await conflict(it, all, action, forms)
  }
  const [done, left, reported] = [
    ['RECEPTION_DONE', record],
    ['CUSTOMER_LEFT', departure],
    ['SUBMIT_REPORT', report()],
  ] as const
  await heard(stages.receiving(all), done, left, reported)
  await heard(stages.seeingOff(all), left, reported)
  await heard(stages.reporting(all), reported)
  await heard(stages.debriefing(all))
  // … and as who claimed.
  const claiming = await stages.claimApproval(all)
  for (const [action, forms] of [
    ['RETURN', reason],
    ['APPROVE', {}],
  ] as const)
    for (const login of [all, second]) expect([action, (await claiming.refused(login, action, forms))[0]]).toEqual([action, 'SOD_CONFLICT'])
})

test('customer-reception: whom the papers name as receiver or applicant approves nothing', async () => {
  const it = await further(stages.planning(), specialist, 'SUBMIT_PLAN', plan(supervisor))
  await conflict(it, supervisor, 'APPROVE')
  await it.act('relations-supervisor-2', 'APPROVE')
  await it.act(specialist, 'SUBMIT', application('3000', { applicant: employeeId(manager) }))
  await conflict(it, supervisor, 'APPROVE_AND_ESCALATE')
  await it.act('relations-supervisor-2', 'APPROVE_AND_ESCALATE')
  await conflict(it, manager, 'APPROVE')
  expect(await it.act('cs-manager-2', 'APPROVE')).toBe('funding')
})

test('customer-reception: supervisor, manager and finance are different persons', async () => {
  const all = await hire('holder-of-every-approval', ['RELATIONS_SUPERVISOR', 'CS_MANAGER', 'FINANCE'])
  await conflict(await stages.managerApproval(all), all, 'APPROVE')
  const planned = await further(further(stages.applying(all), specialist, 'SUBMIT', application('2500')), supervisor, 'APPROVE_AND_ESCALATE')
  await conflict(planned, all, 'APPROVE')
  await planned.act(manager, 'APPROVE')
  await conflict(planned, all, 'FUNDS_RELEASED', advance())
  await conflict(await stages.funding(all), all, 'FUNDS_RELEASED', advance())
  await conflict(await further(stages.managerApproval(), all, 'APPROVE'), all, 'FUNDS_RELEASED', advance())
  // Who released the money, or heard the report, does not approve the claim.
  const released = await further(stages.preparing(all), specialist, 'CUSTOMER_ARRIVED', arrived())
  await released.act(specialist, 'RECEPTION_DONE', record)
  await released.act(specialist, 'CUSTOMER_LEFT', departure)
  await released.act(specialist, 'SUBMIT_REPORT', report())
  await released.act(supervisor, 'ACCEPT_REPORT')
  await released.act(specialist, 'SUBMIT_CLAIM', claimed)
  await conflict(released, all, 'RETURN', reason)
  await conflict(await further(stages.claiming('900', all), specialist, 'SUBMIT_CLAIM', claimed), all, 'RETURN', reason)
})

const afterVisit = {
  name: 'REPORT_DUE',
  term: { workingDays: 3, from: today },
  hears: ['RELATIONS_SPECIALIST', 'RELATIONS_SUPERVISOR'] as const,
  ladder: reminders,
}
everyTerm(() => house, 'customer-reception', [
  { ...afterVisit, place: 'receiving', of: () => stages.receiving(), leave: (it) => it.act(specialist, 'RECEPTION_DONE', record) },
  { ...afterVisit, place: 'seeingOff', of: () => stages.seeingOff(), leave: (it) => it.act(specialist, 'CUSTOMER_LEFT', departure) },
  { ...afterVisit, place: 'reporting', of: () => stages.reporting(), leave: (it) => it.act(specialist, 'SUBMIT_REPORT', report()) },
])
test('customer-reception: a report that is missing is told once a round, and a returned one has its time again', async () => {
  const it = await stages.seeingOff()
  expect(await it.expire('REPORT_DUE')).toBe('FIRED')
  await it.act(specialist, 'CUSTOMER_LEFT', departure)
  expect(await it.expire('REPORT_DUE')).toBe('SKIPPED')
  await it.act(specialist, 'SUBMIT_REPORT', report())
  await it.act(supervisor, 'RETURN', reason)
  expect(await termOf(it, 'REPORT_DUE')).toEqual({ workingDays: 3 })
  expect(await it.expire('REPORT_DUE')).toBe('FIRED')
})
