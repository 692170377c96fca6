import type { Actor, Role } from '../../define/index.js'
import type { Processes } from '../../engine/processes.js'
import type { Querier } from '../pool.js'
import { groupIds, visibleTo } from './case-queries.js'
import { Conditions, type Page, type PageRequest, readPage } from './page.js'

/** Open tasks that are offered to the viewer, newest first: what waits for this person to act. */
export function findInbox(db: Querier, viewer: Actor, request: PageRequest): Promise<Page> {
  const conditions = new Conditions().and(`t.status = 'OPEN'`).and(
    `exists (select from task_offer o where o.task_id = t.id and o.level = 0 and not (? = any(o.excluded_person_ids)) and not (o.excluded_department_ids && ?::uuid[])
       and (o.person_id = ? or o.department_ids && ?::uuid[] or (o.person_id is null and o.department_ids is null and o.role = any(?))))
     or exists (select from task_offer o where o.task_id = t.id and o.level > 0 and o.role = any(?))
       and exists (select from task_candidate c where c.task_id = t.id and c.employee_id = ?)
     or exists (select from proxy_grant g join service_case s on s.id = t.case_id
          join task_candidate c on c.task_id = t.id and c.employee_id = g.principal_id
         where g.proxy_id = ? and g.revoked_at is null and g.valid_from <= now() and g.valid_to > now() and (g.processes = '{}' or s.process = any(g.processes))
           and t.kind = 'DECIDE' and s.applicant_person_id <> ? and not exists (select from task_offer o where o.task_id = t.id and ? = any(o.excluded_person_ids)))`,
    viewer.personId,
    viewer.departmentIds,
    viewer.personId,
    viewer.departmentIds,
    viewer.roles,
    viewer.roles,
    viewer.employeeId,
    viewer.employeeId,
    viewer.personId,
    viewer.personId,
  )
  return readPage(db, { from: 'task t', key: 't.opened_at', id: 't.id', conditions }, request)
}

/** What the viewer has done, newest first. */
export function findDone(db: Querier, { employeeId }: Actor, request: PageRequest): Promise<Page> {
  const conditions = new Conditions().and('t.completed_by_id = ?', employeeId)
  return readPage(db, { from: 'task t', key: 't.closed_at', id: 't.id', conditions }, request)
}

/** 无人可办: nobody may do it now. It is so as soon as the last one is gone, and no longer once somebody joins. */
const statusSql = `case when t.status <> 'OPEN' then t.status when not exists (select from task_candidate c where c.task_id = t.id) then 'UNASSIGNABLE'
  when t.claimed_by_id is not null then 'CLAIMED' else 'OPEN' end`

export interface TaskFilter {
  readonly caseId?: string | null | undefined
  readonly status?: 'OPEN' | 'CLAIMED' | 'SUSPENDED' | 'UNASSIGNABLE' | 'COMPLETED' | 'SUPERSEDED' | null | undefined
  readonly completedById?: string | null | undefined
  readonly overdue?: boolean | null | undefined
}
/** Tasks of cases that the viewer may see, newest first. */
export function findTasks(db: Querier, processes: Processes, viewer: Actor, filter: TaskFilter, request: PageRequest): Promise<Page> {
  const conditions = visibleTo(new Conditions(), processes, viewer)
    .andIf(filter.caseId, 't.case_id = ?')
    .andIf(filter.status, `${statusSql} = ?`)
    .andIf(filter.completedById, 't.completed_by_id = ?')
  if (typeof filter.overdue === 'boolean')
    conditions.and(`coalesce(t.status in ('OPEN', 'SUSPENDED') and t.due_at < coalesce(c.paused_at, now()), false) = ?`, filter.overdue)
  return readPage(db, { from: 'task t join service_case c on c.id = t.case_id', key: 't.opened_at', id: 't.id', conditions }, request)
}

/** What nobody may do now, of the processes that the viewer owns, newest first. */
export function findUnassignable(db: Querier, processes: Processes, { roles }: Actor, request: PageRequest): Promise<Page> {
  const owned = [...processes.current.values()].flatMap(({ definition }) => (roles.includes(definition.owner) ? [definition.id] : []))
  const conditions = new Conditions().and('c.process = any(?)', owned).and(`${statusSql} = 'UNASSIGNABLE'`)
  return readPage(db, { from: 'task t join service_case c on c.id = t.case_id', key: 't.opened_at', id: 't.id', conditions }, request)
}

/** The tasks of each case, in the order in which they were opened. */
export async function taskIdsOf(db: Querier, caseIds: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.query('select id, case_id from task where case_id = any($1) order by opened_at, id', [caseIds])
  return groupIds(rows.map(({ id, case_id }) => [case_id, id]))
}

/** Open tasks that decide, of cases about each customer: what stands against the customer's record now, at most 100 each. */
export async function pendingApprovalsOf(db: Querier, customerIds: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.query(
    `with open as (select t.id, c.customer_id, row_number() over (partition by c.customer_id order by t.opened_at, t.id) as place
       from task t join service_case c on c.id = t.case_id
      where c.customer_id = any($1) and t.status in ('OPEN', 'SUSPENDED') and t.kind = 'DECIDE'
        and not exists (select from task_offer o where o.task_id = t.id and o.person_id = c.applicant_person_id))
     select id, customer_id from open where place <= 100 order by customer_id, place`,
    [customerIds],
  )
  return groupIds(rows.map(({ id, customer_id }) => [customer_id, id]))
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

/** Who may take each task now, by employee id, at most 100 a task. */
export async function candidateIdsOf(db: Querier, taskIds: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.query(
    `with candidate as (select distinct task_id, employee_id, number from task_candidate where task_id = any($1)),
       placed as (select *, row_number() over (partition by task_id order by number) as place from candidate)
     select task_id, employee_id from placed where place <= 100 order by task_id, place`,
    [taskIds],
  )
  return groupIds(rows.map(({ task_id, employee_id }) => [task_id, employee_id]))
}
