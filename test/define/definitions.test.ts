import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { getShortestPaths } from '@xstate/graph'
import { changedUnderTheSameVersion, generated } from '../../src/cli/generated.js'
import {
  type Authority,
  anyOf,
  approver,
  defineProcess,
  faultsOf,
  fingerprintOf,
  isFinal,
  machineOf,
  memberOf,
  quorum,
  type Role,
  role,
  undecidable,
} from '../../src/define/index.js'
import { loadProcesses } from '../../src/registry.js'
import { doNotCompile, end, sound, waiting } from './do-not-compile.js'

const processes = await loadProcesses()

describe.each([...processes.current.keys()])('%s', (id) => {
  const { definition, machine } = processes.current.get(id)!
  test('is sound as a graph', () => expect(faultsOf(definition)).toEqual([]))
  test('compiles to a machine in which nobody without a role gets anywhere', () => {
    const nobody = { kind: 'employee', employeeId: 'x', personId: 'x', roles: [], departmentIds: [], limits: {} } as const
    const facts = {
      data: {},
      at: '2026-01-01T00:00:00Z',
      today: '2026-01-01',
      customerId: null,
      round: 1,
      decisions: [],
      children: [],
      parent: null,
      openCases: {},
      settings: {},
      before: {},
      committedBefore: [],
      named: {},
      ballot: null,
      returned: null,
      contentDigest: '',
      claimed: false,
    }
    const parties = {
      applicantPersonId: 'somebody else',
      decisions: [],
      parentDecisions: [],
      departmentsIn: () => [],
      personsIn: () => [],
      editors: [],
      voices: [],
      voted: [],
      raised: [],
      raisedFrom: [],
    }
    const events = [...new Set(machine.events)].filter((type) => !type.startsWith('xstate.')).map((type) => ({ type, actor: nobody }))
    const paths = getShortestPaths(machine as never, { input: { facts, parties }, events } as never)
    expect(paths.map(({ state }) => (state as { value: unknown }).value)).toEqual([definition.initial])
  })
  test('every final state has an outcome and no task', () => {
    for (const step of Object.values(definition.states).filter((step) => isFinal(step as never))) expect(step).not.toHaveProperty('assignee')
  })
})

test('what is printed from the definitions is fresh', () => {
  for (const [file, fresh] of generated(processes)) expect({ file, text: readFileSync(file, 'utf8') }).toEqual({ file, text: fresh })
})
test('no definition changed under the same version', () => expect(changedUnderTheSameVersion(processes)).toEqual([]))

describe('an unsound definition is found', () => {
  const faults = (states: any, extra: object = {}) => faultsOf(defineProcess({ ...sound, ...extra, states } as never))
  const seat = { label: ['席', 'Seat'], by: role('FINANCE') }
  const voting = (extra: object) => ({
    draft: { ...waiting, on: { SUBMIT: { target: 'voting' } } },
    voting: {
      type: 'countersign',
      label: ['会签', 'Voting'],
      sign: 'APPROVE',
      form: 'slip',
      against: { event: 'REJECT', form: 'slip', target: 'done' },
      onDone: 'done',
      ...extra,
    },
    done: end,
  })
  test.each<[string, any, object, RegExp]>([
    [
      'a state that nothing leads to',
      { draft: { ...waiting, on: { SUBMIT: { target: 'done' } } }, lost: { ...waiting, on: { SUBMIT: { target: 'done' } } }, done: end },
      {},
      /lost cannot be reached/,
    ],
    [
      'a state without an end',
      { draft: { ...waiting, on: { SUBMIT: { target: 'loop' } } }, loop: { ...waiting, on: { SUBMIT: {} } }, done: end },
      {},
      /loop cannot reach an end/,
    ],
    [
      'a branch behind an unguarded one',
      { draft: { ...waiting, on: { SUBMIT: [{ target: 'done' }, { target: 'other' }] } }, done: end, other: end },
      {},
      /branch without a guard/,
    ],
    ['an event without words', { draft: { ...waiting, on: { FROBNICATE: { target: 'done' } } }, done: end }, {}, /FROBNICATE has no label/],
    [
      'English where Chinese belongs',
      { draft: { ...waiting, label: ['等待', '等待'], on: { SUBMIT: { target: 'done' } } }, done: end },
      {},
      /not labelled in Chinese and English/,
    ],
    [
      'separation from a state that is not there',
      { draft: { ...waiting, on: { SUBMIT: { target: 'done', by: approver('FINANCE', { distinctFrom: ['nowhere'] }) } } }, done: end },
      {},
      /distinct from nowhere/,
    ],
    [
      'a department that no form names',
      { draft: { ...waiting, on: { SUBMIT: { target: 'done', by: anyOf(memberOf('RESPONSIBLE_DEPT', 'slip.content')) } } }, done: end },
      {},
      /names no department/,
    ],
    [
      'an authority that names nobody, written past the compiler',
      { draft: { ...waiting, on: { SUBMIT: { target: 'done', by: anyOf() } } }, done: end },
      {},
      /names nobody who may/,
    ],
    [
      'a withdrawal to nowhere',
      { draft: { ...waiting, on: { SUBMIT: { target: 'done' } } }, done: end },
      { withdrawal: { from: ['draft'], to: 'limbo', until: 'END', form: 'slip' } },
      /names the state limbo/,
    ],
    ['a batch of nothing', { draft: { ...waiting, on: { SUBMIT: { target: 'done' } } }, done: end }, { batch: ['APPROVE'] }, /APPROVE be decided in batches/],
    ['a countersign without a voice', voting({}), {}, /either named seats or drawn voices/],
    ['votes that only count one way', voting({ seats: { A: seat, B: seat }, mode: quorum(1), against: undefined }), {}, /no way to reject/],
    ['a quorum above the seats', voting({ seats: { A: seat }, mode: quorum(2) }), {}, /more approvals than it has seats/],
    ['a state name that is not camelCase', { draft: { ...waiting, on: { SUBMIT: { target: 'Done' } } }, Done: end }, {}, /Done is not camelCase/],
  ])('%s', (_, states, extra, fault) => expect(faults(states, extra).join('\n')).toMatch(fault))
})

describe('a state that nobody could decide', () => {
  const chain = (by: Authority, extra: object = {}) =>
    defineProcess({
      ...sound,
      startedBy: role('RELATIONS_SPECIALIST'),
      states: {
        draft: { ...waiting, on: { SUBMIT: { target: 'first' } } },
        first: { label: ['一审', 'First'], assignee: approver('GIFT_CUSTODIAN'), on: { APPROVE: { target: 'second' } } },
        second: { label: ['二审', 'Second'], assignee: by, on: { APPROVE: { target: 'done' } }, ...extra },
        done: end,
      },
    } as never)
  const staff = (...people: [string, ...Role[]][]) => people.map(([personId, ...roles]) => ({ personId, roles }))
  const small = staff(['one', 'RELATIONS_SPECIALIST'], ['two', 'GIFT_CUSTODIAN'])
  test('nobody holds the role', () => {
    expect(undecidable(chain(approver('OFFICE_DIRECTOR')), small)).toEqual(['sound: nobody could decide second'])
    expect(undecidable(chain(approver('OFFICE_DIRECTOR')), [...small, ...staff(['three', 'OFFICE_DIRECTOR'])])).toEqual([])
  })
  test('separation of duties leaves nobody', () => {
    const again = approver('GIFT_CUSTODIAN', { distinctFrom: ['first'] })
    expect(undecidable(chain(again), small)).toEqual(['sound: nobody could decide second'])
    expect(undecidable(chain(again), [...small, ...staff(['three', 'GIFT_CUSTODIAN'])])).toEqual([])
  })
  test('the only approver is the only applicant', () => {
    const both = staff(['one', 'RELATIONS_SPECIALIST', 'OFFICE_DIRECTOR'], ['two', 'GIFT_CUSTODIAN'])
    expect(undecidable(chain(approver('OFFICE_DIRECTOR')), both)).toEqual(['sound: nobody could decide second'])
  })
  test('who stands above counts', () => {
    expect(undecidable(chain(approver('OFFICE_DIRECTOR')), [...small, ...staff(['three', 'GENERAL_MANAGER'])])).toEqual([])
  })
})

test('a changed arrow, authority, word or form changes the fingerprint', () => {
  const base = defineProcess({ ...sound, states: { draft: { ...waiting, on: { SUBMIT: { target: 'done' } } }, done: end } })
  const variants = [
    defineProcess({ ...sound, states: { draft: { ...waiting, on: { CANCEL: { target: 'done' } } }, done: end } }),
    defineProcess({ ...sound, states: { draft: { ...waiting, assignee: role('FINANCE'), on: { SUBMIT: { target: 'done' } } }, done: end } }),
    defineProcess({ ...sound, states: { draft: { ...waiting, label: ['候', 'Waiting'], on: { SUBMIT: { target: 'done' } } }, done: end } }),
    defineProcess({ ...sound, states: { draft: { ...waiting, on: { SUBMIT: { target: 'done', revises: 'slip' } } }, done: end } }),
  ]
  const prints = [base, ...variants].map(fingerprintOf)
  expect(new Set(prints).size).toBe(prints.length)
  expect(fingerprintOf({ ...base })).toBe(prints[0])
})

test('the holes that the compiler closes are closed', () => expect(doNotCompile).toHaveLength(5))
test('a machine is a real XState machine', () => {
  const machine = machineOf(defineProcess({ ...sound, states: { draft: { ...waiting, on: { SUBMIT: { target: 'done' } } }, done: end } }))
  expect(Object.keys(machine.states)).toEqual(['draft', 'done'])
})
