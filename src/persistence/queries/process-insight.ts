import { arrowsOf } from '../../define/index.js'
import type { Processes } from '../../engine/processes.js'
import type { Querier } from '../pool.js'

/**
 * What is asked about: one process in all its versions, from a moment on and before another, by the clock of the database (`recordedAt`, `openedAt`).
 * An act belongs to the period in which it was recorded, a duration to the period in which it ended: what is over does not change any more.
 */
export interface InsightPeriod {
  readonly process: string
  readonly from: Date
  readonly before: Date
}
/** How many durations there are, and what they come to, in seconds: interpolated percentiles, null where there is none. */
export interface Durations {
  readonly count: number
  readonly medianSeconds: number | null
  readonly p90Seconds: number | null
}
export interface CaseFigures {
  readonly opened: number
  readonly closed: number
  readonly open: number
  readonly cycleTime: Durations
  readonly outcomes: readonly { readonly outcome: string; readonly count: number; readonly cycleTime: Durations }[]
}

/** The first parameters of every statement about a period. */
export const periodOf = ({ process, from, before }: InsightPeriod): unknown[] => [process, from, before]
/** Is a moment (SQL) within the period? */
export const within = (moment: string): string => `(${moment} >= $2 and ${moment} < $3)`
/** The cases that were open at any moment of the period: whatever happened in it happened to one of them. */
export const alive = `alive as (
  select id, 'case:' || id as stream, definition_version, round, outcome, opened_at, closed_at from service_case
   where process = $1 and opened_at < $3 and (closed_at is null or closed_at >= $2))`
/**
 * The rows of a table that belong to each case, looked up by their key (SQL). The planner may not turn it round: what it costs grows with the cases
 * of the period, whatever else the table holds, and whatever the statistics say of rows that were written since they were taken.
 */
export const ofEach = (table: string, key: string): string => `cross join lateral (select * from ${table} where ${key} offset 0)`
/**
 * How often and how long a case was in a state: `stay` has a row for each time that it came there, from another state or anew (an arrow that leads
 * to its own state), with the sequence and moment of entering, and the moment of leaving; null while it is there. Parameters $4 to $6: {@link reentries}.
 */
export const stays = `stay as (
  select c.id as case_id, s.* from alive c cross join lateral (
    select sequence, to_state as state, recorded_at as entered_at, lead(recorded_at) over (order by sequence) as left_at
      from audit_entry where stream = c.stream and (from_state is distinct from to_state
        or (c.definition_version, from_state, action) in (select * from unnest($4::integer[], $5::text[], $6::text[])))) s)`
/**
 * The arrows that lead to the state they come from, by version, state and action: the history does not say whether such an act entered it anew.
 * Of the versions that this server knows.
 */
export function reentries({ versions }: Processes, process: string): unknown[] {
  const again = versions
    .filter(({ definition }) => definition.id === process)
    .flatMap(({ definition }) =>
      arrowsOf(definition).flatMap(({ from, action, target }) => (target === from ? [{ version: definition.version, from, action }] : [])),
    )
  return [again.map(({ version }) => version), again.map(({ from }) => from), again.map(({ action }) => action)]
}

/** Median and 90th percentile of an interval (SQL) over the rows that the condition admits; {@link durationsOf} reads it. */
export function durations(interval: string, condition = 'true'): string {
  const seconds = `extract(epoch from ${interval})::float8`
  return `json_build_object('count', count(${seconds}) filter (where ${condition}),
    'at', percentile_cont(array[0.5, 0.9]::float8[]) within group (order by ${seconds}) filter (where ${condition}))`
}
/** To the millisecond. `measured` is null where a group has no such row at all. */
export function durationsOf(measured: { count: number; at: readonly (number | null)[] | null } | null): Durations {
  const [median, p90] = measured?.at ?? []
  return { count: measured?.count ?? 0, medianSeconds: toMs(median), p90Seconds: toMs(p90) }
}
export const toMs = (seconds: number | null | undefined): number | null => (seconds == null ? null : Math.round(seconds * 1000) / 1000)

/**
 * `opened`: in the period. `closed`: in the period, whenever opened; `outcomes` says how. `open`: not closed when the period ended, whenever opened.
 * `cycleTime`: of those closed in the period, from their opening to their end.
 */
export async function caseFigures(db: Querier, period: InsightPeriod): Promise<CaseFigures> {
  const closed = within('closed_at')
  const { rows } = await db.query(
    `with ${alive}
     select grouping(outcome) = 1 as total, outcome, count(*) filter (where ${within('opened_at')})::int as opened,
            count(*) filter (where ${closed})::int as closed,
            count(*) filter (where closed_at is null or closed_at >= $3)::int as open, ${durations('closed_at - opened_at', closed)} as cycle
       from alive group by grouping sets ((), (outcome)) order by closed desc, outcome`,
    periodOf(period),
  )
  const { opened, closed: count, open, cycle } = rows.find(({ total }) => total)
  const outcomes = rows.filter((row) => !row.total && row.outcome !== null && row.closed > 0)
  return {
    opened,
    closed: count,
    open,
    cycleTime: durationsOf(cycle),
    outcomes: outcomes.map((row) => ({ outcome: row.outcome, count: row.closed, cycleTime: durationsOf(row.cycle) })),
  }
}
