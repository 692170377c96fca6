import type { Actor } from '../define/index.js'
import type { CaseRecord, EntryFacts } from './case-record.js'
import type { CommandTransaction } from './case-store.js'
import type { BesideCommand } from './commands.js'
import { entryWith, under } from './entry.js'
import { type LoadedProcess, type Processes, pinned } from './processes.js'
import { Refused, refuse } from './refused.js'
import { sees } from './visibility.js'

/** A case that somebody wants to do something beside. */
export interface Beside {
  readonly loaded: LoadedProcess
  readonly record: CaseRecord
  readonly actor: Actor
}

/** Finds the case for whoever may see it, runs the work, and has a refusal put on the record of that case. */
export async function beside<T>(processes: Processes, tx: CommandTransaction, command: BesideCommand, work: (scene: Beside) => Promise<T>): Promise<T> {
  const record = await tx.lockCase(command.caseId)
  if (!record) throw refuse('NOT_FOUND')
  const loaded = pinned(processes, record)
  const actor = await tx.actor(command.actorId, record.process)
  if (!actor) throw refuse('UNAUTHENTICATED')
  try {
    if (!(await sees(loaded, record, actor, tx))) throw refuse('NOT_FOUND')
    return await work({ loaded, record, actor })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { reasons, fields, details } = error
    const entry = { ...entryBeside({ loaded, record, actor }, command), to: null, result: 'REFUSED' as const, reasons }
    throw new Refused(reasons, { fields, details, attempt: { caseId: record.id, entry } })
  }
}

export const entryBeside = ({ loaded, record, actor }: Beside, { what, employeeIds, text, requestId, idempotencyKey }: BesideCommand): EntryFacts =>
  entryWith({
    ...under(loaded),
    action: what,
    from: record.state,
    to: record.state,
    round: record.round,
    actor: { id: actor.employeeId, kind: actor.kind },
    ...(employeeIds && { details: { employees: employeeIds.join(' ') } }),
    aside: text === '' ? {} : { text },
    requestId,
    idempotencyKey,
  })
