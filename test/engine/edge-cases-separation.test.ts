import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { approver, everybody, quorum } from '../../src/define/index.js'
import { employeeId, personId } from '../../src/organisation/ids.js'
import { actorsOf } from '../../src/persistence/actors.js'
import { findTasks } from '../../src/persistence/queries/task-queries.js'
import { atOnce, decide } from '../support/acts.js'
import { actionsOf, applicant, candidatesOf, handedIn, team } from '../support/edges.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { chainOf, countersignOf } from '../support/practice.js'

const apart = { distinctFrom: ['voting'] }
let house: House
let voters: string[]
beforeAll(async () => {
  house = await openHouse([
    chainOf('sep-chain'),
    countersignOf('sep-below', everybody, { seats: { ONE: approver('RECEPTION_SPECIALIST') } }),
    countersignOf('sep-alone', everybody, { seats: { ONE: approver('KEY_ACCOUNT_SERVICE_TEAM') } }),
    countersignOf('sep-drawn', everybody, { voters: { everyone: 'KEY_ACCOUNT_SERVICE_TEAM' } }),
    countersignOf('sep-parallel', everybody, { seats: { LEGAL: approver('AUDITOR', apart), FINANCE: approver('FINANCE', apart) } }),
    countersignOf('sep-votes', everybody, { voters: { everyone: 'PROPOSAL_SPECIALIST' } }),
    countersignOf('sep-quorum', quorum(2), { voters: { everyone: 'PROPOSAL_SPECIALIST' } }),
  ])
  voters = await team(house, 'voter', 'PROPOSAL_SPECIALIST', 3)
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
})
afterAll(() => house.close())

const supervisor = 'relations-supervisor-1'
const manager = 'cs-manager-1'
const atSecond = async (first = supervisor): Promise<DrivenCase> => {
  const it = await handedIn(house, 'sep-chain')
  await it.act(first, 'APPROVE')
  return it
}
/** The tasks that nobody may do, as the owner of the process sees them. */
async function unassignable(owner: string): Promise<string[]> {
  const viewer = (await actorsOf(house.pool, [employeeId(owner)])).get(employeeId(owner))!
  const { items } = await findTasks(house.pool, house.processes, { ...viewer, limits: {} }, { status: 'UNASSIGNABLE' }, { first: 100 })
  return items.map(({ id }) => id)
}

test('edge-06: the applicant alone holds the role: the next above decides, the applicant never', async () => {
  const alone = await house.hire('alone-1', ['RECEPTION_SPECIALIST'])
  const it = await handedIn(house, 'sep-below', {}, alone)
  expect(await candidatesOf(it)).toEqual(['relations-supervisor-1', 'relations-supervisor-2'])
  expect(await it.refused(alone, 'APPROVE', {}, { seat: 'ONE' })).toEqual(['SOD_CONFLICT'])
  expect(await it.refused(manager, 'APPROVE', {}, { seat: 'ONE' })).toEqual(['NOT_AUTHORISED'])
  expect(await it.act(supervisor, 'APPROVE', {}, { seat: 'ONE' })).toBe('passed')
  expect((await it.record()).decisions.at(-1)).toMatchObject({ role: 'RELATIONS_SUPERVISOR', personId: personId(supervisor) })
})

test.each([
  ['sep-alone', 'ONE'],
  ['sep-drawn', undefined],
])('edge-06: %s: nobody stands above: the task waits in the queue of the owner and is not passed by anybody', async (process, seat) => {
  const alone = await house.hire('sole-1', ['KEY_ACCOUNT_SERVICE_TEAM'])
  const it = await handedIn(house, process, {}, alone)
  const task = await it.task()
  expect(await candidatesOf(it)).toEqual([])
  expect(await unassignable(manager)).toContain(task)
  const how = seat === undefined ? {} : { seat }
  expect(await it.refused(alone, 'APPROVE', {}, how)).toEqual(['SOD_CONFLICT'])
  expect(await it.refused(manager, 'APPROVE', {}, how)).toEqual(['NOT_AUTHORISED'])
  expect(await it.refused('general-manager-1', 'APPROVE', {}, how)).toEqual(['NOT_FOUND'])
  const colleague = await house.hire('sole-2', ['KEY_ACCOUNT_SERVICE_TEAM'])
  expect(await unassignable(manager)).not.toContain(task)
  expect(await it.act(colleague, 'APPROVE', {}, how)).toBe('passed')
  await house.dismiss(colleague, 'KEY_ACCOUNT_SERVICE_TEAM')
})

test('edge-07: an applicant who becomes the proxy of his approver decides nothing of his own', async () => {
  const it = await handedIn(house, 'sep-chain')
  await house.proxy(supervisor, applicant)
  expect(await it.refused(applicant, 'APPROVE', {}, { onBehalfOf: supervisor })).toEqual(['SOD_CONFLICT'])
  const other = await handedIn(house, 'sep-chain', {}, 'technician-2')
  expect(await other.act(applicant, 'APPROVE', {}, { onBehalfOf: supervisor })).toBe('second')
  expect((await other.record()).decisions.at(-1)).toMatchObject({ personId: personId(applicant), principalId: personId(supervisor) })
})

test('edge-07: nor does an approver who acts as the proxy of somebody for whom the applicant is', async () => {
  const it = await handedIn(house, 'sep-chain', {}, 'relations-supervisor-2')
  await house.proxy('relations-supervisor-2', 'cs-manager-2')
  expect(await it.refused('cs-manager-2', 'APPROVE', {}, { onBehalfOf: 'relations-supervisor-2' })).toEqual(['SOD_CONFLICT'])
  expect(await it.act(supervisor, 'APPROVE')).toBe('second')
})

test('edge-08: the second step is not transferred to whoever took the first', async () => {
  const both = await house.hire('both-1', ['RELATIONS_SUPERVISOR', 'CS_MANAGER'])
  const it = await atSecond(both)
  expect(await it.handleRefused(manager, 'TRANSFER', { people: [both] })).toEqual(['SOD_CONFLICT'])
  expect(await it.handleRefused('cs-manager-2', 'REASSIGN', { people: [both] })).toEqual(['SOD_CONFLICT'])
  expect(await it.refused(both, 'APPROVE')).toEqual(['SOD_CONFLICT'])
  await it.handle(manager, 'TRANSFER', { people: ['cs-manager-3'] })
  expect(await it.refused(manager, 'APPROVE')).toContain('NOT_AUTHORISED')
  expect(await it.act('cs-manager-3', 'APPROVE')).toBe('paying')
})

test('edge-08: nor does he take it as a proxy, or by another account', async () => {
  const first = await house.hire('first-1', ['RELATIONS_SUPERVISOR'])
  const second = await house.hire('first-1-again', ['CS_MANAGER'], { person: first })
  const it = await atSecond(first)
  await house.proxy('cs-manager-3', first)
  expect(await it.refused(first, 'APPROVE', {}, { onBehalfOf: 'cs-manager-3' })).toEqual(['SOD_CONFLICT'])
  expect(await it.refused(second, 'APPROVE')).toEqual(['SOD_CONFLICT'])
  expect(await it.handleRefused(manager, 'TRANSFER', { people: [second] })).toEqual(['SOD_CONFLICT'])
})

test('edge-09: two parallel steps by the same person: the second is refused, in either order and at once', async () => {
  const both = await house.hire('legal-and-finance', ['AUDITOR', 'FINANCE'])
  for (const [one, other] of [
    ['LEGAL', 'FINANCE'],
    ['FINANCE', 'LEGAL'],
  ] as const) {
    const it = await handedIn(house, 'sep-parallel')
    await it.act(both, 'APPROVE', {}, { seat: one })
    expect(await it.refused(both, 'APPROVE', {}, { seat: other })).toEqual(['SOD_CONFLICT'])
    expect(await it.act(other === 'FINANCE' ? 'finance-1' : 'auditor-1', 'APPROVE', {}, { seat: other })).toBe('passed')
  }
  const it = await handedIn(house, 'sep-parallel')
  const outcomes = await atOnce((['LEGAL', 'FINANCE'] as const).map((seat) => decide(it, both, 'APPROVE', { seat })))
  expect(outcomes.sort()).toEqual(['SOD_CONFLICT', 'done'])
  expect(await it.state()).toBe('voting')
})

test('edge-25: nobody who has a voice is added as a signer, and the applicant is not either', async () => {
  const it = await handedIn(house, 'sep-votes')
  const mine = { seat: personId(voters[0]!) }
  await house.hire('voter-2-again', [], { person: voters[1]! })
  for (const position of ['BEFORE', 'AFTER', 'PARALLEL'] as const) {
    for (const signer of [voters[0]!, voters[1]!, 'voter-2-again'])
      expect([position, signer, await it.handleRefused(voters[0]!, 'ADD_SIGNER', { people: [signer], position }, mine)]).toEqual([
        position,
        signer,
        ['CONDITION_UNMET'],
      ])
    expect(await it.handleRefused(voters[0]!, 'ADD_SIGNER', { people: [applicant], position }, mine)).toEqual(['SOD_CONFLICT'])
  }
  await it.act(voters[2]!, 'APPROVE')
  expect(await it.handleRefused(voters[0]!, 'ADD_SIGNER', { people: [voters[2]!], position: 'PARALLEL' }, mine)).toEqual(['CONDITION_UNMET'])
})

test('edge-25: two accounts of one person are not two signers', async () => {
  await house.hire('signer-1', [])
  await house.hire('signer-1-again', [], { person: 'signer-1' })
  const it = await handedIn(house, 'sep-votes')
  for (const position of ['BEFORE', 'AFTER', 'PARALLEL'] as const)
    expect([
      position,
      await it.handleRefused(voters[0]!, 'ADD_SIGNER', { people: ['signer-1', 'signer-1-again'], position }, { seat: personId(voters[0]!) }),
    ]).toEqual([position, ['CONDITION_UNMET']])
})

test('edge-25: whom separation of duties shuts out of the step is not added to it', async () => {
  const it = await atSecond()
  for (const position of ['BEFORE', 'AFTER'] as const)
    expect(await it.handleRefused(manager, 'ADD_SIGNER', { people: [supervisor], position })).toEqual(['SOD_CONFLICT'])
})

test('edge-26: both signers before are removed: the task is the adder’s again', async () => {
  const it = await atSecond()
  await it.handle(manager, 'ADD_SIGNER', { people: ['finance-1', 'finance-2'], position: 'BEFORE' })
  expect(await it.refused(manager, 'APPROVE')).toEqual(['TASK_SUSPENDED'])
  const [deciding] = (await it.tasks()).filter(({ status }) => status === 'SUSPENDED')
  await it.handle(manager, 'REMOVE_SIGNER', { people: ['finance-1'] }, deciding!.id)
  expect(await it.refused(manager, 'APPROVE')).toEqual(['TASK_SUSPENDED'])
  expect(await it.handleRefused('finance-3', 'REMOVE_SIGNER', { people: ['finance-2'] }, deciding!.id)).toEqual(['NOT_AUTHORISED'])
  await it.handle(manager, 'REMOVE_SIGNER', { people: ['finance-2'] }, deciding!.id)
  expect((await it.tasks()).filter(({ status }) => status === 'OPEN' || status === 'SUSPENDED')).toMatchObject([{ id: deciding!.id, status: 'OPEN' }])
  expect(await it.act(manager, 'APPROVE')).toBe('paying')
})

test('edge-26: the only signer after is removed: nothing passes by emptiness, the adder decides anew', async () => {
  const it = await atSecond()
  await it.handle(manager, 'ADD_SIGNER', { people: ['finance-1'], position: 'AFTER' })
  expect(await it.act(manager, 'APPROVE')).toBe('second')
  await it.handle(manager, 'REMOVE_SIGNER', { people: ['finance-1'] })
  expect(await it.state()).toBe('second')
  expect(await it.tasks()).toMatchObject([{ state: 'draft' }, { state: 'first' }, { status: 'OPEN' }, { kind: 'SIGN', status: 'SUPERSEDED' }])
  expect(await it.act(manager, 'APPROVE')).toBe('paying')
})

test('edge-26: of two signers after one has signed and the other is removed: the decision takes effect at once', async () => {
  const it = await atSecond()
  await it.handle(manager, 'ADD_SIGNER', { people: ['finance-1', 'finance-2'], position: 'AFTER' })
  await it.act(manager, 'APPROVE')
  await it.handle('finance-1', 'RESPOND', { approves: true }, { kind: 'SIGN', of: 'finance-1' })
  expect(await it.state()).toBe('second')
  await it.handle(manager, 'REMOVE_SIGNER', { people: ['finance-2'] }, { kind: 'DECIDE' })
  expect(await it.state()).toBe('paying')
  expect((await it.history()).at(-1)).toMatchObject({ action: 'APPROVE', actor: employeeId(manager) })
})

test('edge-26: the added voice is removed: the votes of the rest decide at once, or the node waits for its own voters', async () => {
  const it = await handedIn(house, 'sep-votes')
  const mine = { seat: personId(voters[0]!) }
  await it.handle(voters[0]!, 'ADD_SIGNER', { people: ['finance-1'], position: 'PARALLEL' }, mine)
  await it.handle(voters[0]!, 'REMOVE_SIGNER', { people: ['finance-1'] }, mine)
  expect(await it.state()).toBe('voting')
  expect(await it.refused('finance-1', 'APPROVE')).toEqual(['NOT_AUTHORISED'])
  await it.handle(voters[0]!, 'ADD_SIGNER', { people: ['finance-2'], position: 'PARALLEL' }, mine)
  for (const login of voters) expect(await it.act(login, 'APPROVE')).toBe('voting')
  await it.handle(voters[0]!, 'REMOVE_SIGNER', { people: ['finance-2'] }, { seat: personId('finance-2') })
  expect(await it.state()).toBe('passed')
  expect((await actionsOf(it)).at(-1)).toBe('COUNT')
})

test('edge-26: a quorum that the added voice would have helped to reach fails without it', async () => {
  const it = await handedIn(house, 'sep-quorum')
  await it.handle(voters[0]!, 'ADD_SIGNER', { people: ['finance-1'], position: 'PARALLEL' }, { seat: personId(voters[0]!) })
  await it.act(voters[0]!, 'APPROVE')
  for (const login of voters.slice(1)) expect(await it.act(login, 'REJECT', { reason: { reason: '不同意' } })).toBe('voting')
  await it.handle(manager, 'REMOVE_SIGNER', { people: ['finance-1'] })
  expect(await it.state()).toBe('failed')
})
