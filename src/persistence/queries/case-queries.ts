import type { Actor } from '../../define/index.js'
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

/** The processes of which the viewer sees every case. */
export const processesSeen = (processes: Processes, viewer: Actor): string[] =>
  [...processes.current.values()]
    .filter(({ definition }) => rolesThatSee(definition).some((role) => viewer.roles.includes(role)))
    .map(({ definition }) => definition.id)

/** What the viewer may know of: the same rule as the door's, in SQL, for a case under the alias `c`. */
export function visibleTo(conditions: Conditions, processes: Processes, viewer: Actor): Conditions {
  if (viewer.kind === 'system') return conditions
  return conditions.and(
    `c.process = any(?) or c.applicant_person_id = ?
     or exists (select from case_participant p where p.case_id = c.id and p.person_id = ?)
     or exists (select from task t join task_offer o on o.task_id = t.id where t.case_id = c.id and (o.person_id = ? or o.department_ids && ?::uuid[]))`,
    processesSeen(processes, viewer),
    viewer.personId,
    viewer.personId,
    viewer.personId,
    viewer.departmentIds,
  )
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
  if (typeof filter.overdue === 'boolean') conditions.and(`coalesce(c.outcome is null and c.due_at < now(), false) = ?`, filter.overdue)
  return readPage(db, { from: 'service_case c', key: 'c.opened_at', id: 'c.id', conditions }, request)
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
export function groupIds(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const [group, id] of pairs) groups.set(group, [...(groups.get(group) ?? []), id])
  return groups
}
