import type { CaseEvent, ExportedCase, ExportedEntry, ExportedPerson } from '../audit/exports/entry.js'
import { type Actor, isFinal } from '../define/index.js'
import type { Processes } from '../engine/processes.js'
import { systemAccount } from '../engine/system-account.js'
import type { Querier } from './pool.js'
import { type AuditFilter, auditConditions, auditFrom } from './queries/audit-filter.js'
import type { Conditions } from './queries/page.js'

/**
 * What an export is of: the entries of the filter among the first `logSize` leaves of the log. They were committed, will never change
 * and none joins them, so that each batch may be a statement of its own: no transaction stays open while a client takes its time,
 * and a second reading finds the same.
 */
export interface ExportScope {
  readonly db: Querier
  readonly processes: Processes
  readonly filter: AuditFilter
  readonly logSize: number
  /** With what is for auditors alone. */
  readonly whole: boolean
  /** By which a bundle's checkpoint is checked. */
  readonly verifierKeys: readonly string[]
}

const batches = { entries: 250, cases: 100 } as const
/** Who may export which cases was asked before. */
const reader: Actor = { ...systemAccount, kind: 'system', name: '', roles: [], departmentIds: [], limits: {} }
const conditionsOf = ({ processes, filter, logSize, whole }: ExportScope): Conditions =>
  auditConditions(processes, whole ? { ...reader, roles: ['AUDITOR'] } : reader, filter).and('l.index < ?', logSize)
/** Event logs tell what was done in cases; attempts are for the other formats. */
const doneIn = (scope: ExportScope): Conditions => conditionsOf(scope).and(`a.case_id is not null and a.result = 'DONE'`)

const entries = `${auditFrom} join log_leaf l on l.position = a.position`
const iso = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
const person = (alias: string): string =>
  `case when ${alias}.id is not null then json_build_object('id', ${alias}.id, 'number', ${alias}.number, 'name', ${alias}.name) end`
const columns = `a.position::text, l.index as "logIndex", a.stream, a.sequence, ${iso('a.recorded_at')} as "recordedAt", ${iso('a.occurred_at')} as "occurredAt",
  a.case_id as "caseId", c.number as "caseNumber", a.process, a.action, a.result, ${person('actor')} as actor, ${person('principal')} as "onBehalfOf",
  a.grant_id as "grantId", a.role_used as "roleUsed", a.from_state as "from", a.to_state as "to", customer.code as "customerCode", a.amount::text,
  coalesce(a.reason_codes, '{}') as "reasonCodes", a.content, a.aside, a.aside_salt as "asideSalt", a.previous_hash as "previousHash", a.hash, a.mac, a.mac_key as "macKey"`
const names = `left join employee actor on actor.id = a.actor_id left join employee principal on principal.id = a.on_behalf_of_id
  left join customer on customer.id = a.customer_id`

const entryOf = ({ logIndex, ...row }: ExportedEntry): ExportedEntry => ({ ...row, logIndex: Number(logIndex) })

/** Every entry in the order in which it was recorded. */
export async function* entriesOf(scope: ExportScope): AsyncGenerator<ExportedEntry, void> {
  for (let after: ExportedEntry | undefined; ; ) {
    const conditions = conditionsOf(scope)
    if (after) conditions.and('(a.recorded_at, a.position) > (?, ?)', after.recordedAt, after.position)
    const { rows } = await scope.db.query(
      `select ${columns} from ${entries} ${names} where ${conditions.where} order by a.recorded_at, a.position limit ${batches.entries}`,
      conditions.values,
    )
    for (const row of rows) yield entryOf(row)
    if (rows.length < batches.entries) return
    after = rows.at(-1)
  }
}

/** What was done in each case, the cases in the order in which they were opened. */
export async function* caseEventsOf(scope: ExportScope): AsyncGenerator<CaseEvent, void> {
  for await (const page of pagesOf(scope)) {
    const byId = new Map(page.map((of) => [of.id, of]))
    for (let after: ExportedEntry | undefined; ; ) {
      const conditions = doneIn(scope).and('a.case_id = any(?)', [...byId.keys()])
      if (after)
        conditions.and(
          '(c.opened_at, c.id, a.recorded_at, a.position) > (?, ?, ?, ?)',
          byId.get(after.caseId!)!.openedAt,
          after.caseId,
          after.recordedAt,
          after.position,
        )
      const { rows } = await scope.db.query(
        `select ${columns} from ${entries} ${names} where ${conditions.where} order by c.opened_at, c.id, a.recorded_at, a.position limit ${batches.entries}`,
        conditions.values,
      )
      for (const row of rows) yield { of: byId.get(row.caseId)!, entry: entryOf(row) }
      if (rows.length < batches.entries) break
      after = rows.at(-1)
    }
  }
}

/** The cases that have such entries, in the order in which they were opened. */
export async function* casesOf(scope: ExportScope): AsyncGenerator<ExportedCase, void> {
  for await (const page of pagesOf(scope)) yield* page
}

interface CaseRow extends Omit<ExportedCase, 'outcome' | 'applicant'> {
  readonly applicant: ExportedPerson
}
async function* pagesOf(scope: ExportScope): AsyncGenerator<readonly ExportedCase[], void> {
  for (let after: ExportedCase | undefined; ; ) {
    const rows = await pageAfter(scope, after)
    const page = rows.map((row) => ({ ...row, outcome: outcomeOf(scope.processes, row) }))
    if (page.length > 0) yield page
    if (page.length < batches.cases) return
    after = page.at(-1)
  }
}

/** Where a case stood is told by its newest entry within the bound, not by the case, which goes on. */
async function pageAfter(scope: ExportScope, after: ExportedCase | undefined): Promise<CaseRow[]> {
  const conditions = doneIn(scope)
  const within = conditions.where
  const bound = conditions.values.push(scope.logSize)
  const since = after ? `and (k.opened_at, k.id) > ($${conditions.values.push(after.openedAt)}, $${conditions.values.push(after.id)})` : ''
  const has = (id: string) => `exists (select from ${entries} where a.case_id = ${id} and ${within})`
  const { rows } = await scope.db.query(
    `select k.id, k.number, k.process, k.definition_version as "definitionVersion", ${iso('k.opened_at')} as "openedAt", newest.to_state as state,
       newest.amount::text, ${iso('newest.occurred_at')} as "changedAt", customer.code as "customerCode", ${person('applicant')} as applicant, parent.number as "parentNumber"
       from service_case k join employee applicant on applicant.id = k.applicant_id
       join lateral (select a.* from audit_entry a join log_leaf l on l.position = a.position
         where a.stream = 'case:' || k.id and l.index < $${bound} order by a.sequence desc limit 1) newest on true
       left join customer on customer.id = newest.customer_id
       left join service_case parent on parent.id = k.parent_id and ${has('parent.id')}
      where ${has('k.id')} ${since} order by k.opened_at, k.id limit ${batches.cases}`,
    conditions.values,
  )
  return rows
}

/** How the case had ended by then; null: it had not, or this server does not know the definition. */
function outcomeOf(processes: Processes, { process, definitionVersion, state }: CaseRow): string | null {
  const step = processes.at(process, definitionVersion)?.definition.states[state]
  return step && isFinal(step) ? step.outcome : null
}
