import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Querier } from '../../src/persistence/pool.js'
import { refusalFigures } from '../../src/persistence/queries/insight-refusals.js'
import { rework } from '../../src/persistence/queries/insight-rework.js'
import { stateFigures } from '../../src/persistence/queries/insight-states.js'
import { termFigures } from '../../src/persistence/queries/insight-terms.js'
import { variantsOf } from '../../src/persistence/queries/insight-variants.js'
import { decidedBySystem, workloadByPerson, workloadByRole } from '../../src/persistence/queries/insight-workload.js'
import { caseFigures, type InsightPeriod } from '../../src/persistence/queries/process-insight.js'
import { copyCases } from '../support/case-copies.js'
import { type House, openHouse } from '../support/house.js'
import * as hand from '../support/insight-by-hand.js'
import { livesOf } from '../support/insight-lives.js'
import { measured, wander } from '../support/measured.js'

/** Ten thousand in the long run. */
const cases = Number(process.env['INSIGHT'] ?? 144)
const driven = 24

let house: House
let found: Awaited<ReturnType<typeof livesOf>>
let now: number
beforeAll(async () => {
  house = await openHouse([measured])
  for (let seed = 1; seed <= driven; seed++) await wander(house, seed)
  await house.openRefused('technician-1', measured.id, { promisedOn: '2026-02-30' })
  await copyCases(house, measured.id, Math.ceil(cases / driven) - 1, 60)
  found = await livesOf(house, measured)
  now = Date.now() / 1000
}, 600_000)
afterAll(async () => {
  expect(house.reported).toEqual([])
  await house.close()
})

const day = 86_400
/** Nearly all of it, with the present; some weeks; a single day; before anything was. */
const periods: readonly (readonly [name: string, from: number, before: number])[] = [
  ['everything', -400, 1],
  ['three weeks', -40, -19],
  ['one day', -10, -9],
  ['the present', -0.02, 1],
  ['long ago', -900, -800],
]
const spanOf = (from: number, before: number) => ({ from: Math.round(now + from * day), before: Math.round(now + before * day) })
const periodOf = ({ from, before }: hand.Span): InsightPeriod => ({ process: measured.id, from: new Date(from * 1000), before: new Date(before * 1000) })
/** The same rows, whatever their order where nothing tells them apart. */
const sameRows = (given: readonly unknown[], wanted: readonly unknown[]) => {
  expect(given).toHaveLength(wanted.length)
  expect(given).toEqual(expect.arrayContaining(wanted as unknown[]))
}
const falling = (counts: readonly number[]) => expect(counts).toEqual([...counts].sort((a, b) => b - a))

test('the cases that chance has made show everything that is measured', () => {
  const all = { from: 0, before: now + day }
  const { lives, openings, kinds } = found
  const { loops } = hand.reworkByHand(lives, all)
  expect(new Set(loops.map(({ action }) => action))).toEqual(new Set(['RETURN', 'WITHDRAW', 'HURRY']))
  expect(new Set(loops.map(({ bySystem }) => bySystem))).toEqual(new Set([true, false]))
  expect(new Set(lives.map(({ record }) => record['outcome']))).toEqual(new Set([null, 'completed', 'cancelled']))
  const terms = hand.termsByHand(lives, all, now)
  expect(terms.map(({ place, event }) => `${place} ${event}`).sort()).toEqual([' PROMISED', 'draft FORGOTTEN', 'review HURRY', 'review SLOW'])
  for (const fate of ['met', 'missed', 'lapsed', 'running'] as const) expect(terms.some((term) => term[fate] > 0)).toBe(true)
  expect(terms.every(({ met, missed }) => met + missed > 0)).toBe(true)
  expect(hand.refusalsByHand(lives, openings, kinds, all).map(({ code }) => code)).toEqual(expect.arrayContaining(['NOT_AUTHORISED', 'FORM_INVALID']))
  const { byRole, bySystem } = hand.workloadByHand(lives, kinds, all)
  expect(byRole.map(({ role }) => role).sort()).toEqual(['CS_MANAGER', 'EMPLOYEE', 'FINANCE', 'RELATIONS_SUPERVISOR'])
  expect(byRole.some(({ handlingTime }) => handlingTime.count > 0)).toBe(true)
  expect(bySystem).toBeGreaterThan(0)
})

test.each(periods)('%s: every figure is what the raw entries say', async (_name, from, before) => {
  const span = spanOf(from, before)
  const period = periodOf(span)
  const { lives, openings, kinds } = found
  const { pool, processes } = house
  expect(await caseFigures(pool, period)).toEqual(hand.casesByHand(lives, span))
  sameRows(await stateFigures(pool, processes, period), hand.statesByHand(lives, kinds, span))
  const { loops, ...straight } = await rework(pool, period)
  const expected = hand.reworkByHand(lives, span)
  sameRows(loops, expected.loops)
  expect(straight).toEqual({ closed: expected.closed, straight: expected.straight })
  const refusals = await refusalFigures(pool, period)
  sameRows(refusals, hand.refusalsByHand(lives, openings, kinds, span))
  sameRows(await termFigures(pool, processes, period), hand.termsByHand(lives, span, now))
  const workload = hand.workloadByHand(lives, kinds, span)
  const byRole = await workloadByRole(pool, period)
  sameRows(
    byRole.filter(({ decided }) => decided > 0).map(({ open: _open, ...row }) => row),
    workload.byRole,
  )
  const byPerson = await workloadByPerson(pool, period)
  sameRows(
    byPerson.items.filter(({ decided }) => decided > 0).map(({ claimed: _claimed, ...row }) => row),
    workload.byPerson,
  )
  expect(await decidedBySystem(pool, period)).toBe(workload.bySystem)
  for (const rows of [loops, refusals]) falling(rows.map(({ count }) => count))
  for (const rows of [byRole, byPerson.items]) falling(rows.map(({ decided }) => decided))
})

test.each(periods)('%s: the ways that cases have gone', async (_name, from, before) => {
  const span = spanOf(from, before)
  const expected = hand.variantsByHand(found.lives, span)
  const { total, items } = await variantsOf(house.pool, periodOf(span), 100)
  expect(total).toBe(expected.length)
  falling(items.map(({ count }) => count))
  const told = items.map(({ activities, ...row }) => ({ ...row, path: activities.map(({ action, state }) => `${action} ${state}`).join(', ') }))
  if (total <= 100) return sameRows(told, expected)
  for (const row of told) expect(expected).toContainEqual(expect.objectContaining({ path: row.path, count: row.count }))
})

test('what waits now is counted by role and by holder, whatever the period', async () => {
  const { rows } = await house.pool.query(
    `select t.id, t.claimed_by_id, array_agg(o.role) as roles from task t join service_case c on c.id = t.case_id join task_offer o on o.task_id = t.id and o.level = 0
      where c.process = $1 and t.status = 'OPEN' group by t.id`,
    [measured.id],
  )
  const period = periodOf(spanOf(-900, -800))
  const byRole = Object.fromEntries((await workloadByRole(house.pool, period)).map(({ role, open }) => [role, open]))
  const roles = Map.groupBy(
    rows.flatMap((row) => row.roles as string[]),
    (role) => role,
  )
  expect(byRole).toEqual(Object.fromEntries([...roles].map(([role, tasks]) => [role, tasks.length])))
  const { total, items } = await workloadByPerson(house.pool, period, 1)
  const holders = Map.groupBy(
    rows.filter(({ claimed_by_id }) => claimed_by_id !== null),
    ({ claimed_by_id }) => claimed_by_id,
  )
  expect([total, items.length]).toEqual([holders.size, 1])
  expect(items[0]).toMatchObject({ decided: 0, claimed: holders.get(items[0]!.employeeId)!.length })
})

test('a list has one to a hundred rows', async () => {
  const period = periodOf(spanOf(-400, 1))
  for (const first of [0, 101, -1, 1.5]) {
    await expect(variantsOf(house.pool, period, first)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await expect(workloadByPerson(house.pool, period, first)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  }
  expect((await variantsOf(house.pool, period, 3)).items).toEqual((await variantsOf(house.pool, period, 100)).items.slice(0, 3))
})

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Parallel Aware': boolean
  readonly 'Actual Loops': number
  readonly Plans?: readonly PlanNode[]
}
const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]
const figures: Readonly<Record<string, (db: Querier, period: InsightPeriod) => Promise<unknown>>> = {
  cases: caseFigures,
  states: (db, period) => stateFigures(db, house.processes, period),
  rework,
  refusals: refusalFigures,
  terms: (db, period) => termFigures(db, house.processes, period),
  workloadByRole,
  workloadByPerson,
  decidedBySystem,
  variants: variantsOf,
}

/** The plan with which a figure is read. */
async function plansOf(figure: (db: Querier, period: InsightPeriod) => Promise<unknown>, period: InsightPeriod): Promise<PlanNode[]> {
  const asked: [string, unknown[]][] = []
  const listening = {
    query: (sql: string, values: unknown[]) => {
      asked.push([sql, values])
      return house.pool.query(sql, values)
    },
  } as unknown as Querier
  await figure(listening, period)
  const plans = await Promise.all(asked.map(([sql, values]) => house.owner.query(`explain (analyze, format json) ${sql}`, values)))
  return plans.flatMap(({ rows }) => nodesOf(rows[0]['QUERY PLAN'][0].Plan))
}
test('refusals of a day are found by their index', async () => {
  const nodes = await plansOf(refusalFigures, periodOf(spanOf(-10, -9)))
  expect(nodes.map((node) => node['Index Name'])).toContain('audit_entry_refused_process')
})

test.each(Object.entries(figures))('%s reads no table through for each row', async (name, figure) => {
  for (const [told, from, before] of periods.slice(0, 3)) {
    const period = periodOf(spanOf(from, before))
    const nodes = await plansOf(figure, period)
    const started = performance.now()
    await figure(house.pool, period)
    const ms = Math.round(performance.now() - started)
    const again = nodes.filter((node) => node['Node Type'] === 'Seq Scan' && !node['Parallel Aware'] && node['Actual Loops'] > 1)
    expect(again.filter((node) => ['audit_entry', 'task', 'timer', 'service_case'].includes(node['Relation Name'] ?? ''))).toEqual([])
    if (process.env['INSIGHT']) console.log(`${name}, ${cases} cases, ${told}: ${ms} ms`)
  }
})
