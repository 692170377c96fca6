import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals'
import { type AnyProcess, defineProcess, role, system } from '../../src/define/index.js'
import { systemAccount } from '../../src/engine/system-account.js'
import { monthsDue, periodsOf } from '../../src/jobs/periods.js'
import { pump } from '../../src/jobs/pump.js'
import { employeeId } from '../../src/organisation/ids.js'
import { figureSources } from '../../src/persistence/queries/period-figures.js'
import { Reason } from '../../workflows/common.js'
import { onTo } from '../support/complaint-road.js'
import * as paper from '../support/complaints.js'
import { people } from '../support/complaints.js'
import { type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'

const houses: House[] = []
let house: House
beforeEach(async () => {
  house = await openHouse()
  houses.push(house)
})
afterEach(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
})
afterAll(() => Promise.all(houses.map((one) => one.close())))

const id = 'complaint-periodic-summary'
const turnAt = (now: string, on: Pick<House, 'pool' | 'door' | 'processes'> = house) =>
  periodsOf({ pool: on.pool, door: on.door, processes: on.processes, figures: figureSources, now: () => now })
/** Turns until there is nothing left to do. */
async function allTurnsAt(now: string): Promise<void> {
  const turn = turnAt(now)
  for (let turns = 0; await turn(); turns++) if (turns > 30) throw new Error('it never ends')
}
const complain = (occurredAt: string, extra: Readonly<Record<string, unknown>> = {}) =>
  house.open(people.handler, 'complaint-handling', paper.registration1(extra), { occurredAt })
const figures = async () => {
  const { rows } = await house.pool.query(
    `select f.content::jsonb as content from service_case c join form_version f on f.case_id = c.id and f.key = 'figures' where c.process = $1 order by c.opened_at`,
    [id],
  )
  return rows.map(({ content }) => content)
}
const periods = async () => (await figures()).map(({ periodFrom, periodTo }) => `${periodFrom}..${periodTo}`)

test('months that ended without a case, the oldest first', () => {
  const due = (today: string, newest: string | null, firstCase: string | null) =>
    monthsDue({ today, newest, firstCase }).map(({ from, to }) => `${from}..${to}`)
  expect(due('2026-11-01', '2026-10-01', null)).toEqual([])
  expect(due('2026-12-01', '2026-10-01', null)).toEqual(['2026-11-01..2026-11-30'])
  expect(due('2027-03-15', '2026-11-01', null)).toEqual(['2026-12-01..2026-12-31', '2027-01-01..2027-01-31', '2027-02-01..2027-02-28'])
  expect(due('2028-03-01', '2028-01-01', null)).toEqual(['2028-02-01..2028-02-29'])
  // A fresh house: the last month alone, and none that ended before there was anything.
  expect(due('2027-01-31', null, '2025-05-05')).toEqual(['2026-12-01..2026-12-31'])
  expect(due('2027-01-31', null, '2026-12-31')).toEqual(['2026-12-01..2026-12-31'])
  expect(due('2027-01-31', null, '2027-01-01')).toEqual([])
  expect(due('2027-01-31', null, null)).toEqual([])
})

test('a month is over at midnight in Shanghai, and then its case is opened with its figures', async () => {
  await complain('2026-10-10T09:00:00+08:00')
  await allTurnsAt('2026-10-31T23:59:59.999+08:00')
  expect(await periods()).toEqual([])
  await allTurnsAt('2026-11-01T00:00:00+08:00')
  expect(await periods()).toEqual(['2026-10-01..2026-10-31'])
  const [opened] = await figures()
  expect(opened).toMatchObject({ complaintCount: 1, complaintsPerDay: '0.03', solvedCount: 0, solvedRate: '0.00', openCount: 1, totalLoss: '0.00' })
  const { rows } = await house.pool.query('select id, state, applicant_id from service_case where process = $1', [id])
  expect(rows).toMatchObject([{ state: 'compiling', applicant_id: systemAccount.employeeId }])
  const { rows: keys } = await house.pool.query('select actor_id, case_id from idempotency where key = $1', [`period:${id}:2026-10-01`])
  expect(keys).toEqual([{ actor_id: systemAccount.employeeId, case_id: rows[0].id }])
  const history = await (await house.caseOf(rows[0].id)).history()
  expect(history).toEqual([{ sequence: 1, action: 'OPEN', from: null, to: 'compiling', actor: systemAccount.employeeId }])
})

test('L7: a complaint that was closed in its month is solved in the case of that month', async () => {
  const october = (day: number) => `2026-10-${String(day).padStart(2, '0')}T10:00:00+08:00`
  const complaint = await complain(october(1))
  await onTo(complaint, 'closed', { loss: '120.50', kind: '品质', disposition: 'DISCOUNT', when: () => october(20) })
  await allTurnsAt('2026-11-02T08:00:00+08:00')
  expect(await figures()).toMatchObject([
    {
      complaintCount: 1,
      solvedCount: 1,
      solvedRate: '100.00',
      qualityCount: 1,
      closedCount: 1,
      openCount: 0,
      totalLoss: '120.50',
      byKind: [{ complaintKind: '品质', count: 1, loss: '120.50' }],
      byDisposition: [{ disposition: 'DISCOUNT', count: 1, loss: '120.50' }],
    },
  ])
})

test('after an outage every missed month is opened, the oldest first; in a fresh house the last one alone', async () => {
  await complain('2026-03-01T00:00:00+08:00')
  await allTurnsAt('2026-06-15T00:00:00+08:00')
  expect(await periods()).toEqual(['2026-05-01..2026-05-31'])
  await allTurnsAt('2026-06-30T00:00:00+08:00')
  expect(await periods()).toHaveLength(1)
  await allTurnsAt('2026-09-01T00:00:00+08:00')
  expect(await periods()).toEqual(['2026-05-01..2026-05-31', '2026-06-01..2026-06-30', '2026-07-01..2026-07-31', '2026-08-01..2026-08-31'])
})

test('a house without a case, or with its first one this month, has nothing to sum up', async () => {
  await allTurnsAt('2026-11-01T00:00:00+08:00')
  await complain('2026-10-31T16:00:00Z')
  await allTurnsAt('2026-11-30T00:00:00+08:00')
  expect(await periods()).toEqual([])
})

test('however many servers try, a month is opened once, and nothing is refused on the way', async () => {
  await complain('2026-10-10T09:00:00+08:00')
  const others = await Promise.all([1, 2, 3, 4].map(() => turnAt('2026-11-01T00:00:01+08:00')))
  await Promise.all(others.map((turn) => turn()))
  await allTurnsAt('2026-11-01T00:00:01+08:00')
  expect(await periods()).toEqual(['2026-10-01..2026-10-31'])
  const { rows } = await house.pool.query(`select count(*)::int as refusals from audit_entry where result <> 'DONE'`)
  expect(rows).toEqual([{ refusals: 0 }])
})

test('the pump takes its turns by itself, and a turn without work is one statement', async () => {
  await complain(new Date(Date.now() - 40 * 86_400_000).toISOString())
  const statements: string[] = []
  const query = (sql: string, values: unknown[]) => {
    statements.push(sql)
    return house.pool.query(sql, values)
  }
  const counting = { pool: Object.assign(Object.create(house.pool), { query }) }
  const running = pump(periodsOf({ pool: counting.pool, door: house.door, processes: house.processes, figures: figureSources }), {
    pauseMs: 20,
    report: (error) => void house.reported.push(error),
  })
  for (let tries = 0; (await periods()).length === 0 && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 20))
  await running.stop()
  expect(await periods()).toHaveLength(1)
  statements.length = 0
  expect(await periodsOf({ pool: counting.pool, door: house.door, processes: house.processes, figures: figureSources })()).toBe(false)
  expect(statements).toHaveLength(1)
})

test('figures that there are not are found out before anything runs', () => {
  expect(() => periodsOf({ pool: house.pool, door: house.door, processes: house.processes, figures: {} })).toThrow(
    `${id} asks for the figures complaintSummary`,
  )
})

test('the account of the system: nobody changes it, and no list of people has it', async () => {
  const admin = 'organisation-administrator-1'
  expect(employeeId('system')).toBe(systemAccount.employeeId)
  for (const change of [
    { action: 'SET_ACTIVE', employeeId: systemAccount.employeeId, active: false },
    { action: 'GRANT_ROLE', employeeId: systemAccount.employeeId, role: 'CS_MANAGER' },
  ] as const)
    expect(await house.administerRefused(admin, change)).toEqual(['CONDITION_UNMET'])
  const { rows } = await house.pool.query(
    'select kind, active, (select count(*)::int from credential where employee_id = e.id) as passwords from employee e where id = $1',
    [systemAccount.employeeId],
  )
  expect(rows).toEqual([{ kind: 'SERVICE', active: true, passwords: 0 }])
})

const words = (zh: string, en: string) => [zh, en] as const
/** The second is told by the first, and opens the third as the system. */
const [first, second, third] = ['told-first', 'told-second', 'told-third'] as const
const chain: readonly AnyProcess[] = [
  defineProcess({
    id: first,
    version: 1,
    title: words('甲', 'First'),
    source: 'test',
    forms: { reason: Reason },
    startedBy: role('COMPLAINT_SPECIALIST'),
    startsWith: 'reason',
    owner: 'CS_MANAGER',
    initial: 'open',
    states: {
      open: {
        label: words('办理', 'Open'),
        assignee: role('COMPLAINT_SPECIALIST'),
        on: {
          SUBMIT: { opens: [{ process: second, forms: ({ data }) => ({ reason: data.reason }) }] },
          CONFIRM: { target: 'done', tells: [{ to: second, event: 'COUNT' }] },
        },
      },
      done: { type: 'final', label: words('结束', 'Done'), outcome: 'completed' },
    },
  }),
  defineProcess({
    id: second,
    version: 1,
    title: words('乙', 'Second'),
    source: 'test',
    forms: { reason: Reason },
    startedBy: system,
    startsWith: 'reason',
    owner: 'CS_MANAGER',
    initial: 'open',
    states: {
      open: {
        label: words('办理', 'Open'),
        assignee: system,
        on: { COUNT: { target: 'done', opens: [{ process: third, forms: ({ data }) => ({ reason: data.reason }) }] } },
      },
      done: { type: 'final', label: words('结束', 'Done'), outcome: 'completed' },
    },
  }),
  defineProcess({
    id: third,
    version: 1,
    title: words('丙', 'Third'),
    source: 'test',
    forms: { reason: Reason },
    startedBy: system,
    startsWith: 'reason',
    owner: 'CS_MANAGER',
    initial: 'open',
    states: {
      open: { label: words('办理', 'Open'), assignee: role('CS_MANAGER'), on: { CONFIRM: { target: 'done' } } },
      done: { type: 'final', label: words('结束', 'Done'), outcome: 'completed' },
    },
  }),
]

test('what an act of the system opens has the system as its applicant', async () => {
  house = await openHouse(chain)
  houses.push(house)
  const it = await house.open(people.handler, first, { reason: '开始' })
  await it.act(people.handler, 'SUBMIT')
  await it.act(people.handler, 'CONFIRM')
  const [told] = await it.children(second)
  const [opened] = await told!.children(third)
  expect(await told!.state()).toBe('done')
  expect(await opened!.record()).toMatchObject({ state: 'open', applicantId: systemAccount.employeeId, applicantPersonId: systemAccount.personId })
  expect(await opened!.act(people.manager, 'CONFIRM')).toBe('done')
})
