import type { Reason } from '../../define/index.js'
import type { CommandTransaction, Receipt } from '../case-store.js'
import type { HandleCommand } from '../commands.js'
import { contextOf } from '../judgement.js'
import { type Processes, pinned } from '../processes.js'
import { Refused, refuse } from '../refused.js'
import { presentOf } from '../take.js'
import { sees } from '../visibility.js'
import { askOne, recall, respond } from './asking.js'
import { entryOf, type Job } from './job.js'
import { hold, reassign, remind, transfer } from './moving.js'
import { againstOperation, type Operation } from './operations.js'
import type { Scene } from './scene.js'
import { addSigners, removeSigner } from './signers.js'

/**
 * Work on a task that does not decide it: who holds it, who is asked first, who signs besides.
 * It stands in the work history of the case; the case itself moves only when a voice that was taken away, or a last signer, decides it.
 * Throws {@link Refused}: `NOT_FOUND`, and what {@link againstOperation} and the receiver give.
 */
export async function handle(processes: Processes, tx: CommandTransaction, command: HandleCommand): Promise<Receipt> {
  const scene = await sceneOf(processes, tx, command)
  try {
    const reasons = againstOperation(command.operation, scene)
    if (reasons.length > 0) throw new Refused(reasons, { details: { ...presentOf(scene.record), ...holderOf(scene, reasons) } })
    await run[command.operation]({ processes, tx, scene, command, self: { employeeId: scene.actor.employeeId, personId: scene.actor.personId } })
    return { caseId: scene.record.id, sequence: scene.record.version }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const attempt = { caseId: scene.record.id, entry: { ...entryOf(scene, command), to: null, result: 'REFUSED' as const, reasons: error.reasons } }
    const { reasons, fields, details } = error
    throw (await sees(scene.loaded, scene.record, scene.actor, tx)) ? new Refused(reasons, { fields, details, attempt }) : refuse('NOT_FOUND', { attempt })
  }
}

async function sceneOf(processes: Processes, tx: CommandTransaction, command: HandleCommand): Promise<Scene> {
  const caseId = await tx.caseOfTask(command.taskId)
  const record = caseId ? await tx.lockCase(caseId) : null
  const task = record && (await tx.task(command.taskId))
  if (!record || !task) throw refuse('NOT_FOUND')
  const loaded = pinned(processes, record)
  const actor = await tx.actor(command.actorId, record.process)
  if (!actor) throw refuse('UNAUTHENTICATED')
  const around = await tx.surroundings(record, { openCases: [] })
  return { loaded, record, task, asks: around.asks, context: contextOf(loaded, record, around, await tx.now()), actor }
}

/** Who was quicker, for whoever lost. */
function holderOf({ context, task }: Scene, reasons: readonly Reason[]): Record<string, string> {
  const claim = context.claims?.find(({ state, seat }) => state === task.state && seat === task.seat)
  return claim && reasons.some(({ code }) => code === 'CLAIM_CONFLICT') ? { assigneeId: claim.claimedById, claimedAt: claim.at } : {}
}

const run: Readonly<Record<Operation, (job: Job) => Promise<void>>> = {
  CLAIM: (job) => hold(job, true),
  RELEASE: (job) => hold(job, false),
  REASSIGN: reassign,
  TRANSFER: transfer,
  DELEGATE: (job) => askOne(job, 'OPINION'),
  ADD_SIGNER: addSigners,
  REMOVE_SIGNER: removeSigner,
  ASK: (job) => askOne(job, 'ANSWER'),
  RECALL: recall,
  RESPOND: respond,
  REMIND: remind,
}
