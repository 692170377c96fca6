import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { arrowsOf, isAskedFor } from '../../src/define/index.js'
import { customerId, departmentId, employeeId, personId } from '../../src/organisation/ids.js'
import { actorsOf } from '../../src/persistence/actors.js'
import { visibleAmong } from '../../src/persistence/queries/case-queries.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { everyTerm, ladderDeeds, reminders, setFigure, termOf } from '../support/terms.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

type Forms = Readonly<Record<string, unknown>>
const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date())
const now = `${today}T10:00:00+08:00`
const process = 'customer-account-cancellation'
const specialist = 'info-specialist-1'
const [supervisor, manager, generalManager, checker, payer] = ['info-supervisor-1', 'cs-manager-1', 'general-manager-1', 'finance-1', 'finance-2']

/** A customer of our own for every case: two open cancellations of one customer stand in each other's way. */
async function newCustomer(status = 'ACTIVE'): Promise<string> {
  const id = randomUUID()
  await house.owner.query(`insert into customer (id, code, kind, name, status) values ($1, $2, 'LEGAL_PERSON', '待注销客户', $3)`, [id, id.slice(0, 8), status])
  return id
}
const statusOf = async (customer: string | null) => (await house.pool.query('select status from customer where id = $1', [customer])).rows[0].status
const statusAfter = async (it: DrivenCase) => statusOf((await it.record()).customerId)

const application = (customer: string, extra: object = {}) => ({ customer, reason: '不再合作', balance: '100', ...extra })
/** What the account comes to; `refunded` is what the vouchers of the case say already. */
const settlement = (net: string, { refunded = '0', ...extra }: Readonly<Record<string, string>> = {}) => {
  const owed = Number(net) + Number(refunded)
  const [prepayments, receivables] = owed < 0 ? ['0', String(-owed)] : [String(owed), '0']
  return {
    settlement: {
      receivables,
      prepayments,
      rebatesDue: '0',
      alreadyRefunded: refunded,
      netBalance: net,
      payee: '钱卫东',
      bank: '农业银行',
      account: '6228',
      statement: 'S-1',
      ...extra,
    },
  }
}
const check = (bookBalance: string, difference = '0') => ({ balanceCheck: { bookBalance, difference, bookStatement: 'B-1' } })
const refund = (amount: string, refundedToDate = amount) => ({ refund: { amount, refundedToDate, paidOn: today, channel: '银行转账', voucher: 'V-1' } })
const handOver = (extra: object = { refundProof: 'V-1' }) => ({
  handOver: { handedOverAt: now, handedOverTo: '钱卫东', accountStatement: 'S-2', closingLetter: 'L-1', ...extra },
})
const receipt = { receipt: { signedBy: '钱卫东', signedOn: today, signedReceipt: 'R-1' } }
const closing = { closing: { closedOn: today, notified: [departmentId('FINANCE')] } }
const clearance = (received: string, balance = '0') => ({ clearance: { received, balance, receivedOn: today, voucher: 'V-2' } })
const writeOff = (amount: string) => ({ writeOff: { amount, grounds: '客户破产', voucher: 'V-3' } })
const reason = { reason: { reason: '余额有误' } }

const opened = async (by = specialist) => house.open(by, process, application(await newCustomer()))
async function further(before: Promise<DrivenCase>, login: string, action: string, forms: Forms = {}): Promise<DrivenCase> {
  const it = await before
  await it.act(login, action, forms)
  return it
}
const inSettlement = async () =>
  further(further(further(further(opened(), specialist, 'SUBMIT'), supervisor, 'APPROVE'), manager, 'APPROVE'), generalManager, 'RATIFY')
/** Brings a new cancellation to a state; from the settlement on with a balance. */
const stages = {
  draft: (_net?: string) => opened(),
  supervisorApproval: (_net?: string) => further(opened(), specialist, 'SUBMIT'),
  managerApproval: (_net?: string) => further(stages.supervisorApproval(), supervisor, 'APPROVE'),
  gmRatification: (_net?: string) => further(stages.managerApproval(), manager, 'APPROVE'),
  settlementDraft: (_net?: string) => inSettlement(),
  financeReconciliation: (net = '100') => further(inSettlement(), specialist, 'SUBMIT_SETTLEMENT', settlement(net)),
  collecting: (net = '-100') => further(stages.financeReconciliation(net), checker, 'CUSTOMER_OWES', check(net)),
  settlementManagerApproval: (net = '100') => further(stages.financeReconciliation(net), checker, 'BALANCE_CONFIRMED', check(net)),
  settlementGmRatification: (net = '100') => further(stages.settlementManagerApproval(net), manager, 'APPROVE'),
  refunding: (net = '100') => further(stages.settlementGmRatification(net), generalManager, 'RATIFY'),
  handingOver: (net = '100') => further(stages.refunding(net), payer, 'REFUND_DONE', refund(net)),
  customerSigning: (net = '100') => further(stages.handingOver(net), specialist, 'HAND_OVER', handOver()),
  closingAccount: (net = '100') => further(stages.customerSigning(net), specialist, 'RECORD_SIGNATURE', receipt),
}
type Stage = keyof typeof stages
/** Puts somebody on the staff; with `person`, a second account of somebody who is there already. */
async function hire(login: string, roles: readonly string[], person = login): Promise<string> {
  await house.owner.query('insert into employee (id, number, login, name, person_id) values ($1, $2, $2, $2, $3)', [employeeId(login), login, personId(person)])
  for (const role of roles)
    await house.owner.query('insert into role_assignment (id, employee_id, role) values (gen_random_uuid(), $1, $2)', [employeeId(login), role])
  return login
}
/** The reasons of the newest refusal, in words. */
async function lastRefusal(it: DrivenCase): Promise<string[]> {
  const { rows } = await house.pool.query('select content from audit_entry where stream = $1 order by sequence desc limit 1', [`attempts:${it.id}`])
  return JSON.parse(rows[0].content).reasons.map(({ en }: { en: string }) => en)
}
async function newestEntry(it: DrivenCase) {
  const { rows } = await house.pool.query(
    `select action, from_state as "from", to_state as "to", role_used as role, content::jsonb -> 'links' as links, content::jsonb -> 'customerStatus' as status
       from audit_entry where stream = $1 order by sequence desc limit 1`,
    [`case:${it.id}`],
  )
  return rows[0]
}
const openComplaint = (customer: string) => house.open('complaint-specialist-1', 'complaint-reception', { customer, channel: 'PHONE', arrivedAt: now })

const lanes: Readonly<Record<string, string>> = {
  [specialist]: 'INFO_SPECIALIST',
  [supervisor]: 'INFO_SUPERVISOR',
  [manager]: 'CS_MANAGER',
  [generalManager]: 'GENERAL_MANAGER',
  [checker]: 'FINANCE',
  [payer]: 'FINANCE',
  'payment-run': 'SYSTEM',
}
/** The table of page 14: with which balance, and what becomes of the customer. */
const table: readonly (readonly [from: Stage, action: string, login: string, to: string, forms?: Forms, net?: string, status?: string])[] = [
  ['draft', 'SUBMIT', specialist, 'supervisorApproval', {}, '100', 'CLOSING'],
  ['draft', 'CANCEL', specialist, 'cancelled', reason, '100', 'ACTIVE'],
  ['supervisorApproval', 'APPROVE', supervisor, 'managerApproval'],
  ['supervisorApproval', 'RETURN', supervisor, 'draft', reason],
  ['managerApproval', 'APPROVE', manager, 'gmRatification'],
  ['managerApproval', 'RETURN', manager, 'draft', reason],
  ['managerApproval', 'REJECT', manager, 'rejected', reason, '100', 'ACTIVE'],
  ['gmRatification', 'RATIFY', generalManager, 'settlementDraft'],
  ['gmRatification', 'RETURN', generalManager, 'draft', reason],
  ['gmRatification', 'REJECT', generalManager, 'rejected', reason, '100', 'ACTIVE'],
  ['settlementDraft', 'SUBMIT_SETTLEMENT', specialist, 'financeReconciliation', settlement('100')],
  ['financeReconciliation', 'BALANCE_CONFIRMED', checker, 'settlementManagerApproval', check('100')],
  ['financeReconciliation', 'BALANCE_MISMATCH', checker, 'settlementDraft', { ...reason, ...check('90', '-10') }],
  ['financeReconciliation', 'CUSTOMER_OWES', checker, 'collecting', check('-100'), '-100'],
  ['collecting', 'DEBT_CLEARED', checker, 'settlementDraft', clearance('100'), '-100'],
  ['collecting', 'WRITE_OFF_APPROVED', generalManager, 'settlementDraft', writeOff('100'), '-100'],
  ['settlementManagerApproval', 'APPROVE', manager, 'settlementGmRatification'],
  ['settlementManagerApproval', 'RETURN', manager, 'settlementDraft', reason],
  ['settlementGmRatification', 'RATIFY', generalManager, 'refunding', {}, '0.01'],
  ['settlementGmRatification', 'RATIFY', generalManager, 'handingOver', {}, '0'],
  ['settlementGmRatification', 'RETURN', generalManager, 'settlementDraft', reason],
  ['refunding', 'REFUND_DONE', payer, 'handingOver', refund('100')],
  ['handingOver', 'HAND_OVER', specialist, 'customerSigning', handOver()],
  ['customerSigning', 'RECORD_SIGNATURE', specialist, 'closingAccount', receipt],
  ['customerSigning', 'CUSTOMER_DISPUTES', specialist, 'settlementDraft', reason],
  ['closingAccount', 'CLOSE_ACCOUNT', specialist, 'closed', closing, '100', 'CLOSED'],
]

test('customer-account-cancellation 1: an open complaint stands in the way, and is named', async () => {
  const customer = await newCustomer()
  const it = await house.open(specialist, process, application(customer))
  await openComplaint(customer)
  expect(await it.refused(specialist, 'SUBMIT')).toEqual(['CONDITION_UNMET'])
  expect(await lastRefusal(it)).toEqual(['A condition is not met: nothing open stands in the way: complaint-reception × 1'])
  expect(await statusOf(customer)).toBe('ACTIVE')
})

test('customer-account-cancellation 2: the general manager does not ratify before the manager has approved', async () => {
  const it = await stages.managerApproval()
  expect(await it.refused(generalManager, 'RATIFY')).toEqual(['ACTION_UNAVAILABLE'])
  await it.act(manager, 'APPROVE')
  expect(await it.act(generalManager, 'RATIFY')).toBe('settlementDraft')
})

test('customer-account-cancellation 3: with a balance of zero there is no refund and no proof of one', async () => {
  const it = await stages.settlementGmRatification('0')
  expect(await it.act(generalManager, 'RATIFY')).toBe('handingOver')
  expect(await it.act(specialist, 'HAND_OVER', handOver({}))).toBe('customerSigning')
  await it.act(specialist, 'RECORD_SIGNATURE', receipt)
  expect(await it.act(specialist, 'CLOSE_ACCOUNT', closing)).toBe('closed')
  expect(await it.form('refund')).toBeUndefined()
  expect(await statusAfter(it)).toBe('CLOSED')
})

test("customer-account-cancellation 4: no account is closed without the customer's receipt", async () => {
  const it = await stages.handingOver()
  expect(await it.refused(specialist, 'CLOSE_ACCOUNT', closing)).toEqual(['ACTION_UNAVAILABLE'])
  await it.act(specialist, 'HAND_OVER', handOver())
  expect(await it.refused(specialist, 'CLOSE_ACCOUNT', closing)).toEqual(['ACTION_UNAVAILABLE'])
  expect(await it.refused(specialist, 'RECORD_SIGNATURE', { receipt: { signedBy: '钱卫东', signedOn: today } })).toEqual([
    'FORM_INVALID',
    'receipt.signedReceipt REQUIRED',
  ])
  // Not even if the state said so.
  await house.owner.query(`update service_case set state = 'closingAccount' where id = $1`, [it.id])
  expect(await it.refused(specialist, 'CLOSE_ACCOUNT', closing)).toEqual(['CONDITION_UNMET'])
  expect(await lastRefusal(it)).toEqual(['A condition is not met: the receipt is present'])
  expect(await statusAfter(it)).toBe('CLOSING')
})

test('customer-account-cancellation 5: whoever applied does not approve, though also a supervisor', async () => {
  const it = await further(opened('info-supervisor-2'), 'info-supervisor-2', 'SUBMIT')
  expect(new Set(await it.refused('info-supervisor-2', 'APPROVE'))).toEqual(new Set(['SOD_CONFLICT']))
  const second = await hire('second-account-of-the-supervisor', ['INFO_SUPERVISOR'], 'info-supervisor-2')
  expect(new Set(await it.refused(second, 'RETURN', reason))).toEqual(new Set(['SOD_CONFLICT']))
  expect(await it.act(supervisor, 'APPROVE')).toBe('managerApproval')
})

test('customer-account-cancellation 6: a return of the settlement leaves the approvals of the application standing', async () => {
  const approvals = ['SUBMIT', 'APPROVE', 'APPROVE', 'RATIFY']
  for (const [stage, login] of [
    ['settlementManagerApproval', manager],
    ['settlementGmRatification', generalManager],
  ] as const) {
    const it = await stages[stage]()
    const round = (await it.record()).round
    expect(await it.act(login, 'RETURN', reason)).toBe('settlementDraft')
    const after = await it.record()
    expect(after.decisions.map(({ action }) => action)).toEqual(approvals)
    expect(after.decisions.map(({ personId: who }) => who)).toEqual([specialist, supervisor, manager, generalManager].map(personId))
    expect(after.round).toBe(round + 1)
    expect((await it.history()).map(({ action }) => action).slice(1, 5)).toEqual(approvals)
    expect(await statusAfter(it)).toBe('CLOSING')
    // The settlement itself is approved anew.
    await it.act(specialist, 'SUBMIT_SETTLEMENT', settlement('80'))
    expect(await it.refused(generalManager, 'RATIFY')).toEqual(['ACTION_UNAVAILABLE'])
    await it.act(checker, 'BALANCE_CONFIRMED', check('80'))
    await it.act(manager, 'APPROVE')
    expect(await it.act(generalManager, 'RATIFY')).toBe('refunding')
  }
})

test('customer-account-cancellation 7: a closed account is final, and its file can still be read', async () => {
  const it = await further(stages.closingAccount(), specialist, 'CLOSE_ACCOUNT', closing)
  for (const [, action, login, , forms] of table) expect(await it.refused(login, action, forms)).toEqual(['ACTION_UNAVAILABLE'])
  const seenBy = async (login: string) => {
    const actor = (await actorsOf(house.pool, [employeeId(login)])).get(employeeId(login))!
    return (await visibleAmong(house.pool, house.processes, { ...actor, limits: {} }, [it.id])).has(it.id)
  }
  expect([await seenBy(supervisor), await seenBy('technician-1')]).toEqual([true, false])
  expect(await it.form('closing')).toEqual(closing.closing)
  expect(await it.refused('technician-1', 'CLOSE_ACCOUNT', closing)).toEqual(['NOT_FOUND'])
})

test('customer-account-cancellation: the table above is the table of the process', () => {
  const drawn = arrowsOf(house.processes.current.get(process)!.definition)
    .filter(isAskedFor)
    .map(({ from, action, target }) => `${from} ${action} ${target}`)
  expect(new Set(table.map(([from, action, , to]) => `${from} ${action} ${to}`))).toEqual(new Set(drawn))
})

test.each(table)(
  'customer-account-cancellation: %s, %s by %s leads to %s, and nobody else may do it',
  async (from, action, login, to, forms = {}, net = undefined, status = undefined) => {
    const it = await stages[from](net)
    const before = await statusAfter(it)
    for (const [other, role] of Object.entries(lanes))
      if (role !== lanes[login]) expect([other, (await it.refused(other, action, forms))[0]]).toEqual([other, 'NOT_AUTHORISED'])
    expect(await it.act(login, action, forms)).toBe(to)
    expect(await newestEntry(it)).toMatchObject({ action, from, to })
    expect(await statusAfter(it)).toBe(status ?? before)
    if (from !== 'draft') expect(before).toBe('CLOSING')
  },
)

test('customer-account-cancellation: the whole way with a refund', async () => {
  const it = await further(stages.closingAccount('88.80'), specialist, 'CLOSE_ACCOUNT', closing)
  expect(await it.record()).toMatchObject({ state: 'closed', outcome: 'completed', round: 1 })
  expect(await newestEntry(it)).toMatchObject({
    role: 'INFO_SPECIALIST',
    status: 'CLOSED',
    links: [{ process: 'customer-archive-management', refused: 'PROCESS_UNAVAILABLE' }],
  })
  expect((await it.history()).map(({ to }) => to)).toEqual([
    'draft',
    'supervisorApproval',
    'managerApproval',
    'gmRatification',
    'settlementDraft',
    'financeReconciliation',
    'settlementManagerApproval',
    'settlementGmRatification',
    'refunding',
    'handingOver',
    'customerSigning',
    'closingAccount',
    'closed',
  ])
})

test('customer-account-cancellation: a rejection gives the customer back, whoever rejects', async () => {
  for (const [stage, login] of [
    ['managerApproval', manager],
    ['gmRatification', generalManager],
  ] as const) {
    const it = await stages[stage]()
    expect(await it.refused(login, 'REJECT')).toEqual(['FORM_INVALID', 'reason REQUIRED'])
    await it.act(login, 'REJECT', reason)
    expect(await it.record()).toMatchObject({ state: 'rejected', outcome: 'rejected' })
    expect(await statusAfter(it)).toBe('ACTIVE')
    expect(await it.refused(specialist, 'SUBMIT')).toEqual(['ACTION_UNAVAILABLE'])
  }
})

test('customer-account-cancellation: a draft that was never submitted takes nothing back, one that was returned does', async () => {
  const prospect = await newCustomer('PROSPECT')
  const fresh = await house.open(specialist, process, application(prospect))
  expect(await fresh.act(specialist, 'CANCEL', reason)).toBe('cancelled')
  expect([await statusOf(prospect), (await newestEntry(fresh)).status]).toEqual(['PROSPECT', null])
  const returned = await further(stages.supervisorApproval(), supervisor, 'RETURN', reason)
  expect(await returned.record()).toMatchObject({ state: 'draft', round: 2, decisions: [] })
  expect(await statusAfter(returned)).toBe('CLOSING')
  await returned.act(specialist, 'CANCEL', reason)
  expect(await returned.record()).toMatchObject({ state: 'cancelled', outcome: 'withdrawn' })
  expect([await statusAfter(returned), (await newestEntry(returned)).status]).toEqual(['ACTIVE', 'ACTIVE'])
})

test('customer-account-cancellation: after a return of the application every approval is given anew', async () => {
  const it = await further(stages.gmRatification(), generalManager, 'RETURN', reason)
  expect(await it.record()).toMatchObject({ state: 'draft', round: 2, decisions: [] })
  await it.act(specialist, 'SUBMIT')
  expect(await it.refused(generalManager, 'RATIFY')).toEqual(['ACTION_UNAVAILABLE'])
  await it.act('info-supervisor-2', 'APPROVE')
  await it.act('cs-manager-2', 'APPROVE')
  expect(await it.act(generalManager, 'RATIFY')).toBe('settlementDraft')
})

test('customer-account-cancellation: everything open that stands in the way is listed, and only that', async () => {
  const customer = await newCustomer('PROSPECT')
  const it = await house.open(specialist, process, application(customer))
  await openComplaint(customer)
  await openComplaint(customer)
  await house.open('complaint-specialist-1', 'complaint-handling', {
    acceptedOn: today,
    customer,
    complaintType: 'GOODS',
    phone: '13900000011',
    reason: '破损',
    customerDemand: '换货',
    acceptance: 'ACCEPTED',
    promisedDeadline: today,
  })
  await house.open('relations-specialist-3', 'customer-meal-hospitality', {
    applicant: employeeId('relations-specialist-3'),
    department: departmentId('CS-RELATIONS'),
    applyDate: today,
    customer,
    venue: '江畔酒楼',
    banquetDate: today,
    customerGuests: ['孙莉'],
    companyGuests: [employeeId('relations-specialist-3')],
    budget: [{ item: 'MEAL', amount: '1000' }],
    budgetTotal: '1000',
    purpose: '答谢',
  })
  await house.open('relations-specialist-1', 'gift-giving-application', {
    applyingDepartment: departmentId('CS-RELATIONS'),
    giftDepartment: departmentId('GIFT'),
    giftDate: today,
    rows: [{ customer, recipient: '孙莉', giftName: '茶叶礼盒', quantity: 1, value: '300' }],
  })
  const development = await house.open('development-supervisor-1', 'customer-development', {
    industry: '机械',
    size: '中型',
    area: '江苏',
    measures: '走访',
    supportingDepartments: [departmentId('MARKETING')],
  })
  await development.act('development-supervisor-1', 'DEFINE_SCOPE')
  await development.act('development-specialist-1', 'SELECT_PROSPECT', {
    prospect: { customer, grounds: '需求明确' },
    plan: { planYear: 2026, rows: [{ customer, visitee: '钱卫东', months: [{ month: 11 }] }] },
  })
  const second = await house.open('info-specialist-2', process, application(customer))
  expect(await it.refused(specialist, 'SUBMIT')).toHaveLength(6)
  const open = [
    'complaint-reception × 2',
    'complaint-handling × 1',
    'customer-development × 1',
    'customer-meal-hospitality × 1',
    'gift-giving-application × 1',
    `${process} × 1`,
  ]
  expect(await lastRefusal(it)).toEqual(open.map((obstacle) => `A condition is not met: nothing open stands in the way: ${obstacle}`))
  // What is closed no longer counts.
  await second.act('info-specialist-2', 'CANCEL', reason)
  expect(await it.refused(specialist, 'SUBMIT')).toHaveLength(5)
  // Another customer's obstacles never did.
  const other = await opened()
  expect(await other.act(specialist, 'SUBMIT')).toBe('supervisorApproval')
})

test('customer-account-cancellation: the obstacles of the customer who is applied for count, not those of the customer whom the draft began with', async () => {
  const [free, bound] = [await newCustomer(), await newCustomer()]
  await openComplaint(bound)
  const it = await house.open(specialist, process, application(free))
  expect(await it.refused(specialist, 'SUBMIT', { application: application(bound) })).toContain('CONDITION_UNMET')
  expect([await statusOf(free), await statusOf(bound)]).toEqual(['ACTIVE', 'ACTIVE'])
})

test('customer-account-cancellation: a returned application does not leave its customer closing by turning to another', async () => {
  const [first, second] = [await newCustomer(), await newCustomer()]
  const it = await house.open(specialist, process, application(first))
  await it.act(specialist, 'SUBMIT')
  await it.act(supervisor, 'RETURN', reason)
  await it.act(specialist, 'SUBMIT', { application: application(second) }).catch(() => undefined)
  // Refused or accepted: the customer of the case is closing, and nobody else is.
  const { customerId: ofCase } = await it.record()
  expect([await statusOf(first), await statusOf(second)]).toEqual(ofCase === first ? ['CLOSING', 'ACTIVE'] : ['ACTIVE', 'CLOSING'])
})

test('customer-account-cancellation: a complaint that is just being opened is waited for and counted', async () => {
  const customer = await newCustomer()
  const it = await house.open(specialist, process, application(customer))
  const elsewhere = await openComplaint(await newCustomer())
  // Another server's transaction that has opened a complaint and has not committed yet.
  await house.owner.query('begin')
  await house.owner.query(
    `insert into service_case
     select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'number', 'RACE-1', 'customer_id', $2::text))).* from service_case c where id = $1`,
    [elsewhere.id, customer],
  )
  let ended = ''
  const attempt = it.act(specialist, 'SUBMIT').then(
    () => (ended = 'done'),
    (error: Error) => (ended = error.message),
  )
  await pause(300)
  const endedBefore = ended
  await house.owner.query('commit')
  await attempt
  expect([endedBefore, ended]).toEqual(['', 'CONDITION_UNMET'])
  expect(await lastRefusal(it)).toEqual(['A condition is not met: nothing open stands in the way: complaint-reception × 1'])
})

test('customer-account-cancellation: a complaint at the same moment as the submission is counted or comes after', async () => {
  for (let round = 0; round < 15; round++) {
    const customer = await newCustomer()
    const it = await house.open(specialist, process, application(customer))
    const [submitted, complaint] = await Promise.allSettled([it.act(specialist, 'SUBMIT'), openComplaint(customer)])
    if (complaint.status === 'rejected') throw complaint.reason
    const entryOf = async (stream: string) =>
      Number((await house.pool.query('select max(position) as position from audit_entry where stream = $1', [stream])).rows[0].position)
    const begun = await entryOf(`case:${complaint.value.id}`)
    if (submitted.status === 'fulfilled') {
      expect(begun).toBeGreaterThan(await entryOf(`case:${it.id}`))
      expect(await statusOf(customer)).toBe('CLOSING')
    } else {
      expect(begun).toBeLessThan(await entryOf(`attempts:${it.id}`))
      expect(await lastRefusal(it)).toEqual(['A condition is not met: nothing open stands in the way: complaint-reception × 1'])
      expect(await statusOf(customer)).toBe('ACTIVE')
    }
  }
})

test('customer-account-cancellation: no more is asked back than the account holds', async () => {
  const customer = await newCustomer()
  const it = await house.open(specialist, process, application(customer, { refundAmount: '100.01' }))
  expect(await it.refused(specialist, 'SUBMIT')).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(specialist, 'SUBMIT', { application: application(customer, { balance: '-5', refundAmount: '0.01' }) })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(specialist, 'SUBMIT', { application: application(customer, { refundAmount: '100' }) })).toBe('supervisorApproval')
})

test('customer-account-cancellation: the settlement adds up, counts the refunds and names whom to pay', async () => {
  const it = await stages.settlementDraft()
  const refused = (form: object) => it.refused(specialist, 'SUBMIT_SETTLEMENT', form as Forms)
  expect(await refused(settlement('100', { rebatesDue: '10' }))).toEqual(['CONDITION_UNMET'])
  expect(await refused(settlement('100', { refunded: '30' }))).toEqual(['CONDITION_UNMET'])
  for (const part of ['payee', 'bank', 'account']) {
    const { settlement: filled } = settlement('100')
    expect(await refused({ settlement: { ...filled, [part]: undefined } })).toEqual(['CONDITION_UNMET'])
  }
  expect(await refused({ settlement: { ...settlement('100').settlement, statement: undefined } })).toEqual(['FORM_INVALID', 'settlement.statement REQUIRED'])
  // Who is owed nothing has no account to be paid to.
  const { payee: _payee, bank: _bank, account: _account, ...nothing } = settlement('0').settlement
  expect(await it.act(specialist, 'SUBMIT_SETTLEMENT', { settlement: nothing })).toBe('financeReconciliation')
})

test('customer-account-cancellation: finance says what the books say', async () => {
  const it = await stages.financeReconciliation('100')
  expect(await it.refused(checker, 'BALANCE_CONFIRMED', check('90'))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(checker, 'BALANCE_CONFIRMED', check('90', '-10'))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(checker, 'BALANCE_MISMATCH', { ...reason, ...check('100') })).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(checker, 'BALANCE_MISMATCH', { ...reason, ...check('90', '10') })).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(checker, 'CUSTOMER_OWES', check('100'))).toEqual(['CONDITION_UNMET'])
  expect(await it.act(checker, 'BALANCE_MISMATCH', { ...reason, ...check('90', '-10') })).toBe('settlementDraft')
  expect(await it.record()).toMatchObject({ round: 2 })
  const owing = await stages.financeReconciliation('-100')
  expect(await owing.refused(checker, 'BALANCE_CONFIRMED', check('-100'))).toEqual(['CONDITION_UNMET'])
  expect(await owing.refused(checker, 'CUSTOMER_OWES', check('-90', '10'))).toEqual(['CONDITION_UNMET'])
  expect(await owing.act(checker, 'CUSTOMER_OWES', check('-100'))).toBe('collecting')
})

test('customer-account-cancellation: a debt is cleared to the cent, and no more is written off than is owed', async () => {
  const paid = await stages.collecting()
  for (const wrong of [clearance('90'), clearance('90', '-10'), clearance('110', '10')])
    expect(await paid.refused(checker, 'DEBT_CLEARED', wrong)).toEqual(['CONDITION_UNMET'])
  expect(await paid.act(checker, 'DEBT_CLEARED', clearance('100'))).toBe('settlementDraft')
  expect((await paid.record()).decisions.map(({ action }) => action)).toEqual(['SUBMIT', 'APPROVE', 'APPROVE', 'RATIFY'])
  const given = await stages.collecting()
  expect(await given.refused(generalManager, 'WRITE_OFF_APPROVED', writeOff('100.01'))).toEqual(['CONDITION_UNMET'])
  expect(await given.act(generalManager, 'WRITE_OFF_APPROVED', writeOff('40'))).toBe('settlementDraft')
  // What is left is collected in another round.
  await given.act(specialist, 'SUBMIT_SETTLEMENT', settlement('-60'))
  await given.act(checker, 'CUSTOMER_OWES', check('-60'))
  await given.act(checker, 'DEBT_CLEARED', clearance('60'))
  await given.act(specialist, 'SUBMIT_SETTLEMENT', settlement('0'))
  await given.act(checker, 'BALANCE_CONFIRMED', check('0'))
  await given.act(manager, 'APPROVE')
  expect(await given.act(generalManager, 'RATIFY')).toBe('handingOver')
})

test('customer-account-cancellation: the refund is the ratified balance, and its proof goes to the customer', async () => {
  const it = await stages.refunding('100')
  for (const wrong of [refund('99.99'), refund('100.01'), refund('100', '99')])
    expect(await it.refused(payer, 'REFUND_DONE', wrong)).toContain('CONDITION_UNMET')
  await it.act(payer, 'REFUND_DONE', refund('100.00'))
  expect(await it.refused(specialist, 'HAND_OVER', handOver({}))).toEqual(['CONDITION_UNMET'])
  expect(await it.act(specialist, 'HAND_OVER', handOver())).toBe('customerSigning')
})

test('customer-account-cancellation: after a dispute only the difference is settled and paid', async () => {
  const it = await further(stages.customerSigning('100'), specialist, 'CUSTOMER_DISPUTES', reason)
  expect(await it.record()).toMatchObject({ state: 'settlementDraft', round: 2 })
  expect(await it.refused(specialist, 'SUBMIT_SETTLEMENT', settlement('120'))).toEqual(['CONDITION_UNMET'])
  await it.act(specialist, 'SUBMIT_SETTLEMENT', settlement('20', { refunded: '100' }))
  await it.act(checker, 'BALANCE_CONFIRMED', check('20'))
  await it.act(manager, 'APPROVE')
  await it.act(generalManager, 'RATIFY')
  expect(await it.refused(payer, 'REFUND_DONE', refund('20', '20'))).toEqual(['CONDITION_UNMET'])
  expect(await it.act(payer, 'REFUND_DONE', refund('20', '120'))).toBe('handingOver')
  await it.act(specialist, 'HAND_OVER', handOver())
  // Another dispute, found wrong: nothing more is paid, and the account can be closed.
  await it.act(specialist, 'CUSTOMER_DISPUTES', reason)
  await it.act(specialist, 'SUBMIT_SETTLEMENT', settlement('0', { refunded: '120' }))
  await it.act(checker, 'BALANCE_CONFIRMED', check('0'))
  await it.act(manager, 'APPROVE')
  expect(await it.act(generalManager, 'RATIFY')).toBe('handingOver')
  await it.act(specialist, 'HAND_OVER', handOver({}))
  await it.act(specialist, 'RECORD_SIGNATURE', receipt)
  expect(await it.act(specialist, 'CLOSE_ACCOUNT', closing)).toBe('closed')
})

test('customer-account-cancellation: no account is closed with a balance left, even where the state says so', async () => {
  const it = await stages.closingAccount()
  await house.owner.query('alter table form_version disable trigger all')
  const { rows } = await house.owner.query(
    `update form_version set content = replace(content, '"refundedToDate":"100"', '"refundedToDate":"60"')
      where case_id = $1 and key = 'refund' returning content`,
    [it.id],
  )
  expect(rows[0].content).toContain('"refundedToDate":"60"')
  expect(await it.refused(specialist, 'CLOSE_ACCOUNT', closing)).toEqual(['CONDITION_UNMET'])
  expect(await lastRefusal(it)).toEqual(['A condition is not met: the balance is settled'])
})

test('customer-account-cancellation: the applicant approves, checks and pays nothing', async () => {
  const all = await hire('applicant-of-every-role', ['INFO_SPECIALIST', 'INFO_SUPERVISOR', 'CS_MANAGER', 'GENERAL_MANAGER', 'FINANCE'])
  const barred = async (it: DrivenCase, ...acts: readonly (readonly [action: string, forms?: Forms])[]) => {
    for (const [action, forms] of acts) expect([action, (await it.refused(all, action, forms))[0]]).toEqual([action, 'SOD_CONFLICT'])
  }
  const it = await further(opened(all), all, 'SUBMIT')
  await barred(it, ['APPROVE'], ['RETURN', reason])
  await it.act(supervisor, 'APPROVE')
  await barred(it, ['APPROVE'], ['RETURN', reason], ['REJECT', reason])
  await it.act(manager, 'APPROVE')
  await barred(it, ['RATIFY'], ['RETURN', reason], ['REJECT', reason])
  await it.act(generalManager, 'RATIFY')
  await it.act(specialist, 'SUBMIT_SETTLEMENT', settlement('100'))
  await barred(it, ['BALANCE_CONFIRMED', check('100')], ['BALANCE_MISMATCH', { ...reason, ...check('90', '-10') }])
  await it.act(checker, 'BALANCE_CONFIRMED', check('100'))
  await barred(it, ['APPROVE'], ['RETURN', reason])
  await it.act(manager, 'APPROVE')
  await barred(it, ['RATIFY'], ['RETURN', reason])
  await it.act(generalManager, 'RATIFY')
  await barred(it, ['REFUND_DONE', refund('100')])
  const owing = await further(opened(all), all, 'SUBMIT')
  await owing.act(supervisor, 'APPROVE')
  await owing.act(manager, 'APPROVE')
  await owing.act(generalManager, 'RATIFY')
  await owing.act(specialist, 'SUBMIT_SETTLEMENT', settlement('-100'))
  await owing.act(checker, 'CUSTOMER_OWES', check('-100'))
  await barred(owing, ['DEBT_CLEARED', clearance('100')], ['WRITE_OFF_APPROVED', writeOff('100')])
})

test('customer-account-cancellation: nobody signs twice on the way of one application', async () => {
  const all = await hire('approver-of-every-grade', ['INFO_SUPERVISOR', 'CS_MANAGER', 'GENERAL_MANAGER', 'FINANCE'])
  const first = await further(stages.supervisorApproval(), all, 'APPROVE')
  expect(await first.refused(all, 'APPROVE')).toEqual(['SOD_CONFLICT'])
  await first.act(manager, 'APPROVE')
  expect(await first.refused(all, 'RATIFY')).toEqual(['SOD_CONFLICT'])
  const second = await further(stages.managerApproval(), all, 'APPROVE')
  expect(await second.refused(all, 'RATIFY')).toEqual(['SOD_CONFLICT'])
  // Whoever approved the application neither checks the balance nor pays it.
  await second.act(generalManager, 'RATIFY')
  await second.act(specialist, 'SUBMIT_SETTLEMENT', settlement('100'))
  expect(await second.refused(all, 'BALANCE_CONFIRMED', check('100'))).toEqual(['SOD_CONFLICT'])
  const third = await further(stages.gmRatification(), all, 'RATIFY')
  await third.act(specialist, 'SUBMIT_SETTLEMENT', settlement('100'))
  expect(await third.refused(all, 'BALANCE_CONFIRMED', check('100'))).toEqual(['SOD_CONFLICT'])
})

test('customer-account-cancellation: nobody signs twice on the way of one settlement, and whoever signed does not pay', async () => {
  const all = await hire('settler-of-every-grade', ['INFO_SPECIALIST', 'FINANCE', 'CS_MANAGER', 'GENERAL_MANAGER'])
  const asked = await further(stages.settlementDraft(), all, 'SUBMIT_SETTLEMENT', settlement('100'))
  expect(await asked.refused(all, 'BALANCE_CONFIRMED', check('100'))).toEqual(['SOD_CONFLICT'])
  await asked.act(checker, 'BALANCE_CONFIRMED', check('100'))
  expect(await asked.refused(all, 'APPROVE')).toEqual(['SOD_CONFLICT'])
  await asked.act(manager, 'APPROVE')
  expect((await asked.refused(all, 'RATIFY'))[0]).toBe('SOD_CONFLICT')
  const checked = await further(stages.financeReconciliation(), all, 'BALANCE_CONFIRMED', check('100'))
  expect(await checked.refused(all, 'APPROVE')).toEqual(['SOD_CONFLICT'])
  await checked.act(manager, 'APPROVE')
  expect((await checked.refused(all, 'RATIFY'))[0]).toBe('SOD_CONFLICT')
  await checked.act(generalManager, 'RATIFY')
  expect(await checked.refused(all, 'REFUND_DONE', refund('100'))).toEqual(['SOD_CONFLICT'])
  const approved = await further(stages.settlementManagerApproval(), all, 'APPROVE')
  expect((await approved.refused(all, 'RATIFY'))[0]).toBe('SOD_CONFLICT')
  await approved.act(generalManager, 'RATIFY')
  expect(await approved.refused(all, 'REFUND_DONE', refund('100'))).toEqual(['SOD_CONFLICT'])
  const ratified = await further(stages.settlementGmRatification(), all, 'RATIFY')
  expect(await ratified.refused(all, 'REFUND_DONE', refund('100'))).toEqual(['SOD_CONFLICT'])
  // A write-off is not for whoever asked for the settlement or found the debt.
  const owing = await further(stages.financeReconciliation('-100'), all, 'CUSTOMER_OWES', check('-100'))
  expect(await owing.refused(all, 'WRITE_OFF_APPROVED', writeOff('100'))).toEqual(['SOD_CONFLICT'])
  expect(await owing.act(generalManager, 'WRITE_OFF_APPROVED', writeOff('100'))).toBe('settlementDraft')
})

test('customer-account-cancellation: who checked does not pay, and who paid does not hand over', async () => {
  const it = await stages.refunding()
  expect(await it.refused(checker, 'REFUND_DONE', refund('100'))).toEqual(['SOD_CONFLICT'])
  const both = await hire('payer-who-keeps-files', ['FINANCE', 'INFO_SPECIALIST'])
  await it.act(both, 'REFUND_DONE', refund('100'))
  expect(await it.refused(both, 'HAND_OVER', handOver())).toEqual(['SOD_CONFLICT'])
  expect(await it.act(specialist, 'HAND_OVER', handOver())).toBe('customerSigning')
})

test('customer-account-cancellation: only the information specialists apply, for a customer that exists', async () => {
  for (const login of [supervisor, manager, checker])
    expect(await house.openRefused(login, process, application(customerId('C0001')))).toEqual(['NOT_AUTHORISED'])
  expect(await house.openRefused(specialist, process, application(randomUUID()))).toEqual(['FORM_INVALID', 'application.customer NOT_FOUND'])
  expect(await house.openRefused(specialist, process, { customer: customerId('C0001'), balance: '0' })).toEqual(['FORM_INVALID', 'application.reason REQUIRED'])
})

everyTerm(() => house, process, [
  {
    place: 'refunding',
    name: 'REFUND_DUE',
    of: () => stages.refunding(),
    term: { workingDays: 5 },
    hears: ['FINANCE', 'CS_MANAGER'],
    ladder: ['0.5 REMIND', '1 REASSIGN'],
    leave: (it) => it.act(payer, 'REFUND_DONE', refund('100')),
  },
  {
    place: 'customerSigning',
    name: 'RECEIPT_DUE',
    of: () => stages.customerSigning(),
    term: { workingDays: 5, from: today },
    hears: ['INFO_SPECIALIST', 'INFO_SUPERVISOR'],
    ladder: reminders,
    leave: (it) => it.act(specialist, 'RECORD_SIGNATURE', receipt),
  },
  {
    place: 'customerSigning',
    name: 'RECEIPT_OVERDUE',
    of: () => stages.customerSigning(),
    term: { workingDays: 10, from: today },
    hears: ['CS_MANAGER'],
    ladder: ['1 WIDEN'],
    leave: (it) => it.act(specialist, 'CUSTOMER_DISPUTES', reason),
  },
])
test('customer-account-cancellation: a refund that lies goes back to the payers, and never to whoever checked the balance', async () => {
  const it = await stages.refunding()
  const second = await hire('second-payer', ['FINANCE'])
  await it.handle(payer, 'CLAIM')
  expect(await it.refused(second, 'REFUND_DONE', refund('100'))).toEqual(['CLAIM_CONFLICT'])
  expect([await it.expire('REFUND_DUE', 0), await it.expire('REFUND_DUE', 1)]).toEqual(['FIRED', 'FIRED'])
  expect((await ladderDeeds(it)).map(({ action, share }) => [action, share])).toEqual([
    ['REMIND', '0.5'],
    ['REASSIGN', '1'],
  ])
  expect(new Set(await it.refused(checker, 'REFUND_DONE', refund('100')))).toEqual(new Set(['SOD_CONFLICT']))
  expect(await it.act(second, 'REFUND_DONE', refund('100'))).toBe('handingOver')
})
test('customer-account-cancellation: where the customer does not sign, the manager may see to it in the end, and not before', async () => {
  const it = await stages.customerSigning()
  expect(await it.refused(manager, 'RECORD_SIGNATURE', receipt)).toEqual(['NOT_AUTHORISED'])
  expect(await it.expire('RECEIPT_DUE')).toBe('FIRED')
  expect(await it.refused(manager, 'RECORD_SIGNATURE', receipt)).toEqual(['NOT_AUTHORISED'])
  expect([await it.expire('RECEIPT_OVERDUE'), await it.expire('RECEIPT_OVERDUE', 0)]).toEqual(['FIRED', 'FIRED'])
  expect((await ladderDeeds(it)).at(-1)).toEqual({ action: 'RAISE', term: 'RECEIPT_OVERDUE', share: '1', role: 'CS_MANAGER' })
  expect(await it.refused(supervisor, 'RECORD_SIGNATURE', receipt)).toEqual(['NOT_AUTHORISED'])
  expect(await it.act(manager, 'RECORD_SIGNATURE', receipt)).toBe('closingAccount')
})
test('customer-account-cancellation: an organisation has figures of its own', async () => {
  await setFigure(house, process, 'refundDays', 2)
  expect(await termOf(await stages.refunding(), 'REFUND_DUE')).toEqual({ workingDays: 2 })
  await house.owner.query('delete from process_setting where process = $1', [process])
})
