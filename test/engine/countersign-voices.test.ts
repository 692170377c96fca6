import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { everybody, inOrder } from '../../src/define/index.js'
import { employeeId, personId } from '../../src/organisation/ids.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { chainOf, countersignOf } from '../support/practice.js'

// A voice is one human being's, and somebody always has the word.

let house: House
const voters = { voters: { everyone: 'FILM_DIRECTOR' } } as const
beforeAll(async () => {
  house = await openHouse([countersignOf('voices-all', everybody, voters), countersignOf('voices-in-order', inOrder, voters), chainOf('voices-chain')])
  await house.dismiss('film-director-1', 'FILM_DIRECTOR')
  for (const login of ['voice-1', 'voice-2']) await house.hire(login, ['FILM_DIRECTOR'])
})
afterAll(() => house.close())
afterEach(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
})

const opinion = { opinion: {} }
const voting = async (process = 'voices-all'): Promise<DrivenCase> => {
  const it = await house.open('technician-1', process, { subject: '会签' })
  await it.act('technician-1', 'SUBMIT')
  return it
}
const roleOfLast = async (it: DrivenCase) =>
  (await house.pool.query('select role_used from audit_entry where stream = $1 order by sequence desc limit 1', [`case:${it.id}`])).rows[0].role_used

test('whoever has voted does not vote again in the place of another', async () => {
  const it = await voting()
  const grant = await house.proxy('voice-2', 'voice-1')
  await it.act('voice-1', 'APPROVE', opinion)
  expect(await it.refused('voice-1', 'APPROVE', opinion, { onBehalfOf: 'voice-2' })).toEqual(['SOD_CONFLICT'])
  expect(await it.act('voice-2', 'APPROVE', opinion)).toBe('passed')
  await house.administer('voice-2', { action: 'REVOKE_PROXY', employeeId: employeeId('voice-2'), grantId: grant })
})

test('a drawn voice needs its role, an added one needs none and votes as an employee', async () => {
  const it = await voting()
  await it.handle('voice-1', 'ADD_SIGNER', { people: ['quality-1'], position: 'PARALLEL' }, { of: 'voice-1' })
  await house.dismiss('voice-2', 'FILM_DIRECTOR')
  expect(await it.refused('voice-2', 'APPROVE', opinion)).toEqual(['NOT_AUTHORISED'])
  expect(await it.act('quality-1', 'APPROVE', opinion)).toBe('voting')
  expect(await roleOfLast(it)).toBe('EMPLOYEE')
  await house.hire('voice-2', ['FILM_DIRECTOR'])
  await it.act('voice-2', 'APPROVE', opinion)
  expect(await it.act('voice-1', 'APPROVE', opinion)).toBe('passed')
})

test('where all abstain and the owner abstains as well, the next owner decides', async () => {
  const it = await voting()
  for (const login of ['voice-1', 'voice-2', 'cs-manager-1']) expect(await it.act(login, 'ABSTAIN', opinion)).toBe('voting')
  expect(await roleOfLast(it)).toBe('CS_MANAGER')
  expect(await it.refused('cs-manager-1', 'APPROVE', opinion)).toEqual(['SOD_CONFLICT'])
  expect(await it.act('cs-manager-2', 'APPROVE', opinion)).toBe('passed')
})

test('nobody is left when an added signer is removed: the owner decides', async () => {
  const it = await voting()
  await it.handle('voice-1', 'ADD_SIGNER', { people: ['quality-1'], position: 'PARALLEL' }, { of: 'voice-1' })
  const added = await it.task({ seat: personId('quality-1') })
  for (const login of ['voice-1', 'voice-2']) await it.act(login, 'ABSTAIN', opinion)
  await it.handle('voice-1', 'REMOVE_SIGNER', { people: ['quality-1'] }, added)
  expect(await it.act('cs-manager-2', 'APPROVE', opinion)).toBe('passed')
})

test('in order the next has the word when an added signer is removed', async () => {
  const it = await voting('voices-in-order')
  await it.act('voice-1', 'APPROVE', opinion)
  await it.handle('voice-2', 'ADD_SIGNER', { people: ['quality-1', 'quality-2'], position: 'PARALLEL' })
  await it.act('voice-2', 'APPROVE', opinion)
  await it.handle('voice-2', 'REMOVE_SIGNER', { people: ['quality-1'] })
  expect(await it.act('quality-2', 'APPROVE', opinion)).toBe('passed')
})

test('a removed signer leaves no question behind', async () => {
  const it = await voting()
  await it.handle('voice-1', 'ADD_SIGNER', { people: ['quality-1'], position: 'PARALLEL' }, { of: 'voice-1' })
  const added = await it.task({ of: 'quality-1' })
  await it.handle('quality-1', 'ASK', {}, added)
  await it.handle('voice-1', 'REMOVE_SIGNER', { people: ['quality-1'] }, added)
  expect((await it.tasks()).filter(({ kind, status }) => kind === 'ANSWER' && status === 'OPEN')).toEqual([])
})

test('whoever gave a voice away is no signer beside it', async () => {
  const it = await voting()
  await house.hire('voice-3', ['FILM_DIRECTOR'])
  const task = await it.task({ of: 'voice-1' })
  await it.handle('voice-1', 'TRANSFER', { people: ['voice-3'] }, task)
  expect(await it.handleRefused('voice-3', 'ADD_SIGNER', { people: ['voice-1'], position: 'PARALLEL' }, { of: 'voice-3' })).toEqual(['CONDITION_UNMET'])
  await house.dismiss('voice-3', 'FILM_DIRECTOR')
})

test('a voice handed on while it asks waits for the answer, and is not moved once it has decided', async () => {
  const it = await voting()
  await it.handle('voice-1', 'ASK', {}, { of: 'voice-1' })
  await house.hire('voice-4', ['FILM_DIRECTOR'])
  await it.handle('cs-manager-1', 'REASSIGN', { people: ['voice-4'] }, { of: 'voice-1' })
  expect((await it.tasks()).filter(({ kind, status }) => kind === 'DECIDE' && status === 'SUSPENDED').length).toBe(1)
  await it.handle('voice-2', 'ADD_SIGNER', { people: ['quality-1'], position: 'AFTER' }, { of: 'voice-2' })
  await it.act('voice-2', 'APPROVE', opinion)
  expect(await it.handleRefused('cs-manager-1', 'REASSIGN', { people: ['voice-1'] }, { of: 'voice-2' })).toContain('TASK_SUSPENDED')
  await house.dismiss('voice-4', 'FILM_DIRECTOR')
})

test('a decision that waits for a signer takes effect on what it was about, or not at all', async () => {
  const it = await house.open('technician-1', 'voices-chain', { subject: '申请', amount: '100' })
  await it.act('technician-1', 'SUBMIT')
  await it.handle('relations-supervisor-1', 'ADD_SIGNER', { people: ['quality-1'], position: 'AFTER' })
  expect(await it.act('relations-supervisor-1', 'APPROVE', opinion)).toBe('first')
  await it.act('technician-1', 'AMEND', { request: { subject: '申请', amount: '900000' } })
  // The signature was for what had been decided: whoever decided has to decide anew.
  await it.handle('quality-1', 'RESPOND', { approves: true }, { kind: 'SIGN' })
  expect(await it.state()).toBe('first')
  expect(await it.act('relations-supervisor-1', 'APPROVE', opinion)).toBe('second')
})

test('a question keeps the task waiting, though a signer who was to follow is removed', async () => {
  const it = await house.open('technician-1', 'voices-chain', { subject: '申请', amount: '100' })
  await it.act('technician-1', 'SUBMIT')
  await it.handle('relations-supervisor-1', 'ADD_SIGNER', { people: ['quality-1'], position: 'AFTER' })
  await it.handle('relations-supervisor-1', 'ASK')
  await it.handle('relations-supervisor-1', 'REMOVE_SIGNER', { people: ['quality-1'] })
  expect(await it.refused('relations-supervisor-1', 'APPROVE', opinion)).toEqual(['TASK_SUSPENDED'])
  await it.handle('technician-1', 'RESPOND', {}, { kind: 'ANSWER' })
  expect(await it.act('relations-supervisor-1', 'APPROVE', opinion)).toBe('second')
})
