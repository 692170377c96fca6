import type { Role } from '../define/index.js'
import type { Party, ShutOut, Staffing } from '../engine/case-store.js'
import type { Querier } from './pool.js'

/** How many active employees hold each role, and how many of them are not shut out. */
export async function staffing(db: Querier, roles: readonly Role[], shutOut: ShutOut): Promise<Staffing> {
  const { rows } = await db.query(
    `select asked.role, count(distinct e.person_id)::int as members, (count(distinct e.person_id) filter (where not (e.person_id = any($2) or e.department_id is not null and e.department_id = any($3))))::int as eligible
       from unnest($1::text[]) as asked(role) left join employee e on e.active and e.kind = 'EMPLOYEE' and holds_role(e.id, asked.role) group by asked.role`,
    [roles, shutOut.personIds, shutOut.departmentIds],
  )
  return Object.fromEntries(rows.map(({ role, members, eligible }) => [role, { members, eligible }]))
}

/** Who holds a role now, not shut out: one account a person, in the order of their numbers. */
export async function holders(db: Querier, role: Role, shutOut: ShutOut): Promise<Party[]> {
  const { rows } = await db.query(
    `select id, person_id from employee where active and kind = 'EMPLOYEE' and holds_role(id, $1) and not (person_id = any($2) or department_id is not null and department_id = any($3)) order by number`,
    [role, shutOut.personIds, shutOut.departmentIds],
  )
  return rows.map(({ id, person_id }) => ({ employeeId: id, personId: person_id }))
}

/** 无人可办: how many open tasks nobody may do now. */
export async function unassignable(db: Querier): Promise<number> {
  const { rows } = await db.query(
    `select count(*)::int as tasks from task t where t.status = 'OPEN' and not exists (select from task_candidate c where c.task_id = t.id)`,
  )
  return rows[0].tasks
}
