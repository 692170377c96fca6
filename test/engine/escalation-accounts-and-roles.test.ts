import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { barred, barredBeside, barredChange, barredFrom, barredOpening } from '../support/attempts.js'
import { mealApplicant, mealForm } from '../support/cases.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { complaintInVisit, papers } from '../support/papers.js'
import { chainAt, chainOf } from '../support/practice.js'

// Somebody tries to decide without the role, or to come by one.

const chain = 'practice-chain'
const administrator = 'organisation-administrator-1'
const meal = 'customer-meal-hospitality'
let house: House
beforeAll(async () => {
  house = await openHouse([chainOf(chain)])
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
})
afterAll(() => house.close())

const first = (): Promise<DrivenCase> => chainAt(house, chain, 'first')
const inReview = async (amount = '1000'): Promise<DrivenCase> => {
  const it = await house.open(mealApplicant, meal, mealForm({ budget: [{ item: 'MEAL', amount }], budgetTotal: amount }))
  await it.act(mealApplicant, 'SUBMIT')
  await it.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  return it
}

test('the task of another step is decided', async () => {
  const it = await first()
  for (const login of ['cs-manager-1', 'finance-1', 'general-manager-1']) await barred(it, login, 'APPROVE', ['NOT_AUTHORISED'])
})

test('a superior decides in the place of those below, who are there', async () => {
  await barred(await first(), 'cs-director-1', 'APPROVE', ['NOT_AUTHORISED'])
})

test('somebody whose role was revoked decides', async () => {
  const login = await house.hire('supervisor-until-now', ['RELATIONS_SUPERVISOR'])
  const it = await first()
  await house.administer(administrator, { action: 'REVOKE_ROLE', employeeId: employeeId(login), role: 'RELATIONS_SUPERVISOR' })
  await barred(it, login, 'APPROVE', ['NOT_FOUND'], { onRecord: ['NOT_AUTHORISED'] })
})

test('somebody whose role ran out decides a task that he holds', async () => {
  const login = await house.hire('supervisor-who-claimed', ['RELATIONS_SUPERVISOR', 'FINANCE'])
  const it = await first()
  await it.handle(login, 'CLAIM')
  await house.dismiss(login, 'RELATIONS_SUPERVISOR')
  await barred(it, login, 'APPROVE', ['NOT_ELIGIBLE', 'NOT_AUTHORISED'])
  await barredFrom(it, login, 'TRANSFER', ['NOT_AUTHORISED'], { people: ['relations-supervisor-1'] })
})

test('somebody whose role begins tomorrow decides', async () => {
  const login = await house.hire('supervisor-from-tomorrow', [])
  const validFrom = new Date(Date.now() + 86_400_000).toISOString()
  await house.administer(administrator, { action: 'GRANT_ROLE', employeeId: employeeId(login), role: 'RELATIONS_SUPERVISOR', validFrom })
  await barred(await first(), login, 'APPROVE', ['NOT_FOUND'], { onRecord: ['NOT_AUTHORISED'] })
})

test('somebody who has left decides, opens and claims', async () => {
  const login = await house.hire('supervisor-who-has-left', ['RELATIONS_SUPERVISOR'])
  const it = await first()
  await house.administer(administrator, { action: 'SET_ACTIVE', employeeId: employeeId(login), active: false })
  await barred(it, login, 'APPROVE', ['UNAUTHENTICATED'])
  await barredFrom(it, login, 'CLAIM', ['UNAUTHENTICATED'])
  await barredOpening(house, login, chain, { subject: '练习' }, ['UNAUTHENTICATED'])
  await barredBeside(it, login, 'REVOKE', ['UNAUTHENTICATED'])
})

test('the administrator decides, and gives himself the role', async () => {
  await barred(await first(), administrator, 'APPROVE', ['NOT_FOUND'], { onRecord: ['NOT_AUTHORISED'] })
  const own = employeeId(administrator)
  await barredChange(house, administrator, { action: 'GRANT_ROLE', employeeId: own, role: 'RELATIONS_SUPERVISOR' }, ['SOD_CONFLICT'])
  await barredChange(house, administrator, { action: 'SET_LIMIT', process: meal, role: 'CS_MANAGER', employeeId: own, amount: '9' }, ['SOD_CONFLICT'])
})

test('the administrator gives the role to a second account of his', async () => {
  const second = await house.hire('second-account-of-the-administrator', [], { person: administrator })
  await barredChange(house, administrator, { action: 'GRANT_ROLE', employeeId: employeeId(second), role: 'CS_MANAGER' }, ['SOD_CONFLICT'])
})

test('an administrator who is a manager as well raises the limit of all managers', async () => {
  const login = await house.hire('administrator-who-manages', ['ORGANISATION_ADMINISTRATOR', 'CS_MANAGER'])
  const change = { action: 'SET_LIMIT', process: meal, role: 'CS_MANAGER', employeeId: null, amount: '999999' } as const
  await barredChange(house, login, change, ['SOD_CONFLICT'])
})

test('somebody who is no administrator gives himself a role, a limit, an account', async () => {
  const own = employeeId('cs-manager-1')
  for (const login of ['cs-manager-1', 'general-manager-1', 'auditor-1', 'payment-run']) {
    await barredChange(house, login, { action: 'GRANT_ROLE', employeeId: own, role: 'GENERAL_MANAGER' }, ['NOT_AUTHORISED'])
    await barredChange(house, login, { action: 'SET_LIMIT', process: meal, role: 'CS_MANAGER', employeeId: own, amount: '999999' }, ['NOT_AUTHORISED'])
    await barredChange(house, login, { action: 'SET_ACTIVE', employeeId: own, active: false }, ['NOT_AUTHORISED'])
  }
})

test('the system’s own role is given to somebody', async () => {
  const change = { action: 'GRANT_ROLE', employeeId: employeeId('technician-2'), role: 'SYSTEM' } as const
  await barredChange(house, administrator, change, ['INPUT_INVALID'], ['INPUT_INVALID', 'role CHOICE_UNKNOWN'])
})

test('the auditor decides', async () => {
  await barred(await first(), 'auditor-1', 'APPROVE', ['NOT_AUTHORISED'])
  await barred(await inReview(), 'auditor-1', 'APPROVE', ['NOT_AUTHORISED'])
})

test('the auditor gets an approving role, and an approver becomes an auditor', async () => {
  const grant = (login: string, role: 'CS_MANAGER' | 'AUDITOR') => ({ action: 'GRANT_ROLE', employeeId: employeeId(login), role }) as const
  await barredChange(house, administrator, grant('auditor-1', 'CS_MANAGER'), ['CONDITION_UNMET'])
  await barredChange(house, administrator, grant('cs-manager-1', 'AUDITOR'), ['CONDITION_UNMET'])
})

test('the auditor gets an approving role on a second account', async () => {
  const second = await house.hire('second-account-of-the-auditor', [], { person: 'auditor-1' })
  await barredChange(house, administrator, { action: 'GRANT_ROLE', employeeId: employeeId(second), role: 'CS_MANAGER' }, ['CONDITION_UNMET'])
})

test('a service approves', async () => {
  await barred(await first(), 'payment-run', 'APPROVE', ['NOT_AUTHORISED'])
  await barredFrom(await first(), 'payment-run', 'CLAIM', ['NOT_AUTHORISED'])
})

test('word of a visit is passed to a complaint by hand', async () => {
  const { complaint } = await complaintInVisit(house)
  await barred(complaint, 'cs-manager-1', 'VISIT_SATISFIED', ['NOT_AUTHORISED', 'NOT_AUTHORISED'])
  await barred(complaint, administrator, 'VISIT_SATISFIED', ['NOT_FOUND'], { onRecord: ['NOT_AUTHORISED', 'NOT_AUTHORISED'] })
})

test('a payment is reported by hand', async () => {
  const it = await house.open('technician-1', 'expense-reimbursement', papers['expense-reimbursement']!['claim'] as Record<string, unknown>)
  await it.act('technician-1', 'SUBMIT')
  await barred(it, 'payment-run', 'APPROVE', ['NOT_AUTHORISED'])
})

test('somebody who was only copied decides', async () => {
  const it = await first()
  const copied = 'technician-2'
  await barred(it, copied, 'APPROVE', ['NOT_FOUND'], { onRecord: ['NOT_AUTHORISED'] })
  await house.door.copy({
    actorId: employeeId('technician-1'),
    requestId: 'test',
    idempotencyKey: 'copy',
    caseId: it.id,
    what: 'COPY',
    employeeIds: [employeeId(copied)],
    text: '',
  })
  await barred(it, copied, 'APPROVE', ['NOT_AUTHORISED'])
  await barredFrom(it, copied, 'CLAIM', ['NOT_AUTHORISED'])
})

test('a stranger works on a case that he may not see', async () => {
  const it = await first()
  for (const operation of ['CLAIM', 'TRANSFER', 'DELEGATE', 'RESPOND', 'REMIND'] as const) {
    const onRecord = operation === 'RESPOND' ? ['CONDITION_UNMET'] : ['NOT_AUTHORISED']
    await barredFrom(it, 'survey-specialist-1', operation, ['NOT_FOUND'], { people: ['relations-supervisor-2'] }, {}, onRecord)
  }
  await barredBeside(it, 'survey-specialist-1', 'REVOKE', ['NOT_FOUND'])
})

test('a manager decides above the limit, under one that is not valid yet, under one that is no more', async () => {
  const limit = { action: 'SET_LIMIT', process: meal, role: 'CS_MANAGER' } as const
  await barred(await inReview('2000.01'), 'cs-manager-1', 'APPROVE', ['LIMIT_EXCEEDED'])
  const later = await house.hire('manager-with-a-limit-tomorrow', ['CS_MANAGER'])
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
  await house.administer(administrator, { ...limit, employeeId: employeeId(later), amount: '9000', validFrom: tomorrow })
  await barred(await inReview('2500'), later, 'APPROVE', ['LIMIT_EXCEEDED'])
  const once = await house.hire('manager-with-a-limit-that-ended', ['CS_MANAGER'])
  const id = await house.administer(administrator, { ...limit, employeeId: employeeId(once), amount: '9000' })
  await house.owner.query(`update authority_limit set valid_from = valid_from - interval '2 days', valid_to = valid_from where id = $1`, [id])
  await barred(await inReview('2500'), once, 'APPROVE', ['LIMIT_EXCEEDED'])
})

test('a manager whose own limit was lowered decides under that of his role', async () => {
  const login = await house.hire('manager-with-a-low-limit', ['CS_MANAGER'])
  await house.administer(administrator, { action: 'SET_LIMIT', process: meal, role: 'CS_MANAGER', employeeId: employeeId(login), amount: '100' })
  await barred(await inReview('1000'), login, 'APPROVE', ['LIMIT_EXCEEDED'])
})

test('somebody opens what his post may not open', async () => {
  await barredOpening(house, 'technician-1', 'gift-plan-approval', {}, ['NOT_AUTHORISED'])
  await barredOpening(house, 'payment-run', chain, { subject: '练习' }, ['NOT_AUTHORISED'])
})
