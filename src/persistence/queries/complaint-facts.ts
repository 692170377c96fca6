/** What reports on complaints have in common: how a complaint is found, and where each of its columns stands in its papers. */

/** Days of the calendar of Shanghai, `YYYY-MM-DD`, both included. */
export interface Period {
  readonly from: string
  readonly to: string
}

const zone = `at time zone 'Asia/Shanghai'`
/** The moments between which a period lies; the parameters are its two days. The second belongs to the next period. */
export const startOf = (parameter: string): string => `(${parameter}::date::timestamp ${zone})`
export const endOf = (parameter: string): string => `((${parameter}::date + 1)::timestamp ${zone})`

/** The first entry of a complaint: its moment is when the complaint came in, which nobody types. */
export const isReception = (alias: string): string =>
  `${alias}.process = 'complaint-handling' and ${alias}.sequence = 1 and ${alias}.action = 'OPEN' and ${alias}.result = 'DONE'`

/** A part of the newest papers: the first of the places, as `survey.complaintKind`, that is filled in. */
const paper = (...places: readonly string[]): string => `coalesce(${places.map((place) => `p #>> '{${place.replaceAll('.', ',')}}'`).join(', ')})`

const columns: Readonly<Record<string, string>> = {
  accepted_on: paper('registration1.acceptedOn'),
  acceptance: paper('registration1.acceptance'),
  customer_demand: paper('registration1.customerDemand', 'handlingForm.customerDemand'),
  reason: paper('registration1.reason'),
  content: paper('notice.content', 'handlingForm.content', 'registration1.reason'),
  doc_no: paper('notice.documentNo'),
  promised_on: paper('registration1.promisedDeadline', 'notice.promisedDeadline'),
  department_id: paper('notice.problemDepartment'),
  kind: paper('survey.complaintKind', 'analysis.complaintKind'),
  product: paper('handlingForm.goods', 'record.subjectGoods', 'registration2.rows.0.goods'),
  purchased_on: paper('handlingForm.purchasedOn', 'notice.orderedOn'),
  quantity: paper('handlingForm.quantity'),
  amount: paper('record.subjectAmount'),
  handler_id: `coalesce(p #>> '{record,handler}', c.applicant_id::text)`,
  disposition: paper('remedy.disposition'),
  loss: `(p #>> '{remedy,lossAmount}')::numeric`,
  closing_no: paper('closing.closingNo'),
  shares: `p #> '{liability,shares}'`,
  // Only the closing report says what the complaint was about; until there is one, the kind that the investigation found does.
  quality: `case when p ? 'report' then p #> '{report,contents}' ? 'QUALITY' else coalesce(p #>> '{survey,complaintKind}' ~ '品质|质量', false) end`,
}
const keys = ['registration1', 'registration2', 'notice', 'survey', 'record', 'handlingForm', 'analysis', 'remedy', 'report', 'closing', 'liability']

/**
 * Common tables for a query about complaints. In: a query that gives `case_id` and `received_at`.
 * Out: `complaint`, a row each, with `ended_at` null while it is open.
 */
export const complaintsAmong = (received: string): string => `
  received as (${received}),
  paper as (
    select distinct on (f.case_id, f.key) f.case_id, f.key, f.content::jsonb as content from received r join form_version f on f.case_id = r.case_id
     where f.key = any('{${keys.join(',')}}') order by f.case_id, f.key, f.version desc),
  bundle as (select case_id, jsonb_object_agg(key, content) as p from paper group by case_id),
  complaint as (
    select c.id, c.number, c.outcome, c.customer_id, r.received_at, last.occurred_at as ended_at, ${Object.entries(columns)
      .map(([name, sql]) => `${sql} as ${name}`)
      .join(', ')}
      from received r join service_case c on c.id = r.case_id left join bundle b on b.case_id = c.id
      left join audit_entry last on c.outcome is not null and last.stream = 'case:' || c.id and last.sequence = c.version)`

/** Complaints that came in within the period whose days are the parameters $1 and $2. */
export const receivedInPeriod = `select a.case_id, a.occurred_at as received_at from audit_entry a
  where ${isReception('a')} and a.occurred_at >= ${startOf('$1')} and a.occurred_at < ${endOf('$2')}`

/**
 * Complaints that were open at any moment of the period: received before its end, and not ended before it began. What was recorded
 * as ended before the period ended before it, so that the moment of the record, which has an index, may choose.
 */
export const openInPeriod = `select a.case_id, a.occurred_at as received_at
  from service_case s join audit_entry a on a.stream = 'case:' || s.id and ${isReception('a')} and a.occurred_at < ${endOf('$2')}
 where s.process = 'complaint-handling' and (s.closed_at is null or s.closed_at >= ${startOf('$1')})`
