import { type Reason, reason, specOf, unmet } from '../define/index.js'
import { type Beside, beside, entryBeside } from './beside.js'
import type { CommandTransaction, Receipt } from './case-store.js'
import type { BesideCommand } from './commands.js'
import { contextOf } from './judgement.js'
import { begin } from './open.js'
import type { Processes } from './processes.js'
import { Refused, refuse } from './refused.js'

/**
 * 撤销已通过: opens a case of the same process that revokes a completed one. It starts with the same paper and passes the same
 * approvals; until it is completed the original stands. Only the applicant, and only within the days that the process allows.
 * Throws `NOT_AUTHORISED`, `CONDITION_UNMET`, `PROCESS_UNAVAILABLE`, `FORM_INVALID`.
 */
export const revoke = (processes: Processes, tx: CommandTransaction, command: BesideCommand): Promise<Receipt> =>
  beside(processes, tx, command, async (scene) => {
    const { record, actor, loaded } = scene
    const around = await tx.surroundings(record, { openCases: [] })
    const reasons = await against(tx, scene, contextOf(loaded, record, around, await tx.now()))
    if (reasons.length > 0) throw new Refused(reasons, { details: { state: record.state, version: record.version } })
    const { startsWith } = loaded.definition
    const values = around.data[startsWith]
    if (!values) throw refuse('CONDITION_UNMET')
    const current = processes.current.get(record.process)
    if (!current) throw refuse('PROCESS_UNAVAILABLE')
    const forms = [{ key: startsWith, formId: specOf(loaded.definition.forms[startsWith]).id, values }]
    const begun = await begin(tx, current, {
      actor,
      parent: null,
      revokesId: record.id,
      forms,
      command,
      roleUsed: 'EMPLOYEE',
      causedBy: null,
    })
    await tx.recordWork(record.id, { ...entryBeside(scene, command), causedBy: { caseId: begun.id, sequence: begun.version } })
    return { caseId: begun.id, sequence: begun.version }
  })

async function against(tx: CommandTransaction, { record, actor, loaded }: Beside, context: ReturnType<typeof contextOf>): Promise<Reason[]> {
  const { revocable } = loaded.definition
  if (!revocable) return [reason('CONDITION_UNMET', ['本流程不可撤销', 'this process cannot be revoked'])]
  if (record.outcome !== 'completed') return [reason('ACTION_UNAVAILABLE', ['仅限已办结的案件', 'only a completed case'])]
  const late = record.closedAt !== null && Date.parse(context.facts.at) - Date.parse(record.closedAt) > revocable.days * 86_400_000
  return [
    ...(actor.personId === record.applicantPersonId ? [] : [reason('NOT_AUTHORISED', ['仅限申请人', 'only the applicant'])]),
    ...(late ? [reason('CONDITION_UNMET', [`已超过 ${revocable.days} 天`, `more than ${revocable.days} days have passed`])] : []),
    ...(revocable.unless && unmet(revocable.unless, context.facts, actor).length === 0 ? [reason('EFFECT_ALREADY_EXECUTED', revocable.unless.label)] : []),
    ...((await tx.revocationOf(record.id)) ? [reason('CONDITION_UNMET', ['已有撤销申请', 'a revocation is under way or has passed'])] : []),
  ]
}
