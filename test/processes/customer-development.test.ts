import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { arrowsOf, isAskedFor } from '../../src/define/index.js'
import { departmentId, employeeId, personId } from '../../src/organisation/ids.js'
import { actorsOf } from '../../src/persistence/actors.js'
import { visibleAmong } from '../../src/persistence/queries/case-queries.js'
import { findInbox } from '../../src/persistence/queries/task-queries.js'
import { mealForm } from '../support/cases.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { everyTerm, runOut, setFigure, termOf } from '../support/terms.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

type Forms = Readonly<Record<string, unknown>>
/** Forms that depend on the customer of the case. */
type Papers = (customer: string) => Forms
const day = (days: number) => new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(Date.now() + days * 86_400_000)
const process = 'customer-development'
const [supervisor, specialist, manager, supporter] = ['development-supervisor-1', 'development-specialist-1', 'cs-manager-1', 'marketing-1']

async function newCustomer(status = 'PROSPECT'): Promise<string> {
  const id = randomUUID()
  await house.owner.query(`insert into customer (id, code, kind, name, status) values ($1, $2, 'LEGAL_PERSON', '潜在客户', $3)`, [id, id.slice(0, 8), status])
  return id
}
const statusOf = async (customer: string | null) => (await house.pool.query('select status from customer where id = $1', [customer])).rows[0].status

const scope = { industry: '机械', size: '中型', area: '江苏', measures: '走访', supportingDepartments: [departmentId('MARKETING')] }
const none: Papers = () => ({})
const plan = (customer: string) => ({ planYear: 2026, rows: [{ customer, visitee: '钱卫东', months: [{ month: 11 }] }] })
const selection: Papers = (customer) => ({ prospect: { customer, grounds: '需求明确' }, plan: plan(customer) })
const evaluation = (customer: string) => ({ date: day(0), rows: [{ no: '1', customer, overall: '合格' }] })
const investigation: Papers = (customer) => ({ survey: { customer, address: '海州市' }, evaluation: evaluation(customer) })
const applied: Papers = (customer) => ({ application: { prospect: customer, screeningResult: '合格', developmentStrategy: '样品试用', reasons: '前景良好' } })
const logged: Papers = (customer) => ({
  dailyLog: { specialist: employeeId(specialist), date: day(0), rows: [{ customer, visitee: '钱卫东', visitKind: 'FIRST_VISIT' }] },
})
const reported: Papers = () => ({ progressReport: { periodFrom: day(-30), periodTo: day(0), progress: '已拜访两次' } })
const contracted = (customer: string, { credit = '5000', ...extra }: Readonly<Record<string, string>> = {}) => ({
  contract: { contractNo: 'HT-1', customer, subject: '机械零件', amount: '60000', status: 'BEING_SIGNED', ...extra },
  terms: { terms: '月结', creditAmount: credit },
})
const traded = (tradedOn = day(0)) => ({ firstTrade: { tradedOn, amount: '3000', product: '轴承' } })
const newCustomerReport = (customer: string, extra: object = {}) => ({
  report: {
    specialist: employeeId(specialist),
    date: day(0),
    customer,
    companyAddress: '海州市',
    responsiblePerson: '钱卫东',
    promotedProducts: ['轴承'],
    firstTradeAmount: '3000.00',
    firstTradeProduct: '轴承',
    developmentHistory: '两次拜访后签约',
    ...extra,
  },
})
const reason = { reason: { reason: '理由不足' } }
const reasoned: Papers = () => reason
const cleared: Papers = () => ({ clearance: { grounds: '已还清欠款' } })

const giftFor: Papers = (customer) => ({
  giftApplication: {
    applyingDepartment: departmentId('CS-SURVEY'),
    giftDepartment: departmentId('GIFT'),
    giftDate: day(0),
    rows: [{ customer, recipient: '孙莉', giftName: '茶叶礼盒', quantity: 1, value: '300' }],
  },
})

/** Who investigates the credit, in the child case, up to its verdict or to its end. */
const creditOf = async (it: DrivenCase) => (await it.children('customer-credit-investigation')).at(-1)!
const creditSurvey = (companyNo: string, creditSaleLimit: string) => ({
  companyNo,
  companyAddress: '海州市',
  principalName: '钱卫东',
  businessItems: '机械零件',
  operationForm: 'COMPANY',
  paymentAttitude: 'NORMAL',
  creditScore: '82',
  creditGrade: 'A',
  creditSaleLimit,
})
async function toVerdict(it: DrivenCase, verdict: 'VERDICT_GOOD' | 'VERDICT_BAD', { limit = '50000', validUntil = day(90) } = {}): Promise<DrivenCase> {
  const credit = await creditOf(it)
  await credit.act('survey-supervisor-1', 'SELECT_AGENCY', { agency: { inHouse: true } })
  await credit.act('survey-supervisor-1', 'SELECT_METHOD', { method: { method: '走访' } })
  await credit.act('survey-supervisor-1', 'DEFINE_CONTENT', { content: { items: ['付款态度'] } })
  await credit.act('survey-specialist-1', 'SUBMIT_FINDINGS', { creditSurvey: creditSurvey((await credit.record()).customerId!, limit) })
  await credit.act('survey-specialist-1', 'SUBMIT_ANALYSIS', { summary: { asOf: day(0) } })
  await credit.act('survey-supervisor-1', verdict, { verdict: { grounds: '实地调查', validUntil } })
  return credit
}
async function toEnd(credit: DrivenCase, creditIsGood: boolean): Promise<void> {
  await credit.act('survey-specialist-1', 'SUBMIT_REPORT', { report: { creditIsGood, conclusion: '见调查表' } })
  await credit.act('cs-manager-3', 'APPROVE')
  await credit.act('general-manager-1', 'SIGN')
  await credit.act('survey-specialist-1', 'REPORT_OUT', { distribution: { reportedTo: [departmentId('FINANCE')], reportedAt: `${day(0)}T10:00:00+08:00` } })
}

const opened = () => house.open(supervisor, process, scope)
/** One act more, with the papers of the customer of the case; a prospect is chosen new. */
async function further(before: Promise<DrivenCase>, login: string, action: string, papers: Papers = none): Promise<DrivenCase> {
  const it = await before
  await it.act(login, action, papers(await customerFor(it, action)))
  return it
}
const customerFor = async (it: DrivenCase, action: string) => (action === 'SELECT_PROSPECT' ? newCustomer() : ((await it.record()).customerId ?? ''))
async function creditGood(before: Promise<DrivenCase>, found?: { limit?: string; validUntil?: string }): Promise<DrivenCase> {
  const it = await before
  await toEnd(await toVerdict(it, 'VERDICT_GOOD', found), true)
  return it
}
/** Brings a new case to a state; `…Late` is suspended after the approval, `by` took the step that leads there. */
const stages = {
  scopeDefinition: opened,
  prospectSelection: () => further(opened(), supervisor, 'DEFINE_SCOPE'),
  prospectInvestigation: (by = specialist) => further(stages.prospectSelection(), by, 'SELECT_PROSPECT', selection),
  investigated: () => creditGood(stages.prospectInvestigation()),
  screening: (by = specialist) => further(stages.investigated(), by, 'SUBMIT_INVESTIGATION', investigation),
  specialInvestigation: () => further(stages.screening(), supervisor, 'NEED_DETAIL', () => ({ unclearItems: { items: ['资产'] } })),
  applicationDrafting: () => further(stages.screening(), supervisor, 'SCREEN_PASS'),
  supervisorReview: (by = specialist) => further(stages.applicationDrafting(), by, 'SUBMIT', applied),
  managerReview: (by = supervisor) => further(stages.supervisorReview(), by, 'APPROVE'),
  planImplementation: () => further(stages.managerReview(), manager, 'APPROVE'),
  reportReview: (by = specialist) => further(stages.planImplementation(), by, 'SUBMIT_PERIODIC_REPORT', reported),
  suspended: () => further(stages.prospectInvestigation(), 'payment-run', 'CREDIT_ALERT'),
  suspendedLate: () => further(stages.planImplementation(), specialist, 'CREDIT_ALERT', reasoned),
  contractReview: (by = specialist) => further(stages.planImplementation(), by, 'SUBMIT_CONTRACT', contracted),
  signed: () => further(stages.contractReview(), supervisor, 'APPROVE'),
  newCustomerReporting: () => further(stages.signed(), specialist, 'FIRST_TRADE_RECORDED', () => traded()),
  supervisorSignature: (by = specialist) => further(stages.newCustomerReporting(), by, 'SUBMIT_REPORT', newCustomerReport),
  managerInstruction: (by = supervisor) => further(stages.supervisorSignature(), by, 'SIGN'),
}
type Stage = keyof typeof stages
/** Puts somebody on the staff; with `person`, a second account of somebody who is there already. */
async function hire(login: string, roles: readonly string[], person = login): Promise<string> {
  await house.owner.query('insert into employee (id, number, login, name, person_id) values ($1, $2, $2, $2, $3)', [employeeId(login), login, personId(person)])
  for (const role of roles)
    await house.owner.query('insert into role_assignment (id, employee_id, role) values (gen_random_uuid(), $1, $2)', [employeeId(login), role])
  return login
}
async function newestEntry(it: DrivenCase) {
  const { rows } = await house.pool.query(
    `select action, from_state as "from", to_state as "to", role_used as role, actor_id as actor,
       content::jsonb -> 'links' as links, content::jsonb -> 'causedBy' as cause
       from audit_entry where stream = $1 order by sequence desc limit 1`,
    [`case:${it.id}`],
  )
  return rows[0]
}
const actionsCounting = async (it: DrivenCase) => (await it.record()).decisions.map(({ action }) => action)
/** All of these acts are refused to that person for separation of duties. */
async function separated(it: DrivenCase, login: string, ...acts: readonly (readonly [action: string, papers?: Papers])[]): Promise<void> {
  for (const [action, papers = none] of acts)
    expect([action, (await it.refused(login, action, papers(await customerFor(it, action))))[0]]).toEqual([action, 'SOD_CONFLICT'])
}

const lanes: Readonly<Record<string, string>> = {
  [supervisor]: 'DEVELOPMENT_SUPERVISOR',
  [specialist]: 'DEVELOPMENT_SPECIALIST',
  [manager]: 'CS_MANAGER',
  'payment-run': 'SYSTEM',
}
/** The table of page 7. */
const table: readonly (readonly [stage: Stage, action: string, login: string, to: string, papers?: Papers])[] = [
  ['scopeDefinition', 'DEFINE_SCOPE', supervisor, 'prospectSelection', () => ({ scope: { ...scope, area: '浙江' } })],
  ['prospectSelection', 'PROVIDE_DATA', supporter, 'prospectSelection', () => ({ supportingData: { contents: '行业名录' } })],
  ['prospectSelection', 'SELECT_PROSPECT', specialist, 'prospectInvestigation', selection],
  ['prospectInvestigation', 'PROVIDE_DATA', supporter, 'prospectInvestigation', () => ({ supportingData: { contents: '年报' } })],
  ['investigated', 'SUBMIT_INVESTIGATION', specialist, 'screening', investigation],
  ['prospectInvestigation', 'CREDIT_ALERT', 'payment-run', 'suspended'],
  ['screening', 'SCREEN_PASS', supervisor, 'applicationDrafting'],
  ['screening', 'SCREEN_FAIL', supervisor, 'prospectSelection', reasoned],
  ['screening', 'SCREEN_OUT', supervisor, 'screenedOut', reasoned],
  ['screening', 'NEED_DETAIL', supervisor, 'specialInvestigation', () => ({ unclearItems: { items: ['资产', '股东'] } })],
  ['specialInvestigation', 'SUBMIT_INVESTIGATION', specialist, 'screening', investigation],
  ['applicationDrafting', 'SUBMIT', specialist, 'supervisorReview', applied],
  ['supervisorReview', 'APPROVE', supervisor, 'managerReview'],
  ['supervisorReview', 'RETURN', supervisor, 'applicationDrafting', reasoned],
  ['managerReview', 'APPROVE', manager, 'planImplementation'],
  ['managerReview', 'RETURN', manager, 'applicationDrafting', reasoned],
  ['managerReview', 'REJECT', manager, 'rejected', reasoned],
  ['planImplementation', 'REQUEST_MEAL', specialist, 'planImplementation', (customer) => ({ mealApplication: mealForm({ customer }) })],
  ['planImplementation', 'REQUEST_GIFT', specialist, 'planImplementation', giftFor],
  ['planImplementation', 'START_PROSPECTING', specialist, 'planImplementation', () => ({ targetProfile: { profile: '中型制造企业' } })],
  ['planImplementation', 'LOG_VISIT', specialist, 'planImplementation', logged],
  ['planImplementation', 'SUBMIT_PERIODIC_REPORT', specialist, 'reportReview', reported],
  ['reportReview', 'ACCEPT_REPORT', supervisor, 'planImplementation'],
  ['reportReview', 'RETURN', supervisor, 'planImplementation', reasoned],
  ['planImplementation', 'CREDIT_ALERT', 'payment-run', 'suspended'],
  ['planImplementation', 'CREDIT_ALERT', specialist, 'suspended', reasoned],
  ['suspendedLate', 'RESUME', manager, 'planImplementation', cleared],
  ['suspended', 'RESUME_INVESTIGATION', manager, 'prospectInvestigation', cleared],
  ['suspended', 'ABANDON', manager, 'abandoned', reasoned],
  ['planImplementation', 'ABANDON', supervisor, 'abandoned', reasoned],
  ['planImplementation', 'SUBMIT_CONTRACT', specialist, 'contractReview', contracted],
  ['contractReview', 'APPROVE', supervisor, 'signed'],
  ['contractReview', 'RETURN', supervisor, 'planImplementation', reasoned],
  ['signed', 'FIRST_TRADE_RECORDED', specialist, 'newCustomerReporting', () => traded()],
  ['newCustomerReporting', 'SUBMIT_REPORT', specialist, 'supervisorSignature', newCustomerReport],
  ['supervisorSignature', 'SIGN', supervisor, 'managerInstruction'],
  ['supervisorSignature', 'RETURN', supervisor, 'newCustomerReporting', reasoned],
  ['managerInstruction', 'INSTRUCT', manager, 'developed', () => ({ opinion: { opinion: '同意建档' } })],
  ['managerInstruction', 'RETURN', manager, 'newCustomerReporting', reasoned],
]
const stateOf = (stage: Stage) => (stage === 'investigated' ? 'prospectInvestigation' : stage.replace('Late', ''))

test('customer-development 1: whoever filled in the evaluation does not review it', async () => {
  const it = await stages.screening()
  expect(await it.refused(specialist, 'SCREEN_PASS')).toEqual(['NOT_AUTHORISED'])
  const both = await hire('specialist-who-supervises', ['DEVELOPMENT_SPECIALIST', 'DEVELOPMENT_SUPERVISOR'])
  const second = await hire('second-account-who-supervises', ['DEVELOPMENT_SUPERVISOR'], both)
  const own = await stages.screening(both)
  const detail: Papers = () => ({ unclearItems: { items: ['资产'] } })
  for (const login of [both, second]) await separated(own, login, ['SCREEN_PASS'], ['SCREEN_FAIL', reasoned], ['SCREEN_OUT', reasoned], ['NEED_DETAIL', detail])
  // Nor does whoever made the special investigation.
  const special = await further(stages.specialInvestigation(), both, 'SUBMIT_INVESTIGATION', investigation)
  await separated(special, both, ['SCREEN_PASS'])
  expect(await special.act(supervisor, 'SCREEN_PASS')).toBe('applicationDrafting')
})

test('customer-development 2: the investigation of a prospect does not end before that of his credit', async () => {
  const it = await stages.prospectInvestigation()
  const { customerId } = await it.record()
  expect(await it.refused(specialist, 'SUBMIT_INVESTIGATION', investigation(customerId!))).toEqual(['CONDITION_UNMET'])
  const credit = await toVerdict(it, 'VERDICT_GOOD')
  expect(await it.refused(specialist, 'SUBMIT_INVESTIGATION', investigation(customerId!))).toEqual(['CONDITION_UNMET'])
  await toEnd(credit, true)
  expect(await it.act(specialist, 'SUBMIT_INVESTIGATION', investigation(customerId!))).toBe('screening')
})

test('customer-development 3: a return by the manager starts the second version of the application', async () => {
  const it = await stages.managerReview()
  expect(await it.refused(manager, 'RETURN')).toEqual(['FORM_INVALID', 'reason REQUIRED'])
  expect(await it.act(manager, 'RETURN', reason)).toBe('applicationDrafting')
  expect((await it.record()).round).toBe(2)
  // The reviews of the first round lapse, the screening stays.
  expect(await actionsCounting(it)).toEqual(['DEFINE_SCOPE', 'SELECT_PROSPECT', 'SUBMIT_INVESTIGATION', 'SCREEN_PASS'])
  await it.act(specialist, 'SUBMIT', applied((await it.record()).customerId!))
  const { rows } = await house.pool.query(`select version from form_version where case_id = $1 and key = 'application' order by version`, [it.id])
  expect(rows.map(({ version }) => version)).toEqual([1, 2])
  expect(await it.refused(manager, 'APPROVE')).toEqual(['NOT_AUTHORISED'])
  await it.act('development-supervisor-2', 'APPROVE')
  expect(await it.act(manager, 'APPROVE')).toBe('planImplementation')
})

everyTerm(() => house, process, [
  {
    place: 'planImplementation',
    name: 'REPORT_DUE',
    of: stages.planImplementation,
    term: { days: 30 },
    hears: ['DEVELOPMENT_SPECIALIST', 'DEVELOPMENT_SUPERVISOR'],
    ladder: [],
    leave: (it) => it.act(specialist, 'SUBMIT_PERIODIC_REPORT', reported('')),
  },
])
test('customer-development 4: a period without a report is on record, and the next begins; nobody but the clock may say so', async () => {
  const it = await stages.planImplementation()
  for (const login of [specialist, supervisor, manager, 'payment-run']) expect(await it.refused(login, 'REPORT_DUE')).toEqual(['NOT_AUTHORISED'])
  const reports = async () => (await it.timers()).filter(({ name }) => name === 'REPORT_DUE')
  for (let period = 1; period <= 3; period++) {
    await runOut(it, 'REPORT_DUE')
    expect((await reports()).map(({ status }) => status).sort()).toEqual([...Array(period).fill('FIRED'), 'PENDING'])
    const next = (await reports()).find(({ status }) => status === 'PENDING')!
    expect(next.term).toEqual({ days: 30 })
    expect((await house.door.fire({ timerId: next.id, requestId: 'test' })).result).toBe('EARLY')
  }
  await it.act(specialist, 'LOG_VISIT', logged((await it.record()).customerId!))
  expect((await reports()).filter(({ status }) => status === 'PENDING')).toHaveLength(1)
  // The month begins anew with a report that was reviewed.
  await it.act(specialist, 'SUBMIT_PERIODIC_REPORT', reported(''))
  expect((await reports()).filter(({ status }) => status === 'PENDING')).toEqual([])
  await it.act(supervisor, 'ACCEPT_REPORT')
  expect((await reports()).filter(({ status }) => status === 'PENDING')).toHaveLength(1)
})
test('customer-development 4: the period is a figure of the organisation', async () => {
  await setFigure(house, process, 'reportDays', 7)
  expect(await termOf(await stages.planImplementation(), 'REPORT_DUE')).toEqual({ days: 7 })
  await house.owner.query('delete from process_setting where process = $1', [process])
})

test('customer-development 5: whoever negotiated the contract does not approve it, though acting as supervisor', async () => {
  const both = await hire('negotiator-who-supervises', ['DEVELOPMENT_SPECIALIST', 'DEVELOPMENT_SUPERVISOR'])
  const it = await stages.contractReview(both)
  await separated(it, both, ['APPROVE'], ['RETURN', reasoned])
  expect(await it.act(supervisor, 'APPROVE')).toBe('signed')
})

test("customer-development 6: the instruction of the manager ends the development and asks for the customer's file", async () => {
  const it = await stages.managerInstruction()
  const { customerId } = await it.record()
  expect(await statusOf(customerId)).toBe('PROSPECT')
  expect(await it.act(manager, 'INSTRUCT', { opinion: { opinion: '同意建档' } })).toBe('developed')
  expect((await it.record()).outcome).toBe('completed')
  expect(await statusOf(customerId)).toBe('ACTIVE')
  // Neither process exists yet.
  expect((await newestEntry(it)).links).toEqual([
    { process: 'customer-archive-creation', refused: 'PROCESS_UNAVAILABLE' },
    { process: 'customer-grading', refused: 'PROCESS_UNAVAILABLE' },
  ])
  expect((await it.history()).map(({ to }) => to)).toEqual([
    'scopeDefinition',
    'prospectSelection',
    'prospectInvestigation',
    'screening',
    'applicationDrafting',
    'supervisorReview',
    'managerReview',
    'planImplementation',
    'contractReview',
    'signed',
    'newCustomerReporting',
    'supervisorSignature',
    'managerInstruction',
    'developed',
  ])
  expect(await it.refused(manager, 'INSTRUCT')).toEqual(['ACTION_UNAVAILABLE'])
})

test('customer-development: meals, gifts and prospecting of the plan are cases of their own, for the prospect only', async () => {
  const it = await stages.planImplementation()
  const customer = await customerFor(it, 'REQUEST_MEAL')
  expect(await it.refused(specialist, 'REQUEST_MEAL', { mealApplication: mealForm() })).toEqual(['CONDITION_UNMET'])
  await it.act(specialist, 'REQUEST_MEAL', { mealApplication: mealForm({ customer }) })
  await it.act(specialist, 'REQUEST_GIFT', giftFor(customer))
  await it.act(specialist, 'START_PROSPECTING', { targetProfile: { profile: '中型制造企业' } })
  expect(await it.refused(specialist, 'START_PROSPECTING', { targetProfile: { profile: '中型制造企业' } })).toEqual(['CONDITION_UNMET'])
  const opened = (await it.children()).map((child) => child.process).slice(-3)
  expect(opened).toEqual(['customer-meal-hospitality', 'gift-giving-application', 'prospect-development'])
})

test('customer-development: the table above is the table of the process', () => {
  const drawn = arrowsOf(house.processes.current.get(process)!.definition)
    .filter(isAskedFor)
    .map(({ from, action, target }) => `${from} ${action} ${target ?? from}`)
  expect(new Set(table.map(([stage, action, , to]) => `${stateOf(stage)} ${action} ${to}`))).toEqual(new Set(drawn))
})

test.each(table)('customer-development: %s, %s by %s leads to %s, and nobody else may do it', async (stage, action, login, to, papers = none) => {
  const it = await stages[stage]()
  const permitted = table.filter(([other, event]) => stateOf(other) === stateOf(stage) && event === action).map(([, , who]) => who)
  const forms = papers(await customerFor(it, action))
  const status = (await it.record()).customerId && (await statusOf((await it.record()).customerId))
  for (const other of Object.keys(lanes).filter((name) => !permitted.includes(name)))
    expect([other, (await it.refused(other, action, forms))[0]]).toEqual([other, 'NOT_AUTHORISED'])
  expect(await it.act(login, action, forms)).toBe(to)
  expect(await newestEntry(it)).toMatchObject({ action, from: stateOf(stage), to, role: lanes[login] ?? 'RELATED_DEPT', actor: employeeId(login) })
  if (status) expect(await statusOf((await it.record()).customerId)).toBe(action === 'INSTRUCT' ? 'ACTIVE' : status)
})

test('customer-development: a prospect may be screened out, an application rejected, a development abandoned', async () => {
  const ends = [
    [await further(stages.screening(), supervisor, 'SCREEN_OUT', reasoned), 'screenedOut', 'rejected'],
    [await further(stages.managerReview(), manager, 'REJECT', reasoned), 'rejected', 'rejected'],
    [await further(stages.suspendedLate(), manager, 'ABANDON', reasoned), 'abandoned', 'cancelled'],
    [await further(stages.planImplementation(), supervisor, 'ABANDON', reasoned), 'abandoned', 'cancelled'],
  ] as const
  for (const [it, state, outcome] of ends) {
    expect(await it.record()).toMatchObject({ state, outcome })
    expect(await statusOf((await it.record()).customerId)).toBe('PROSPECT')
    expect(await it.refused('payment-run', 'CREDIT_ALERT')).toEqual(['ACTION_UNAVAILABLE'])
    expect(await it.refused(manager, 'RESUME', cleared(''))).toEqual(['ACTION_UNAVAILABLE'])
  }
  for (const [stage, login, action] of [
    ['screening', supervisor, 'SCREEN_OUT'],
    ['managerReview', manager, 'REJECT'],
    ['planImplementation', supervisor, 'ABANDON'],
  ] as const)
    expect(await (await stages[stage]()).refused(login, action)).toEqual(['FORM_INVALID', 'reason REQUIRED'])
})

test('customer-development: choosing a prospect opens the investigation of his credit (L13)', async () => {
  const it = await stages.prospectInvestigation()
  const { customerId, version } = await it.record()
  const [credit, ...others] = await it.children()
  expect(others).toEqual([])
  expect(await credit!.record()).toMatchObject({ process: 'customer-credit-investigation', state: 'agencySelection', parentId: it.id, customerId })
  expect(await credit!.form('request')).toEqual({ customer: customerId, purpose: 'NEW_CUSTOMER' })
  expect((await newestEntry(it)).links).toEqual([{ process: 'customer-credit-investigation', caseId: credit!.id }])
  expect(await newestEntry(credit!)).toMatchObject({ action: 'OPEN', actor: employeeId(specialist), cause: { caseId: it.id, sequence: version } })
})

test('customer-development: a bad verdict on the credit suspends the talks at once (L13)', async () => {
  const it = await stages.prospectInvestigation()
  const { customerId } = await it.record()
  const credit = await toVerdict(it, 'VERDICT_BAD')
  expect(await it.state()).toBe('suspended')
  expect(await newestEntry(it)).toEqual({
    action: 'CREDIT_ALERT',
    from: 'prospectInvestigation',
    to: 'suspended',
    role: 'SYSTEM',
    actor: null,
    links: [],
    cause: { caseId: credit.id, sequence: (await credit.record()).version },
  })
  // Not approved yet: there is nothing to carry out.
  expect(await it.refused(manager, 'RESUME', cleared(''))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(manager, 'RESUME_INVESTIGATION')).toEqual(['FORM_INVALID', 'clearance REQUIRED'])
  expect(await it.act(manager, 'RESUME_INVESTIGATION', cleared(''))).toBe('prospectInvestigation')
  expect(await it.refused(specialist, 'SUBMIT_INVESTIGATION', investigation(customerId!))).toEqual(['CONDITION_UNMET'])
  await credit.act('survey-supervisor-1', 'SUBMIT_COUNTERMEASURE', { countermeasure: { triggerFacts: '拖欠', measures: '限额', newCreditLimit: '1000' } })
  await credit.act('cs-manager-3', 'APPROVE')
  await credit.act('survey-specialist-1', 'MEASURES_DONE', { measuresDone: { implementedOn: day(0), result: '已执行' } })
  await toEnd(credit, false)
  expect(await credit.state()).toBe('completedBad')
  expect(await it.act(specialist, 'SUBMIT_INVESTIGATION', investigation(customerId!))).toBe('screening')
  // From then on the limit is the one that the measures set.
  await it.act(supervisor, 'SCREEN_PASS')
  await it.act(specialist, 'SUBMIT', applied(customerId!))
  await it.act(supervisor, 'APPROVE')
  await it.act(manager, 'APPROVE')
  await it.act(specialist, 'SUBMIT_CONTRACT', contracted(customerId!, { credit: '1000.01' }))
  expect(await it.refused(supervisor, 'APPROVE')).toEqual(['CONDITION_UNMET'])
  await it.act(supervisor, 'RETURN', reason)
  await it.act(specialist, 'SUBMIT_CONTRACT', contracted(customerId!, { credit: '1000' }))
  expect(await it.act(supervisor, 'APPROVE')).toBe('signed')
})

test('customer-development: a bad verdict finds a suspended or abandoned development as it is', async () => {
  for (const [stage, state] of [
    [stages.suspended(), 'suspended'],
    [further(stages.suspended(), manager, 'ABANDON', reasoned), 'abandoned'],
  ] as const) {
    const it = await stage
    const { version } = await it.record()
    const credit = await toVerdict(it, 'VERDICT_BAD')
    expect(await credit.state()).toBe('countermeasureDrafting')
    expect(await it.record()).toMatchObject({ state, version })
  }
  expect(house.reported).toEqual([])
})

test('customer-development: once the application is approved, talks resume and the investigation does not', async () => {
  const it = await stages.suspendedLate()
  expect(await it.refused(manager, 'RESUME_INVESTIGATION', cleared(''))).toEqual(['CONDITION_UNMET'])
  expect(await it.act(manager, 'RESUME', cleared(''))).toBe('planImplementation')
  // The specialist says why; the system's word is enough.
  expect(await it.refused(specialist, 'CREDIT_ALERT')).toEqual(['FORM_INVALID', 'reason REQUIRED'])
  expect(await it.act('payment-run', 'CREDIT_ALERT')).toBe('suspended')
})

test('customer-development: nobody develops a customer whom somebody else is developing', async () => {
  const it = await stages.prospectInvestigation()
  const { customerId } = await it.record()
  const other = await stages.prospectSelection()
  expect(await other.refused('development-specialist-2', 'SELECT_PROSPECT', selection(customerId!))).toEqual(['CONDITION_UNMET'])
  // Free again when the first development has ended.
  await it.act('payment-run', 'CREDIT_ALERT')
  await it.act(manager, 'ABANDON', reason)
  expect(await other.act('development-specialist-2', 'SELECT_PROSPECT', selection(customerId!))).toBe('prospectInvestigation')
})

test('customer-development: a prospect is one of those in the plan', async () => {
  const it = await stages.prospectSelection()
  const [chosen, listed] = [await newCustomer(), await newCustomer()]
  expect(await it.refused(specialist, 'SELECT_PROSPECT', { ...selection(chosen), plan: plan(listed) })).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(specialist, 'SELECT_PROSPECT', { prospect: { customer: chosen, grounds: '需求明确' } })).toEqual(['FORM_INVALID', 'plan REQUIRED'])
  expect(
    await it.act(specialist, 'SELECT_PROSPECT', { ...selection(chosen), plan: { planYear: 2026, rows: [...plan(listed).rows, ...plan(chosen).rows] } }),
  ).toBe('prospectInvestigation')
})

test('customer-development: survey and evaluation are about the prospect', async () => {
  const other = await newCustomer()
  for (const stage of ['investigated', 'specialInvestigation'] as const) {
    const it = await stages[stage]()
    const right = investigation((await it.record()).customerId!)
    expect(await it.refused(specialist, 'SUBMIT_INVESTIGATION', { ...right, survey: investigation(other)['survey'] })).toEqual(['CONDITION_UNMET'])
    expect(await it.refused(specialist, 'SUBMIT_INVESTIGATION', { ...right, evaluation: evaluation(other) })).toEqual(['CONDITION_UNMET'])
    expect(await it.act(specialist, 'SUBMIT_INVESTIGATION', right)).toBe('screening')
  }
  // Nor does a screening pass on an evaluation of somebody else, however it came there.
  const it = await stages.screening()
  await house.owner.query('alter table form_version disable trigger all')
  await house.owner.query(`update form_version set content = replace(content, $2, $3) where case_id = $1 and key = 'evaluation'`, [
    it.id,
    (await it.record()).customerId,
    other,
  ])
  expect(await it.refused(supervisor, 'SCREEN_PASS')).toEqual(['CONDITION_UNMET'])
})

test('customer-development: a credit result that has expired is no ground for an application', async () => {
  const it = await further(creditGood(stages.prospectInvestigation(), { validUntil: day(10) }), specialist, 'SUBMIT_INVESTIGATION', investigation)
  expect(await it.refused(supervisor, 'SCREEN_PASS', {}, { occurredAt: `${day(11)}T00:00:00+08:00` })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(supervisor, 'SCREEN_PASS', {}, { occurredAt: `${day(10)}T23:59:59+08:00` })).toBe('applicationDrafting')
})

test('customer-development: a failed screening goes back to another prospect, with a credit investigation of his own', async () => {
  const it = await further(stages.screening(), supervisor, 'SCREEN_FAIL', reasoned)
  const first = (await it.record()).customerId!
  expect(await it.record()).toMatchObject({ state: 'prospectSelection', round: 2 })
  expect(await actionsCounting(it)).toEqual(['DEFINE_SCOPE'])
  const second = await newCustomer()
  await it.act('development-specialist-2', 'SELECT_PROSPECT', selection(second))
  expect((await it.record()).customerId).toBe(second)
  expect(await it.children('customer-credit-investigation')).toHaveLength(2)
  expect(await it.refused(specialist, 'SUBMIT_INVESTIGATION', investigation(second))).toEqual(['CONDITION_UNMET'])
  await creditGood(Promise.resolve(it), { limit: '100' })
  expect(await it.refused(specialist, 'SUBMIT_INVESTIGATION', investigation(first))).toEqual(['CONDITION_UNMET', 'CONDITION_UNMET'])
  await it.act(specialist, 'SUBMIT_INVESTIGATION', investigation(second))
  await it.act(supervisor, 'SCREEN_PASS')
  await it.act(specialist, 'SUBMIT', applied(second))
  await it.act(supervisor, 'APPROVE')
  await it.act(manager, 'APPROVE')
  // The credit of the first prospect is not his.
  await it.act(specialist, 'SUBMIT_CONTRACT', contracted(second, { credit: '100.01' }))
  expect(await it.refused(supervisor, 'APPROVE')).toEqual(['CONDITION_UNMET'])
})

test('customer-development: the application is for the prospect, who stays in the plan', async () => {
  const it = await stages.applicationDrafting()
  const [customer, other] = [(await it.record()).customerId!, await newCustomer()]
  expect(await it.refused(specialist, 'SUBMIT', applied(other))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(specialist, 'SUBMIT', { ...applied(customer), plan: plan(other) })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(specialist, 'SUBMIT', { ...applied(customer), plan: plan(customer) })).toBe('supervisorReview')
})

test('customer-development: a report covers a period, a contract adds up, within the credit limit', async () => {
  const it = await stages.planImplementation()
  const [customer, other] = [(await it.record()).customerId!, await newCustomer()]
  expect(await it.refused(specialist, 'SUBMIT_PERIODIC_REPORT', { progressReport: { periodFrom: day(0), periodTo: day(-1), progress: '无' } })).toEqual([
    'CONDITION_UNMET',
  ])
  for (const wrong of [contracted(other), contracted(customer, { credit: '60000.01' }), contracted(customer, { startOn: day(2), endOn: day(1) })])
    expect(await it.refused(specialist, 'SUBMIT_CONTRACT', wrong)).toEqual(['CONDITION_UNMET'])
  await it.act(specialist, 'SUBMIT_CONTRACT', contracted(customer, { credit: '50000.01' }))
  expect(await it.refused(supervisor, 'APPROVE')).toEqual(['CONDITION_UNMET'])
  expect(await it.act(supervisor, 'RETURN', reason)).toBe('planImplementation')
  // Back to the negotiation, not to the application: its approval still counts.
  expect(await it.record()).toMatchObject({ round: 1 })
  await it.act(specialist, 'SUBMIT_CONTRACT', contracted(customer, { credit: '50000', startOn: day(1), endOn: day(1) }))
  expect(await it.act(supervisor, 'APPROVE')).toBe('signed')
})

test('customer-development: the first trade has taken place, and is what the report says', async () => {
  const it = await stages.signed()
  const [customer, other] = [(await it.record()).customerId!, await newCustomer()]
  expect(await it.refused(specialist, 'FIRST_TRADE_RECORDED', traded(day(1)))).toEqual(['CONDITION_UNMET'])
  await it.act(specialist, 'FIRST_TRADE_RECORDED', traded())
  expect(await it.refused(specialist, 'SUBMIT_REPORT', newCustomerReport(other))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(specialist, 'SUBMIT_REPORT', newCustomerReport(customer, { firstTradeAmount: '3000.01' }))).toEqual(['CONDITION_UNMET'])
  expect(await it.act(specialist, 'SUBMIT_REPORT', newCustomerReport(customer))).toBe('supervisorSignature')
})

test('customer-development: a returned report is signed anew by both', async () => {
  const it = await further(stages.managerInstruction(), manager, 'RETURN', reasoned)
  expect((await it.record()).round).toBe(2)
  expect((await actionsCounting(it)).slice(-2)).toEqual(['APPROVE', 'FIRST_TRADE_RECORDED'])
  await it.act(specialist, 'SUBMIT_REPORT', newCustomerReport((await it.record()).customerId!))
  expect(await it.refused(manager, 'INSTRUCT')).toEqual(['ACTION_UNAVAILABLE'])
  await it.act('development-supervisor-2', 'SIGN')
  expect(await it.refused(manager, 'INSTRUCT')).toEqual(['CONDITION_UNMET'])
  expect(await it.act(manager, 'INSTRUCT', { opinion: { opinion: '同意建档' } })).toBe('developed')
})

test('customer-development: whoever wrote does not review, and whoever reviewed does not approve', async () => {
  const all = await hire('developer-of-every-grade', ['DEVELOPMENT_SPECIALIST', 'DEVELOPMENT_SUPERVISOR', 'CS_MANAGER'])
  const drafted = await stages.supervisorReview(all)
  await separated(drafted, all, ['APPROVE'], ['RETURN', reasoned])
  await drafted.act(supervisor, 'APPROVE')
  await separated(drafted, all, ['APPROVE'], ['RETURN', reasoned], ['REJECT', reasoned])
  await separated(await stages.managerReview(all), all, ['APPROVE'], ['RETURN', reasoned], ['REJECT', reasoned])
  await separated(await stages.reportReview(all), all, ['ACCEPT_REPORT'], ['RETURN', reasoned])
  const written = await stages.supervisorSignature(all)
  await separated(written, all, ['SIGN'], ['RETURN', reasoned])
  await written.act(supervisor, 'SIGN')
  await separated(written, all, ['INSTRUCT'], ['RETURN', reasoned])
  await separated(await stages.managerInstruction(all), all, ['INSTRUCT'], ['RETURN', reasoned])
})

test('customer-development: whoever chose the prospect neither investigates nor judges his credit', async () => {
  const all = await hire('developer-who-surveys', ['DEVELOPMENT_SPECIALIST', 'SURVEY_SPECIALIST', 'SURVEY_SUPERVISOR'])
  const credit = await creditOf(await stages.prospectInvestigation(all))
  const customer = (await credit.record()).customerId!
  const findings = { creditSurvey: creditSurvey(customer, '50000') }
  await credit.act('survey-supervisor-1', 'SELECT_AGENCY', { agency: { inHouse: true } })
  await credit.act('survey-supervisor-1', 'SELECT_METHOD', { method: { method: '走访' } })
  await credit.act('survey-supervisor-1', 'DEFINE_CONTENT', { content: { items: ['付款态度'] } })
  expect(await credit.refused(all, 'SUBMIT_FINDINGS', findings)).toEqual(['SOD_CONFLICT'])
  await credit.act('survey-specialist-1', 'SUBMIT_FINDINGS', findings)
  expect((await credit.refused(all, 'SUBMIT_ANALYSIS', { summary: { asOf: day(0) } }))[0]).toBe('SOD_CONFLICT')
  await credit.act('survey-specialist-1', 'SUBMIT_ANALYSIS', { summary: { asOf: day(0) } })
  for (const action of ['VERDICT_GOOD', 'VERDICT_BAD'])
    expect(await credit.refused(all, action, { verdict: { grounds: '走访', validUntil: day(9) } })).toEqual(['SOD_CONFLICT'])
})

test('customer-development: the departments of the range, and no others, see the case and supply data', async () => {
  const viewer = async (login: string) => ({ ...(await actorsOf(house.pool, [employeeId(login)])).get(employeeId(login))!, limits: {} })
  const sees = async (login: string, it: DrivenCase) => (await visibleAmong(house.pool, house.processes, await viewer(login), [it.id])).has(it.id)
  for (const stage of ['prospectSelection', 'prospectInvestigation'] as const) {
    const it = await stages[stage]()
    expect([await sees(supporter, it), await sees('production-1', it)]).toEqual([true, false])
    expect((await findInbox(house.pool, await viewer(supporter), { first: 100 })).items).not.toHaveLength(0)
    const data = { supportingData: { contents: '行业名录' } }
    expect(await it.refused('production-1', 'PROVIDE_DATA', data)).toEqual(['NOT_FOUND'])
    expect(await it.refused(specialist, 'PROVIDE_DATA', data)).toEqual(['NOT_AUTHORISED'])
    expect(await it.refused(supporter, stage === 'prospectSelection' ? 'SELECT_PROSPECT' : 'SUBMIT_INVESTIGATION')).toContain('NOT_AUTHORISED')
    await it.act(supporter, 'PROVIDE_DATA', data)
    expect(await it.act('marketing-2', 'PROVIDE_DATA', data)).toBe(stage)
  }
})

test('customer-development: only a development supervisor defines a range, with departments to support it', async () => {
  for (const login of [specialist, manager]) expect(await house.openRefused(login, process, scope)).toEqual(['NOT_AUTHORISED'])
  expect(await house.openRefused(supervisor, process, { ...scope, supportingDepartments: [] })).toEqual([
    'FORM_INVALID',
    'scope.supportingDepartments REQUIRED',
  ])
})
