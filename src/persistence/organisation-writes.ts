import { randomUUID } from 'node:crypto'
import { organisationStream } from '../audit/chain.js'
import type { Role } from '../define/index.js'
import type { PeopleChange } from '../engine/organisation-change.js'
import { changeDelivery } from './endpoints.js'
import type { Querier } from './pool.js'
import { changeAccess } from './sensitive-access.js'

/** The roles given to an employee, on all accounts, that have not ended; nobody else gives or takes one until the transaction ends. */
export async function grantedRoles(db: Querier, employeeId: string): Promise<Role[]> {
  const accounts = 'select id from employee where person_id = (select person_id from employee where id = $1)'
  await db.query(`select 1 from employee where id in (${accounts}) order by id for no key update`, [employeeId])
  const { rows } = await db.query(
    `select distinct role from role_assignment where employee_id in (${accounts}) and (valid_to is null or valid_to > clock_timestamp())`,
    [employeeId],
  )
  return rows.map(({ role }) => role)
}

/** Role assignments that no entry of the organisation's history tells of. `null`: all of them, unless some were adopted before. */
export async function rolesToAdopt(
  db: Querier,
  assignments: readonly string[] | null,
): Promise<{ id: string; employeeId: string; role: Role; validTo: string | null }[]> {
  await db.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [organisationStream])
  const { rows } = await db.query(
    `with told as (select action, content::jsonb -> 'details' as details from audit_entry where stream = $2 and action in ('ADOPT_ROLE', 'GRANT_ROLE') and result = 'DONE')
     select id, employee_id as "employeeId", role, to_char(valid_to at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "validTo" from role_assignment
      where (id = any($1) or $1 is null and not exists (select from told where action = 'ADOPT_ROLE'))
        and (employee_id::text, role) not in (select details ->> 'employeeId', details ->> 'role' from told) order by employee_id, role`,
    [assignments, organisationStream],
  )
  return rows
}

/** Writes one change; what it replaces ends now and stays on file. Output: the id of the employee or limit concerned. */
export async function changeOrganisation(db: Querier, change: PeopleChange, changedBy: string): Promise<string> {
  switch (change.action) {
    case 'GRANT_ROLE':
      await db.query('insert into role_assignment (id, employee_id, role, valid_from, valid_to) values ($1, $2, $3, coalesce($4, clock_timestamp()), $5)', [
        randomUUID(),
        change.employeeId,
        change.role,
        change.validFrom ?? null,
        change.validTo ?? null,
      ])
      return change.employeeId
    case 'REVOKE_ROLE':
      // The end is read off the clock after the lock: an act that stands on the role is recorded before it.
      await db.query('select 1 from role_assignment where employee_id = $1 and role = $2 for update', [change.employeeId, change.role])
      await db.query(
        `update role_assignment set valid_from = least(valid_from, clock_timestamp()), valid_to = clock_timestamp()
          where employee_id = $1 and role = $2 and (valid_to is null or valid_to > clock_timestamp())`,
        [change.employeeId, change.role],
      )
      return change.employeeId
    case 'SET_ACTIVE':
      await db.query('update employee set active = $2 where id = $1', [change.employeeId, change.active])
      return change.employeeId
    case 'GRANT_PROXY':
      return grantProxy(db, change, changedBy)
    case 'REVOKE_PROXY':
      await db.query('update proxy_grant set revoked_at = clock_timestamp() where id = $1 and revoked_at is null', [change.grantId])
      return change.grantId
    case 'SET_LIMIT':
      return setLimit(db, change)
    case 'GRANT_SENSITIVE_ACCESS':
    case 'APPROVE_SENSITIVE_ACCESS':
    case 'REVOKE_SENSITIVE_ACCESS':
      return changeAccess(db, change, changedBy)
    default:
      return changeDelivery(db, change)
  }
}

async function grantProxy(db: Querier, change: Extract<PeopleChange, { action: 'GRANT_PROXY' }>, grantedBy: string): Promise<string> {
  const id = randomUUID()
  await db.query(
    `insert into proxy_grant (id, principal_id, proxy_id, processes, amount_cap, valid_from, valid_to, reason, granted_by_id)
     values ($1, $2, $3, $4, $5, coalesce($6, clock_timestamp()), $7, $8, $9)`,
    [id, change.employeeId, change.proxyId, change.processes, change.amountCap, change.validFrom, change.validTo, change.reason, grantedBy],
  )
  return id
}

async function setLimit(
  db: Querier,
  { process, role, employeeId, amount, cumulative, validFrom, validTo }: Extract<PeopleChange, { action: 'SET_LIMIT' }>,
): Promise<string> {
  const id = randomUUID()
  await db.query('select 1 from authority_limit where process = $1 and role = $2 and employee_id is not distinct from $3 for update', [
    process,
    role,
    employeeId,
  ])
  await db.query(
    `update authority_limit set valid_from = least(valid_from, coalesce($4, clock_timestamp())), valid_to = coalesce($4, clock_timestamp())
      where process = $1 and role = $2 and employee_id is not distinct from $3 and (valid_to is null or valid_to > coalesce($4, clock_timestamp()))`,
    [process, role, employeeId, validFrom ?? null],
  )
  if (amount !== null)
    await db.query(
      'insert into authority_limit (id, process, role, employee_id, amount, valid_from, valid_to, cumulative) values ($1, $2, $3, $4, $5, coalesce($6, clock_timestamp()), $7, $8)',
      [id, process, role, employeeId, amount, validFrom ?? null, validTo ?? null, cumulative ?? null],
    )
  return id
}
