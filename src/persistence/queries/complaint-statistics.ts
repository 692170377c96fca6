import type { Querier } from '../pool.js'
import { complaintsAmong, endOf, isReception, openInPeriod, type Period, receivedInPeriod, startOf } from './complaint-facts.js'
import { Conditions, type Page, type PageRequest, readPage } from './page.js'

/** How many complaints and what they cost (CNY), of one value of a dimension; an empty value is one that is not known yet. */
export interface Group {
  readonly value: string | null
  readonly count: number
  readonly loss: string
}
export const dimensions = ['kind', 'department', 'disposition', 'product'] as const
export type Dimension = (typeof dimensions)[number]
/** 客户投诉统计表 (002 6.6): its sums. */
export interface Statistics extends Readonly<Record<Dimension, readonly Group[]>> {
  readonly count: number
  readonly loss: string
}
const groupsMax = 200

/** Counts and losses of the complaints of a period, all of one kind unless told; the 200 largest groups of each dimension, the largest first. */
export async function complaintStatistics(db: Querier, { from, to }: Period, kind: string | null = null): Promise<Statistics> {
  const { rows } = await db.query(
    `with ${complaintsAmong(receivedInPeriod)},
       sums as (
         select grouping(kind, department_id, disposition, product) as level, coalesce(kind, department_id, disposition, product) as value,
                count(*)::int as count, coalesce(sum(loss), 0)::numeric(16, 2)::text as loss
           from complaint where $3::text is null or kind = $3
          group by grouping sets ((), (kind), (department_id), (disposition), (product)))
     select level, value, count, loss from (select *, row_number() over (partition by level order by count desc, value) as place from sums) placed
      where place <= ${groupsMax} order by level, place`,
    [from, to, kind],
  )
  // One bit a dimension, the first the highest, set where a row is summed over it.
  const groupsOf = (dimension: Dimension) => rows.filter(({ level }) => level === (0b1111 & ~(0b1000 >> dimensions.indexOf(dimension)))).map(groupOf)
  const all = rows.find(({ level }) => level === 0b1111)
  return {
    count: all.count,
    loss: all.loss,
    kind: groupsOf('kind'),
    department: groupsOf('department'),
    disposition: groupsOf('disposition'),
    product: groupsOf('product'),
  }
}
const groupOf = ({ value, count, loss }: Group): Group => ({ value, count, loss })

const kindOfCase = (id: string): string =>
  ['survey', 'analysis']
    .map((key) => `(select content::jsonb ->> 'complaintKind' from form_version where case_id = ${id} and key = '${key}' order by version desc limit 1)`)
    .join(', ')
/** The complaints of a period in the order in which they came in. */
export function findReceived(
  db: Querier,
  { from, to }: Period,
  { kind, openOnly }: { kind?: string | null; openOnly?: boolean | null },
  request: PageRequest,
): Promise<Page> {
  const conditions = new Conditions()
    .and(isReception('a'))
    .and(`a.occurred_at >= ${startOf('?')}`, from)
    .and(`a.occurred_at < ${endOf('?')}`, to)
  conditions.andIf(kind, `coalesce(${kindOfCase('a.case_id')}) = ?`)
  if (openOnly) conditions.and('exists (select from service_case c where c.id = a.case_id and c.outcome is null)')
  return readPage(db, { from: 'audit_entry a', key: 'a.occurred_at', id: 'a.case_id', conditions, ascending: true }, request)
}

/** 客户投诉总结表 (002 6.13): its computed figures. Rates are per cent, null where there is nothing to divide by; money is CNY. */
export interface Summary {
  readonly computedAt: string
  readonly days: number
  readonly complaintCount: number
  readonly complaintsPerDay: string
  readonly solvedCount: number
  readonly solvedRate: string | null
  readonly qualityCount: number
  readonly withdrawnCount: number
  readonly notAcceptedCount: number
  /** Whenever they came in. */
  readonly closedCount: number
  readonly openCount: number
  readonly totalLoss: string
}
/**
 * Counted are the complaints that came in within the period, whatever became of them; solved are those of them that were closed before its end.
 * `closedCount` and `openCount` look at all complaints: closed within the period, and open at its end.
 */
export async function complaintSummary(db: Querier, { from, to }: Period): Promise<Summary> {
  const { rows } = await db.query(
    `with ${complaintsAmong(openInPeriod)},
       marked as (select *, received_at >= ${startOf('$1')} as mine, ended_at < ${endOf('$2')} as ended from complaint),
       figures as (
         select ($2::date - $1::date) + 1 as days, count(*) filter (where mine) as complaints, count(*) filter (where mine and ended and outcome = 'completed') as solved,
                count(*) filter (where mine and quality) as quality, count(*) filter (where mine and ended and outcome = 'withdrawn') as withdrawn,
                count(*) filter (where mine and ended and outcome = 'rejected') as rejected, coalesce(sum(loss) filter (where mine), 0) as loss,
                count(*) filter (where ended and outcome = 'completed' and ended_at >= ${startOf('$1')}) as closed, count(*) filter (where ended is not true) as open
           from marked)
     select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "computedAt", days, complaints::int as "complaintCount",
            round(complaints::numeric / days, 2)::text as "complaintsPerDay", solved::int as "solvedCount",
            round(solved * 100 / nullif(complaints, 0)::numeric, 2)::text as "solvedRate", quality::int as "qualityCount",
            withdrawn::int as "withdrawnCount", rejected::int as "notAcceptedCount", closed::int as "closedCount", open::int as "openCount",
            loss::numeric(16, 2)::text as "totalLoss" from figures`,
    [from, to],
  )
  return rows[0]
}

/** 投诉受理检查 (002 6.1 duties 3 and 9): what happened within the period to the complaints of one handler. */
export interface DutyCheck {
  readonly accepted: number
  /** The promised term ran out within the period, and the complaint was not closed by then. */
  readonly overdue: number
  readonly solved: number
  /** Sent back by a dissatisfied return visit. */
  readonly reopened: number
  /** From reception to closing of those solved; null without any. */
  readonly meanDays: string | null
}
/** Each figure counts what happened within the period, so that periods in a row count nothing twice and nothing never. The handler is whom the record names, before that whoever took the complaint in. */
export async function complaintDutyCheck(db: Querier, { from, to }: Period, handlerId: string): Promise<DutyCheck> {
  const { rows } = await db.query(
    `with ${complaintsAmong(openInPeriod)},
       marked as (
         select *, ${endOf('promised_on')} as due_at, outcome = 'completed' and ended_at >= ${startOf('$1')} and ended_at < ${endOf('$2')} as solved
           from complaint where handler_id = $3)
     select count(*) filter (where received_at >= ${startOf('$1')} and acceptance = 'ACCEPTED' and outcome is distinct from 'rejected')::int as accepted,
            count(*) filter (where due_at > ${startOf('$1')} and due_at <= least(${endOf('$2')}, clock_timestamp()) and (ended_at is null or ended_at >= due_at))::int as overdue,
            count(*) filter (where solved)::int as solved,
            count(*) filter (where round > 1 and exists (select from audit_entry back where back.stream = 'case:' || marked.id and back.action = 'VISIT_DISSATISFIED'
              and back.occurred_at >= ${startOf('$1')} and back.occurred_at < ${endOf('$2')}))::int as reopened,
            round((avg(extract(epoch from ended_at - received_at)) filter (where solved) / 86400)::numeric, 2)::text as "meanDays" from marked`,
    [from, to, handlerId],
  )
  return rows[0]
}
