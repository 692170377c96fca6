import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { arrowsOf, isAskedFor } from '../../src/define/index.js'
import { employeeId, personId } from '../../src/organisation/ids.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { everyTerm } from '../support/terms.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const claimant = 'sales-rep-1'
const claim = (amount: string, extra: object = {}) => ({
  source: 'OTHER',
  sourceRecord: '2026-11',
  items: [{ item: '交通费', amount }],
  total: amount,
  ...extra,
})
const opened = (amount = '100', by = claimant) => house.open(by, 'expense-reimbursement', claim(amount))
const reason = { reason: { reason: '单据不全' } }

/** Brings a new claim to a state; one that needs the director is above every supervisor's limit. */
const stages = {
  draft: opened,
  submitted: (amount?: string) => further(opened(amount), claimant, 'SUBMIT'),
  preApproved: (amount?: string) => further(stages.submitted(amount), 'cs-manager-assistant-1', 'PRE_APPROVE'),
  administrationApproved: (amount?: string) => further(stages.submitted(amount), 'finance-1', 'CHECK'),
  budgetApproved: (amount?: string) => further(stages.administrationApproved(amount), 'dept-manager-2', 'CONFIRM_BUDGET'),
  supervisorApproved: (amount = '5000.01') => further(stages.submitted(amount), 'cs-manager-1', 'APPROVE_AND_ESCALATE'),
  returned: (amount?: string) => further(stages.submitted(amount), 'finance-1', 'RETURN', reason),
  approved: (amount?: string) => further(stages.submitted(amount), 'cs-manager-1', 'APPROVE'),
  paymentRequested: (amount?: string) => further(stages.approved(amount), 'payment-run', 'REQUEST_PAYMENT'),
}
type Stage = keyof typeof stages
async function further(before: Promise<DrivenCase>, login: string, action: string, forms = {}): Promise<DrivenCase> {
  const it = await before
  await it.act(login, action, forms)
  return it
}
/** Puts somebody on the staff; with `person`, a second account of somebody who is there already. */
async function hire(login: string, roles: readonly string[], person = login): Promise<string> {
  await house.owner.query('insert into employee (id, number, login, name, person_id) values ($1, $2, $2, $2, $3)', [employeeId(login), login, personId(person)])
  for (const role of roles)
    await house.owner.query('insert into role_assignment (id, employee_id, role) values (gen_random_uuid(), $1, $2)', [employeeId(login), role])
  return login
}
/** The newest entry of a case: what was done, and as what. */
async function newestEntry(it: DrivenCase) {
  const { rows } = await house.pool.query(
    'select action, from_state as "from", to_state as "to", role_used as role from audit_entry where stream = $1 order by sequence desc limit 1',
    [`case:${it.id}`],
  )
  return rows[0]
}

/** One person in every lane of page 67, with the roles that count there. */
const lanes: Readonly<Record<string, readonly string[]>> = {
  [claimant]: ['EMPLOYEE'],
  'cs-manager-assistant-1': ['PRE_APPROVER'],
  'finance-1': ['ADMINISTRATION'],
  'dept-manager-1': ['BUDGET_OWNER', 'SUPERVISOR'],
  'cs-manager-1': ['SUPERVISOR'],
  'general-manager-1': ['DIRECTOR'],
  'payment-run': ['SYSTEM'],
}
/** The table of page 67, a row an arrow and role. */
const table: readonly (readonly [from: Stage, action: string, login: string, role: string, to: string])[] = [
  ['draft', 'SAVE', claimant, 'EMPLOYEE', 'draft'],
  ['draft', 'SUBMIT', claimant, 'EMPLOYEE', 'submitted'],
  ['draft', 'ABANDON', claimant, 'EMPLOYEE', 'abandoned'],
  ['submitted', 'PRE_APPROVE', 'cs-manager-assistant-1', 'PRE_APPROVER', 'preApproved'],
  ['submitted', 'CHECK', 'finance-1', 'ADMINISTRATION', 'administrationApproved'],
  ['administrationApproved', 'CONFIRM_BUDGET', 'dept-manager-1', 'BUDGET_OWNER', 'budgetApproved'],
  ['submitted', 'APPROVE', 'cs-manager-1', 'SUPERVISOR', 'approved'],
  ['preApproved', 'APPROVE', 'cs-manager-1', 'SUPERVISOR', 'approved'],
  ['administrationApproved', 'APPROVE', 'cs-manager-1', 'SUPERVISOR', 'approved'],
  ['budgetApproved', 'APPROVE', 'cs-manager-1', 'SUPERVISOR', 'approved'],
  ['submitted', 'APPROVE_AND_ESCALATE', 'cs-manager-1', 'SUPERVISOR', 'supervisorApproved'],
  ['preApproved', 'APPROVE_AND_ESCALATE', 'cs-manager-1', 'SUPERVISOR', 'supervisorApproved'],
  ['administrationApproved', 'APPROVE_AND_ESCALATE', 'cs-manager-1', 'SUPERVISOR', 'supervisorApproved'],
  ['budgetApproved', 'APPROVE_AND_ESCALATE', 'cs-manager-1', 'SUPERVISOR', 'supervisorApproved'],
  ['supervisorApproved', 'APPROVE', 'general-manager-1', 'DIRECTOR', 'approved'],
  ['submitted', 'RETURN', 'cs-manager-assistant-1', 'PRE_APPROVER', 'returned'],
  ['submitted', 'RETURN', 'finance-1', 'ADMINISTRATION', 'returned'],
  ['submitted', 'RETURN', 'cs-manager-1', 'SUPERVISOR', 'returned'],
  ['preApproved', 'RETURN', 'cs-manager-1', 'SUPERVISOR', 'returned'],
  ['administrationApproved', 'RETURN', 'dept-manager-2', 'BUDGET_OWNER', 'returned'],
  ['administrationApproved', 'RETURN', 'cs-manager-1', 'SUPERVISOR', 'returned'],
  ['budgetApproved', 'RETURN', 'cs-manager-1', 'SUPERVISOR', 'returned'],
  ['supervisorApproved', 'RETURN', 'general-manager-1', 'DIRECTOR', 'returned'],
  ['returned', 'ACKNOWLEDGE_RETURN', claimant, 'EMPLOYEE', 'draft'],
  ['approved', 'REQUEST_PAYMENT', 'payment-run', 'SYSTEM', 'paymentRequested'],
  ['paymentRequested', 'PAYMENT_HANDLED', 'payment-run', 'SYSTEM', 'paid'],
]

test('expense-reimbursement: the table below is the table of the process', () => {
  const drawn = arrowsOf(house.processes.current.get('expense-reimbursement')!.definition)
    .filter(isAskedFor)
    .map(({ from, action, target }) => `${from} ${action} ${target ?? from}`)
  expect(new Set(table.map(([from, action, , , to]) => `${from} ${action} ${to}`))).toEqual(new Set(drawn))
})

test.each(table)('expense-reimbursement: %s, %s by %s as %s, leads to %s, and nobody else may do it', async (from, action, login, role, to) => {
  const it = await stages[from](action === 'APPROVE_AND_ESCALATE' || from === 'supervisorApproved' ? '5000.01' : '100')
  const permitted = table.filter(([state, event]) => state === from && event === action).map(([, , , by]) => by)
  for (const [other, roles] of Object.entries(lanes)) {
    if (roles.some((held) => permitted.includes(held))) continue
    expect([other, (await it.refused(other, action))[0]]).toEqual([other, 'NOT_AUTHORISED'])
  }
  const forms = ['RETURN', 'ABANDON'].includes(action) ? reason : {}
  expect(await it.act(login, action, forms)).toBe(to)
  expect(await newestEntry(it)).toEqual({ action, from, to, role })
})

test('expense-reimbursement: the whole way to paid', async () => {
  const it = await stages.budgetApproved('4999.99')
  await it.act('cs-manager-1', 'APPROVE', { opinion: { opinion: '同意' } })
  await it.act('payment-run', 'REQUEST_PAYMENT')
  expect(await it.act('payment-run', 'PAYMENT_HANDLED')).toBe('paid')
  expect((await it.record()).outcome).toBe('completed')
  expect((await it.history()).map(({ action }) => action)).toEqual([
    'OPEN',
    'SUBMIT',
    'CHECK',
    'CONFIRM_BUDGET',
    'APPROVE',
    'REQUEST_PAYMENT',
    'PAYMENT_HANDLED',
  ])
  expect(await it.refused('payment-run', 'PAYMENT_HANDLED')).toEqual(['ACTION_UNAVAILABLE'])
})

test('expense-reimbursement: the whole way to abandoned, after a return', async () => {
  const it = await stages.returned()
  await it.act(claimant, 'ACKNOWLEDGE_RETURN')
  expect(await it.refused(claimant, 'ABANDON')).toEqual(['FORM_INVALID', 'reason REQUIRED'])
  expect(await it.act(claimant, 'ABANDON', reason)).toBe('abandoned')
  expect((await it.record()).outcome).toBe('withdrawn')
  expect(await it.refused(claimant, 'SUBMIT')).toEqual(['ACTION_UNAVAILABLE'])
})

test('expense-reimbursement: a total that is not the sum of the items is refused, and saved all the same', async () => {
  const it = await opened()
  const wrong = claim('100', {
    items: [
      { item: '交通费', amount: '60' },
      { item: '餐费', amount: '40.01' },
    ],
  })
  expect(await it.refused(claimant, 'SUBMIT', { claim: wrong })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(claimant, 'SAVE', { claim: wrong })).toBe('draft')
  expect(await it.form('claim')).toEqual(wrong)
  expect(await it.refused(claimant, 'SUBMIT')).toEqual(['CONDITION_UNMET'])
  expect(
    await it.act(claimant, 'SUBMIT', {
      claim: claim('100.00', {
        items: [
          { item: '交通费', amount: '60' },
          { item: '餐费', amount: '40' },
        ],
      }),
    }),
  ).toBe('submitted')
})

test('expense-reimbursement: a supervisor approves up to the limit and escalates above it, never the other way round', async () => {
  const within = await stages.submitted('5000')
  expect(await within.refused('cs-manager-1', 'APPROVE_AND_ESCALATE')).toEqual(['CONDITION_UNMET'])
  expect(await within.act('cs-manager-1', 'APPROVE')).toBe('approved')
  const above = await stages.submitted('5000.01')
  expect(await above.refused('cs-manager-1', 'APPROVE')).toEqual(['LIMIT_EXCEEDED'])
  expect(await above.act('cs-manager-1', 'APPROVE_AND_ESCALATE')).toBe('supervisorApproved')
  expect(await above.refused('cs-manager-1', 'APPROVE')).toEqual(['NOT_AUTHORISED'])
})

test('expense-reimbursement: without a limit nothing is within authority', async () => {
  const it = await stages.submitted('0.01')
  const { rows } = await house.owner.query(`delete from authority_limit where process = 'expense-reimbursement' returning *`)
  expect(rows).toHaveLength(1)
  try {
    expect(await it.refused('cs-manager-1', 'APPROVE')).toEqual(['LIMIT_EXCEEDED'])
    expect(await it.act('cs-manager-1', 'APPROVE_AND_ESCALATE')).toBe('supervisorApproved')
  } finally {
    await house.owner.query('insert into authority_limit select * from jsonb_populate_record(null::authority_limit, $1)', [JSON.stringify(rows[0])])
  }
})

test('expense-reimbursement: a supervisor with a limit of his own decides by that one', async () => {
  const login = await hire('careful-supervisor', ['SUPERVISOR'])
  await house.owner.query(
    `insert into authority_limit (id, process, role, employee_id, amount) values (gen_random_uuid(), 'expense-reimbursement', 'SUPERVISOR', $1, 50)`,
    [employeeId(login)],
  )
  const it = await stages.submitted('50.01')
  expect(await it.refused(login, 'APPROVE')).toEqual(['LIMIT_EXCEEDED'])
  expect(await it.act(login, 'APPROVE_AND_ESCALATE')).toBe('supervisorApproved')
})

test('expense-reimbursement: the claimant is none of the approvers, with whatever role or account', async () => {
  const everything = ['PRE_APPROVER', 'FINANCE', 'BUDGET_OWNER', 'SUPERVISOR', 'GENERAL_MANAGER']
  const own = await hire('claimant-with-every-role', everything)
  const second = await hire('second-account-of-the-claimant', everything, own)
  const separated = async (it: DrivenCase, ...actions: string[]) => {
    for (const action of actions)
      for (const login of [own, second])
        expect([action, login, (await it.refused(login, action, action === 'RETURN' ? reason : {}))[0]]).toEqual([action, login, 'SOD_CONFLICT'])
  }
  const it = await opened('6000', own)
  await it.act(own, 'SUBMIT')
  await separated(it, 'PRE_APPROVE', 'CHECK', 'APPROVE', 'APPROVE_AND_ESCALATE', 'RETURN')
  await it.act('finance-1', 'CHECK')
  await separated(it, 'CONFIRM_BUDGET', 'APPROVE', 'APPROVE_AND_ESCALATE', 'RETURN')
  await it.act('dept-manager-2', 'CONFIRM_BUDGET')
  await separated(it, 'APPROVE', 'APPROVE_AND_ESCALATE', 'RETURN')
  await it.act('cs-manager-1', 'APPROVE_AND_ESCALATE')
  await separated(it, 'APPROVE', 'RETURN')
  expect(await it.act('general-manager-1', 'RETURN', reason)).toBe('returned')
  // The claim is the person's, not the account's.
  expect(await it.act(second, 'ACKNOWLEDGE_RETURN')).toBe('draft')

  const pre = await opened('100', own)
  await pre.act(own, 'SUBMIT')
  await pre.act('cs-manager-assistant-1', 'PRE_APPROVE')
  await separated(pre, 'APPROVE', 'APPROVE_AND_ESCALATE', 'RETURN')
})

test('expense-reimbursement: the supervisor who approves is not the one who confirmed the budget', async () => {
  const it = await stages.administrationApproved()
  await it.act('dept-manager-1', 'CONFIRM_BUDGET')
  expect(await it.refused('dept-manager-1', 'APPROVE')).toEqual(['SOD_CONFLICT'])
  expect(await it.refused('dept-manager-1', 'APPROVE_AND_ESCALATE')).toEqual(['SOD_CONFLICT', 'CONDITION_UNMET'])
  expect(await it.act('dept-manager-2', 'APPROVE')).toBe('approved')
})

test('expense-reimbursement: the director is not the supervisor who escalated', async () => {
  const both = await hire('director-who-supervises', ['GENERAL_MANAGER', 'SUPERVISOR'])
  const it = await stages.submitted('9000')
  await it.act(both, 'APPROVE_AND_ESCALATE')
  expect(await it.refused(both, 'APPROVE')).toEqual(['SOD_CONFLICT'])
  expect(await it.refused(both, 'RETURN', reason)).toEqual(['SOD_CONFLICT'])
  expect(await it.act('general-manager-1', 'APPROVE')).toBe('approved')
})

test("expense-reimbursement: a return needs its reason, starts a second round and lets the first one's approvals lapse", async () => {
  const it = await stages.administrationApproved()
  await it.act('dept-manager-1', 'CONFIRM_BUDGET')
  expect(await it.refused('cs-manager-1', 'RETURN')).toEqual(['FORM_INVALID', 'reason REQUIRED'])
  expect(await it.act('cs-manager-1', 'RETURN', reason)).toBe('returned')
  expect(await it.record()).toMatchObject({ round: 1, outcome: null })
  expect((await it.record()).decisions.map(({ action }) => action)).toEqual(['SUBMIT', 'CHECK', 'CONFIRM_BUDGET', 'RETURN'])
  await it.act(claimant, 'ACKNOWLEDGE_RETURN')
  expect(await it.record()).toMatchObject({ state: 'draft', round: 2, decisions: [] })
  await it.act(claimant, 'SUBMIT', { claim: claim('90') })
  // Who confirmed the budget of the first round is free to approve the second; the history keeps the first.
  expect(await it.act('dept-manager-1', 'APPROVE')).toBe('approved')
  expect((await it.history()).map(({ action }) => action)).toEqual([
    'OPEN',
    'SUBMIT',
    'CHECK',
    'CONFIRM_BUDGET',
    'RETURN',
    'ACKNOWLEDGE_RETURN',
    'SUBMIT',
    'APPROVE',
  ])
})

test('expense-reimbursement: neither the claimant nor a supervisor can pay, and nobody else knows of the claim', async () => {
  const it = await stages.approved()
  for (const login of [claimant, 'cs-manager-1', 'finance-1']) expect(await it.refused(login, 'REQUEST_PAYMENT')).toEqual(['NOT_AUTHORISED'])
  expect(await it.refused('sales-rep-2', 'REQUEST_PAYMENT')).toEqual(['NOT_FOUND'])
})

// Page 67 gives no term.
everyTerm(() => house, 'expense-reimbursement', [])
