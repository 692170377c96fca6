import type { Language } from '../define/index.js'
import type { Channel, Content } from './deliveries.js'
import type { Querier } from './pool.js'

/** What one employee is told by one channel, all at once. */
export interface Digest {
  readonly employeeId: string
  readonly channel: Channel
  readonly endpointId: string | null
  readonly language: Language
}

/** One server at a time: the lock ends with the transaction. */
export async function holdsDigests(db: Querier): Promise<boolean> {
  return (await db.query(`select pg_try_advisory_xact_lock(hashtextextended('digests', 0)) as held`)).rows[0].held
}

/** The summaries that are due now, at most so many. */
export async function dueDigests(db: Querier, most: number): Promise<Digest[]> {
  const { rows } = await db.query(
    `select distinct d.employee_id as "employeeId", d.channel, d.endpoint_id as "endpointId", coalesce(p.language, 'zh-CN') as language
       from delivery d left join notice_preference p on p.employee_id = d.employee_id where d.status = 'DIGEST' and d.not_before <= now() order by 1, 2, 3 limit $1`,
    [most],
  )
  return rows
}

/** Takes what waits for a summary out of the queue. Output: the first of them, what is due soonest before the others, and how many there were. */
export async function takeIntoDigest(
  db: Querier,
  { employeeId, channel, endpointId }: Digest,
  most: number,
): Promise<{ readonly first: readonly Content[]; readonly total: number }> {
  const { rows } = await db.query(
    `with taken as (update delivery set status = 'DROPPED', last_error = 'told in the summary of the day', settled_at = clock_timestamp()
        where employee_id = $1 and status = 'DIGEST' and channel = $2 and endpoint_id is not distinct from $3 and not_before <= now() returning seq, content)
     select content, (count(*) over ())::int as total from taken order by (content ->> 'dueAt')::timestamptz nulls last, seq limit $4`,
    [employeeId, channel, endpointId, most],
  )
  return { first: rows.map(({ content }) => content), total: rows[0]?.total ?? 0 }
}
