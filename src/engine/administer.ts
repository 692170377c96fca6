import { type Actor, fieldError, grantable, judge, noCaseYet, type Reason, type Role, reason, role, roleIds } from '../define/index.js'
import type { CommandTransaction, EntryFacts, Receipt } from './case-store.js'
import type { AdministerCommand } from './commands.js'
import { entryWith } from './entry.js'
import type { Processes } from './processes.js'
import { Refused, refuse } from './refused.js'

/**
 * A change of the organisation: who holds which role, who may decide how much, who is there at all.
 * Takes effect with the next act of the person. Throws `NOT_AUTHORISED`, `SOD_CONFLICT`, `NOT_FOUND`, `INPUT_INVALID`, `CONDITION_UNMET`.
 */
export async function administer(processes: Processes, tx: CommandTransaction, command: AdministerCommand): Promise<Receipt> {
  const actor = await tx.actor(command.actorId, organisation)
  if (!actor) throw refuse('UNAUTHENTICATED')
  const verdict = judge(role('ORGANISATION_ADMINISTRATOR'), actor, noCaseYet(''))
  if (!verdict.allowed) throw new Refused(verdict.reasons)
  const reasons = [...wrongWords(processes, command), ...(await aboutThePerson(tx, command, actor))]
  if (reasons.length > 0) throw new Refused(reasons)
  const subjectId = await tx.changeOrganisation(command.change)
  const sequence = await tx.recordOrganisation(administrationEntry(command, 'DONE', [], verdict.role))
  return { caseId: subjectId, sequence }
}

/** The history of the organisation stands beside those of the processes, under this name. */
export const organisation = 'organisation'

function wrongWords(processes: Processes, { change }: AdministerCommand): Reason[] {
  const invalid = (path: string): Reason =>
    reason('INPUT_INVALID', [`${path}：${fieldError(path, 'CHOICE_UNKNOWN').message[0]}`, `${path}: ${fieldError(path, 'CHOICE_UNKNOWN').message[1]}`])
  const isRole = !('role' in change) || (roleIds.includes(change.role) && grantable(change.role))
  const isProcess = change.action !== 'SET_LIMIT' || processes.current.has(change.process)
  return [...(isRole ? [] : [invalid('role')]), ...(isProcess ? [] : [invalid('process')])]
}

async function aboutThePerson(tx: CommandTransaction, { change }: AdministerCommand, actor: Actor): Promise<Reason[]> {
  if (change.employeeId === null) return []
  const person = (await tx.personsOf([change.employeeId]))[change.employeeId]
  if (!person) throw refuse('NOT_FOUND')
  if (person === actor.personId) return [reason('SOD_CONFLICT', ['管理员不得变更本人权限', 'an administrator may not change his own rights'])]
  if (change.action !== 'GRANT_ROLE') return []
  const held = await tx.grantedRoles(change.employeeId)
  const mixes = (alone: Role) => (change.role === alone ? held.some((other) => other !== alone) : held.includes(alone))
  return mixes('AUDITOR') ? [reason('CONDITION_UNMET', ['审计员不得兼任其他角色', 'an auditor holds no other role'])] : []
}

/** What the history says of a change of the organisation, done or refused. */
export function administrationEntry(command: AdministerCommand, result: EntryFacts['result'], reasons: readonly Reason[], roleUsed: Role | null): EntryFacts {
  const { action, ...details } = command.change
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
      Object.entries(details)
        .filter(([, value]) => value !== undefined && value !== null)
        .map(([name, value]) => [name, String(value)]),
    ),
    occurredAt: command.occurredAt ?? null,
    requestId: command.requestId,
    idempotencyKey: command.idempotencyKey,
  })
}
