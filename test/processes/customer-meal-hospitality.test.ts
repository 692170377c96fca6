import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { customerId, departmentId, employeeId } from '../../src/organisation/ids.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { everyTerm, reminders, termOf } from '../support/terms.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date())
const applicant = 'relations-specialist-3'
const application = (meal: string, extra: object = {}) => ({
  applicant: employeeId(applicant),
  department: departmentId('CS-RELATIONS'),
  applyDate: today,
  customer: customerId('C0001'),
  venue: '江畔酒楼',
  banquetDate: today,
  customerGuests: ['孙莉'],
  companyGuests: [employeeId(applicant)],
  budget: [{ item: 'MEAL', amount: meal }],
  budgetTotal: meal,
  purpose: '答谢',
  ...extra,
})
const opened = (meal = '1000', extra: object = {}) => house.open(applicant, 'customer-meal-hospitality', application(meal, extra))
const inReview = async (meal = '1000'): Promise<DrivenCase> => {
  const meal_ = await opened(meal)
  await meal_.act(applicant, 'SUBMIT')
  await meal_.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  return meal_
}
const arranged = async (meal = '1000'): Promise<DrivenCase> => {
  const it = await inReview(meal)
  await it.act('cs-manager-1', 'APPROVE')
  await it.act('finance-1', 'APPROVE', { budgetCheck: { availableBudget: '5000' } })
  await it.act('relations-specialist-1', 'PLAN_READY', { plan: { venue: '江畔酒楼', mealAt: `${today}T18:00:00+08:00`, menu: '标准餐', plannedCost: meal } })
  return it
}
const held = async (meal = '1000'): Promise<DrivenCase> => {
  const it = await arranged(meal)
  await it.act(applicant, 'EVENT_HELD', { attendance: { heldOn: today, attendees: ['孙莉'] } })
  return it
}
const report = (spent: string) => ({
  customer: customerId('C0001'),
  hospitalityDate: today,
  reporter: employeeId(applicant),
  purpose: '答谢',
  place: '江畔酒楼',
  reportedAt: `${today}T20:00:00+08:00`,
  customerGuests: ['孙莉'],
  companyGuests: [employeeId(applicant)],
  expenses: [{ item: 'MEAL', amount: spent }],
  expenseTotal: spent,
  effect: '良好',
})

test('customer-meal-hospitality 1: a budget whose total is not the sum of its lines is refused', async () => {
  const it = await opened('1000', { budgetTotal: '1001' })
  expect(await it.refused(applicant, 'SUBMIT')).toEqual(['CONDITION_UNMET'])
  expect(await it.act(applicant, 'SUBMIT', { application: application('1000') })).toBe('submitted')
})

test("customer-meal-hospitality 2: within the manager's limit finance is next and the general manager signs nothing", async () => {
  const it = await inReview('2000')
  expect(await it.act('cs-manager-1', 'APPROVE', { opinion: { opinion: '同意' } })).toBe('financeBudgetReview')
  expect((await it.history()).some(({ from }) => from === 'gmApproval')).toBe(false)
})

test('customer-meal-hospitality 3: above the limit the manager may only escalate', async () => {
  const it = await inReview('2000.01')
  expect(await it.refused('cs-manager-1', 'APPROVE')).toEqual(['LIMIT_EXCEEDED'])
  expect(await it.act('cs-manager-1', 'APPROVE_AND_ESCALATE')).toBe('gmApproval')
})

test('customer-meal-hospitality 4: a manager who applied may not approve', async () => {
  const it = await house.open(
    'cs-manager-2',
    'customer-meal-hospitality',
    application('1000', { applicant: employeeId('cs-manager-2'), companyGuests: [employeeId('sales-rep-1')] }),
  )
  await it.act('cs-manager-2', 'SUBMIT')
  await it.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  expect(await it.refused('cs-manager-2', 'APPROVE')).toEqual(['SOD_CONFLICT'])
})

test('customer-meal-hospitality 5: a rejection by the general manager cancels the meal', async () => {
  const it = await inReview('9000')
  await it.act('cs-manager-1', 'APPROVE_AND_ESCALATE')
  expect(await it.act('general-manager-1', 'REJECT', { reason: { reason: '预算过高' } })).toBe('cancelled')
  expect(await it.refused('relations-specialist-1', 'PLAN_READY')).toEqual(['ACTION_UNAVAILABLE'])
})

test('customer-meal-hospitality 6: a line above its budget goes to the general manager', async () => {
  const it = await held('1000')
  await it.act(applicant, 'SUBMIT_REPORT', { report: report('1200') })
  expect(await it.refused('cs-manager-1', 'APPROVE')).toEqual(['CONDITION_UNMET'])
  expect(await it.act('cs-manager-1', 'APPROVE_AND_ESCALATE')).toBe('reportGmReview')
})

test('customer-meal-hospitality 7: no claim before finance has signed the report', async () => {
  const it = await held('1000')
  await it.act(applicant, 'SUBMIT_REPORT', { report: report('900') })
  await it.act('cs-manager-1', 'APPROVE')
  const claim = { source: 'HOSPITALITY_MEAL', sourceRecord: 'x', items: [{ item: '餐费', amount: '900' }], total: '900' }
  expect(await it.refused(applicant, 'SUBMIT_CLAIM', { claim })).toEqual(['ACTION_UNAVAILABLE'])
  expect(await it.act('finance-1', 'APPROVE', { voucherCheck: { vouchersMatch: true } })).toBe('reimbursing')
})

test('the claim of a meal is a case of its own, and the meal waits until it is paid', async () => {
  const it = await held('1000')
  await it.act(applicant, 'SUBMIT_REPORT', { report: report('900') })
  await it.act('cs-manager-1', 'APPROVE')
  await it.act('finance-1', 'APPROVE', { voucherCheck: { vouchersMatch: true } })
  await it.act(applicant, 'SUBMIT_CLAIM', {
    claim: { source: 'HOSPITALITY_MEAL', sourceRecord: (await it.record()).number, items: [{ item: '餐费', amount: '900' }], total: '900' },
  })
  expect(await it.refused('cs-manager-1', 'APPROVE')).toEqual(['CONDITION_UNMET'])
  const [claim] = await it.children('expense-reimbursement')
  await claim!.act(applicant, 'SUBMIT')
  await claim!.act('cs-manager-1', 'APPROVE')
  await claim!.act('payment-run', 'REQUEST_PAYMENT')
  expect(await claim!.act('payment-run', 'PAYMENT_HANDLED')).toBe('paid')
  expect(await it.act('cs-manager-1', 'APPROVE')).toBe('closed')
})

test.each(['-'.repeat(36), '0'.repeat(36)])('a text of 36 characters that is no id is a text like any other: %s', async (purpose) => {
  const it = await opened('1000', { purpose })
  expect(await it.act(applicant, 'SUBMIT')).toBe('submitted')
  expect((await it.form('application'))!['purpose']).toBe(purpose)
})

const dayIn = (days: number) => new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(Date.now() + days * 86_400_000)
const orally = (at: string) => ({ oralApprovalBy: employeeId('cs-manager-1'), oralApprovedAt: at })
const toReport = { name: 'REPORT_DUE', term: { workingDays: 3, from: today }, hears: ['RELATIONS_SPECIALIST', 'CS_MANAGER'] as const, ladder: reminders }
const eaten = (it: DrivenCase) => it.act(applicant, 'EVENT_HELD', { attendance: { heldOn: today, attendees: ['孙莉'] } })
everyTerm(() => house, 'customer-meal-hospitality', [
  {
    place: 'draft',
    name: 'FORM_DUE',
    of: () => opened('1000', orally(`${dayIn(-1)}T10:00:00+08:00`)),
    term: { workingDays: 2, from: dayIn(-1) },
    hears: ['CS_MANAGER'],
    ladder: reminders,
    leave: (it) => it.act(applicant, 'SUBMIT'),
  },
  { ...toReport, place: 'arranged', of: () => arranged(), leave: eaten },
  { ...toReport, place: 'held', of: () => held(), leave: (it) => it.act(applicant, 'SUBMIT_REPORT', { report: report('900') }) },
])
test('customer-meal-hospitality: a report that is missing is told once a round, and a returned one has its time again', async () => {
  const it = await arranged()
  expect(await it.expire('REPORT_DUE')).toBe('FIRED')
  await eaten(it)
  expect(await it.expire('REPORT_DUE')).toBe('SKIPPED')
  await it.act(applicant, 'SUBMIT_REPORT', { report: report('900') })
  await it.act('cs-manager-1', 'RETURN', { reason: { reason: '效果未写明' } })
  expect(await termOf(it, 'REPORT_DUE')).toEqual({ workingDays: 3 })
  expect(await it.expire('REPORT_DUE')).toBe('FIRED')
  expect(await it.state()).toBe('held')
})
test('customer-meal-hospitality: papers after the meal need an approval by word of mouth before it', async () => {
  const past = { banquetDate: dayIn(-1) }
  for (const extra of [
    past,
    { ...past, oralApprovalBy: employeeId('cs-manager-1') },
    { ...past, ...orally(`${today}T00:00:00+08:00`) },
    { ...past, ...orally(`${dayIn(1)}T00:00:00+08:00`) },
  ])
    expect(await (await opened('1000', extra)).refused(applicant, 'SUBMIT')).toEqual(['CONDITION_UNMET'])
  expect(await (await opened('1000', { ...past, ...orally(`${dayIn(-1)}T23:59:00+08:00`) })).act(applicant, 'SUBMIT')).toBe('submitted')
  expect((await (await opened('1000', past)).timers()).map(({ name }) => name)).toEqual([])
})
