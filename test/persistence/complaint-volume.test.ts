import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import type { Querier } from '../../src/persistence/pool.js'
import { complaintDutyCheck, complaintStatistics, complaintSummary, findReceived } from '../../src/persistence/queries/complaint-statistics.js'
import { trackingRows } from '../../src/persistence/queries/complaint-tracking.js'
import { complaintsOfOctober } from '../support/complaint-months.js'
import { people } from '../support/complaints.js'
import { type House, openHouse } from '../support/house.js'
import { testKeys } from '../support/keys.js'

/** Ten thousand in the long run. */
const complaints = Number(process.env['COMPLAINTS'] ?? 400)
const perCopy = 8
const copies = Math.ceil(complaints / perCopy) - 1

let house: House
beforeAll(async () => {
  house = await openHouse()
  await complaintsOfOctober(house)
  await multiply()
}, 600_000)
afterAll(() => house.close())

/** The complaints of one month again and again, each copy a day earlier than the one before, with all their papers and entries. */
async function multiply(): Promise<void> {
  const { owner } = house
  await owner.query(`
    create temp table copy as select c.id as old_id, gen_random_uuid() as id, place, place * interval '1 day' as ago
      from service_case c cross join generate_series(1, ${copies}) place where c.process = 'complaint-handling'`)
  for (const [table, changed] of [
    [
      'service_case',
      { id: 'copy.id', number: `t.number || '-' || copy.place`, opened_at: 't.opened_at - copy.ago', closed_at: 't.closed_at - copy.ago', parent_id: 'null' },
    ],
    ['audit_entry', { stream: `'case:' || copy.id`, case_id: 'copy.id', occurred_at: 't.occurred_at - copy.ago' }],
    ['form_version', { case_id: 'copy.id' }],
  ] as const) {
    const { rows } = await owner.query(
      `select column_name as name from information_schema.columns where table_schema = 'public' and table_name = $1 and is_identity = 'NO'`,
      [table],
    )
    const names: string[] = rows.map(({ name }) => name)
    const values = names.map((name) => (changed as Record<string, string>)[name] ?? `t.${name}`)
    const key = table === 'service_case' ? 't.id = copy.old_id' : table === 'audit_entry' ? `t.stream = 'case:' || copy.old_id` : 't.case_id = copy.old_id'
    await owner.query(`insert into ${table} (${names.join(', ')}) select ${values.join(', ')} from ${table} t join copy on ${key}`)
  }
  await owner.query('analyze')
}

const ever = { from: '1990-01-01', to: '2026-12-31' }
const month = { from: '2026-09-01', to: '2026-09-30' }
const reports: Readonly<Record<string, (db: Querier, period: typeof ever) => Promise<unknown>>> = {
  complaintStatistics,
  complaintSummary,
  // Nobody is checked for all his life: a year at most.
  complaintDutyCheck: (db, { from, to }) => complaintDutyCheck(db, { from: from < '2026' ? '2026-01-01' : from, to }, employeeId(people.handler)),
  complaintTracking: async (db, period) => {
    const { items } = await findReceived(db, period, {}, { first: 100 })
    return trackingRows(
      db,
      testKeys,
      items.map(({ id }) => id),
    )
  },
  complaintStatisticsRows: (db, period) => findReceived(db, period, { kind: '货期' }, { first: 12 }),
}

test('the figures of all copies are those of one, as many times', async () => {
  const all = await complaintStatistics(house.pool, ever)
  const times = copies + 1
  expect(all.count).toBe(perCopy * times)
  expect(all.loss).toBe((169.3 * times).toFixed(2))
  const summary = await complaintSummary(house.pool, ever)
  expect(summary).toMatchObject({
    complaintCount: perCopy * times,
    solvedCount: 4 * times,
    withdrawnCount: times,
    notAcceptedCount: times,
    openCount: 2 * times,
  })
})

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Parallel Aware': boolean
  readonly 'Actual Loops': number
  readonly Plans?: readonly PlanNode[]
}
const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

test.each(Object.entries(reports))('%s reads no table through for each row', async (name, report) => {
  for (const period of [month, ever]) {
    const asked: [string, unknown[]][] = []
    const listening = {
      query: (sql: string, values: unknown[]) => {
        asked.push([sql, values])
        return house.pool.query(sql, values)
      },
    } as unknown as Querier
    await report(listening, period)
    const started = performance.now()
    await report(house.pool, period)
    const ms = Math.round(performance.now() - started)
    for (const [sql, values] of asked) {
      const { rows } = await house.owner.query(`explain (analyze, format json) ${sql}`, values)
      const again = nodesOf(rows[0]['QUERY PLAN'][0].Plan).filter(
        (node) => node['Node Type'] === 'Seq Scan' && !node['Parallel Aware'] && node['Actual Loops'] > 1,
      )
      expect(again.filter((node) => ['audit_entry', 'form_version', 'service_case'].includes(node['Relation Name'] ?? ''))).toEqual([])
    }
    if (process.env['COMPLAINTS']) console.log(`${name}, ${perCopy * (copies + 1)} complaints, ${period === ever ? 'all of them' : 'one month'}: ${ms} ms`)
  }
})
