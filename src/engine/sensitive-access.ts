import { type Actor, type FieldError, fieldError, type Reason, type Role, reason } from '../define/index.js'
import type { CommandTransaction } from './case-store.js'
import type { OrganisationChange } from './organisation-change.js'
import { invalidInput, Refused, refuse } from './refused.js'

export type AccessChange = Extract<OrganisationChange, { action: `${string}_SENSITIVE_ACCESS` }>
export const isAccess = (change: OrganisationChange): change is AccessChange => change.action.endsWith('_SENSITIVE_ACCESS')

/** A grant as it stands. */
export interface AccessGrant {
  /** Who may read. */
  readonly employeeId: string
  readonly grantedById: string
  readonly status: 'PENDING' | 'ACTIVE' | 'EXPIRED' | 'REVOKED'
}

/** Who proposes, who approves, and who may end it (`catalogue/forms/privacy.md`, S3: given by 客户信息主管, approved by the CS manager). */
const offices: Readonly<Record<AccessChange['action'], readonly Role[]>> = {
  GRANT_SENSITIVE_ACCESS: ['INFO_SUPERVISOR'],
  APPROVE_SENSITIVE_ACCESS: ['CS_MANAGER'],
  REVOKE_SENSITIVE_ACCESS: ['INFO_SUPERVISOR', 'CS_MANAGER'],
}

/**
 * 按需知密: one person proposes that somebody may read sensitive personal values, another approves it, and neither is the reader.
 * Output: the id of the grant and the role used. Throws `NOT_AUTHORISED`, `SOD_CONFLICT`, `CONDITION_UNMET`, `INPUT_INVALID`, `NOT_FOUND`.
 */
export async function setAccess(tx: CommandTransaction, change: AccessChange, actor: Actor): Promise<{ subjectId: string; role: Role }> {
  const role = offices[change.action].find((office) => actor.roles.includes(office))
  if (!role) throw new Refused([reason('NOT_AUTHORISED')])
  const fields = change.action === 'GRANT_SENSITIVE_ACCESS' ? wrongIn(change, await tx.now()) : []
  const reasons = change.action === 'GRANT_SENSITIVE_ACCESS' ? await againstGrant(tx, change, actor) : await againstSettling(tx, change, actor)
  const all = [...fields.map(invalidInput), ...reasons]
  if (all.length > 0) throw new Refused(all, { fields })
  return { subjectId: await tx.changeOrganisation(change, actor.employeeId), role }
}

const purposeMax = 200
/** A year: need to know is for a time. */
const longestMs = 366 * 86_400_000
type Granting = Extract<AccessChange, { action: 'GRANT_SENSITIVE_ACCESS' }>
function wrongIn({ customerId, caseId, purpose, validTo }: Granting, now: string): FieldError[] {
  return [
    ...((customerId === null) === (caseId === null) ? [fieldError('customerId', 'VALUE_INVALID')] : []),
    ...(purpose.trim() === '' ? [fieldError('purpose', 'REQUIRED')] : []),
    ...(purpose.length > purposeMax ? [fieldError('purpose', 'TOO_LONG')] : []),
    ...(Date.parse(validTo) <= Date.parse(now) ? [fieldError('validTo', 'DATETIME_INVALID')] : []),
    ...(Date.parse(validTo) > Date.parse(now) + longestMs ? [fieldError('validTo', 'TOO_LARGE')] : []),
  ]
}

async function againstGrant(tx: CommandTransaction, { employeeId, customerId, caseId }: Granting, actor: Actor): Promise<Reason[]> {
  const reader = await tx.actor(employeeId, 'organisation')
  const about = [...(customerId ? [{ entity: 'Customer', id: customerId }] : []), ...(caseId ? [{ entity: 'Case', id: caseId }] : [])]
  if (reader?.kind !== 'employee' || (await tx.missing(about)).length > 0) throw refuse('NOT_FOUND')
  return reader.personId === actor.personId ? [reason('SOD_CONFLICT', ['不得为本人申请', 'not for oneself'])] : []
}

async function againstSettling(tx: CommandTransaction, change: Exclude<AccessChange, Granting>, actor: Actor): Promise<Reason[]> {
  const grant = await tx.accessGrant(change.grantId)
  if (!grant) throw refuse('NOT_FOUND')
  const over: Reason[] = ['REVOKED', 'EXPIRED'].includes(grant.status) ? [reason('CONDITION_UNMET', ['授权已终止', 'the grant has ended'])] : []
  if (change.action === 'REVOKE_SENSITIVE_ACCESS') return over
  const persons = await tx.personsOf([grant.employeeId, grant.grantedById])
  return [
    ...over,
    ...(grant.status === 'ACTIVE' ? [reason('CONDITION_UNMET', ['授权已批准', 'the grant was approved already'])] : []),
    ...(Object.values(persons).includes(actor.personId)
      ? [reason('SOD_CONFLICT', ['须由另一人批准', 'another person than its reader and whoever proposed it'])]
      : []),
  ]
}
