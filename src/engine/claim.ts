import { type Actor, judge, reason } from '../define/index.js'
import type { CaseRecord, CommandTransaction, EntryFacts, TaskRecord } from './case-store.js'
import type { ClaimCommand } from './commands.js'
import { entryWith, under } from './entry.js'
import { contextOf, heldByAnother } from './judgement.js'
import { type LoadedProcess, type Processes, pinned } from './processes.js'
import { Refused, refuse } from './refused.js'
import { presentOf } from './take.js'
import { authorityOf } from './tasks.js'
import { sees } from './visibility.js'

/**
 * Takes a task out of its pool, or gives it back. A claim never overrides another: the loser gets `CLAIM_CONFLICT`.
 * Repeating one's own claim, or giving back what one does not hold, changes nothing.
 * Output: null when done, else `NOT_AUTHORISED`, `SOD_CONFLICT`, `ACTION_UNAVAILABLE` or `CLAIM_CONFLICT`. Throws `NOT_FOUND`.
 */
export async function claim(processes: Processes, tx: CommandTransaction, command: ClaimCommand): Promise<RefusedClaim | null> {
  const caseId = await tx.caseOfTask(command.taskId)
  const record = caseId ? await tx.lockCase(caseId) : null
  const task = record && (await tx.task(command.taskId))
  if (!record || !task) throw refuse('NOT_FOUND')
  const loaded = pinned(processes, record)
  const actor = await tx.actor(command.actorId, record.process)
  if (!actor) throw refuse('UNAUTHENTICATED')
  const refused = await against(tx, loaded, record, task, actor)
  if (refused) {
    const told = (await sees(loaded, record, actor, tx)) ? refused : refuse('NOT_FOUND')
    return { told, caseId: record.id, entry: { ...claimEntry(loaded, record, task, command), result: 'REFUSED', reasons: refused.reasons } }
  }
  const holds = task.holderId === actor.employeeId
  if (holds === (command.action === 'CLAIM_TASK')) return null
  await tx.setHolder(task.id, command.action === 'CLAIM_TASK' ? actor.employeeId : null)
  await tx.recordWork(record.id, claimEntry(loaded, record, task, command))
  return null
}

/** A claim that may not be: what the caller is told, and what goes on record. */
export interface RefusedClaim {
  readonly told: Refused
  readonly caseId: string
  readonly entry: EntryFacts
}

async function against(tx: CommandTransaction, { definition }: LoadedProcess, record: CaseRecord, task: TaskRecord, actor: Actor): Promise<Refused | null> {
  const details = presentOf(record)
  const authority = authorityOf(definition.states[task.state]!, task.seat)
  if (!task.isOpen || !authority) return new Refused([reason('ACTION_UNAVAILABLE', ['任务已结束', 'the task is done'])], { details })
  const context = contextOf(record, await tx.surroundings(record, { openCases: [] }), await tx.now())
  const verdict = judge(authority, actor, context.parties)
  if (!verdict.allowed) return new Refused(verdict.reasons, { details })
  const held = heldByAnother(context, task.state, task.seat, authority, actor)
  return held ? new Refused([reason('CLAIM_CONFLICT')], { details: { ...details, assigneeId: held.holder!.employeeId, claimedAt: held.at } }) : null
}

const claimEntry = (loaded: LoadedProcess, { round }: CaseRecord, { state, seat }: TaskRecord, { action, actorId, requestId }: ClaimCommand): EntryFacts =>
  entryWith({ ...under(loaded), action, seat, from: state, to: state, round, actor: { id: actorId, kind: 'employee' }, requestId, idempotencyKey: '' })
