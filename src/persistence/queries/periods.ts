import type { Querier } from '../pool.js'

/** What a house knows of the periods of a process. All are days of the calendar of Shanghai, `YYYY-MM-DD`. */
export interface PeriodsOpened {
  readonly today: string
  /** The first day of the newest period that a case was opened for. */
  readonly newest: string | null
  /** The day of the first case that the house ever had; looked up only while there is no period. */
  readonly firstCase: string | null
}

/** In: the processes that the house knows; one that is opened by the period, and the key of the form that opens it; the moment that counts as now (ISO 8601), unless told the database's. */
export async function periodsOpened(db: Querier, processes: readonly string[], process: string, key: string, now: string | null): Promise<PeriodsOpened> {
  const { rows } = await db.query(
    `with opened as (select max(f.content::jsonb ->> 'periodFrom') as newest from service_case c join form_version f on f.case_id = c.id and f.key = $3 and f.version = 1
                      where c.process = $2)
     select to_char(coalesce($4::timestamptz, clock_timestamp()) at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as today, newest,
            case when newest is null then (
              select to_char(min(first.occurred_at) at time zone 'Asia/Shanghai', 'YYYY-MM-DD') from unnest($1::text[]) as known(process) cross join lateral (
                select occurred_at from audit_entry a where a.process = known.process and a.sequence = 1 and a.action = 'OPEN' and a.result = 'DONE'
                 order by occurred_at limit 1) first) end as "firstCase"
       from opened`,
    [processes, process, key, now],
  )
  return rows[0]
}
