import { type Actor, type AnyProcess, arrowsOf, type Role, rulesOf } from '../define/index.js'
import type { CaseRecord } from './case-record.js'
import type { CommandTransaction } from './case-store.js'
import type { LoadedProcess } from './processes.js'

/** The roles that see every case of a process: those that act in one of its states, and the auditor. */
export const rolesThatSee = (definition: AnyProcess): readonly Role[] => [
  ...new Set<Role>([
    'AUDITOR',
    definition.owner,
    ...arrowsOf(definition).flatMap(({ by }) => rulesOf(by).flatMap((rule) => (rule.kind === 'role' ? [rule.role] : []))),
  ]),
]

/** May this person know that the case exists? Its applicant, whoever acted in it, whoever it is offered to, and the roles above. */
export async function sees({ definition }: LoadedProcess, record: CaseRecord, actor: Actor, tx: Pick<CommandTransaction, 'isInvolved'>): Promise<boolean> {
  if (actor.kind === 'system' || actor.personId === record.applicantPersonId) return true
  return rolesThatSee(definition).some((role) => actor.roles.includes(role)) || (await tx.isInvolved(record.id, actor))
}
