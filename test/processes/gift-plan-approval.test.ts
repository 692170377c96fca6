import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { arrowsOf, isAskedFor, rowFieldsOf } from '../../src/define/index.js'
import { customerId, employeeId, personId } from '../../src/organisation/ids.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { everyTerm } from '../support/terms.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

type Forms = Readonly<Record<string, unknown>>
const process = 'gift-plan-approval'
const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date())
const [applicant, supervisor, manager] = ['relations-specialist-1', 'relations-supervisor-1', 'cs-manager-1']
const line = (lineNo = 1, extra: object = {}) => ({
  lineNo,
  customer: customerId('C0001'),
  purpose: '答谢',
  giftName: '茶叶礼盒',
  quantity: 2,
  budgetValue: '600',
  ...extra,
})
const plan = (...rows: object[]) => ({ filledOn: today, rows })
const reason = { reason: { reason: '预算过高' } }

const opened = (by = applicant, rows: object[] = [line()]) => house.open(by, process, plan(...rows))
async function further(before: Promise<DrivenCase>, login: string, action: string, forms: Forms = {}): Promise<DrivenCase> {
  const it = await before
  await it.act(login, action, forms)
  return it
}
/** Brings a new plan to a state; `by`: who took the step that leads there. */
const stages = {
  draft: () => opened(),
  supervisorSignature: () => further(opened(), applicant, 'SUBMIT'),
  managerSignature: (by = supervisor) => further(stages.supervisorSignature(), by, 'SIGN'),
}
/** Puts somebody on the staff; with `person`, a second account of somebody who is there already. */
async function hire(login: string, roles: readonly string[], person = login): Promise<string> {
  await house.owner.query('insert into employee (id, number, login, name, person_id) values ($1, $2, $2, $2, $3)', [employeeId(login), login, personId(person)])
  for (const role of roles)
    await house.owner.query('insert into role_assignment (id, employee_id, role) values (gen_random_uuid(), $1, $2)', [employeeId(login), role])
  return login
}

const lanes = [applicant, supervisor, manager, 'payment-run']
/** The table of page 12. */
const table: readonly (readonly [from: keyof typeof stages, action: string, login: string, to: string, forms?: Forms])[] = [
  ['draft', 'SUBMIT', applicant, 'supervisorSignature'],
  ['supervisorSignature', 'SIGN', supervisor, 'managerSignature'],
  ['supervisorSignature', 'RETURN', supervisor, 'draft', reason],
  ['managerSignature', 'SIGN', manager, 'approved'],
  ['managerSignature', 'RETURN', manager, 'draft', reason],
  ['managerSignature', 'REJECT', manager, 'rejected', reason],
]

test('gift-plan-approval: the table above is the table of the process', () => {
  const drawn = arrowsOf(house.processes.current.get(process)!.definition)
    .filter(isAskedFor)
    .filter(({ action, aim }) => action !== 'WITHDRAW' && aim === undefined)
    .map(({ from, action, target }) => `${from} ${action} ${target}`)
  expect(new Set(table.map(([from, action, , to]) => `${from} ${action} ${to}`))).toEqual(new Set(drawn))
})

test.each(table)('gift-plan-approval: %s, %s by %s leads to %s, and nobody else may do it', async (from, action, login, to, forms = {}) => {
  const it = await stages[from]()
  for (const other of lanes.filter((name) => name !== login)) expect([other, (await it.refused(other, action, forms))[0]]).toEqual([other, 'NOT_AUTHORISED'])
  expect(await it.act(login, action, forms)).toBe(to)
  const { action: last, from: left, to: entered, actor } = (await it.history()).at(-1)!
  expect([last, left, entered, actor]).toEqual([action, from, to, employeeId(login)])
})

test('gift-plan-approval: three persons sign, and then the plan stands as it is, to draw on', async () => {
  const rows = [line(1), line(2, { customer: customerId('C0002'), giftName: '笔记本', budgetValue: '80.50', remark: '中秋' })]
  const it = await further(further(further(opened(applicant, rows), applicant, 'SUBMIT'), supervisor, 'SIGN'), manager, 'SIGN', {
    opinion: { opinion: '同意' },
  })
  // It names several customers and so belongs to none.
  expect(await it.record()).toMatchObject({ state: 'approved', outcome: 'completed', customerId: null })
  expect((await it.record()).decisions.map(({ state, action, personId }) => [state, action, personId])).toEqual([
    ['draft', 'SUBMIT', personId(applicant)],
    ['supervisorSignature', 'SIGN', personId(supervisor)],
    ['managerSignature', 'SIGN', personId(manager)],
  ])
  for (const [, action, login, , forms] of table) expect(await it.refused(login, action, forms)).toEqual(['ACTION_UNAVAILABLE'])
  expect(await it.refused(applicant, 'SUBMIT', { plan: plan(line(1, { budgetValue: '900' })) })).toEqual(['ACTION_UNAVAILABLE'])
  expect(await it.form('plan')).toEqual(plan(...rows))
})

test('gift-plan-approval: the three signature boxes are filled by the three steps', () => {
  const { forms } = house.processes.current.get(process)!.definition
  expect(
    rowFieldsOf(forms['plan']!)
      .filter(({ kind }) => kind === 'signature')
      .map(({ label, signedIn }) => [label[0], signedIn]),
  ).toEqual([
    ['填表人', ['draft']],
    ['主管', ['supervisorSignature']],
    ['经理', ['managerSignature']],
  ])
})

test.each([
  ['no value', { budgetValue: undefined }, 'budgetValue REQUIRED'],
  ['a value of nothing', { budgetValue: '0' }, 'budgetValue AMOUNT_INVALID'],
  ['a value below a fen', { budgetValue: '0.009' }, 'budgetValue AMOUNT_INVALID'],
  ['no gift', { quantity: 0 }, 'quantity TOO_SMALL'],
  ['no purpose', { purpose: '' }, 'purpose REQUIRED'],
  ['no number', { lineNo: 0 }, 'lineNo TOO_SMALL'],
])('gift-plan-approval: a line with %s is no line', async (_, extra, fault) => {
  const it = await stages.draft()
  expect(await it.refused(applicant, 'SUBMIT', { plan: plan(line(), line(2, extra)) })).toEqual(['FORM_INVALID', `plan.rows[1].${fault}`])
  expect(await house.openRefused(applicant, process, plan(line(1, extra)))).toEqual(['FORM_INVALID', `plan.rows[0].${fault}`])
})

test('gift-plan-approval: every line is valued, be it one fen', async () => {
  expect(await house.openRefused(applicant, process, plan())).toEqual(['FORM_INVALID', 'plan.rows REQUIRED'])
  const it = await opened(applicant, [line(1, { budgetValue: '0.01' })])
  expect(await it.act(applicant, 'SUBMIT')).toBe('supervisorSignature')
})

test('gift-plan-approval: a number names one line', async () => {
  const it = await opened(applicant, [line(1), line(1, { giftName: '笔记本' })])
  expect(await it.refused(applicant, 'SUBMIT')).toEqual(['CONDITION_UNMET'])
  expect(await it.act(applicant, 'SUBMIT', { plan: plan(line(1), line(2, { giftName: '笔记本' })) })).toBe('supervisorSignature')
})

test('gift-plan-approval: 填表人 ≠ 主管 ≠ 经理, whatever the account', async () => {
  const all = await hire('holder-of-every-box', ['RELATIONS_SPECIALIST', 'RELATIONS_SUPERVISOR', 'CS_MANAGER'])
  const second = await hire('second-account-of-the-holder', ['RELATIONS_SUPERVISOR', 'CS_MANAGER'], all)
  const barred = async (it: DrivenCase, ...actions: readonly string[]) => {
    for (const login of [all, second])
      for (const action of actions) expect([action, await it.refused(login, action, action === 'SIGN' ? {} : reason)]).toEqual([action, ['SOD_CONFLICT']])
  }
  const own = await further(opened(all), all, 'SUBMIT')
  await barred(own, 'SIGN', 'RETURN')
  await own.act(supervisor, 'SIGN')
  await barred(own, 'SIGN', 'RETURN', 'REJECT')
  expect(await own.act(manager, 'SIGN')).toBe('approved')
  const supervised = await stages.managerSignature(all)
  await barred(supervised, 'SIGN', 'RETURN', 'REJECT')
  expect(await supervised.act(manager, 'SIGN')).toBe('approved')
})

test.each([
  ['supervisorSignature', supervisor, 'RETURN'],
  ['managerSignature', manager, 'RETURN'],
  ['managerSignature', manager, 'REJECT'],
] as const)('gift-plan-approval: in %s, %s does not %s without a reason', async (stage, login, action) => {
  expect(await (await stages[stage]()).refused(login, action)).toEqual(['FORM_INVALID', 'reason REQUIRED'])
})

test('gift-plan-approval: the manager alone refuses a plan for good', async () => {
  expect(await (await stages.supervisorSignature()).refused(supervisor, 'REJECT', reason)).toContain('ACTION_UNAVAILABLE')
  const it = await further(stages.managerSignature(), manager, 'REJECT', reason)
  expect(await it.record()).toMatchObject({ state: 'rejected', outcome: 'rejected' })
  expect(await it.refused(applicant, 'SUBMIT')).toEqual(['ACTION_UNAVAILABLE'])
})

test('gift-plan-approval: after a return its author drafts again, and both sign again', async () => {
  const both = await hire('supervisor-who-manages', ['RELATIONS_SUPERVISOR', 'CS_MANAGER'])
  const it = await further(stages.managerSignature(both), manager, 'RETURN', reason)
  expect(await it.record()).toMatchObject({ state: 'draft', round: 2, decisions: [] })
  // It is not a colleague's to see.
  expect(await it.refused('relations-specialist-2', 'SUBMIT')).toEqual(['NOT_FOUND'])
  await it.act(applicant, 'SUBMIT', { plan: plan(line(1, { budgetValue: '300' })) })
  await it.act(supervisor, 'SIGN')
  // Whose signature lapsed may sign in the other box.
  expect(await it.act(both, 'SIGN')).toBe('approved')
  expect(await it.form('plan')).toMatchObject({ rows: [{ budgetValue: '300' }] })
})

test('gift-plan-approval: only a relations specialist plans', async () => {
  for (const login of [supervisor, manager, 'gift-custodian-1']) expect(await house.openRefused(login, process, plan(line()))).toEqual(['NOT_AUTHORISED'])
})

// Page 12 gives no term.
everyTerm(() => house, process, [])
