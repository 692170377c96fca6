import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type AnyProcess, type AnyStep, applicant, approver, arrowsFrom, everybody, faultsOf, judge, machineOf, noCaseYet } from '../../src/define/index.js'
import { doorOf } from '../../src/engine/door.js'
import { collect, load, type Processes } from '../../src/engine/processes.js'
import { employeeId } from '../../src/organisation/ids.js'
import { actorsOf } from '../../src/persistence/actors.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { findCases } from '../../src/persistence/queries/case-queries.js'
import { findInbox } from '../../src/persistence/queries/task-queries.js'
import { handedIn } from '../support/edges.js'
import { DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { testKeys } from '../support/keys.js'
import { chainOf, countersignOf } from '../support/practice.js'

const first = chainOf('pinned-chain')
/** The next version goes from the draft straight to the end: there is no `first` any more, and nobody who stood there. */
const second: AnyProcess = {
  ...(first as AnyProcess),
  version: 2,
  withdrawal: { from: ['third'], to: 'draft', until: 'END', form: 'reason' },
  states: {
    draft: { label: ['起草', 'Draft'], assignee: applicant, on: { SUBMIT: { target: 'third', revises: 'request' } } },
    third: { label: ['三审', 'Third'], assignee: approver('GENERAL_MANAGER'), on: { APPROVE: { target: 'passed', form: 'opinion' } } },
    passed: { type: 'final', label: ['通过', 'Passed'], outcome: 'completed' },
  },
}
let house: House
beforeAll(async () => {
  house = await openHouse([first, countersignOf('timed', everybody, { seats: { ONE: approver('FINANCE') } })])
})
afterAll(async () => {
  expect(await faultsIn(house.pool, with2().processes)).toEqual([])
  expect(house.reported).toEqual([])
})
afterAll(() => house.close())

/** The same house behind a server that knows these definitions. */
function serving(processes: Processes): House {
  const report = (error: unknown) => void house.reported.push(error)
  const door = doorOf({ store: commandStoreOf(house.pool, processes, testKeys), processes, report })
  const server: House = {
    ...house,
    processes,
    door,
    async open(login, process, form) {
      const { caseId } = await door.open({ actorId: employeeId(login), idempotencyKey: randomUUID(), requestId: 'test', process, form })
      return new DrivenCase(server, caseId, process)
    },
  }
  return server
}
const loaded = (definition: AnyProcess) => load(definition, machineOf(definition))
const without1 = () => [...house.processes.current.values()].filter(({ definition }) => definition.id !== first.id)
const with2 = () => serving(collect([...house.processes.current.values(), loaded(second)]))
const only2 = () => serving(collect([...without1(), loaded(second)]))
const viewerOf = async (login: string) => ({ ...(await actorsOf(house.pool, [employeeId(login)])).get(employeeId(login))!, limits: {} })
const casesSeen = async (server: House, login: string) =>
  (await findCases(house.pool, server.processes, await viewerOf(login), { processes: [first.id] }, { first: 100 })).items.map(({ id }) => id)

test('edge-29: a case of version 1 goes on under version 1 in a state that version 2 does not have', async () => {
  const old = await handedIn(house, first.id)
  const it = new DrivenCase(with2(), old.id, first.id)
  expect(await it.refused('cs-manager-1', 'APPROVE')).toEqual(['NOT_AUTHORISED'])
  expect(await it.act('relations-supervisor-1', 'APPROVE')).toBe('second')
  expect(await it.act('cs-manager-1', 'APPROVE')).toBe('paying')
  expect(await it.record()).toMatchObject({ definitionVersion: 1, definitionHash: loaded(first).fingerprint })
})

test('edge-29: a case opened now is of version 2, and each version keeps to its own states', async () => {
  const server = with2()
  const it = await handedIn(server, first.id)
  expect(await it.record()).toMatchObject({ state: 'third', definitionVersion: 2 })
  expect(await it.act('general-manager-1', 'APPROVE')).toBe('passed')
})

test('edge-29: nobody loses sight of a case of version 1', async () => {
  const old = await handedIn(house, first.id)
  const server = with2()
  for (const login of ['technician-1', 'relations-supervisor-1', 'cs-manager-1', 'finance-1', 'auditor-1'])
    expect([login, (await casesSeen(server, login)).includes(old.id)]).toEqual([login, true])
  expect(await casesSeen(server, 'info-specialist-1')).toEqual([])
  const inbox = await findInbox(house.pool, await viewerOf('relations-supervisor-1'), { first: 100 })
  expect(inbox.items.map(({ id }) => id)).toContain(await old.task())
})

test('edge-29: a server that does not know version 1 leaves its cases alone, and says why', async () => {
  const old = await handedIn(house, first.id)
  const it = new DrivenCase(only2(), old.id, first.id)
  expect(await it.refused('relations-supervisor-1', 'APPROVE')).toEqual(['PROCESS_UNAVAILABLE'])
  expect(await old.act('relations-supervisor-1', 'APPROVE')).toBe('second')
})

test('edge-29: a version whose content is another than the case was opened under is not that version', async () => {
  const old = await handedIn(house, first.id)
  const changed = { ...second, version: 1 }
  const it = new DrivenCase(serving(collect([...without1(), loaded(changed)])), old.id, first.id)
  expect(await it.refused('relations-supervisor-1', 'APPROVE')).toEqual(['PROCESS_UNAVAILABLE'])
  expect(() => collect([loaded(first), loaded(changed)])).toThrow('two definitions of pinned-chain version 1')
})

test('edge-35: the clock passes no approval: a definition that lets it is at fault', () => {
  const { definition } = house.processes.current.get('timed')!
  const late = (term: object): AnyProcess => {
    const voting = { ...definition.states['voting']!, after: { LATE: { label: ['到期', 'Late'], due: { days: 3 }, ...term } } } as AnyStep
    return { ...definition, states: { ...definition.states, voting } }
  }
  expect(faultsOf(late({}))).toEqual([])
  expect(faultsOf(late({ target: 'failed' }))).toEqual([])
  expect(faultsOf(late({ target: 'draft', startsRound: true }))).toEqual([])
  expect(faultsOf(late({ target: 'passed' }))).toEqual(['timed: voting LATE: the clock leads on to passed, past an approval'])
})

test('edge-35: nobody acts as the clock, no service account either', async () => {
  const label = ['到期', 'Late'] as const
  const { by } = arrowsFrom({ ...first, after: { LATE: { label, due: { days: 3 } } } }, 'first').find(({ action }) => action === 'LATE')!
  const [service] = (await actorsOf(house.pool, [employeeId('payment-run')])).values()
  const allowed = (actor: object) => judge(by, { ...service!, limits: {}, ...actor }, noCaseYet('')).allowed
  expect([allowed({}), allowed({ kind: 'employee' }), allowed({ isClock: true })]).toEqual([false, false, true])
})
