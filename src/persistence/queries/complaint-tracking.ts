import type { Keyring } from '../../audit/keyring.js'
import type { Label } from '../../define/index.js'
import { type FormVersion, formVersionsOf } from '../form-versions.js'
import type { Querier } from '../pool.js'
import { complaintsAmong } from './complaint-facts.js'

/** 处理时效: the five stations of 客户投诉案件追踪表 (002 6.12), in their order, and the states of complaint-handling that count to each. */
export const stations = {
  /** 收件: taken in, classified, the notice issued. */
  RECEPTION: { label: ['收件', 'Reception'], states: ['registered', 'noticeReview'] },
  /** 质管部: what happened and whose fault it was. */
  QUALITY: { label: ['质管部', 'Quality management'], states: ['investigating', 'causeVerdict'] },
  /** 会签部: the plan, the countersigning departments, and whoever decides after them. */
  COUNTERSIGN: {
    label: ['会签部', 'Countersigning departments'],
    states: ['planDrafting', 'countersigning', 'managerApproval', 'deputyGmInstruction', 'gmInstruction'],
  },
  /** 市场营销部: everything that is done with the customer, in court too. */
  MARKETING: { label: ['市场营销部', 'Marketing'], states: ['negotiating', 'explaining', 'executing', 'executionConfirming', 'litigation'] },
  /** 结案: the return visit, improvement and report, until the manager closes the case. */
  CLOSING: { label: ['结案', 'Closing'], states: ['returnVisiting', 'improving', 'reporting', 'reportReview'] },
} as const satisfies Readonly<Record<string, { readonly label: Label; readonly states: readonly string[] }>>
export type Station = keyof typeof stations
export const stationIds = Object.keys(stations) as Station[]

/** Time spent at a station over all rounds; while the case stands there the time runs on. `days`: two decimals. */
export interface StationTime {
  readonly station: Station
  /** When the case first came there; null: not yet. */
  readonly reachedAt: Date | null
  readonly ms: number
  readonly days: string
}
export interface Reminder {
  readonly remindedOn: string
  readonly docNo: string
  readonly addresseeId: string | null
  readonly byClock: boolean
}
/** One line of the sheet. Money and quantities are decimal strings. */
export interface TrackingRow {
  readonly id: string
  readonly receivedAt: Date
  readonly endedAt: Date | null
  readonly acceptedOn: string | null
  readonly docNo: string | null
  readonly customerId: string | null
  readonly deliveryNoteNo: string | null
  readonly productSpec: string | null
  readonly shippedOn: string | null
  readonly quantity: string | null
  readonly amount: string | null
  readonly defectiveQuantity: string | null
  readonly content: string | null
  readonly manufacturingDeptId: string | null
  readonly disposition: string | null
  readonly lossAmount: string | null
  readonly shares: readonly { readonly department: string; readonly ratio: string }[]
  /** The newest attribution of liability by the tracking case, whose personal values are its own; null: there is none. */
  readonly liability: FormVersion | null
  readonly stations: readonly StationTime[]
  readonly totalMs: number
  readonly totalDays: string
  readonly reminders: readonly Reminder[]
  readonly closingNo: string | null
  /** For the sheets of 6.6 and 6.7. */
  readonly number: string
  readonly complaintKind: string | null
  readonly product: string | null
  readonly purchasedOn: string | null
  readonly promisedDeadline: string | null
  readonly reason: string | null
  readonly customerDemand: string | null
}

/** The lines of these complaints, by id. What is no complaint has none. */
export async function trackingRows(db: Querier, keys: Keyring, ids: readonly string[]): Promise<Map<string, TrackingRow>> {
  const [complaints, liabilities, times, reminders] = await Promise.all([
    complaintsOf(db, ids),
    liabilitiesOf(db, keys, ids),
    timesOf(db, ids),
    remindersOf(db, ids),
  ])
  return new Map(
    complaints.map((row): [string, TrackingRow] => {
      const spent = stationIds.map(
        (station) => times.find((time) => time.case_id === row.id && time.station === station) ?? { station, reachedAt: null, ms: 0 },
      )
      const totalMs = spent.reduce((total, { ms }) => total + ms, 0)
      return [
        row.id,
        {
          ...row,
          shares: row.shares ?? [],
          liability: liabilities.get(row.id) ?? null,
          stations: spent.map(({ station, reachedAt, ms }) => ({ station, reachedAt, ms, days: daysOf(ms) })),
          totalMs,
          totalDays: daysOf(totalMs),
          reminders: reminders
            .filter(({ complaint_id }) => complaint_id === row.id)
            .map(({ remindedOn, docNo, addresseeId, byClock }) => ({ remindedOn, docNo, addresseeId, byClock })),
        },
      ]
    }),
  )
}
const daysOf = (ms: number): string => (ms / 86_400_000).toFixed(2)

/** The sheet of the tracking case says what no paper of the complaint has; its liability, once attributed, stands above the first verdict. */
async function complaintsOf(
  db: Querier,
  ids: readonly string[],
): Promise<Omit<TrackingRow, 'liability' | 'stations' | 'totalMs' | 'totalDays' | 'reminders'>[]> {
  const { rows } = await db.query(
    `with ${complaintsAmong(`select s.id as case_id, a.occurred_at as received_at from service_case s join audit_entry a on a.stream = 'case:' || s.id and a.sequence = 1
                              where s.id = any($1) and s.process = 'complaint-handling'`)},
       sheet as (
         select s.parent_id, jsonb_object_agg(f.key, f.content::jsonb order by f.version) as t from service_case s join form_version f on f.case_id = s.id
          where s.parent_id = any($1) and s.process = 'complaint-case-tracking' and f.key in ('delivery', 'liability') group by s.parent_id)
     select c.id, c.number, received_at as "receivedAt", ended_at as "endedAt", accepted_on as "acceptedOn", doc_no as "docNo", customer_id as "customerId",
            t #>> '{delivery,deliveryNoteNo}' as "deliveryNoteNo", coalesce(t #>> '{delivery,productSpec}', product) as "productSpec",
            t #>> '{delivery,shippedOn}' as "shippedOn", coalesce(t #>> '{delivery,quantity}', quantity) as quantity,
            coalesce(t #>> '{delivery,amount}', amount) as amount, t #>> '{delivery,defectiveQuantity}' as "defectiveQuantity", content,
            department_id as "manufacturingDeptId", disposition, loss::numeric(16, 2)::text as "lossAmount",
            case when t ? 'liability' then t #> '{liability,shares}' else shares end as shares,
            closing_no as "closingNo", kind as "complaintKind", product, purchased_on as "purchasedOn", promised_on as "promisedDeadline", reason,
            customer_demand as "customerDemand"
       from complaint c left join sheet on sheet.parent_id = c.id`,
    [ids],
  )
  return rows
}

/** By complaint: of several tracking cases the one that was handed in last counts. */
async function liabilitiesOf(db: Querier, keys: Keyring, ids: readonly string[]): Promise<Map<string, FormVersion>> {
  const { rows } = await db.query(`select id, parent_id from service_case where parent_id = any($1) and process = 'complaint-case-tracking'`, [ids])
  const complaintOf = new Map(rows.map(({ id, parent_id }): [string, string] => [id, parent_id]))
  const papers = await formVersionsOf(db, keys, [...complaintOf.keys()], { newest: true, key: 'liability' })
  const inOrder = papers.sort((a, b) => a.submittedAt.valueOf() - b.submittedAt.valueOf())
  return new Map(inOrder.map((paper) => [complaintOf.get(paper.caseId)!, paper]))
}

/** Differences between one change of state and the next, summed by station. An end takes no time; what has not ended runs until now. */
async function timesOf(db: Querier, ids: readonly string[]): Promise<(Omit<StationTime, 'days'> & { readonly case_id: string })[]> {
  const { rows } = await db.query(
    `with step as (
       select case_id, to_state, occurred_at, lead(occurred_at) over (partition by stream order by sequence) as left_at
         from audit_entry where stream = any($1)),
       place as (select station, state from jsonb_to_recordset($2) as one(station text, state text))
     select case_id, station, min(occurred_at) as "reachedAt",
            sum(greatest(0, round(extract(epoch from coalesce(left_at, clock_timestamp()) - occurred_at) * 1000)))::float8 as ms
       from step join place on state = to_state group by case_id, station`,
    [ids.map((id) => `case:${id}`), JSON.stringify(stationIds.flatMap((station) => stations[station].states.map((state) => ({ station, state }))))],
  )
  return rows
}

/** 督促记录(日期文号): those of people as they were written; those of the clock by day, under the number of the tracking case and a running number. */
async function remindersOf(db: Querier, ids: readonly string[]): Promise<(Reminder & { readonly complaint_id: string })[]> {
  const { rows } = await db.query(
    `with entry as (
       select s.parent_id, s.number, a.case_id, a.sequence, a.action, a.occurred_at, row_number() over (partition by a.stream order by a.sequence) as place
         from service_case s join audit_entry a on a.stream = 'case:' || s.id and a.action in ('DUN', 'DEADLINE_OVERDUE')
        where s.parent_id = any($1) and s.process = 'complaint-case-tracking')
     select parent_id as complaint_id, action = 'DEADLINE_OVERDUE' as "byClock",
            coalesce(f.content::jsonb ->> 'remindedOn', to_char(occurred_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD')) as "remindedOn",
            coalesce(f.content::jsonb ->> 'docNo', number || '-' || lpad(place::text, 2, '0')) as "docNo",
            coalesce(f.content::jsonb ->> 'addressee', sheet.content::jsonb ->> 'manufacturingDept') as "addresseeId"
       from entry left join form_version f on f.case_id = entry.case_id and f.key = 'reminder' and f.sequence = entry.sequence
       left join form_version sheet on sheet.case_id = entry.case_id and sheet.key = 'sheet' and sheet.version = 1
      order by entry.case_id, entry.sequence`,
    [ids],
  )
  return rows
}
