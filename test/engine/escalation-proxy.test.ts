import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { applicant, approver, defineProcess, form, reference, role } from '../../src/define/index.js'
import { departmentId, employeeId } from '../../src/organisation/ids.js'
import { Opinion } from '../../workflows/common.js'
import { barred, barredChange, proxyGrant } from '../support/attempts.js'
import { mealApplicant, mealForm } from '../support/cases.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { chainAt, chainOf } from '../support/practice.js'

// Somebody tries to approve in the place of another in whose place he may not.

@form('practice-fault', '练习差错', 'Practice fault')
class Fault {
  @reference('Department', '责任部门', 'Department at fault') department!: string
}
/** Who judges a fault is not of the department that made it. */
const fault = defineProcess({
  id: 'practice-fault',
  version: 1,
  title: ['差错练习', 'Fault practice'],
  source: 'test',
  forms: { fault: Fault, opinion: Opinion },
  startedBy: role('EMPLOYEE'),
  startsWith: 'fault',
  owner: 'CS_MANAGER',
  initial: 'draft',
  states: {
    draft: { label: ['起草', 'Draft'], assignee: applicant, on: { SUBMIT: { target: 'judging' } } },
    judging: {
      label: ['判定', 'Judging'],
      assignee: approver('RELATIONS_SUPERVISOR', { notMemberOf: ['fault.department'] }),
      on: { APPROVE: { target: 'passed', form: 'opinion' } },
    },
    passed: { type: 'final', label: ['通过', 'Passed'], outcome: 'completed' },
  },
})

const chain = 'practice-chain'
const administrator = 'organisation-administrator-1'
let house: House
beforeAll(async () => {
  house = await openHouse([chainOf(chain), fault])
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
})
afterAll(() => house.close())

let hired = 0
/** A supervisor and somebody of another post, who have nothing to do with any other test. */
async function pair(roles: readonly string[] = ['TECHNICIAN']): Promise<[principal: string, proxy: string]> {
  const number = ++hired
  return [await house.hire(`principal-${number}`, ['RELATIONS_SUPERVISOR']), await house.hire(`proxy-${number}`, roles)]
}
const first = (amount = '100'): Promise<DrivenCase> => chainAt(house, chain, 'first', { amount })
/** What a proxy whose grant does not hold is told: nothing, as a stranger to the case. */
const strange = (onBehalfOf: string) => ({ onBehalfOf, onRecord: ['PROXY_EXPIRED'] })

test('nobody has named him at all', async () => {
  await barred(await first(), 'technician-2', 'APPROVE', ['NOT_FOUND'], strange('relations-supervisor-1'))
})

test('the grant is for other processes', async () => {
  const [principal, proxy] = await pair()
  await house.proxy(principal, proxy, { processes: ['gift-plan-approval'] })
  await barred(await first(), proxy, 'APPROVE', ['NOT_FOUND'], strange(principal))
})

test('the amount is above the cap of the grant', async () => {
  const [principal, proxy] = await pair()
  await house.proxy(principal, proxy, { amountCap: '500' })
  await barred(await first('500.01'), proxy, 'APPROVE', ['PROXY_EXPIRED'], { onBehalfOf: principal })
  expect(await (await first('500')).act(proxy, 'APPROVE', {}, { onBehalfOf: principal })).toBe('second')
})

test('the applicant raises the amount above the cap before the proxy decides', async () => {
  const [principal, proxy] = await pair()
  await house.proxy(principal, proxy, { amountCap: '500' })
  const it = await first('400')
  await it.act('technician-1', 'AMEND', { request: { subject: '练习', amount: '600' } })
  await barred(it, proxy, 'APPROVE', ['PROXY_EXPIRED'], { onBehalfOf: principal })
})

test('the grant begins tomorrow', async () => {
  const [principal, proxy] = await pair()
  const tomorrow = new Date(Date.now() + 86_400_000)
  await house.proxy(principal, proxy, { validFrom: tomorrow.toISOString(), validTo: new Date(tomorrow.getTime() + 86_400_000).toISOString() })
  await barred(await first(), proxy, 'APPROVE', ['NOT_FOUND'], strange(principal))
})

test('the grant has ended', async () => {
  const [principal, proxy] = await pair()
  const grant = await house.proxy(principal, proxy)
  await house.owner.query(`update proxy_grant set valid_from = valid_from - interval '2 days', valid_to = valid_from where id = $1`, [grant])
  await barred(await first(), proxy, 'APPROVE', ['PROXY_EXPIRED'], { onBehalfOf: principal })
})

test('the grant was revoked while he looked at the case', async () => {
  const [principal, proxy] = await pair()
  const it = await first()
  const grant = await house.proxy(principal, proxy)
  await house.administer(principal, { action: 'REVOKE_PROXY', employeeId: employeeId(principal), grantId: grant })
  await barred(it, proxy, 'APPROVE', ['PROXY_EXPIRED'], { onBehalfOf: principal })
})

test('the proxy was deactivated', async () => {
  const [principal, proxy] = await pair()
  await house.proxy(principal, proxy)
  const it = await first()
  await house.administer(administrator, { action: 'SET_ACTIVE', employeeId: employeeId(proxy), active: false })
  await barred(it, proxy, 'APPROVE', ['UNAUTHENTICATED'], { onBehalfOf: principal })
})

test('the principal has left, and it was he who had named the proxy', async () => {
  const [principal, proxy] = await pair()
  await house.proxy(principal, proxy)
  const it = await first()
  await house.administer(administrator, { action: 'SET_ACTIVE', employeeId: employeeId(principal), active: false })
  await barred(it, proxy, 'APPROVE', ['NOT_FOUND'], strange(principal))
})

test('the principal has lost the role', async () => {
  const [principal, proxy] = await pair()
  await house.proxy(principal, proxy)
  const it = await first()
  await house.administer(administrator, { action: 'REVOKE_ROLE', employeeId: employeeId(principal), role: 'RELATIONS_SUPERVISOR' })
  await barred(it, proxy, 'APPROVE', ['NOT_FOUND'], { onBehalfOf: principal, onRecord: ['NOT_AUTHORISED'] })
})

test('he acts with a second account, which nobody has named', async () => {
  const [principal, proxy] = await pair()
  await house.proxy(principal, proxy)
  const second = await house.hire(`${proxy}-second`, ['TECHNICIAN'], { person: proxy })
  await barred(await first(), second, 'APPROVE', ['NOT_FOUND'], strange(principal))
})

test('he lends the place of somebody else a role of his own', async () => {
  const [principal, proxy] = await pair(['CS_MANAGER'])
  await house.proxy(principal, proxy)
  await barred(await chainAt(house, chain, 'second'), proxy, 'APPROVE', ['NOT_AUTHORISED'], { onBehalfOf: principal })
})

test('the proxy of a proxy acts for the first of the three', async () => {
  const [principal, proxy] = await pair()
  const third = await house.hire('third-in-line', ['TECHNICIAN'])
  await house.proxy(principal, proxy)
  await barredChange(house, proxy, proxyGrant(proxy, third), ['CONDITION_UNMET'])
  await barred(await first(), third, 'APPROVE', ['NOT_FOUND'], strange(principal))
})

test('somebody who has a proxy becomes one', async () => {
  const [principal, proxy] = await pair()
  await house.proxy(principal, proxy)
  await barredChange(house, 'relations-supervisor-1', proxyGrant('relations-supervisor-1', principal), ['CONDITION_UNMET'])
})

test('two stand in for each other', async () => {
  const [one, other] = await pair(['RELATIONS_SUPERVISOR'])
  await house.proxy(one, other)
  await barredChange(house, other, proxyGrant(other, one), ['CONDITION_UNMET'])
})

test('one names oneself, with a second account', async () => {
  const second = await house.hire('second-account-of-a-supervisor', ['TECHNICIAN'], { person: 'relations-supervisor-2' })
  await barredChange(house, 'relations-supervisor-2', proxyGrant('relations-supervisor-2', second), ['SOD_CONFLICT'])
})

test('one names a proxy for somebody above, beside or apart from oneself', async () => {
  for (const principal of ['cs-manager-1', 'relations-supervisor-2', 'finance-1'])
    await barredChange(house, 'relations-supervisor-1', proxyGrant(principal, 'technician-2'), ['NOT_AUTHORISED'])
})

test('the administrator names a proxy for somebody who is still there', async () => {
  await barredChange(house, administrator, proxyGrant('relations-supervisor-1', 'technician-2'), ['NOT_AUTHORISED'])
})

test('the administrator deactivates an approver and names himself in his place', async () => {
  const [principal] = await pair()
  await house.administer(administrator, { action: 'SET_ACTIVE', employeeId: employeeId(principal), active: false })
  await barredChange(house, administrator, proxyGrant(principal, administrator), ['SOD_CONFLICT'])
  await barred(await first(), administrator, 'APPROVE', ['NOT_FOUND'], strange(principal))
})

test('the auditor is named as a proxy', async () => {
  await barredChange(house, 'relations-supervisor-1', proxyGrant('relations-supervisor-1', 'auditor-1'), ['CONDITION_UNMET'])
})

test('a proxy becomes an auditor and goes on', async () => {
  const [principal, proxy] = await pair([])
  await house.proxy(principal, proxy)
  await house.administer(administrator, { action: 'GRANT_ROLE', employeeId: employeeId(proxy), role: 'AUDITOR' })
  await barred(await first(), proxy, 'APPROVE', ['PROXY_EXPIRED'], { onBehalfOf: principal })
})

test('a stranger revokes the grant of another, or a grant under a false name', async () => {
  const [principal, proxy] = await pair()
  const grantId = await house.proxy(principal, proxy)
  await barredChange(house, 'technician-2', { action: 'REVOKE_PROXY', employeeId: employeeId(principal), grantId }, ['NOT_AUTHORISED'])
  await barredChange(house, 'technician-2', { action: 'REVOKE_PROXY', employeeId: employeeId('technician-2'), grantId }, ['NOT_FOUND'])
})

test('whoever decided first decides second in the place of a manager', async () => {
  const manager = await house.hire('manager-on-leave', ['CS_MANAGER'])
  await house.proxy(manager, 'relations-supervisor-1')
  await barred(await chainAt(house, chain, 'second'), 'relations-supervisor-1', 'APPROVE', ['SOD_CONFLICT'], { onBehalfOf: manager })
})

test('whoever decided first in the place of another decides second himself', async () => {
  const [principal, proxy] = await pair(['CS_MANAGER'])
  await house.proxy(principal, proxy)
  const it = await first()
  await it.act(proxy, 'APPROVE', {}, { onBehalfOf: principal })
  await barred(it, proxy, 'APPROVE', ['SOD_CONFLICT'])
})

test('the principal of whoever decided first decides second', async () => {
  const principal = await house.hire('principal-of-two-posts', ['RELATIONS_SUPERVISOR', 'CS_MANAGER'])
  const proxy = await house.hire('proxy-for-two-posts', ['TECHNICIAN'])
  await house.proxy(principal, proxy)
  const it = await first()
  await it.act(proxy, 'APPROVE', {}, { onBehalfOf: principal })
  await barred(it, principal, 'APPROVE', ['SOD_CONFLICT'])
  await barred(it, proxy, 'APPROVE', ['SOD_CONFLICT'], { onBehalfOf: principal })
})

test('a principal who acted first has a proxy decide second', async () => {
  const principal = await house.hire('principal-who-acted', ['RELATIONS_SUPERVISOR', 'CS_MANAGER'])
  const proxy = await house.hire('proxy-of-who-acted', ['TECHNICIAN'])
  await house.proxy(principal, proxy)
  const it = await chainAt(house, chain, 'second', { by: principal })
  await barred(it, proxy, 'APPROVE', ['NOT_FOUND'], { onBehalfOf: principal, onRecord: ['SOD_CONFLICT'] })
})

test('somebody of the department at fault judges it in the place of an outsider', async () => {
  const outsider = await house.hire('supervisor-of-elsewhere', ['RELATIONS_SUPERVISOR'], { department: 'CS-RELATIONS' })
  const insider = await house.hire('insider-at-fault', ['RELATIONS_SUPERVISOR'], { department: 'PRODUCTION' })
  await house.proxy(outsider, insider)
  const it = await house.open('technician-1', 'practice-fault', { department: departmentId('PRODUCTION') })
  await it.act('technician-1', 'SUBMIT')
  await barred(it, insider, 'APPROVE', ['SOD_CONFLICT'])
  await barred(it, insider, 'APPROVE', ['SOD_CONFLICT'], { onBehalfOf: outsider })
})

test('a proxy whose own limit is higher decides above the limit of the principal', async () => {
  const deputy = await house.hire('deputy-on-leave', ['CS_MANAGER'])
  await house.administer(administrator, {
    action: 'SET_LIMIT',
    process: 'customer-meal-hospitality',
    role: 'CS_MANAGER',
    employeeId: employeeId(deputy),
    amount: '500',
  })
  await house.proxy(deputy, 'cs-manager-3')
  const meal = await house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
  await meal.act(mealApplicant, 'SUBMIT')
  await meal.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  await barred(meal, 'cs-manager-3', 'APPROVE', ['LIMIT_EXCEEDED'], { onBehalfOf: deputy })
})
