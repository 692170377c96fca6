import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { everybody } from '../../src/define/index.js'
import { barred, barredFrom } from '../support/attempts.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { chainAt, chainOf, countersignOf } from '../support/practice.js'

// Somebody tries to gain by signers, opinions and answers what he may not decide.

const [chain, drawn] = ['practice-chain', 'practice-drawn']
const [supervisor, colleague, manager] = ['relations-supervisor-1', 'relations-supervisor-2', 'cs-manager-1']
const [signer, other] = ['technician-2', 'finance-2']
let house: House
beforeAll(async () => {
  house = await openHouse([chainOf(chain), countersignOf(drawn, everybody, { voters: { everyone: 'RELATIONS_SUPERVISOR' } })])
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
const withSigners = async (position: 'BEFORE' | 'AFTER', ...people: string[]): Promise<DrivenCase> => {
  const it = await first()
  await it.handle(supervisor, 'ADD_SIGNER', { people, position })
  return it
}

test('one adds oneself, with the same account or a second one', async () => {
  const second = await house.hire('second-account-of-the-adder', ['TECHNICIAN'], { person: supervisor })
  const it = await first()
  for (const person of [supervisor, second]) await barredFrom(it, supervisor, 'ADD_SIGNER', ['CONDITION_UNMET'], { people: [person] })
})

test('one adds the same person twice, with two accounts', async () => {
  const second = await house.hire('second-account-of-a-signer', ['TECHNICIAN'], { person: signer })
  await barredFrom(await first(), supervisor, 'ADD_SIGNER', ['CONDITION_UNMET'], { people: [signer, second] })
  await barredFrom(await voting(), supervisor, 'ADD_SIGNER', ['CONDITION_UNMET'], { people: [signer, second], position: 'PARALLEL' }, { of: supervisor })
})

test('one adds whoever decided before in a step that must be another’s', async () => {
  await barredFrom(await chainAt(house, chain, 'second'), manager, 'ADD_SIGNER', ['SOD_CONFLICT'], { people: [supervisor] })
})

test('one gives a second voice to somebody who has one', async () => {
  const it = await voting()
  await barredFrom(it, supervisor, 'ADD_SIGNER', ['CONDITION_UNMET'], { people: [colleague], position: 'PARALLEL' }, { of: supervisor })
  await it.act(colleague, 'APPROVE')
  await barredFrom(it, supervisor, 'ADD_SIGNER', ['CONDITION_UNMET'], { people: [colleague], position: 'PARALLEL' }, { of: supervisor })
})

test('one adds the auditor', async () => {
  await barredFrom(await first(), supervisor, 'ADD_SIGNER', ['NOT_AUTHORISED'], { people: ['auditor-1'] })
  await barredFrom(await voting(), supervisor, 'ADD_SIGNER', ['NOT_AUTHORISED'], { people: ['auditor-1'], position: 'PARALLEL' }, { of: supervisor })
})

test('one adds a voice where nobody votes', async () => {
  await barredFrom(await first(), supervisor, 'ADD_SIGNER', ['CONDITION_UNMET'], { people: [signer], position: 'PARALLEL' })
})

test('one adds signers to the task of another', async () => {
  const it = await first()
  await it.handle(colleague, 'CLAIM')
  await barredFrom(it, supervisor, 'ADD_SIGNER', ['CLAIM_CONFLICT'], { people: [signer] })
  await barredFrom(it, 'technician-1', 'ADD_SIGNER', ['NOT_AUTHORISED'], { people: [signer] })
})

test('one adds signers while those added before have not finished', async () => {
  await barredFrom(await withSigners('AFTER', signer), supervisor, 'ADD_SIGNER', ['CONDITION_UNMET'], { people: [other] })
  await barredFrom(await withSigners('BEFORE', signer), supervisor, 'ADD_SIGNER', ['TASK_SUSPENDED', 'CONDITION_UNMET'], { people: [other] })
})

test('one decides while a signer before, an opinion or an answer is awaited', async () => {
  await barred(await withSigners('BEFORE', signer), supervisor, 'APPROVE', ['TASK_SUSPENDED'])
  for (const operation of ['DELEGATE', 'ASK'] as const) {
    const it = await first()
    await it.handle(supervisor, operation, { people: [signer] })
    for (const login of [supervisor, colleague]) await barred(it, login, 'APPROVE', ['TASK_SUSPENDED'])
    await barred(it, supervisor, 'RETURN', ['TASK_SUSPENDED'], { forms: { reason: { reason: '理由' } } })
  }
})

test('one gives the task away while an answer is awaited', async () => {
  const it = await first()
  await it.handle(supervisor, 'ASK', { people: [signer] })
  await barredFrom(it, supervisor, 'TRANSFER', ['TASK_SUSPENDED'], { people: [colleague] })
})

test('one approves after a signer before has rejected and binds', async () => {
  const it = await withSigners('BEFORE', signer)
  await it.handle(signer, 'RESPOND', { approves: false }, { kind: 'SIGN' })
  for (const login of [supervisor, colleague]) await barred(it, login, 'APPROVE', ['CONDITION_UNMET'])
  expect(await it.act(supervisor, 'RETURN', { reason: { reason: '理由' } })).toBe('draft')
})

test('one removes the signer who has rejected, or gives the task to somebody else, to be rid of the rejection', async () => {
  const it = await withSigners('BEFORE', signer)
  await it.handle(signer, 'RESPOND', { approves: false }, { kind: 'SIGN' })
  await barredFrom(it, supervisor, 'REMOVE_SIGNER', ['CONDITION_UNMET'], { people: [signer] })
  await it.handle(supervisor, 'TRANSFER', { people: [colleague] })
  await barred(it, colleague, 'APPROVE', ['CONDITION_UNMET'])
})

test('a signer decides the task himself', async () => {
  const it = await withSigners('BEFORE', signer)
  await barred(it, signer, 'APPROVE', ['NOT_AUTHORISED'])
  await barredFrom(it, signer, 'TRANSFER', ['NOT_AUTHORISED', 'TASK_SUSPENDED'], { people: [colleague] })
})

test('a signer answers for another', async () => {
  const it = await withSigners('BEFORE', signer, other)
  await barredFrom(it, signer, 'RESPOND', ['NOT_AUTHORISED'], { approves: true }, { kind: 'SIGN', of: other })
  await barredFrom(it, supervisor, 'RESPOND', ['NOT_AUTHORISED'], { approves: true }, { kind: 'SIGN', of: other })
})

test('somebody who is asked for an opinion votes', async () => {
  const it = await voting()
  await it.handle(supervisor, 'DELEGATE', { people: [signer] }, { of: supervisor })
  await barred(it, signer, 'APPROVE', ['NOT_AUTHORISED'])
  await barred(it, supervisor, 'APPROVE', ['TASK_SUSPENDED'])
})

test('somebody who is asked asks somebody else', async () => {
  const it = await first()
  await it.handle(supervisor, 'DELEGATE', { people: [signer] })
  for (const operation of ['DELEGATE', 'ADD_SIGNER', 'TRANSFER', 'REASSIGN'] as const) {
    const codes = operation === 'REASSIGN' ? ['CONDITION_UNMET', 'NOT_AUTHORISED'] : ['CONDITION_UNMET', 'NOT_AUTHORISED', 'TASK_SUSPENDED']
    await barredFrom(it, signer, operation, codes, { people: [other] }, { kind: 'ADVISE' })
  }
})

test('somebody answers what was recalled, or answered', async () => {
  const it = await first()
  await it.handle(supervisor, 'ASK', { people: [signer] })
  const task = await it.task({ kind: 'ANSWER' })
  await barredFrom(it, colleague, 'RECALL', ['CONDITION_UNMET'])
  await it.handle(supervisor, 'RECALL')
  await barredFrom(it, signer, 'RESPOND', ['TASK_SUPERSEDED'], {}, task)
  await it.handle(supervisor, 'ASK', { people: [signer] })
  const again = await it.task({ kind: 'ANSWER' })
  await it.handle(signer, 'RESPOND', {}, again)
  await barredFrom(it, signer, 'RESPOND', ['TASK_SUPERSEDED'], {}, again)
})

test('somebody removes a signer whom another added', async () => {
  const it = await withSigners('BEFORE', signer)
  for (const login of [colleague, signer, 'technician-1']) await barredFrom(it, login, 'REMOVE_SIGNER', ['NOT_AUTHORISED'], { people: [signer] })
})

test('one who added a voice removes the voice that another added', async () => {
  const it = await voting()
  await it.handle(supervisor, 'ADD_SIGNER', { people: [signer], position: 'PARALLEL' }, { of: supervisor })
  await it.handle(colleague, 'ADD_SIGNER', { people: [other], position: 'PARALLEL' }, { of: colleague })
  await barredFrom(it, colleague, 'REMOVE_SIGNER', ['NOT_AUTHORISED'], { people: [signer] }, { of: colleague })
})

test('one removes a voice that was drawn, or one that has voted', async () => {
  const it = await voting()
  await it.handle(supervisor, 'ADD_SIGNER', { people: [signer, other], position: 'PARALLEL' }, { of: supervisor })
  await barredFrom(it, supervisor, 'REMOVE_SIGNER', ['CONDITION_UNMET'], { people: [colleague] }, { of: supervisor })
  await it.act(signer, 'APPROVE')
  await barredFrom(it, supervisor, 'REMOVE_SIGNER', ['CONDITION_UNMET'], { people: [signer] }, { of: supervisor })
})

test('an owner of the process who applied himself removes a signer', async () => {
  const it = await chainAt(house, chain, 'first', { applicant: manager })
  await it.handle(supervisor, 'ADD_SIGNER', { people: [signer] })
  await barredFrom(it, manager, 'REMOVE_SIGNER', ['NOT_AUTHORISED'], { people: [signer] })
})

test('the content is changed after a decision that waits for a signer: the signature carries no decision on the new one', async () => {
  const it = await withSigners('AFTER', signer)
  expect(await it.act(supervisor, 'APPROVE')).toBe('first')
  await it.act('technician-1', 'AMEND', { request: { subject: '练习', amount: '99999' } })
  await it.handle(signer, 'RESPOND', { approves: true }, { kind: 'SIGN' })
  expect(await it.state()).toBe('first')
  await barred(it, signer, 'APPROVE', ['NOT_AUTHORISED'])
  expect(await it.act(supervisor, 'APPROVE')).toBe('second')
})

test('one decides again, or another does, while the signers after are awaited', async () => {
  const it = await withSigners('AFTER', signer)
  await it.act(supervisor, 'APPROVE')
  for (const login of [supervisor, colleague]) await barred(it, login, 'APPROVE', ['TASK_SUSPENDED'])
})
