import { type Actor, type FieldError, fieldError, grantable, judge, noCaseYet, type Reason, type Role, reason, role, roleIds } from '../define/index.js'
import type { CommandTransaction, EntryFacts, OrganisationChange, Receipt } from './case-store.js'
import type { AdministerCommand } from './commands.js'
import { type AddressFault, againstDelivery, type DeliveryChange, isDeliveryChange, toldOf, wrongInEndpoint } from './endpoints.js'
import { entryWith } from './entry.js'
import { handOver } from './hand-over.js'
import type { Processes } from './processes.js'
import { againstProxy } from './proxies.js'
import { Refused, refuse } from './refused.js'

/**
 * A change of the organisation: who holds which role, who may decide how much, who stands in for whom, who is there at all.
 * Takes effect with the next act of the person; what somebody loses is handed on in the same transaction.
 * Throws `NOT_AUTHORISED`, `SOD_CONFLICT`, `NOT_FOUND`, `INPUT_INVALID`, `CONDITION_UNMET`.
 */
export async function administer(
  processes: Processes,
  tx: CommandTransaction,
  command: AdministerCommand,
  addressFault: AddressFault | undefined,
): Promise<Receipt> {
  const actor = await tx.actor(command.actorId, organisation)
  if (!actor) throw refuse('UNAUTHENTICATED')
  const { change } = command
  const isProxy = change.action === 'GRANT_PROXY' || change.action === 'REVOKE_PROXY'
  const verdict = judge(role('ORGANISATION_ADMINISTRATOR'), actor, noCaseYet(''))
  if (!isProxy && !verdict.allowed) throw new Refused(verdict.reasons)
  const fields = isDeliveryChange(change) ? wrongInEndpoint(processes, change, addressFault) : wrongWords(processes, command)
  const against = isDeliveryChange(change) ? againstDelivery(tx, change) : isProxy ? againstProxy(tx, change, actor) : aboutThePerson(tx, change, actor)
  const reasons = [...fields.map(invalid), ...(await against)]
  if (reasons.length > 0) throw new Refused(reasons, { fields })
  const subjectId = await tx.changeOrganisation(change, command.actorId)
  const report = takesAway(change) ? await handOver(processes, tx, change.employeeId, command, change.action === 'SET_ACTIVE') : {}
  const entry = administrationEntry(command, 'DONE', [], verdict.allowed ? verdict.role : 'EMPLOYEE')
  const sequence = await tx.recordOrganisation({ ...entry, details: { ...entry.details, ...report } })
  return { caseId: subjectId, sequence }
}

/** The history of the organisation stands beside those of the processes, under this name. */
export const organisation = 'organisation'

type Losing = Extract<OrganisationChange, { action: 'SET_ACTIVE' | 'REVOKE_ROLE' }>
const takesAway = (change: OrganisationChange): change is Losing => change.action === 'REVOKE_ROLE' || (change.action === 'SET_ACTIVE' && !change.active)

const invalid = ({ path, message: [zh, en] }: FieldError): Reason => reason('INPUT_INVALID', [`${path}：${zh}`, `${path}: ${en}`])

function wrongWords(processes: Processes, { change }: AdministerCommand): FieldError[] {
  const unknown = (path: string) => fieldError(path, 'CHOICE_UNKNOWN')
  const isRole = !('role' in change) || (roleIds.includes(change.role) && grantable(change.role))
  const isProcess = change.action !== 'SET_LIMIT' || processes.current.has(change.process)
  const areProcesses = change.action !== 'GRANT_PROXY' || change.processes.every((id) => processes.current.has(id))
  return [...(isRole ? [] : [unknown('role')]), ...(isProcess ? [] : [unknown('process')]), ...(areProcesses ? [] : [unknown('processes')])]
}

async function aboutThePerson(tx: CommandTransaction, change: Exclude<OrganisationChange, DeliveryChange>, actor: Actor): Promise<Reason[]> {
  const own = [reason('SOD_CONFLICT', ['管理员不得变更本人权限', 'an administrator may not change his own rights'])]
  if (change.employeeId === null) return 'role' in change && actor.roles.includes(change.role) ? own : []
  const person = (await tx.personsOf([change.employeeId]))[change.employeeId]
  if (!person) throw refuse('NOT_FOUND')
  if (person === actor.personId) return own
  if (change.action !== 'GRANT_ROLE') return []
  const held = await tx.grantedRoles(change.employeeId)
  const mixes = (alone: Role) => (change.role === alone ? held.some((other) => other !== alone) : held.includes(alone))
  return mixes('AUDITOR') ? [reason('CONDITION_UNMET', ['审计员不得兼任其他角色', 'an auditor holds no other role'])] : []
}

/** What the history says of a change of the organisation, done or refused. */
export function administrationEntry(command: AdministerCommand, result: EntryFacts['result'], reasons: readonly Reason[], roleUsed: Role | null): EntryFacts {
  const { action, ...details } = command.change
  const plain: object = isDeliveryChange(command.change) ? toldOf(command.change) : details
  const { reason: text, ...told } = plain as { reason?: string }
  return entryWith({
    process: organisation,
    definitionVersion: 1,
    definitionHash: '',
    action,
    result,
    reasons,
    actor: { id: command.actorId, kind: 'employee' },
    roleUsed,
    details: Object.fromEntries(
      Object.entries(told)
        .filter(([, value]) => value !== undefined && value !== null)
        .map(([name, value]) => [name, String(value)]),
    ),
    aside: text === undefined ? {} : { text },
    occurredAt: command.occurredAt ?? null,
    requestId: command.requestId,
    idempotencyKey: command.idempotencyKey,
  })
}
