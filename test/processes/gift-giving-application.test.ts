import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { arrowsOf, isAskedFor } from '../../src/define/index.js'
import { customerId, departmentId, employeeId, personId } from '../../src/organisation/ids.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { everyTerm, reminders } from '../support/terms.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
  // One customer is given more here than a year would bear.
  await house.owner.query(`update authority_limit set cumulative = null where process = 'gift-giving-application'`)
})
afterAll(() => house.close())

type Forms = Readonly<Record<string, unknown>>
const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date())
const applicant = 'relations-specialist-1'
const [head, custodian, director, deputy] = ['dept-head-1', 'gift-custodian-1', 'office-director-1', 'deputy-manager-1']
const manager = 'general-manager-1'
const line = (extra: object = {}) => ({ customer: customerId('C0001'), recipient: '孙莉', giftName: '茶叶礼盒', quantity: 2, value: '600', ...extra })
const application = (...rows: object[]) => ({ applyingDepartment: departmentId('CS-RELATIONS'), giftDepartment: departmentId('GIFT'), giftDate: today, rows })
const gifts = (quantity = 2, giftName = '茶叶礼盒') => [{ giftName, quantity }]
const reason = { reason: { reason: '不宜馈赠' } }
const inStore = { stockCheck: { onHand: gifts(), recipientsOutside: true } }
const outOfStock = { stockCheck: { onHand: gifts(1), recipientsOutside: true } }
const slip = (extra: object = {}) => ({ issueSlip: { issueNumber: 'F-1', issuedOn: today, issued: gifts(), receivedBy: employeeId(applicant), ...extra } })
const handOver = (...actualRecipients: string[]) => ({ handOver: { givenOn: today, actualRecipients } })
const booked = (moved = gifts()) => ({ stockMovement: { bookedOn: today, moved } })

const opened = (by = applicant, rows: object[] = [line()]) => house.open(by, 'gift-giving-application', application(...rows))
async function further(before: Promise<DrivenCase>, login: string, action: string, forms: Forms = {}): Promise<DrivenCase> {
  const it = await before
  await it.act(login, action, forms)
  return it
}
/** Brings a new application to a state; `by`: who took the step that leads there. */
const stages = {
  draft: opened,
  deptHeadSignature: () => further(opened(), applicant, 'SUBMIT'),
  custodianSignature: (by = head) => further(stages.deptHeadSignature(), by, 'SIGN'),
  officeDirectorSignature: (by = custodian) => further(stages.custodianSignature(), by, 'SIGN', inStore),
  deputyManagerSignature: (by = director) => further(stages.officeDirectorSignature(), by, 'SIGN'),
  gmApproval: () =>
    further(
      further(
        further(further(further(opened(applicant, [line({ value: '2000.01' })]), applicant, 'SUBMIT'), head, 'SIGN'), custodian, 'SIGN', inStore),
        director,
        'SIGN',
      ),
      deputy,
      'SIGN_AND_ESCALATE',
    ),
  approvedToIssue: (by = deputy) => further(stages.deputyManagerSignature(), by, 'SIGN'),
  issued: (by = custodian) => further(stages.approvedToIssue(), by, 'ISSUE', slip()),
  given: (by = applicant) => further(stages.issued(), by, 'CONFIRM_GIVEN', handOver('孙莉')),
}
type Stage = keyof typeof stages
/** Puts somebody on the staff; with `person`, a second account of somebody who is there already. */
async function hire(login: string, roles: readonly string[], person = login): Promise<string> {
  await house.owner.query('insert into employee (id, number, login, name, person_id) values ($1, $2, $2, $2, $3)', [employeeId(login), login, personId(person)])
  for (const role of roles)
    await house.owner.query('insert into role_assignment (id, employee_id, role) values (gen_random_uuid(), $1, $2)', [employeeId(login), role])
  return login
}

const lanes: Readonly<Record<string, string>> = {
  [applicant]: 'RELATIONS_SPECIALIST',
  [head]: 'DEPT_HEAD',
  [custodian]: 'GIFT_CUSTODIAN',
  [director]: 'OFFICE_DIRECTOR',
  [deputy]: 'DEPUTY_MANAGER',
  [manager]: 'GENERAL_MANAGER',
  'payment-run': 'SYSTEM',
}
/** The table of page 13. */
const table: readonly (readonly [from: Stage, action: string, login: string, to: string, forms?: Forms])[] = [
  ['draft', 'SUBMIT', applicant, 'deptHeadSignature'],
  ['deptHeadSignature', 'SIGN', head, 'custodianSignature'],
  ['deptHeadSignature', 'RETURN', head, 'draft', reason],
  ['deptHeadSignature', 'REJECT', head, 'rejected', reason],
  ['custodianSignature', 'SIGN', custodian, 'officeDirectorSignature', inStore],
  ['custodianSignature', 'RETURN', custodian, 'draft', { ...reason, ...outOfStock }],
  ['officeDirectorSignature', 'SIGN', director, 'deputyManagerSignature'],
  ['officeDirectorSignature', 'RETURN', director, 'draft', reason],
  ['officeDirectorSignature', 'REJECT', director, 'rejected', reason],
  ['deputyManagerSignature', 'SIGN', deputy, 'approvedToIssue'],
  ['deputyManagerSignature', 'RETURN', deputy, 'draft', reason],
  ['deputyManagerSignature', 'REJECT', deputy, 'rejected', reason],
  ['gmApproval', 'APPROVE', manager, 'approvedToIssue'],
  ['gmApproval', 'RETURN', manager, 'draft', reason],
  ['gmApproval', 'REJECT', manager, 'rejected', reason],
  ['approvedToIssue', 'ISSUE', custodian, 'issued', slip()],
  ['issued', 'CONFIRM_GIVEN', applicant, 'given', handOver('孙莉')],
  ['issued', 'RETURN_TO_STOCK', custodian, 'returnedToStock', { ...reason, ...booked() }],
  ['given', 'BOOK_OUT', custodian, 'closed', booked()],
]

test('gift-giving-application 1: the chain is signed in its order', async () => {
  const it = await stages.officeDirectorSignature()
  expect(await it.refused(deputy, 'SIGN')).toEqual(['NOT_AUTHORISED'])
  expect(await it.act(director, 'SIGN')).toBe('deputyManagerSignature')
  expect(await it.refused(director, 'SIGN')).toEqual(['NOT_AUTHORISED'])
  expect(await it.act(deputy, 'SIGN')).toBe('approvedToIssue')
})

test('gift-giving-application 2: whoever filled in the form does not sign as head of the department', async () => {
  const both = await hire('specialist-who-heads', ['RELATIONS_SPECIALIST', 'DEPT_HEAD'])
  const second = await hire('second-account-who-heads', ['DEPT_HEAD'], both)
  const it = await further(opened(both), both, 'SUBMIT')
  for (const login of [both, second]) expect(new Set(await it.refused(login, 'SIGN'))).toEqual(new Set(['SOD_CONFLICT']))
  expect(await it.act(head, 'SIGN')).toBe('custodianSignature')
})

test('gift-giving-application 3: the custodian does not sign for more than there is', async () => {
  const it = await further(further(opened(applicant, [line({ quantity: 3 })]), applicant, 'SUBMIT'), head, 'SIGN')
  expect(await it.refused(custodian, 'SIGN', inStore)).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(custodian, 'SIGN')).toEqual(['FORM_INVALID', 'stockCheck REQUIRED'])
  expect(await it.act(custodian, 'SIGN', { stockCheck: { onHand: gifts(3), recipientsOutside: true } })).toBe('officeDirectorSignature')
})

test('gift-giving-application 4: only the custodian issues', async () => {
  const it = await stages.approvedToIssue()
  for (const login of [applicant, head, director, deputy, 'general-manager-1', 'payment-run'])
    expect([login, (await it.refused(login, 'ISSUE', slip()))[0]]).toEqual([login, 'NOT_AUTHORISED'])
  expect(await it.act(custodian, 'ISSUE', slip())).toBe('issued')
})

test('gift-giving-application: what is above the authority of the deputy manager goes to the general manager, and nothing else does', async () => {
  const within = await stages.deputyManagerSignature()
  expect(await within.refused(deputy, 'SIGN_AND_ESCALATE')).toEqual(['CONDITION_UNMET'])
  const above = await stages.gmApproval()
  expect(await above.refused(deputy, 'APPROVE')).toEqual(['NOT_AUTHORISED'])
  expect(await above.act(manager, 'APPROVE')).toBe('approvedToIssue')
})

// GIVE_GIFT is an act of visit-management, which does not exist yet; it will ask for a gift in the state `issued`.
test.todo('gift-giving-application 5: a visit with a gift in its plan and no issued gift may not give one')

test('gift-giving-application: the table above is the table of the process', () => {
  const drawn = arrowsOf(house.processes.current.get('gift-giving-application')!.definition)
    .filter(isAskedFor)
    .filter(({ action, aim }) => !['WITHDRAW', 'SIGN_AND_ESCALATE'].includes(action) && aim === undefined)
    .map(({ from, action, target }) => `${from} ${action} ${target}`)
  expect(new Set(table.map(([from, action, , to]) => `${from} ${action} ${to}`))).toEqual(new Set(drawn))
})

test.each(table)('gift-giving-application: %s, %s by %s leads to %s, and nobody else may do it', async (from, action, login, to, forms = {}) => {
  const it = await stages[from]()
  for (const other of Object.keys(lanes).filter((name) => name !== login))
    expect([other, (await it.refused(other, action, forms))[0]]).toEqual([other, 'NOT_AUTHORISED'])
  expect(await it.act(login, action, forms)).toBe(to)
  const { action: last, from: left, to: entered, actor } = (await it.history()).at(-1)!
  expect([last, left, entered, actor]).toEqual([action, from, to, employeeId(login)])
})

test('gift-giving-application: the whole way to closed, with five persons and nothing after it', async () => {
  const it = await further(stages.given(), custodian, 'BOOK_OUT', booked())
  expect(await it.record()).toMatchObject({ state: 'closed', outcome: 'completed', customerId: customerId('C0001') })
  const signed = (await it.history()).filter(({ action }) => ['SUBMIT', 'SIGN'].includes(action)).map(({ actor }) => actor)
  expect(signed).toEqual([applicant, head, custodian, director, deputy].map(employeeId))
  for (const [, action, login, , forms] of table) expect(await it.refused(login, action, forms)).toEqual(['ACTION_UNAVAILABLE'])
})

test('gift-giving-application: each refusal of the three who may refuse is final and needs its reason', async () => {
  for (const [stage, login] of [
    ['deptHeadSignature', head],
    ['officeDirectorSignature', director],
    ['deputyManagerSignature', deputy],
  ] as const) {
    const it = await stages[stage]()
    expect(await it.refused(login, 'REJECT')).toEqual(['FORM_INVALID', 'reason REQUIRED'])
    await it.act(login, 'REJECT', reason)
    expect(await it.record()).toMatchObject({ state: 'rejected', outcome: 'rejected' })
    expect(await it.refused(applicant, 'SUBMIT')).toEqual(['ACTION_UNAVAILABLE'])
  }
  // The custodian judges the store, not the gift.
  expect(await (await stages.custodianSignature()).refused(custodian, 'REJECT', reason)).toContain('ACTION_UNAVAILABLE')
})

test('gift-giving-application: a gift that was not given goes back into the store', async () => {
  const it = await stages.issued()
  expect(await it.refused(custodian, 'RETURN_TO_STOCK', { ...reason, ...booked(gifts(1)) })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(custodian, 'RETURN_TO_STOCK', { ...reason, ...booked() })).toBe('returnedToStock')
  expect((await it.record()).outcome).toBe('cancelled')
})

test('gift-giving-application: all gifts of an application are for one customer, whatever their number', async () => {
  const it = await opened(applicant, [line(), line({ customer: customerId('C0002'), recipient: '李国富' })])
  expect(await it.refused(applicant, 'SUBMIT')).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(applicant, 'SUBMIT', { application: application(line({ quantity: 0 })) })).toEqual([
    'FORM_INVALID',
    'application.rows[0].quantity TOO_SMALL',
  ])
  expect(await it.act(applicant, 'SUBMIT', { application: application(line(), line({ recipient: '钱卫东' })) })).toBe('deptHeadSignature')
})

test('gift-giving-application: several lines of one gift draw on the same stock', async () => {
  const rows = [line({ quantity: 2 }), line({ quantity: 1, recipient: '钱卫东' }), line({ giftName: '笔记本', quantity: 1 })]
  const it = await further(further(opened(applicant, rows), applicant, 'SUBMIT'), head, 'SIGN')
  const check = (tea: number, notebooks: number) => ({ stockCheck: { onHand: [...gifts(tea), ...gifts(notebooks, '笔记本')], recipientsOutside: true } })
  expect(await it.refused(custodian, 'SIGN', check(2, 5))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(custodian, 'SIGN', check(5, 0))).toEqual(['CONDITION_UNMET'])
  expect(await it.act(custodian, 'SIGN', check(3, 1))).toBe('officeDirectorSignature')
})

test('gift-giving-application: no recipient is an employee', async () => {
  const it = await stages.custodianSignature()
  const inside = { stockCheck: { onHand: gifts(), recipientsOutside: false } }
  expect(await it.refused(custodian, 'SIGN', inside)).toEqual(['CONDITION_UNMET'])
  expect(await it.act(custodian, 'RETURN', { ...reason, ...inside })).toBe('draft')
})

test('gift-giving-application: what the store can issue the custodian does not return', async () => {
  const it = await stages.custodianSignature()
  expect(await it.refused(custodian, 'RETURN', { ...reason, ...inStore })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(custodian, 'RETURN', { ...reason, ...outOfStock })).toBe('draft')
})

test('gift-giving-application: what is issued, given and booked is what was applied for', async () => {
  const it = await stages.approvedToIssue()
  for (const issued of [gifts(1), gifts(3), gifts(2, '笔记本'), [...gifts(), ...gifts(1, '笔记本')]])
    expect(await it.refused(custodian, 'ISSUE', slip({ issued }))).toEqual(['CONDITION_UNMET'])
  await it.act(custodian, 'ISSUE', slip())
  for (const recipients of [['钱卫东'], ['孙莉', '钱卫东']])
    expect(await it.refused(applicant, 'CONFIRM_GIVEN', handOver(...recipients))).toEqual(['CONDITION_UNMET'])
  await it.act(applicant, 'CONFIRM_GIVEN', handOver('孙莉'))
  for (const moved of [gifts(1), gifts(3)]) expect(await it.refused(custodian, 'BOOK_OUT', booked(moved))).toEqual(['CONDITION_UNMET'])
  expect(await it.act(custodian, 'BOOK_OUT', booked())).toBe('closed')
})

test('gift-giving-application: a gift to several recipients is given to all of them', async () => {
  const it = await opened(applicant, [line({ quantity: 1 }), line({ quantity: 1, recipient: '钱卫东' })])
  await it.act(applicant, 'SUBMIT')
  await it.act(head, 'SIGN')
  await it.act(custodian, 'SIGN', inStore)
  await it.act(director, 'SIGN')
  await it.act(deputy, 'SIGN')
  await it.act(custodian, 'ISSUE', slip())
  expect(await it.refused(applicant, 'CONFIRM_GIVEN', handOver('孙莉'))).toEqual(['CONDITION_UNMET'])
  expect(await it.act(applicant, 'CONFIRM_GIVEN', handOver('钱卫东', '孙莉'))).toBe('given')
})

test('gift-giving-application: nothing is issued without the four signatures, even where the state says so', async () => {
  const it = await stages.approvedToIssue()
  const { decisions } = await it.record()
  expect(decisions.map(({ state }) => state)).toEqual(['draft', 'deptHeadSignature', 'custodianSignature', 'officeDirectorSignature', 'deputyManagerSignature'])
  for (const missing of decisions.slice(1)) {
    await house.owner.query('update service_case set decisions = $2 where id = $1', [it.id, JSON.stringify(decisions.filter((one) => one !== missing))])
    expect(await it.refused('gift-custodian-2', 'ISSUE', slip())).toEqual(['CONDITION_UNMET'])
  }
})

test('gift-giving-application: the five boxes are signed by five persons', async () => {
  const all = await hire('holder-of-every-box', ['RELATIONS_SPECIALIST', 'DEPT_HEAD', 'GIFT_CUSTODIAN', 'OFFICE_DIRECTOR', 'DEPUTY_MANAGER'])
  const barred = async (it: DrivenCase, actions: Readonly<Record<string, Forms>>) => {
    for (const [action, forms] of Object.entries(actions))
      expect([action, new Set(await it.refused(all, action, forms))]).toEqual([action, new Set(['SOD_CONFLICT'])])
  }
  const decisions = { SIGN: {}, RETURN: reason, REJECT: reason }
  const custody = { SIGN: inStore, RETURN: { ...reason, ...outOfStock } }
  // The applicant signs in none of the other boxes.
  const own = await further(opened(all), all, 'SUBMIT')
  await barred(own, decisions)
  await own.act(head, 'SIGN')
  await barred(own, custody)
  await own.act(custodian, 'SIGN', inStore)
  await barred(own, decisions)
  await own.act(director, 'SIGN')
  await barred(own, decisions)
  await own.act(deputy, 'SIGN')
  await barred(own, { ISSUE: slip() })
  // Nor the head of the department, …
  const headed = await stages.custodianSignature(all)
  await barred(headed, custody)
  await headed.act(custodian, 'SIGN', inStore)
  await barred(headed, decisions)
  await headed.act(director, 'SIGN')
  await barred(headed, decisions)
  await headed.act(deputy, 'SIGN')
  await barred(headed, { ISSUE: slip() })
  // … the custodian, …
  const kept = await stages.officeDirectorSignature(all)
  await barred(kept, decisions)
  await kept.act(director, 'SIGN')
  await barred(kept, decisions)
  // … or the office director and the deputy manager, who then do not issue either.
  const directed = await stages.deputyManagerSignature(all)
  await barred(directed, decisions)
  await directed.act(deputy, 'SIGN')
  await barred(directed, { ISSUE: slip() })
  await barred(await stages.approvedToIssue(all), { ISSUE: slip() })
})

test('gift-giving-application: who keeps the gift neither takes it out nor gives it', async () => {
  const both = await hire('custodian-who-gives', ['RELATIONS_SPECIALIST', 'GIFT_CUSTODIAN'])
  // Not to himself, by either account.
  const second = await hire('second-account-of-the-custodian', [], both)
  const it = await stages.approvedToIssue()
  for (const receivedBy of [both, second].map(employeeId)) expect(await it.refused(both, 'ISSUE', slip({ receivedBy }))).toEqual(['SOD_CONFLICT'])
  await it.act(both, 'ISSUE', slip())
  expect(await it.refused(both, 'CONFIRM_GIVEN', handOver('孙莉'))).toEqual(['SOD_CONFLICT'])
  // Nor does whoever took it out, or gave it, write it off.
  const taken = await further(stages.approvedToIssue(), custodian, 'ISSUE', slip({ receivedBy: employeeId(both) }))
  expect(await taken.refused(both, 'RETURN_TO_STOCK', { ...reason, ...booked() })).toEqual(['SOD_CONFLICT'])
  const given = await stages.given(both)
  expect(await given.refused(both, 'BOOK_OUT', booked())).toEqual(['SOD_CONFLICT'])
  expect(await given.act(custodian, 'BOOK_OUT', booked())).toBe('closed')
  const signed = await stages.officeDirectorSignature(both)
  await signed.act(director, 'SIGN')
  await signed.act(deputy, 'SIGN')
  await signed.act(custodian, 'ISSUE', slip())
  expect(await signed.refused(both, 'CONFIRM_GIVEN', handOver('孙莉'))).toEqual(['SOD_CONFLICT'])
})

test('gift-giving-application: after a return the whole chain signs again', async () => {
  const both = await hire('head-who-directs', ['DEPT_HEAD', 'OFFICE_DIRECTOR'])
  const it = await further(stages.custodianSignature(both), custodian, 'SIGN', inStore)
  expect(await it.refused(both, 'SIGN')).toEqual(['SOD_CONFLICT'])
  await it.act(director, 'SIGN')
  expect(await it.refused(deputy, 'RETURN')).toEqual(['FORM_INVALID', 'reason REQUIRED'])
  expect(await it.act(deputy, 'RETURN', reason)).toBe('draft')
  expect(await it.record()).toMatchObject({ round: 2, decisions: [] })
  expect(await it.refused('relations-specialist-2', 'SUBMIT')).toEqual(['NOT_AUTHORISED'])
  await it.act(applicant, 'SUBMIT', { application: application(line({ quantity: 1 })) })
  expect(await it.act(head, 'SIGN')).toBe('custodianSignature')
  await it.act(custodian, 'SIGN', inStore)
  // Whose signature lapsed may sign in another box.
  expect(await it.act(both, 'SIGN')).toBe('deputyManagerSignature')
  await it.act(deputy, 'SIGN')
  expect(await it.refused(custodian, 'ISSUE', slip())).toEqual(['CONDITION_UNMET'])
  expect(await it.act(custodian, 'ISSUE', slip({ issued: gifts(1) }))).toBe('issued')
  expect((await it.history()).filter(({ action }) => action === 'SIGN')).toHaveLength(7)
})

test('gift-giving-application: only a relations specialist applies', async () => {
  for (const login of [head, custodian, 'relations-supervisor-1'])
    expect(await house.openRefused(login, 'gift-giving-application', application(line()))).toEqual(['NOT_AUTHORISED'])
  expect(await house.openRefused(applicant, 'gift-giving-application', application())).toEqual(['FORM_INVALID', 'application.rows REQUIRED'])
})

const heard = { hears: ['GIFT_CUSTODIAN', 'RELATIONS_SPECIALIST'] as const, ladder: reminders }
everyTerm(() => house, 'gift-giving-application', [
  {
    ...heard,
    place: 'approvedToIssue',
    name: 'ISSUE_DUE',
    of: () => stages.approvedToIssue(),
    term: { on: today },
    leave: (it) => it.act(custodian, 'ISSUE', slip()),
  },
  {
    ...heard,
    place: 'issued',
    name: 'GIVING_DUE',
    of: () => stages.issued(),
    term: { workingDays: 3, from: today },
    leave: (it) => it.act(custodian, 'RETURN_TO_STOCK', { ...reason, ...booked() }),
  },
  {
    ...heard,
    place: 'given',
    name: 'BOOK_OUT_DUE',
    of: () => stages.given(),
    term: { workingDays: 3 },
    leave: (it) => it.act(custodian, 'BOOK_OUT', booked()),
  },
])
