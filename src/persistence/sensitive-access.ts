import { randomUUID } from 'node:crypto'
import type { AccessChange, AccessGrant } from '../engine/sensitive-access.js'
import type { Querier } from './pool.js'
import { Conditions, type Page, type PageRequest, readPage } from './queries/page.js'

/** A grant holds once it was approved, until it ends or is revoked; for a row under the alias `g`. */
export const holdsNow = 'g.approved_at is not null and g.revoked_at is null and g.valid_to > clock_timestamp()'

export interface AccessGrantRow {
  readonly id: string
  readonly employeeId: string
  readonly customerId: string | null
  readonly caseId: string | null
  readonly purpose: string
  readonly validTo: Date
  readonly grantedById: string
  readonly grantedAt: Date
  readonly approvedById: string | null
  readonly approvedAt: Date | null
  readonly revokedById: string | null
  readonly revokedAt: Date | null
  readonly status: 'PENDING' | 'ACTIVE' | 'EXPIRED' | 'REVOKED'
}

/** Every grant, the newest first. */
export const findAccessGrants = (db: Querier, employeeId: string | undefined, request: PageRequest): Promise<Page> =>
  readPage(db, { from: 'sensitive_access', key: 'granted_at', id: 'id', conditions: new Conditions().andIf(employeeId, 'employee_id = ?') }, request)

/** Grants by id, in no order; as they stand now. */
export async function accessGrants(db: Querier, ids: readonly string[]): Promise<AccessGrantRow[]> {
  const { rows } = await db.query(
    `select id, employee_id as "employeeId", customer_id as "customerId", case_id as "caseId", purpose, valid_to as "validTo", granted_by_id as "grantedById",
       granted_at as "grantedAt", approved_by_id as "approvedById", approved_at as "approvedAt", revoked_by_id as "revokedById", revoked_at as "revokedAt",
       case when revoked_at is not null then 'REVOKED' when valid_to <= clock_timestamp() then 'EXPIRED' when approved_at is null then 'PENDING' else 'ACTIVE' end as status
     from sensitive_access where id = any($1)`,
    [ids],
  )
  return rows
}

/** One grant, locked; null: there is none. */
export async function lockedAccessGrant(db: Querier, id: string): Promise<AccessGrant | null> {
  const { rows } = await db.query('select 1 from sensitive_access where id = $1 for update', [id])
  const [grant] = rows.length === 1 ? await accessGrants(db, [id]) : []
  return grant ? { employeeId: grant.employeeId, grantedById: grant.grantedById, status: grant.status } : null
}

/** Writes one change. Output: the id of the grant. */
export async function changeAccess(db: Querier, change: AccessChange, changedBy: string): Promise<string> {
  switch (change.action) {
    case 'GRANT_SENSITIVE_ACCESS': {
      const id = randomUUID()
      await db.query(
        'insert into sensitive_access (id, employee_id, customer_id, case_id, purpose, valid_to, granted_by_id) values ($1, $2, $3, $4, $5, $6, $7)',
        [id, change.employeeId, change.customerId, change.caseId, change.purpose, change.validTo, changedBy],
      )
      return id
    }
    case 'APPROVE_SENSITIVE_ACCESS':
      await db.query('update sensitive_access set approved_by_id = $2, approved_at = clock_timestamp() where id = $1', [change.grantId, changedBy])
      return change.grantId
    case 'REVOKE_SENSITIVE_ACCESS':
      await db.query('update sensitive_access set revoked_by_id = $2, revoked_at = clock_timestamp() where id = $1', [change.grantId, changedBy])
      return change.grantId
  }
}
