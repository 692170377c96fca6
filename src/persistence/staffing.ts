import type { Role } from '../define/index.js'
import type { Party } from '../engine/case-record.js'
import type { ShutOut, Staffing } from '../engine/case-store.js'
import type { Querier } from './pool.js'

/** A role as one case sees it: whom separation of duties shuts out there. */
export interface Post {
  readonly role: Role
  readonly shutOut: ShutOut
}
type Staff = NonNullable<Staffing[Role]>

/** How many active employees hold each of these roles, and how many of them are not shut out: in their order, in one statement. */
export async function staffOf(db: Querier, posts: readonly Post[]): Promise<Staff[]> {
  const { rows } = await db.query(
    `with asked as (select * from jsonb_to_recordset($1::jsonb) as one(place int, role text, persons uuid[], departments uuid[])),
       holder as (select asked.role, e.person_id, e.department_id from (select distinct role from asked) asked
                    join employee e on e.active and e.kind = 'EMPLOYEE' and holds_role(e.id, asked.role))
     select count(distinct h.person_id)::int as members, (count(distinct h.person_id)
         filter (where not (h.person_id = any(asked.persons) or h.department_id is not null and h.department_id = any(asked.departments))))::int as eligible
       from asked left join holder h on h.role = asked.role group by asked.place order by asked.place`,
    [JSON.stringify(posts.map(({ role, shutOut }, place) => ({ place, role, persons: shutOut.personIds, departments: shutOut.departmentIds })))],
  )
  return rows
}
/** The same for several roles of one case, by role. */
export async function staffing(db: Querier, roles: readonly Role[], shutOut: ShutOut): Promise<Staffing> {
  const staff = await staffOf(
    db,
    roles.map((role) => ({ role, shutOut })),
  )
  return Object.fromEntries(roles.map((role, place) => [role, staff[place]]))
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
