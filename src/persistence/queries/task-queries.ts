import { type Actor, type Role, roleIds, rolesHeld } from '../../define/index.js'
import type { Processes } from '../../engine/processes.js'
import type { Querier } from '../pool.js'
import { groupIds, visibleTo } from './case-queries.js'
import { Conditions, type Page, type PageRequest, readPage } from './page.js'

/** Open tasks that are offered to the viewer, newest first: what waits for this person to act. */
export function findInbox(db: Querier, viewer: Actor, request: PageRequest): Promise<Page> {
  const conditions = new Conditions().and(`t.status = 'OPEN'`).and(
    `exists (select from task_offer o where o.task_id = t.id and not (? = any(o.excluded_person_ids))
       and (o.person_id = ? or o.department_ids && ?::uuid[] or (o.person_id is null and o.department_ids is null and o.role = any(?))))`,
    viewer.personId,
    viewer.personId,
    viewer.departmentIds,
    viewer.roles,
  )
  return readPage(db, { from: 'task t', key: 't.opened_at', id: 't.id', conditions }, request)
}

export interface TaskFilter {
  readonly caseId?: string | null | undefined
  readonly status?: 'OPEN' | 'CLAIMED' | 'COMPLETED' | 'SUPERSEDED' | null | undefined
  readonly completedById?: string | null | undefined
  readonly overdue?: boolean | null | undefined
}
/** Tasks of cases that the viewer may see, newest first. */
export function findTasks(db: Querier, processes: Processes, viewer: Actor, filter: TaskFilter, request: PageRequest): Promise<Page> {
  const conditions = visibleTo(new Conditions(), processes, viewer)
    .andIf(filter.caseId, 't.case_id = ?')
    .andIf(filter.status, `case when t.status = 'OPEN' and t.claimed_by_id is not null then 'CLAIMED' else t.status end = ?`)
    .andIf(filter.completedById, 't.completed_by_id = ?')
  if (typeof filter.overdue === 'boolean') conditions.and(`coalesce(t.status = 'OPEN' and t.due_at < now(), false) = ?`, filter.overdue)
  return readPage(db, { from: 'task t join service_case c on c.id = t.case_id', key: 't.opened_at', id: 't.id', conditions }, request)
}

/** The tasks of each case, in the order in which they were opened. */
export async function taskIdsOf(db: Querier, caseIds: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.query('select id, case_id from task where case_id = any($1) order by opened_at, id', [caseIds])
  return groupIds(rows.map(({ id, case_id }) => [case_id, id]))
}

/** One way to come by a task: a role, perhaps bound to departments, or one person. */
export interface OfferRow {
  readonly taskId: string
  readonly role: Role
  readonly departmentIds: readonly string[] | null
  readonly personId: string | null
  readonly excludedPersonIds: readonly string[]
}
export async function offersOf(db: Querier, taskIds: readonly string[]): Promise<OfferRow[]> {
  const { rows } = await db.query(
    'select task_id, role, department_ids, person_id, excluded_person_ids from task_offer where task_id = any($1) order by task_id, place',
    [taskIds],
  )
  return rows.map((row) => ({
    taskId: row.task_id,
    role: row.role,
    departmentIds: row.department_ids,
    personId: row.person_id,
    excludedPersonIds: row.excluded_person_ids,
  }))
}

/** The roles whose holders also hold this one. */
const grantsOf = (role: Role): Role[] => roleIds.filter((granted) => rolesHeld([granted]).includes(role) && !rolesHeld([]).includes(role))

/** Who may take each task now: active people whom an offer means and does not exclude, by employee id, at most 100 a task. */
export async function candidateIdsOf(db: Querier, taskIds: readonly string[]): Promise<Map<string, string[]>> {
  const grants = JSON.stringify(roleIds.flatMap((role) => grantsOf(role).map((granted) => ({ role, granted }))))
  const { rows } = await db.query(
    `with means as (select role, granted from jsonb_to_recordset($2) as pair(role text, granted text)),
       candidate as (
         select distinct o.task_id, e.id, e.number from task_offer o join employee e on e.active and e.kind = 'EMPLOYEE' and not (e.person_id = any(o.excluded_person_ids))
          where o.task_id = any($1) and (e.person_id = o.person_id or e.department_id = any(o.department_ids) or (o.person_id is null and o.department_ids is null and exists (
            select from role_assignment r join means on means.granted = r.role and means.role = o.role
             where r.employee_id = e.id and r.valid_from <= now() and (r.valid_to is null or r.valid_to > now()))))),
       placed as (select *, row_number() over (partition by task_id order by number) as place from candidate)
     select task_id, id from placed where place <= 100 order by task_id, place`,
    [taskIds, grants],
  )
  return groupIds(rows.map(({ task_id, id }) => [task_id, id]))
}
