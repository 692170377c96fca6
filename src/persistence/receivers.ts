import type { Language, Role } from '../define/index.js'
import type { Querier } from './pool.js'

/** Of a pool and of a role no more are told than this: the same for each task, others for another, so that all have their share. */
export const poolMax = 50

/** Somebody who can be told, and how they want it. Times of day: `HH:MM:SS` in the zone of the house. */
export interface Receiver {
  readonly employeeId: string
  readonly personId: string
  readonly email: string | null
  readonly mobile: string | null
  readonly channels: readonly PersonalChannel[]
  readonly language: Language
  readonly quiet: { readonly from: string; readonly to: string } | null
  readonly digestAt: string | null
}
export type PersonalChannel = 'EMAIL' | 'DINGTALK' | 'WECOM' | 'FEISHU'
/** Where an endpoint gets word of: an empty list of processes means all. */
export interface ActiveEndpoint {
  readonly id: string
  readonly kind: 'WEBHOOK' | Exclude<PersonalChannel, 'EMAIL'>
  readonly processes: readonly string[]
}

/** Employees who are there, by id, with what they prefer; by mail and in Chinese unless they said otherwise. */
export async function receiversOf(db: Querier, employeeIds: readonly string[]): Promise<Map<string, Receiver>> {
  const { rows } = await db.query(
    `select e.id as "employeeId", e.person_id as "personId", e.email, e.mobile, coalesce(p.channels, '{EMAIL}') as channels, coalesce(p.language, 'zh-CN') as language,
       case when p.quiet_from is null then null else json_build_object('from', p.quiet_from, 'to', p.quiet_to) end as quiet, p.digest_at as "digestAt"
     from employee e left join notice_preference p on p.employee_id = e.id where e.id = any($1) and e.active and e.kind = 'EMPLOYEE'`,
    [employeeIds],
  )
  return new Map(rows.map((row) => [row.employeeId, row]))
}

/** Who may do each task now, by task id; at most {@link poolMax} a task. */
export async function candidatesOf(db: Querier, taskIds: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.query(
    `with candidate as (select distinct task_id, employee_id from task_candidate where task_id = any($1)),
       placed as (select *, row_number() over (partition by task_id order by hashtextextended(task_id::text || employee_id, 0)) as place from candidate)
     select task_id, array_agg(employee_id::text order by place) as ids from placed where place <= $2 group by task_id`,
    [taskIds, poolMax],
  )
  return new Map(rows.map(({ task_id, ids }) => [task_id, ids]))
}

/** Who stands in now for these employees in tasks that decide, by the rule of the inbox: by task and principal, `task principal`. */
export async function standInsOf(db: Querier, taskIds: readonly string[], principalIds: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.query(
    `select t.id as task_id, g.principal_id, array_agg(distinct p.id::text) as ids from task t join service_case s on s.id = t.case_id
        join proxy_grant g on g.principal_id = any($2) and g.revoked_at is null and g.valid_from <= now() and g.valid_to > now()
          and (g.processes = '{}' or s.process = any(g.processes))
        join employee p on p.id = g.proxy_id and p.active and p.person_id <> s.applicant_person_id
      where t.id = any($1) and t.kind = 'DECIDE' and not exists (select from task_offer o where o.task_id = t.id and p.person_id = any(o.excluded_person_ids))
      group by 1, 2`,
    [taskIds, principalIds],
  )
  return new Map(rows.map(({ task_id, principal_id, ids }) => [`${task_id} ${principal_id}`, ids]))
}

/** Who holds each role now; at most {@link poolMax} a role, in the order of their numbers. */
export async function holdersOf(db: Querier, roles: readonly Role[]): Promise<Map<Role, string[]>> {
  const { rows } = await db.query(
    `with holder as (select distinct role, id, number from role_holder where role = any($1) and kind = 'EMPLOYEE'),
       placed as (select *, row_number() over (partition by role order by number) as place from holder)
     select role, array_agg(id::text order by place) as ids from placed where place <= $2 group by role`,
    [roles, poolMax],
  )
  return new Map(rows.map(({ role, ids }) => [role, ids]))
}

/** The endpoints that are switched on, the oldest first. */
export async function activeEndpoints(db: Querier): Promise<ActiveEndpoint[]> {
  return (await db.query('select id, kind, processes from endpoint where active order by created_at, id')).rows
}

/** Tasks that nobody may do now, and that this employee could have done by the role, or by any role or name of his. */
export async function leftBy(
  db: Querier,
  employeeId: string,
  role: string | null,
): Promise<readonly { readonly caseId: string; readonly number: string; readonly process: string; readonly definitionVersion: number }[]> {
  const { rows } = await db.query(
    `with lost as (select m.role from role_meaning m where m.granted = $2
         union select m.role from role_assignment r join role_meaning m on m.granted = r.role where $2::text is null and r.employee_id = $1),
       gone as (select person_id, department_id from employee where id = $1)
     select distinct c.id as "caseId", c.number, c.process, c.definition_version as "definitionVersion"
       from task t join service_case c on c.id = t.case_id join task_offer o on o.task_id = t.id cross join gone
      where t.status = 'OPEN' and not exists (select from task_candidate k where k.task_id = t.id)
        and (o.person_id is null and o.department_ids is null and o.role in (select role from lost)
             or $2::text is null and (o.person_id = gone.person_id or gone.department_id = any(o.department_ids)))
      order by c.number limit 1000`,
    [employeeId, role],
  )
  return rows
}
