import type { Querier } from './pool.js'

/** Where an address outside the database stands: the size of the last checkpoint that it has taken, and how often it has failed since. */
export interface Standing {
  readonly size: number
  readonly failures: number
}
/** No wait is longer than this; what lies further ahead comes of a clock that was set back. */
const longestWait = `interval '2 hours'`

/** Takes an address on for so long, when there is a checkpoint for it and its wait is over; null otherwise, or when another server has it. */
export async function claimPlace(db: Querier, name: string, leaseMs: number): Promise<Standing | null> {
  await db.query('insert into checkpoint_place (name) select $1 where not exists (select from checkpoint_place where name = $1) on conflict do nothing', [name])
  const { rows } = await db.query(
    `update checkpoint_place p set not_before = clock_timestamp() + $2 * interval '1 millisecond'
      where name = $1 and (not_before <= clock_timestamp() or not_before > clock_timestamp() + ${longestWait})
        and exists (select from checkpoint c where c.size > p.size) returning size, failures`,
    [name, leaseMs],
  )
  return rows[0] ? { size: Number(rows[0].size), failures: rows[0].failures } : null
}
/** Where it stands now, and how long it is left alone. Nothing when another has moved it on meanwhile. */
export async function settlePlace(db: Querier, name: string, before: Standing, now: Standing, waitMs: number): Promise<void> {
  await db.query(
    `update checkpoint_place set size = $3, failures = $4, not_before = clock_timestamp() + $5 * interval '1 millisecond' where name = $1 and size = $2`,
    [name, before.size, now.size, now.failures, waitMs],
  )
}

/** Checkpoints are counted up to here: whoever looks at a figure this large need not know more. */
const countMax = 10_000
const countAfter = (size: string) => `select count(*)::int as lag from (select from checkpoint where size > ${size} limit ${countMax}) behind`
/** How many checkpoints there are behind one. */
export const checkpointsBehind = async (db: Querier, size: number): Promise<number> => (await db.query(countAfter('$1'), [size])).rows[0].lag
/** How many an address still lacks. */
export const placeLag = async (db: Querier, name: string): Promise<number> =>
  (await db.query(countAfter('coalesce((select p.size from checkpoint_place p where p.name = $1), 0)'), [name])).rows[0].lag
