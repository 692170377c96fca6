import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { refusals } from '../../src/define/index.js'
import { employeeId } from '../../src/organisation/ids.js'
import { refusalFigures } from '../../src/persistence/queries/insight-refusals.js'
import { rework } from '../../src/persistence/queries/insight-rework.js'
import { stateFigures } from '../../src/persistence/queries/insight-states.js'
import { termFigures } from '../../src/persistence/queries/insight-terms.js'
import { variantsOf } from '../../src/persistence/queries/insight-variants.js'
import { decidedBySystem, workloadByPerson, workloadByRole } from '../../src/persistence/queries/insight-workload.js'
import { caseFigures, type InsightPeriod } from '../../src/persistence/queries/process-insight.js'
import { type Desk, deskOf } from '../support/desk.js'
import { codeOf, fieldsOf, type HttpHouse, serveHouse } from '../support/http.js'
import { measured, wander } from '../support/measured.js'

let http: HttpHouse
let owner: Desk
let supervisor: Desk
beforeAll(async () => {
  http = await serveHouse({}, undefined, [measured])
  for (let seed = 1; seed <= 12; seed++) await wander(http.house, seed)
  owner = await deskOf(http, 'cs-manager-1')
  supervisor = await deskOf(http, 'relations-supervisor-1')
}, 60_000)
afterAll(async () => {
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const before = new Date(Date.now() + 3_600_000)
const period: InsightPeriod = { process: measured.id, from: new Date(before.valueOf() - 86_400_000), before }
const given = `process: "${measured.id}", from: "${period.from.toISOString()}", before: "${before.toISOString()}"`
const insight = async (fields: string, desk = owner) => (await desk.read(`{ processInsight(${given}) { ${fields} } }`)).processInsight
const time = '{ count medianSeconds p90Seconds }'
const decided = `decided decisionTime ${time} handlingTime ${time}`
const everything = `
  process { id } from before
  cases { opened closed open cycleTime ${time} outcomes { outcome count cycleTime ${time} } }
  states { state label visits timeInState ${time} waitingTime ${time} }
  rework { closed straight straightShare loops { from fromLabel to toLabel action actionLabel bySystem count cases } }
  refusals { code label count people }
  terms { event label state repeats statutory met missed running lapsed metShare lateness ${time} }
  workload { byRole { role { id label } open ${decided} } byPerson { total items { employee { id login } claimed ${decided} } } decidedBySystem }
  variants { total items { count share medianCycleSeconds activities { action actionLabel state stateLabel } } }`

test('one request tells every figure, as it is computed', async () => {
  const { pool, processes } = http.house
  const told = await insight(everything)
  expect([told.process.id, told.from, told.before]).toEqual([measured.id, period.from.toISOString(), before.toISOString()])
  // Enumerations go by their names.
  const { outcomes, ...cases } = await caseFigures(pool, period)
  expect(cases.opened).toBe(12)
  expect(told.cases).toEqual({ ...cases, outcomes: outcomes.map((row) => ({ ...row, outcome: row.outcome.toUpperCase() })) })
  const states = await stateFigures(pool, processes, period)
  expect(told.states.map(({ state }: any) => state)).toEqual(Object.keys(measured.states))
  expect(told.states.map(({ label: _label, ...row }: any) => row)).toEqual(expect.arrayContaining(states))
  const { loops, closed, straight } = await rework(pool, period)
  expect(loops.length).toBeGreaterThan(0)
  expect(told.rework).toMatchObject({ closed, straight, straightShare: straight / closed, loops })
  expect(told.refusals).toMatchObject(await refusalFigures(pool, period))
  const terms = await termFigures(pool, processes, period)
  expect(told.terms).toMatchObject(
    terms.map(({ place, ...row }) => ({ ...row, state: place || null, metShare: row.met + row.missed === 0 ? null : row.met / (row.met + row.missed) })),
  )
  const byRole = await workloadByRole(pool, period)
  expect(told.workload.byRole).toMatchObject(byRole.map((row) => ({ ...row, role: { id: row.role } })))
  const people = await workloadByPerson(pool, period)
  expect(told.workload.byPerson).toEqual({
    total: people.total,
    items: people.items.map(({ employeeId: id, ...row }) => ({ ...row, employee: { id, login: expect.any(String) } })),
  })
  expect(told.workload.byPerson.items.map(({ employee }: any) => employee.login)).not.toContain('payment-run')
  expect(told.workload.decidedBySystem).toBe(await decidedBySystem(pool, period))
  expect(told.variants).toMatchObject(await variantsOf(pool, period))
})

test('words come in the language of the asker', async () => {
  const asked = 'states { state label } rework { loops { action actionLabel from fromLabel } } refusals { code label } terms { event label statutory }'
  for (const [language, at] of [
    ['zh-CN', 0],
    ['en', 1],
  ] as const) {
    const told = await insight(`${asked} variants { items { activities { action actionLabel state stateLabel } } }`, owner.in(language))
    for (const { state, label } of told.states) expect(label).toBe((measured.states as any)[state].label[at])
    for (const { code, label } of told.refusals) expect(label).toBe((refusals as any)[code][at])
    for (const { from, fromLabel } of told.rework.loops) expect(fromLabel).toBe((measured.states as any)[from].label[at])
    expect(told.terms).toContainEqual({ event: 'PROMISED', label: ['承诺到期', 'The promise is due'][at], statutory: true })
    expect(told.terms).toContainEqual({ event: 'SLOW', label: ['审核逾期', 'The review is late'][at], statutory: false })
    const steps = told.variants.items.flatMap(({ activities }: any) => activities)
    expect(steps).toContainEqual({ action: 'OPEN', actionLabel: ['发起', 'Open'][at], state: 'draft', stateLabel: ['起草', 'Draft'][at] })
    expect(steps).toContainEqual({ action: 'HAND_OVER', actionLabel: ['移交', 'Hand over'][at], state: 'passed', stateLabel: ['通过', 'Passed'][at] })
  }
})

test('only whoever sees every case of the process may ask', async () => {
  const query = `{ processInsight(${given}) { cases { opened } } }`
  for (const login of ['cs-manager-1', 'relations-supervisor-1', 'finance-1', 'auditor-1'])
    expect((await (await deskOf(http, login)).read(query)).processInsight.cases).toEqual({ opened: 12 })
  // An applicant sees his own cases, a director none of this process: neither sees them all.
  for (const login of ['technician-1', 'cs-director-1', 'organisation-administrator-1'])
    expect(codeOf(await (await http.as(login))(query))).toBe('NOT_AUTHORISED')
  expect(codeOf(await http.withToken()(query))).toBe('UNAUTHENTICATED')
})

test('what single people did is for the owner of the process, the managers and the auditor', async () => {
  const query = `{ processInsight(${given}) { cases { opened } workload { byPerson { total items { employee { id } } } byRole { decided } } } }`
  for (const login of ['cs-manager-1', 'auditor-1']) {
    const { byPerson } = (await (await deskOf(http, login)).read(query)).processInsight.workload
    expect(byPerson.items).toHaveLength(byPerson.total)
    expect(byPerson.items.map(({ employee }: any) => employee.id)).toContain(employeeId('relations-supervisor-1'))
  }
  for (const login of ['relations-supervisor-1', 'finance-1']) {
    const answer = await (await http.as(login))(query)
    expect(answer.json!.errors!.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['processInsight', 'workload', 'byPerson'], 'NOT_AUTHORISED'],
    ])
    // Everything else is told.
    const { cases, workload } = answer.json!.data.processInsight
    expect([cases.opened, workload.byPerson, workload.byRole.length > 0]).toEqual([12, null, true])
  }
})

test('a period has a beginning and an end, and lasts five years at most', async () => {
  const ask = (args: string) => supervisor.ask(`{ processInsight(process: "measured", ${args}) { from before cases { opened } } }`)
  const spanOf = async (args: string) => (await ask(args)).json!.data.processInsight
  const usual = (await supervisor.read('{ processInsight(process: "measured") { from before cases { opened } } }')).processInsight
  expect(Date.parse(usual.before) - Date.parse(usual.from)).toBe(90 * 86_400_000)
  expect(Math.abs(Date.parse(usual.before) - Date.now())).toBeLessThan(60_000)
  expect(usual.cases.opened).toBe(12)
  expect(await spanOf('before: "2026-01-31T00:00:00Z"')).toEqual({
    from: '2025-11-02T00:00:00.000Z',
    before: '2026-01-31T00:00:00.000Z',
    cases: { opened: 0 },
  })
  const wrong = async (args: string) => {
    const answer = await ask(args)
    return [codeOf(answer), ...fieldsOf(answer)]
  }
  const day = '"2026-01-01T00:00:00Z"'
  expect(await wrong(`from: ${day}, before: ${day}`)).toEqual(['INPUT_INVALID', 'from DATE_INVALID'])
  expect(await wrong(`from: "2999-01-01T00:00:00Z"`)).toEqual(['INPUT_INVALID', 'from DATE_INVALID'])
  expect(await wrong(`from: "2020-12-31T23:59:59.999Z", before: ${day}`)).toEqual(['INPUT_INVALID', 'from OUT_OF_RANGE'])
  expect((await spanOf(`from: "2021-01-01T00:00:00Z", before: ${day}`)).cases).toEqual({ opened: 0 })
  expect(await wrong('from: "yesterday"')).toEqual(['GRAPHQL_VALIDATION_FAILED'])
  expect(codeOf(await supervisor.ask('{ processInsight(process: "no-such") { cases { opened } } }'))).toBe('NOT_FOUND')
})

test('a list is as long as it is asked for, and a hundred at most', async () => {
  for (const first of [0, 101]) {
    for (const [field, path] of [
      [`variants(first: ${first}) { total }`, ['processInsight', 'variants']],
      [`workload { byPerson(first: ${first}) { total } }`, ['processInsight', 'workload', 'byPerson']],
    ]) {
      const answer = await owner.ask(`{ processInsight(${given}) { ${field} } }`)
      expect([codeOf(answer), fieldsOf(answer), answer.json!.errors![0]!.path]).toEqual(['INPUT_INVALID', ['first OUT_OF_RANGE'], path])
    }
  }
  const { variants, workload } = await insight('variants(first: 2) { total items { count } } workload { byPerson(first: 1) { total items { decided } } }')
  expect([variants.items.length, workload.byPerson.items.length]).toEqual([2, 1])
  expect(variants.total).toBeGreaterThan(2)
  expect(workload.byPerson.total).toBeGreaterThan(1)
})

test('figures weigh: one request reads the history a few times, not dozens', async () => {
  const many = Array.from({ length: 10 }, (_, at) => `v${at}: variants { total }`).join(' ')
  expect(codeOf(await owner.ask(`{ processInsight(${given}) { ${many} } }`))).toBe('QUERY_TOO_COSTLY')
})

test('what takes the database too long is refused, not broken; nothing is read that was not asked for', async () => {
  const { owner: database } = http.house
  await database.query('begin; lock table audit_entry in access exclusive mode')
  try {
    expect((await insight('process { id } cases { opened }')).cases).toEqual({ opened: 12 })
    const waiting = owner.ask(`{ processInsight(${given}) { variants { total } } }`)
    expect(await cancelled()).toBe(true)
    expect(codeOf(await waiting)).toBe('BUSY')
  } finally {
    await database.query('rollback')
  }
})
/** As the database does with a statement that takes too long: once one waits for the lock, it is cancelled. */
async function cancelled(): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    const { rows } = await http.house.pool.query(
      `select pg_cancel_backend(pid) as done from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'with alive%'`,
    )
    if (rows[0]) return rows[0].done
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return false
}
