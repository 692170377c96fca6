import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { arrowsOf, isAskedFor } from '../../src/define/index.js'
import { customerId, departmentId, employeeId, personId } from '../../src/organisation/ids.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { everyTerm, reminders } from '../support/terms.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const day = (days: number) => new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(Date.now() + days * 86_400_000)
const [supervisor, investigator, manager, generalManager] = ['survey-supervisor-1', 'survey-specialist-1', 'cs-manager-1', 'general-manager-1']
const customer = customerId('C0024')
const survey = (extra: object = {}) => ({
  companyNo: customer,
  companyAddress: '江苏省海州市',
  principalName: '钱卫东',
  businessItems: '机械零件',
  operationForm: 'COMPANY',
  paymentAttitude: 'NORMAL',
  ...extra,
})
const assessment = { creditScore: '82', creditGrade: 'A', creditSaleLimit: '50000' }
const forms = {
  agency: { inHouse: true },
  method: { method: '实地走访' },
  content: { items: ['付款态度', '资产'] },
  creditSurvey: survey(),
  summary: { asOf: day(0) },
  verdict: { grounds: '付款及时', validUntil: day(180) },
  countermeasure: { triggerFacts: '资金链断裂', measures: '停止赊销', newCreditLimit: '0' },
  measuresDone: { implementedOn: day(0), result: '已停止赊销' },
  goodReport: { creditIsGood: true, conclusion: '可赊销' },
  badReport: { creditIsGood: false, conclusion: '现款现货' },
  distribution: { reportedTo: [departmentId('FINANCE')], reportedAt: `${day(0)}T10:00:00+08:00` },
  reason: { reason: '依据不足' },
}
const analysed = { summary: forms.summary, creditSurvey: survey(assessment) }

const opened = (by = supervisor) => house.open(by, 'customer-credit-investigation', { customer, purpose: 'OTHER' })
async function further(before: Promise<DrivenCase>, login: string, action: string, handedIn = {}): Promise<DrivenCase> {
  const it = await before
  await it.act(login, action, handedIn)
  return it
}
/** Brings a new investigation to a state; `…Bad` is the same state after a bad verdict. */
const stages = {
  agencySelection: opened,
  methodSelection: () => further(opened(), supervisor, 'SELECT_AGENCY', { agency: forms.agency }),
  contentDefinition: () => further(stages.methodSelection(), supervisor, 'SELECT_METHOD', { method: forms.method }),
  investigating: () => further(stages.contentDefinition(), supervisor, 'DEFINE_CONTENT', { content: forms.content }),
  analysing: (by = investigator) => further(stages.investigating(), by, 'SUBMIT_FINDINGS', { creditSurvey: forms.creditSurvey }),
  verdict: (by = investigator) => further(stages.analysing(), by, 'SUBMIT_ANALYSIS', analysed),
  countermeasureDrafting: () => further(stages.verdict(), supervisor, 'VERDICT_BAD', { verdict: forms.verdict }),
  countermeasureApproval: (by = supervisor) => further(stages.countermeasureDrafting(), by, 'SUBMIT_COUNTERMEASURE', { countermeasure: forms.countermeasure }),
  countermeasureImplementing: () => further(stages.countermeasureApproval(), manager, 'APPROVE'),
  reportDrafting: (by = supervisor) => further(stages.verdict(), by, 'VERDICT_GOOD', { verdict: forms.verdict }),
  reportDraftingBad: () => further(stages.countermeasureImplementing(), investigator, 'MEASURES_DONE', { measuresDone: forms.measuresDone }),
  reportApproval: (by = investigator) => further(stages.reportDrafting(), by, 'SUBMIT_REPORT', { report: forms.goodReport }),
  reportApprovalBad: () => further(stages.reportDraftingBad(), investigator, 'SUBMIT_REPORT', { report: forms.badReport }),
  gmSignature: (by = manager) => further(stages.reportApproval(), by, 'APPROVE'),
  reportingOut: () => further(stages.gmSignature(), generalManager, 'SIGN'),
  reportingOutBad: () => further(further(stages.reportApprovalBad(), manager, 'APPROVE'), generalManager, 'SIGN'),
}
type Stage = keyof typeof stages
/** Puts somebody on the staff; with `person`, a second account of somebody who is there already. */
async function hire(login: string, roles: readonly string[], person = login): Promise<string> {
  await house.owner.query('insert into employee (id, number, login, name, person_id) values ($1, $2, $2, $2, $3)', [employeeId(login), login, personId(person)])
  for (const role of roles)
    await house.owner.query('insert into role_assignment (id, employee_id, role) values (gen_random_uuid(), $1, $2)', [employeeId(login), role])
  return login
}
/** The newest entry of a case: what was done, as what, and what it opened. */
async function newestEntry(it: DrivenCase) {
  const { rows } = await house.pool.query(
    `select action, from_state as "from", to_state as "to", role_used as role, content::jsonb -> 'links' as links
       from audit_entry where stream = $1 order by sequence desc limit 1`,
    [`case:${it.id}`],
  )
  return rows[0]
}

const lanes: Readonly<Record<string, string>> = {
  [supervisor]: 'SURVEY_SUPERVISOR',
  [investigator]: 'SURVEY_SPECIALIST',
  [manager]: 'CS_MANAGER',
  [generalManager]: 'GENERAL_MANAGER',
  'payment-run': 'SYSTEM',
}
/** The table of page 8. */
const table: readonly (readonly [stage: Stage, action: string, login: string, to: string, forms?: Record<string, unknown>])[] = [
  ['agencySelection', 'SELECT_AGENCY', supervisor, 'methodSelection', { agency: forms.agency }],
  ['methodSelection', 'SELECT_METHOD', supervisor, 'contentDefinition', { method: forms.method }],
  ['contentDefinition', 'DEFINE_CONTENT', supervisor, 'investigating', { content: forms.content }],
  ['investigating', 'SUBMIT_FINDINGS', investigator, 'analysing', { creditSurvey: forms.creditSurvey }],
  ['analysing', 'SUBMIT_ANALYSIS', investigator, 'verdict', analysed],
  ['verdict', 'VERDICT_GOOD', supervisor, 'reportDrafting', { verdict: forms.verdict }],
  ['verdict', 'VERDICT_BAD', supervisor, 'countermeasureDrafting', { verdict: forms.verdict }],
  ['countermeasureDrafting', 'SUBMIT_COUNTERMEASURE', supervisor, 'countermeasureApproval', { countermeasure: forms.countermeasure }],
  ['countermeasureApproval', 'APPROVE', manager, 'countermeasureImplementing'],
  ['countermeasureApproval', 'RETURN', manager, 'countermeasureDrafting', { reason: forms.reason }],
  ['countermeasureImplementing', 'MEASURES_DONE', investigator, 'reportDrafting', { measuresDone: forms.measuresDone }],
  ['reportDrafting', 'SUBMIT_REPORT', investigator, 'reportApproval', { report: forms.goodReport }],
  ['reportApproval', 'APPROVE', manager, 'gmSignature'],
  ['reportApproval', 'RETURN', manager, 'reportDrafting', { reason: forms.reason }],
  ['gmSignature', 'SIGN', generalManager, 'reportingOut'],
  ['gmSignature', 'RETURN', generalManager, 'reportDrafting', { reason: forms.reason }],
  ['reportingOut', 'REPORT_OUT', investigator, 'completedGood', { distribution: forms.distribution }],
  ['reportingOutBad', 'REPORT_OUT', investigator, 'completedBad', { distribution: forms.distribution }],
]

test('customer-credit-investigation: the table below is the table of the process', () => {
  const drawn = arrowsOf(house.processes.current.get('customer-credit-investigation')!.definition)
    .filter(isAskedFor)
    .map(({ from, action, target }) => `${from} ${action} ${target}`)
  const tested = table.map(([stage, action, , to]) => `${stage.replace('Bad', '')} ${action} ${to}`)
  expect(new Set([...tested, 'reportApproval APPROVE reportingOut'])).toEqual(new Set(drawn))
})

test.each(table)('customer-credit-investigation: %s, %s by %s leads to %s, and nobody else may do it', async (stage, action, login, to, handedIn = {}) => {
  const it = await stages[stage]()
  const from = await it.state()
  for (const other of Object.keys(lanes).filter((name) => name !== login))
    expect([other, (await it.refused(other, action, handedIn))[0]]).toEqual([other, 'NOT_AUTHORISED'])
  expect(await it.act(login, action, handedIn)).toBe(to)
  expect(await newestEntry(it)).toMatchObject({ action, from, to, role: lanes[login] })
})

test("customer-credit-investigation: where the general manager need not sign, the manager's approval is the last", async () => {
  await house.owner.query(`insert into process_setting values ('customer-credit-investigation', 'gmSignatureRequired', 0)`)
  try {
    const it = await stages.reportApproval()
    expect(await it.act(manager, 'APPROVE')).toBe('reportingOut')
    expect(await it.act(investigator, 'REPORT_OUT', { distribution: forms.distribution })).toBe('completedGood')
  } finally {
    await house.owner.query(`delete from process_setting where process = 'customer-credit-investigation'`)
  }
})

test('customer-credit-investigation: the whole way of a good credit ends completed, and nothing can be done after it', async () => {
  const it = await further(stages.reportingOut(), investigator, 'REPORT_OUT', { distribution: forms.distribution })
  expect(await it.record()).toMatchObject({ state: 'completedGood', outcome: 'completed', customerId: customer, round: 1 })
  expect(await it.form('creditSurvey')).toMatchObject(assessment)
  expect((await newestEntry(it)).links).toEqual([])
  for (const [, action, login] of table) expect(await it.refused(login, action)).toEqual(['ACTION_UNAVAILABLE'])
})

test('customer-credit-investigation: the whole way of a bad credit asks for a change of the grade', async () => {
  const it = await further(stages.reportingOutBad(), investigator, 'REPORT_OUT', { distribution: forms.distribution })
  expect(await it.record()).toMatchObject({ state: 'completedBad', outcome: 'completed' })
  expect((await newestEntry(it)).links).toEqual([{ process: 'credit-grade-change', refused: 'PROCESS_UNAVAILABLE' }])
  expect((await it.history()).map(({ to }) => to)).toEqual([
    'agencySelection',
    'methodSelection',
    'contentDefinition',
    'investigating',
    'analysing',
    'verdict',
    'countermeasureDrafting',
    'countermeasureApproval',
    'countermeasureImplementing',
    'reportDrafting',
    'reportApproval',
    'gmSignature',
    'reportingOut',
    'completedBad',
  ])
})

test('customer-credit-investigation: only a survey supervisor starts one', async () => {
  for (const login of [investigator, manager, 'development-supervisor-1'])
    expect(await house.openRefused(login, 'customer-credit-investigation', { customer, purpose: 'OTHER' })).toEqual(['NOT_AUTHORISED'])
})

test('customer-credit-investigation: an agency is named unless our own staff investigate', async () => {
  const it = await opened()
  expect(await it.refused(supervisor, 'SELECT_AGENCY', { agency: { inHouse: false } })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(supervisor, 'SELECT_AGENCY', { agency: { inHouse: false, agency: '华信征信' } })).toBe('methodSelection')
})

test('customer-credit-investigation: the survey is about the customer asked for, and states what the insurance covers', async () => {
  const it = await stages.investigating()
  const findings = (extra: object) => ({ creditSurvey: survey(extra) })
  expect(await it.refused(investigator, 'SUBMIT_FINDINGS', findings({ companyNo: customerId('C0025') }))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(investigator, 'SUBMIT_FINDINGS', findings({ insured: 'INSURED' }))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(investigator, 'SUBMIT_FINDINGS', findings({ companyNo: customerId('C0025'), insured: 'INSURED' }))).toEqual([
    'CONDITION_UNMET',
    'CONDITION_UNMET',
  ])
  expect(await it.refused(investigator, 'SUBMIT_FINDINGS', findings({ principalCharacter: 'GENTLE' }))).toEqual([
    'FORM_INVALID',
    'creditSurvey.principalCharacter NOT_COLLECTED',
  ])
  expect(await it.refused(investigator, 'SUBMIT_FINDINGS')).toEqual(['FORM_INVALID', 'creditSurvey REQUIRED'])
  expect(await it.act(investigator, 'SUBMIT_FINDINGS', findings({ insured: 'INSURED', insuredAmount: '100000' }))).toBe('analysing')
})

test('customer-credit-investigation: the analysis sets score, grade and limit, of the same customer', async () => {
  const it = await stages.analysing()
  const { creditScore, creditGrade, creditSaleLimit } = assessment
  expect(await it.refused(investigator, 'SUBMIT_ANALYSIS', { summary: forms.summary })).toEqual(['CONDITION_UNMET'])
  for (const part of [
    { creditGrade, creditSaleLimit },
    { creditScore, creditSaleLimit },
    { creditScore, creditGrade },
  ])
    expect(await it.refused(investigator, 'SUBMIT_ANALYSIS', { ...analysed, creditSurvey: survey(part) })).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(investigator, 'SUBMIT_ANALYSIS', { ...analysed, creditSurvey: survey({ ...assessment, companyNo: customerId('C0025') }) })).toEqual([
    'CONDITION_UNMET',
  ])
  expect(await it.act(investigator, 'SUBMIT_ANALYSIS', analysed)).toBe('verdict')
})

test('customer-credit-investigation: a verdict holds beyond the day on which it is given', async () => {
  const it = await stages.verdict()
  for (const action of ['VERDICT_GOOD', 'VERDICT_BAD'])
    expect(await it.refused(supervisor, action, { verdict: { grounds: '付款及时', validUntil: day(0) } })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(supervisor, 'VERDICT_GOOD', { verdict: { grounds: '付款及时', validUntil: day(1) } })).toBe('reportDrafting')
})

test('customer-credit-investigation: the report says what the verdict said', async () => {
  const good = await stages.reportDrafting()
  expect(await good.refused(investigator, 'SUBMIT_REPORT', { report: forms.badReport })).toEqual(['CONDITION_UNMET'])
  const bad = await stages.reportDraftingBad()
  expect(await bad.refused(investigator, 'SUBMIT_REPORT', { report: forms.goodReport })).toEqual(['CONDITION_UNMET'])
  expect(await bad.act(investigator, 'SUBMIT_REPORT', { report: forms.badReport })).toBe('reportApproval')
})

test('customer-credit-investigation: whoever investigated does not judge, whoever opened the case may', async () => {
  const both = await hire('investigating-supervisor', ['SURVEY_SPECIALIST', 'SURVEY_SUPERVISOR'])
  const findings = await further(stages.analysing(both), investigator, 'SUBMIT_ANALYSIS', analysed)
  const analysis = await stages.verdict(both)
  for (const it of [findings, analysis])
    for (const action of ['VERDICT_GOOD', 'VERDICT_BAD']) expect(await it.refused(both, action, { verdict: forms.verdict })).toEqual(['SOD_CONFLICT'])
  expect(await findings.act(supervisor, 'VERDICT_GOOD', { verdict: forms.verdict })).toBe('reportDrafting')
})

test('customer-credit-investigation: the manager who approves neither opened, investigated, judged nor wrote', async () => {
  const all = await hire('manager-of-all-trades', ['SURVEY_SPECIALIST', 'SURVEY_SUPERVISOR', 'CS_MANAGER'])
  const second = await hire('second-account-of-that-manager', ['CS_MANAGER'], all)
  const barred = async (it: DrivenCase) => {
    for (const login of [all, second]) {
      expect((await it.refused(login, 'APPROVE'))[0]).toBe('SOD_CONFLICT')
      expect((await it.refused(login, 'RETURN', { reason: forms.reason }))[0]).toBe('SOD_CONFLICT')
    }
  }
  const inReport = async (before: Promise<DrivenCase>) => further(before, investigator, 'SUBMIT_REPORT', { report: forms.goodReport })
  const judgedGood = (before: Promise<DrivenCase>) => further(before, supervisor, 'VERDICT_GOOD', { verdict: forms.verdict })
  await barred(await inReport(stages.reportDrafting(all)))
  await barred(await inReport(judgedGood(stages.verdict(all))))
  await barred(await inReport(judgedGood(further(stages.analysing(all), investigator, 'SUBMIT_ANALYSIS', analysed))))
  await barred(await stages.reportApproval(all))
  await barred(await stages.countermeasureApproval(all))
  const own = await opened(all)
  await own.act(supervisor, 'SELECT_AGENCY', { agency: forms.agency })
  await own.act(supervisor, 'SELECT_METHOD', { method: forms.method })
  await own.act(supervisor, 'DEFINE_CONTENT', { content: forms.content })
  await own.act(investigator, 'SUBMIT_FINDINGS', { creditSurvey: forms.creditSurvey })
  await own.act(investigator, 'SUBMIT_ANALYSIS', analysed)
  await own.act(supervisor, 'VERDICT_BAD', { verdict: forms.verdict })
  await own.act(supervisor, 'SUBMIT_COUNTERMEASURE', { countermeasure: forms.countermeasure })
  await barred(own)
  expect(await own.act(manager, 'APPROVE')).toBe('countermeasureImplementing')
})

test('customer-credit-investigation: the general manager signs nothing of his own', async () => {
  const all = await hire('general-manager-of-all-trades', ['SURVEY_SPECIALIST', 'SURVEY_SUPERVISOR', 'CS_MANAGER', 'GENERAL_MANAGER'])
  const signed = async (before: Promise<DrivenCase>) => {
    const it = await further(before, manager, 'APPROVE')
    expect(await it.refused(all, 'SIGN')).toEqual(['SOD_CONFLICT'])
  }
  await signed(stages.reportApproval(all))
  await signed(further(stages.reportDrafting(all), investigator, 'SUBMIT_REPORT', { report: forms.goodReport }))
  const approved = await stages.gmSignature(all)
  expect(await approved.refused(all, 'SIGN')).toEqual(['SOD_CONFLICT'])
  expect(await approved.refused(all, 'RETURN', { reason: forms.reason })).toEqual(['SOD_CONFLICT'])
  expect(await approved.act(generalManager, 'SIGN')).toBe('reportingOut')
})

test('customer-credit-investigation: a return of the measures keeps the verdict', async () => {
  const it = await stages.countermeasureApproval()
  expect(await it.refused(manager, 'RETURN')).toEqual(['FORM_INVALID', 'reason REQUIRED'])
  await it.act(manager, 'RETURN', { reason: forms.reason })
  const { round, decisions } = await it.record()
  expect([round, decisions.at(-1)!.action]).toEqual([2, 'VERDICT_BAD'])
  await it.act(supervisor, 'SUBMIT_COUNTERMEASURE', { countermeasure: { ...forms.countermeasure, newCreditLimit: '1000' } })
  await it.act(manager, 'APPROVE')
  await it.act(investigator, 'MEASURES_DONE', { measuresDone: forms.measuresDone })
  expect(await it.refused(investigator, 'SUBMIT_REPORT', { report: forms.goodReport })).toEqual(['CONDITION_UNMET'])
  expect(await it.form('countermeasure')).toMatchObject({ newCreditLimit: '1000' })
})

test("customer-credit-investigation: a return by the general manager takes back the manager's approval, not the investigation", async () => {
  const it = await stages.gmSignature()
  await it.act(generalManager, 'RETURN', { reason: forms.reason })
  const { round, decisions } = await it.record()
  expect(round).toBe(2)
  expect(decisions.map(({ action }) => action)).toEqual([
    'SELECT_AGENCY',
    'SELECT_METHOD',
    'DEFINE_CONTENT',
    'SUBMIT_FINDINGS',
    'SUBMIT_ANALYSIS',
    'VERDICT_GOOD',
  ])
  await it.act(investigator, 'SUBMIT_REPORT', { report: forms.goodReport })
  expect(await it.refused(generalManager, 'SIGN')).toEqual(['ACTION_UNAVAILABLE'])
  await it.act('cs-manager-2', 'APPROVE')
  expect(await it.act(generalManager, 'SIGN')).toBe('reportingOut')
})

everyTerm(() => house, 'customer-credit-investigation', [
  {
    place: 'reportingOut',
    name: 'REPORT_OUT_DUE',
    of: stages.reportingOut,
    term: { workingDays: 1 },
    hears: ['SURVEY_SUPERVISOR', 'CS_MANAGER'],
    ladder: reminders,
    leave: (it) => it.act(investigator, 'REPORT_OUT', { distribution: forms.distribution }),
  },
])
