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
const paper = (...places: readonly string[]): string =>
  `coalesce(${places
    .map((place) => place.split('.'))
    .map(([key, ...path]) => `${key}::jsonb #>> '{${path.join(',')}}'`)
    .join(', ')})`

const columns: Readonly<Record<string, string>> = {
  accepted_on: paper('registration1.acceptedOn'),
  acceptance: paper('registration1.acceptance'),
  customer_demand: paper('registration1.customerDemand', 'handling_form.customerDemand'),
  reason: paper('registration1.reason'),
  content: paper('notice.content', 'handling_form.content', 'registration1.reason'),
  doc_no: paper('notice.documentNo'),
  promised_on: paper('registration1.promisedDeadline', 'notice.promisedDeadline'),
  department_id: paper('notice.problemDepartment'),
  kind: paper('survey.complaintKind', 'analysis.complaintKind'),
  product: paper('handling_form.goods', 'record.subjectGoods', 'registration2.rows.0.goods'),
  purchased_on: paper('handling_form.purchasedOn', 'notice.orderedOn'),
  quantity: paper('handling_form.quantity'),
  amount: paper('record.subjectAmount'),
  handler_id: `coalesce(record::jsonb ->> 'handler', c.applicant_id::text)`,
  disposition: paper('remedy.disposition'),
  loss: `(remedy::jsonb ->> 'lossAmount')::numeric`,
  closing_no: paper('closing.closingNo'),
  shares: `liability::jsonb -> 'shares'`,
  // Only the closing report says what the complaint was about; until there is one, the kind that the investigation found does.
  quality: `case when report is null then coalesce(survey::jsonb ->> 'complaintKind' ~ '品质|质量', false) else report::jsonb -> 'contents' ? 'QUALITY' end`,
}
const papers: Readonly<Record<string, string>> = {
  registration1: 'registration1',
  registration2: 'registration2',
  notice: 'notice',
  survey: 'survey',
  record: 'record',
  handling_form: 'handlingForm',
  analysis: 'analysis',
  remedy: 'remedy',
  report: 'report',
  closing: 'closing',
  liability: 'liability',
}

/**
 * Common tables for a query about complaints. In: a query that gives `case_id` and `received_at`.
 * Out: `complaint`, a row each, with `ended_at` null while it is open. A column that the query does not ask for costs nothing.
 */
export const complaintsAmong = (received: string): string => `
  received as (${received}),
  complaint as (
    select c.id, c.number, c.outcome, c.round, c.customer_id, r.received_at, last.occurred_at as ended_at, ${Object.entries(columns)
      .map(([name, sql]) => `${sql} as ${name}`)
      .join(', ')}
      from received r join service_case c on c.id = r.case_id
      left join audit_entry last on c.outcome is not null and last.stream = 'case:' || c.id and last.sequence = c.version
      cross join lateral (
        select ${Object.entries(papers)
          .map(([name, key]) => `max(content) filter (where key = '${key}') as ${name}`)
          .join(', ')}
          from (select distinct on (key) key, content from form_version f where f.case_id = r.case_id order by key, version desc) newest) papers)`

/** Complaints that came in within the period whose days are the parameters $1 and $2. */
export const receivedInPeriod = `select a.case_id, a.occurred_at as received_at from audit_entry a
  where ${isReception('a')} and a.occurred_at >= ${startOf('$1')} and a.occurred_at < ${endOf('$2')}`

/**
 * Complaints that were open at any moment of the period: received before its end, and not ended before it began. What was recorded
 * as ended before the period ended before it, so that the moment of the record, which has an index, may choose.
 */
export const openInPeriod = `select a.case_id, a.occurred_at as received_at
  from service_case s join audit_entry a on a.case_id = s.id and ${isReception('a')} and a.occurred_at < ${endOf('$2')}
 where s.process = 'complaint-handling' and (s.closed_at is null or s.closed_at >= ${startOf('$1')})`
