import type { Actor } from '../define/index.js'
import { arrowsFrom, judge, reason } from '../define/index.js'
import type { CaseRecord, CommandTransaction, Receipt } from './case-store.js'
import type { DecideCommand } from './commands.js'
import { complete, fillInAll, overlay } from './forms-handed-in.js'
import { contextOf, reasonsAgainst } from './judgement.js'
import { type LoadedProcess, type Processes, pinned } from './processes.js'
import { Refused, refuse } from './refused.js'
import { presentOf, surroundingsOf, take } from './take.js'
import { sees } from './visibility.js'

/** A decision in, the next case and entry n. Throws {@link Refused} with every reason that stands in the way. */
export async function decide(processes: Processes, tx: CommandTransaction, command: DecideCommand): Promise<Receipt> {
  const record = await tx.lockCase(command.caseId)
  if (!record || record.process !== command.process) throw refuse('NOT_FOUND')
  const loaded = pinned(processes, record)
  const actor = await tx.actor(command.actorId, record.process)
  if (!actor) throw refuse('UNAUTHENTICATED')
  try {
    return await act(processes, tx, loaded, record, actor, command)
  } catch (error) {
    if (!(error instanceof Refused) || (await sees(loaded, record, actor, tx))) throw error
    throw refuse('NOT_FOUND', { onRecord: error })
  }
}

async function act(
  processes: Processes,
  tx: CommandTransaction,
  loaded: LoadedProcess,
  record: CaseRecord,
  actor: Actor,
  command: DecideCommand,
): Promise<Receipt> {
  const stale = command.expectedVersion !== undefined && command.expectedVersion !== record.version
  if (stale) throw new Refused([reason('CASE_STALE')], { details: presentOf(record) })
  const around = await surroundingsOf(tx, loaded, record, command.action)
  const now = await tx.now()
  const at = command.occurredAt ?? now
  // Who may not act at all learns that, and nothing about the form.
  const context = contextOf(record, around, at)
  const barred = reasonsAgainst(loaded, record, context, { ...command, actor }, 'forms')
  if (barred.length > 0) throw new Refused(barred, { details: presentOf(record) })
  const arrows = arrowsFrom(loaded.definition, record.state).filter(
    ({ action, by, seat }) => action === command.action && seat === command.seat && judge(by, actor, context.parties).allowed,
  )
  const forms = await fillInAll(tx, loaded.definition, complete(loaded.definition, arrows, command.forms))
  // The forms may name another customer than the case had: then it is that one's open cases that count.
  const customerId = loaded.definition.customerOf?.(overlay(around.data, forms)) ?? record.customerId
  const seen = customerId === record.customerId ? around : await surroundingsOf(tx, loaded, { ...record, customerId }, command.action)
  const done = await take(processes, tx, loaded, record, { actor, forms, around: seen, at, command, causedBy: null })
  return { caseId: done.id, sequence: done.version }
}
