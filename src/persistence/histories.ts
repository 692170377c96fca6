import { caseStream, workStream } from '../audit/chain.js'
import type { HistoryEntry } from '../engine/fold.js'
import type { Querier } from './pool.js'

/** Up to where a history is read. Absent: to its end. */
export interface Until {
  /** Everything recorded by then, that moment included (ISO 8601 with microseconds). */
  readonly at?: string
  /** Everything before this position. */
  readonly before?: string
}

/** What the fold of each case takes: the entries of the case and of the work beside it in the order of their positions, by case. */
export async function historiesOf(db: Querier, caseIds: readonly string[], { at, before }: Until = {}): Promise<Map<string, HistoryEntry[]>> {
  // Positions, not moments: a clock that was set back does not tear a history apart.
  const { rows } = await db.query(
    `with own as (select unnest($1::text[]) as stream, unnest($2::uuid[]) as case_id),
       last as (select own.case_id, max(a.position) as position from own join audit_entry a on a.stream = own.stream
                 where ($3::timestamptz is null or a.recorded_at <= $3) and ($4::bigint is null or a.position < $4) group by own.case_id)
     select own.case_id, a.content, a.hash, a.aside from own join last on last.case_id = own.case_id
       join audit_entry a on a.stream = own.stream and a.position <= last.position and a.result = 'DONE' order by a.position`,
    [caseIds.flatMap((id) => [caseStream(id), workStream(id)]), caseIds.flatMap((id) => [id, id]), at ?? null, before ?? null],
  )
  const histories = new Map<string, HistoryEntry[]>(caseIds.map((id) => [id, []]))
  for (const { case_id, content, hash, aside } of rows) histories.get(case_id)!.push({ told: JSON.parse(content), hash, aside })
  return histories
}
