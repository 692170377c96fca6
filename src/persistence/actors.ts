import { type Actor, type Role, rolesHeld } from '../define/index.js'
import type { Querier } from './pool.js'

/**
 * Employees as they stand now, with the roles and limits that hold at this moment, by id; inactive ones are left out.
 * `lock`: the rows stay as they are until the transaction ends, so that a revocation comes before or after, never between.
 */
export async function actorsOf(db: Querier, employeeIds: readonly string[], lock = false): Promise<Map<string, Omit<Actor, 'limits'>>> {
  const share = lock ? 'for share' : ''
  const { rows: employees } = await db.query(
    `with person as (select id, person_id, kind, department_id from employee where id = any($1) and active ${share}),
       held as (select employee_id, role from role_assignment
                 where employee_id = any($1) and valid_from <= clock_timestamp() and (valid_to is null or valid_to > clock_timestamp()) ${share})
     select person.*, array(select role from held where employee_id = person.id) as granted from person`,
    [employeeIds],
  )
  return new Map(
    employees.map(({ id, person_id, kind, department_id, granted }) => {
      const isSystem = kind === 'SERVICE'
      return [id, { kind: isSystem ? 'system' : 'employee', employeeId: id, personId: person_id, roles: isSystem ? [] : rolesHeld(granted as Role[]), departmentIds: department_id ? [department_id] : [] }]
    }),
  )
}

/** Highest amounts by process and role: an employee's own limit before that of the role, the higher of two at once. */
export async function limitsOf(db: Querier, processes: readonly string[], employeeId: string, lock = false): Promise<Map<string, Partial<Record<Role, string>>>> {
  const { rows } = await db.query(
    `select process, role, employee_id, amount::text from authority_limit
      where process = any($1) and (employee_id is null or employee_id = $2) and valid_from <= clock_timestamp() and (valid_to is null or valid_to > clock_timestamp())
      order by process, role, employee_id nulls first, authority_limit.amount ${lock ? 'for share' : ''}`,
    [processes, employeeId],
  )
  const limits = new Map<string, Partial<Record<Role, string>>>()
  for (const { process, role, amount } of rows) limits.set(process, { ...limits.get(process), [role]: amount })
  return limits
}
