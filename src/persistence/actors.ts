import { type Actor, type Role, rolesHeld } from '../define/index.js'
import type { Moment } from './moment.js'
import type { Querier } from './pool.js'

const valid = 'valid_from <= clock_timestamp() and (valid_to is null or valid_to > clock_timestamp())'
/** The same at a moment that a parameter gives; null: now. */
export const validAt = (parameter: string): string =>
  `valid_from <= coalesce(${parameter}::timestamptz, clock_timestamp()) and (valid_to is null or valid_to > coalesce(${parameter}::timestamptz, clock_timestamp()))`

interface PersonRow {
  readonly id: string
  readonly name: string
  readonly person_id: string
  readonly kind: string
  readonly department_id: string | null
  readonly granted: Role[]
}
const personOf = ({ id, name, person_id, kind, department_id, granted }: PersonRow): Omit<Actor, 'limits'> => ({
  kind: kind === 'SERVICE' ? 'system' : 'employee',
  employeeId: id,
  name,
  personId: person_id,
  roles: kind === 'SERVICE' ? [] : rolesHeld(granted),
  departmentIds: department_id ? [department_id] : [],
})

/** Employees with the roles that hold now, or held at a moment, by id; inactive ones are left out. Name and department are as of now. */
export async function actorsOf(
  db: Querier,
  employeeIds: readonly string[],
  when: Moment | null = null,
  who: 'active' | 'leavers too' = 'active',
): Promise<Map<string, Omit<Actor, 'limits'>>> {
  const { rows } = await db.query(
    `select id, name, person_id, kind, department_id, array(select role from role_assignment where employee_id = employee.id and ${validAt('$2')}) as granted
       from employee where id = any($1) and ($4 or active <> (id = any($3::uuid[])))`,
    [employeeIds, when?.at ?? null, when?.switched ?? [], who === 'leavers too'],
  )
  return new Map(rows.map((row) => [row.id, personOf(row)]))
}

/**
 * One employee with roles and limits for a process. The rows stay as they are until the transaction ends, so that a revocation
 * comes before or after an act, never in its midst. Null: unknown or inactive.
 */
export async function lockedActor(db: Querier, employeeId: string, process: string, who: 'active' | 'leavers too' = 'active'): Promise<Actor | null> {
  const { rows } = await db.query(
    `with person as (select id, name, person_id, kind, department_id from employee where id = $1 and (active or $3) for share),
       held as (select role from role_assignment where employee_id = $1 and ${valid} for share),
       bound as (select role, employee_id, amount, cumulative from authority_limit where process = $2 and (employee_id is null or employee_id = $1) and ${valid} for share)
     select person.*, array(select role from held) as granted,
       (select coalesce(json_agg(json_build_object('process', $2::text, 'role', role, 'amount', amount::text, 'cumulative', cumulative::text) order by employee_id nulls first, amount), '[]') from bound) as bounds
       from person`,
    [employeeId, process, who === 'leavers too'],
  )
  return rows[0] ? { ...personOf(rows[0]), ...limitsFor(highest(rows[0].bounds), process) } : null
}

/** What one employee may decide now, or could at a moment, by process and role. */
export async function limitsOf(db: Querier, processes: readonly string[], employeeId: string, when: Moment | null = null): Promise<Map<string, Limits>> {
  const { rows } = await db.query(
    `select process, role, amount::text, cumulative::text from authority_limit
      where process = any($1) and (employee_id is null or employee_id = $2) and ${validAt('$3')} order by employee_id nulls first, authority_limit.amount`,
    [processes, employeeId, when?.at ?? null],
  )
  const found = highest(rows)
  return new Map(processes.map((process) => [process, limitsFor(found, process)]))
}
/** The same of many employees in one process, by id. */
export async function limitsIn(db: Querier, process: string, employeeIds: readonly string[], when: Moment): Promise<Map<string, Limits>> {
  const { rows } = await db.query(
    `select process, role, amount::text, cumulative::text, employee_id from authority_limit
      where process = $1 and (employee_id is null or employee_id = any($2)) and ${validAt('$3')} order by employee_id nulls first, authority_limit.amount`,
    [process, employeeIds, when.at],
  )
  const ofRoles = rows.filter(({ employee_id }) => employee_id === null)
  return new Map(employeeIds.map((id) => [id, limitsFor(highest([...ofRoles, ...rows.filter(({ employee_id }) => employee_id === id)]), process)]))
}
/** The limits of roles in a process, whoever holds them. */
export async function limitsOfRoles(db: Querier, process: string): Promise<Limits> {
  const { rows } = await db.query(
    `select process, role, amount::text, cumulative::text from authority_limit where process = $1 and employee_id is null and ${valid} order by authority_limit.amount`,
    [process],
  )
  return limitsFor(highest(rows), process)
}
export type Limits = Pick<Actor, 'limits' | 'cumulativeLimits'>
type Bound = { readonly process: string; readonly role: Role; readonly amount: string; readonly cumulative: string | null }
/** The last word counts: an employee's own limit comes after that of the role, and the higher of two after the lower. */
const highest = (rows: readonly Bound[]): Map<string, Map<Role, Bound>> => {
  const limits = new Map<string, Map<Role, Bound>>()
  for (const row of rows) limits.set(row.process, (limits.get(row.process) ?? new Map()).set(row.role, row))
  return limits
}
function limitsFor(found: Map<string, Map<Role, Bound>>, process: string): Limits {
  const bounds = [...(found.get(process) ?? [])]
  return {
    limits: Object.fromEntries(bounds.map(([role, { amount }]) => [role, amount])),
    cumulativeLimits: Object.fromEntries(bounds.flatMap(([role, { cumulative }]) => (cumulative === null ? [] : [[role, cumulative]]))),
  }
}
