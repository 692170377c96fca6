import type { Actor, AnyProcess } from '../../define/index.js'
import type { Processes } from '../../engine/processes.js'
import { rolesThatSee } from '../../engine/visibility.js'
import type { Querier } from '../pool.js'
import { Conditions, type Page, type PageRequest, readPage } from './page.js'

export interface CaseFilter {
  readonly processes?: readonly string[] | null | undefined
  readonly states?: readonly string[] | null | undefined
  readonly status?: 'OPEN' | 'CLOSED' | null | undefined
  readonly outcome?: string | null | undefined
  readonly customerId?: string | null | undefined
  readonly applicantId?: string | null | undefined
  readonly parentId?: string | null | undefined
  readonly openedFrom?: Date | null | undefined
  readonly openedBefore?: Date | null | undefined
  readonly overdue?: boolean | null | undefined
}

/** The processes of which the viewer sees every case, by version: a case is seen by the roles of its own. */
export const versionsSeen = ({ versions }: Processes, viewer: Actor): AnyProcess[] =>
  versions.filter(({ definition }) => rolesThatSee(definition).some((role) => viewer.roles.includes(role))).map(({ definition }) => definition)

/** What the viewer may know of: the same rule as the door's, in SQL, for a case under the alias `c`. */
export const visibleTo = (conditions: Conditions, processes: Processes, viewer: Actor): Conditions => conditions.and(...visibility(processes, viewer))
/** The same with its values, as one condition. */
export function visibility(processes: Processes, viewer: Actor): readonly [sql: string, ...values: unknown[]] {
  if (viewer.kind === 'system') return ['true']
  const seen = versionsSeen(processes, viewer)
  return [
    `(c.process, c.definition_version) in (select * from unnest(?::text[], ?::integer[])) or c.applicant_person_id = ?
     or exists (select from case_participant p where p.case_id = c.id and p.person_id = ?)
     or exists (select from case_copy y where y.case_id = c.id and y.person_id = ?)
     or exists (select from task t join task_offer o on o.task_id = t.id where t.case_id = c.id and (o.person_id = ? or o.department_ids && ?::uuid[] or o.level > 0 and o.role = any(?)))
     or exists (select from proxy_grant where proxy_id = ? and revoked_at is null and valid_to > now()) and exists (select from task t
          join task_candidate k on k.task_id = t.id join proxy_grant g on g.principal_id = k.employee_id and g.proxy_id = ? and g.revoked_at is null
         where t.case_id = c.id and t.status = 'OPEN' and g.valid_from <= now() and g.valid_to > now() and (g.processes = '{}' or c.process = any(g.processes)))`,
    seen.map(({ id }) => id),
    seen.map(({ version }) => version),
    viewer.personId,
    viewer.personId,
    viewer.personId,
    viewer.personId,
    viewer.departmentIds,
    viewer.roles,
    viewer.employeeId,
    viewer.employeeId,
  ]
}

/** Cases that the viewer may see, newest first. */
export function findCases(db: Querier, processes: Processes, viewer: Actor, filter: CaseFilter, request: PageRequest): Promise<Page> {
  const conditions = visibleTo(new Conditions(), processes, viewer)
    .andIf(filter.processes, 'c.process = any(?)')
    .andIf(filter.states, 'c.state = any(?)')
    .andIf(filter.outcome, 'c.outcome = ?')
    .andIf(filter.customerId, 'c.customer_id = ?')
    .andIf(filter.applicantId, 'c.applicant_id = ?')
    .andIf(filter.parentId, 'c.parent_id = ?')
    .andIf(filter.openedFrom, 'c.opened_at >= ?')
    .andIf(filter.openedBefore, 'c.opened_at < ?')
  if (filter.status) conditions.and(filter.status === 'OPEN' ? 'c.outcome is null' : 'c.outcome is not null')
  if (typeof filter.overdue === 'boolean') conditions.and(`coalesce(c.outcome is null and c.due_at < coalesce(c.paused_at, now()), false) = ?`, filter.overdue)
  return readPage(db, { from: 'service_case c', key: 'c.opened_at', id: 'c.id', conditions }, request)
}

/** What the viewer has applied for, newest first. */
export function findStarted(db: Querier, { personId }: Actor, request: PageRequest): Promise<Page> {
  const conditions = new Conditions().and('c.applicant_person_id = ?', personId)
  return readPage(db, { from: 'service_case c', key: 'c.opened_at', id: 'c.id', conditions }, request)
}
/** What the viewer was copied, the newest copy first. */
export function findCopied(db: Querier, { personId }: Actor, request: PageRequest): Promise<Page> {
  const conditions = new Conditions().and('y.person_id = ?', personId)
  return readPage(db, { from: 'case_copy y', key: 'y.copied_at', id: 'y.case_id', conditions }, request)
}

/** Which of these cases the viewer may see. */
export async function visibleAmong(db: Querier, processes: Processes, viewer: Actor, ids: readonly string[]): Promise<Set<string>> {
  const conditions = visibleTo(new Conditions().and('c.id = any(?)', ids), processes, viewer)
  const { rows } = await db.query(`select c.id from service_case c where ${conditions.where}`, conditions.values)
  return new Set(rows.map(({ id }) => id))
}
export async function caseIdByNumber(db: Querier, number: string): Promise<string | null> {
  const { rows } = await db.query('select id from service_case where number = $1', [number])
  return rows[0]?.id ?? null
}
/** The children of each case, in the order in which they were opened. */
export async function childIdsOf(db: Querier, ids: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.query('select id, parent_id from service_case where parent_id = any($1) order by opened_at, id', [ids])
  return groupIds(rows.map(({ id, parent_id }) => [parent_id, id]))
}
/** The completed case that has revoked each of these. */
export async function revokedBy(db: Querier, ids: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.query(`select id, revokes_id from service_case where revokes_id = any($1) and outcome = 'completed'`, [ids])
  return groupIds(rows.map(({ id, revokes_id }) => [revokes_id, id]))
}
/** 疑似拆分: what the same applicant drew on the same account for the same counterparty within 30 days of each case. */
export async function similarTo(db: Querier, ids: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.query(
    `select mine.case_id, other.case_id as similar from commitment mine join service_case m on m.id = mine.case_id
       join commitment other on other.account = mine.account and other.counterparty_id = mine.counterparty_id and other.case_id <> mine.case_id and other.status <> 'RELEASED'
       join service_case o on o.id = other.case_id and o.applicant_person_id = m.applicant_person_id and abs(extract(epoch from o.opened_at - m.opened_at)) <= 30 * 86400
      where mine.case_id = any($1) and mine.status <> 'RELEASED' order by o.opened_at limit 1000`,
    [ids],
  )
  return groupIds(rows.map(({ case_id, similar }) => [case_id, similar]))
}
export function groupIds(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const [group, id] of pairs) groups.set(group, [...(groups.get(group) ?? []), id])
  return groups
}
