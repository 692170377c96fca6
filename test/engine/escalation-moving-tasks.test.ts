import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { anybody } from '../../src/define/index.js'
import { employeeId } from '../../src/organisation/ids.js'
import { barred, barredFrom } from '../support/attempts.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { chainAt, chainOf, countersignOf } from '../support/practice.js'

// Somebody tries to bring a task to where it may not go, or to decide one that is no longer his.

const [chain, drawn] = ['practice-chain', 'practice-drawn']
const [supervisor, colleague, manager] = ['relations-supervisor-1', 'relations-supervisor-2', 'cs-manager-1']
let house: House
beforeAll(async () => {
  house = await openHouse([chainOf(chain), countersignOf(drawn, anybody('ALL_REJECT'), { voters: { everyone: 'RELATIONS_SUPERVISOR' } })])
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
})
afterAll(() => house.close())

const first = (): Promise<DrivenCase> => chainAt(house, chain, 'first')
const voting = async (): Promise<DrivenCase> => {
  const it = await house.open('technician-1', drawn, { subject: '练习' })
  await it.act('technician-1', 'SUBMIT')
  return it
}

test('the second task is given to whoever decided the first', async () => {
  const both = await house.hire('supervisor-and-manager', ['RELATIONS_SUPERVISOR', 'CS_MANAGER'])
  const it = await chainAt(house, chain, 'second', { by: both })
  await barredFrom(it, manager, 'TRANSFER', ['SOD_CONFLICT'], { people: [both] })
  await barredFrom(it, manager, 'REASSIGN', ['SOD_CONFLICT'], { people: [both] })
})

test('a task is given to oneself, with the same account or a second one', async () => {
  const second = await house.hire('second-account-of-the-supervisor', ['RELATIONS_SUPERVISOR'], { person: supervisor })
  const it = await first()
  for (const receiver of [supervisor, second]) await barredFrom(it, supervisor, 'TRANSFER', ['CONDITION_UNMET'], { people: [receiver] })
})

test('a task is given to somebody without the role, to the auditor, to a service', async () => {
  const it = await first()
  for (const receiver of ['technician-2', 'auditor-1', manager]) await barredFrom(it, supervisor, 'TRANSFER', ['NOT_AUTHORISED'], { people: [receiver] })
  await barredFrom(it, supervisor, 'TRANSFER', ['NOT_FOUND'], { people: ['payment-run'] })
})

test('a task is given to somebody who has left', async () => {
  const leaver = await house.hire('supervisor-who-left', ['RELATIONS_SUPERVISOR'])
  const it = await first()
  await house.administer('organisation-administrator-1', { action: 'SET_ACTIVE', employeeId: employeeId(leaver), active: false })
  await barredFrom(it, supervisor, 'TRANSFER', ['NOT_FOUND'], { people: [leaver] })
})

test('a task comes back to whoever gave it away, or to his second account', async () => {
  const second = await house.hire('another-account-of-the-supervisor', ['RELATIONS_SUPERVISOR'], { person: supervisor })
  const it = await first()
  await it.handle(supervisor, 'TRANSFER', { people: [colleague] })
  for (const receiver of [supervisor, second]) await barredFrom(it, colleague, 'TRANSFER', ['CONDITION_UNMET'], { people: [receiver] })
  await barredFrom(it, manager, 'REASSIGN', ['CONDITION_UNMET'], { people: [supervisor] })
})

test('a task is given away a sixth time', async () => {
  const line = await Promise.all(Array.from({ length: 7 }, (_, index) => house.hire(`supervisor-in-line-${index}`, ['RELATIONS_SUPERVISOR'])))
  const it = await first()
  for (let index = 0; index < 5; index++) await it.handle(line[index]!, 'TRANSFER', { people: [line[index + 1]!] })
  await barredFrom(it, line[5]!, 'TRANSFER', ['CONDITION_UNMET'], { people: [line[6]!] })
})

test('one decides, claims or gives away a task that one gave away', async () => {
  const it = await first()
  await it.handle(supervisor, 'TRANSFER', { people: [colleague] })
  await barred(it, supervisor, 'APPROVE', ['CLAIM_CONFLICT', 'NOT_AUTHORISED'])
  await it.handle(colleague, 'RELEASE')
  await barred(it, supervisor, 'APPROVE', ['NOT_AUTHORISED'])
  await barredFrom(it, supervisor, 'CLAIM', ['NOT_AUTHORISED'])
  await barredFrom(it, supervisor, 'TRANSFER', ['NOT_AUTHORISED'], { people: [colleague] })
})

test('one decides a task that one gave away as proxy of whoever received it', async () => {
  const [giver, receiver] = [await house.hire('giver-1', ['RELATIONS_SUPERVISOR']), await house.hire('receiver-1', ['RELATIONS_SUPERVISOR'])]
  await house.proxy(receiver, giver)
  const it = await first()
  await it.handle(giver, 'TRANSFER', { people: [receiver] })
  await barred(it, giver, 'APPROVE', ['NOT_AUTHORISED'], { onBehalfOf: receiver })
})

test('the proxy of whoever gave a task away decides it', async () => {
  const [giver, proxy] = [await house.hire('giver-2', ['RELATIONS_SUPERVISOR']), await house.hire('proxy-of-the-giver', ['TECHNICIAN'])]
  await house.proxy(giver, proxy)
  const it = await first()
  await it.handle(giver, 'TRANSFER', { people: [colleague] })
  await it.handle(colleague, 'RELEASE')
  await barred(it, proxy, 'APPROVE', ['NOT_AUTHORISED'], { onBehalfOf: giver })
})

test('a task that somebody else holds is given away or decided', async () => {
  const it = await first()
  await it.handle(colleague, 'CLAIM')
  await barredFrom(it, supervisor, 'TRANSFER', ['CLAIM_CONFLICT'], { people: [supervisor] })
  await barred(it, supervisor, 'APPROVE', ['CLAIM_CONFLICT'])
  await barredFrom(it, supervisor, 'RELEASE', ['NOT_AUTHORISED'])
})

test('a task is moved by somebody who stands above nobody concerned', async () => {
  const it = await first()
  for (const login of [supervisor, 'finance-1', 'auditor-1', 'technician-1'])
    await barredFrom(it, login, 'REASSIGN', ['NOT_AUTHORISED'], { people: [colleague] })
  await barredFrom(it, 'technician-2', 'REASSIGN', ['NOT_FOUND'], { people: [colleague] }, {}, ['NOT_AUTHORISED'])
})

test('a superior moves a task to himself without holding the role', async () => {
  await barredFrom(await first(), 'cs-director-1', 'REASSIGN', ['NOT_AUTHORISED'], { people: ['cs-director-1'] })
})

test('a task is moved after it was decided', async () => {
  const it = await first()
  const task = await it.task()
  await it.act(supervisor, 'APPROVE')
  for (const operation of ['TRANSFER', 'REASSIGN', 'DELEGATE', 'CLAIM'] as const)
    await barredFrom(it, manager, operation, ['TASK_SUPERSEDED'], { people: [colleague] }, task)
})

test('one gives one’s voice to somebody who has one already', async () => {
  const it = await voting()
  await barredFrom(it, supervisor, 'TRANSFER', ['SOD_CONFLICT'], { people: [colleague] }, { of: supervisor })
})

test('one gives away the voice of somebody else', async () => {
  const it = await voting()
  const outsider = await house.hire('supervisor-without-a-voice', ['RELATIONS_SUPERVISOR'])
  await barredFrom(it, supervisor, 'TRANSFER', ['NOT_AUTHORISED'], { people: [outsider] }, { of: colleague })
})

test('one votes after giving one’s voice away', async () => {
  const it = await voting()
  const receiver = await house.hire('supervisor-with-a-voice', ['RELATIONS_SUPERVISOR'])
  await it.handle(supervisor, 'TRANSFER', { people: [receiver] }, { of: supervisor })
  await barred(it, supervisor, 'APPROVE', ['NOT_AUTHORISED'])
  await barred(it, supervisor, 'RETURN', ['NOT_AUTHORISED'], { forms: { reason: { reason: '理由' } } })
})

test('somebody who has left moves a task', async () => {
  const leaver = await house.hire('supervisor-about-to-leave', ['RELATIONS_SUPERVISOR'])
  const it = await first()
  await it.handle(leaver, 'CLAIM')
  await house.owner.query('update employee set active = false where id = $1', [employeeId(leaver)])
  await barredFrom(it, leaver, 'TRANSFER', ['UNAUTHENTICATED'], { people: [colleague] })
})
