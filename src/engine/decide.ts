import { type Actor, type Arrow, arrowsFrom, type CaseContext, judge, mayBeEmpty, reason } from '../define/index.js'
import type { CaseRecord, FormSubmission, Surroundings } from './case-record.js'
import type { CommandTransaction, Receipt } from './case-store.js'
import type { DecideCommand } from './commands.js'
import { drawnBy } from './commitment.js'
import { changesBetween, contentDigestOf, contentWith, materialForms } from './content.js'
import { askedFor, casesNamed, complete, fillInAll, overlay } from './forms-handed-in.js'
import { hold } from './handling/hold.js'
import { contextOf, expired, reasonsAgainst } from './judgement.js'
import { type LoadedProcess, type Processes, pinned } from './processes.js'
import { Refused, refuse } from './refused.js'
import { steppedIn } from './stepping-in.js'
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
    return await act(processes, tx, loaded, record, actor, aimed(loaded, record, command))
  } catch (error) {
    if (!(error instanceof Refused) || (await sees(loaded, record, actor, tx)) || (await wasHis(tx, error, command, actor))) throw error
    throw refuse('NOT_FOUND', { onRecord: error })
  }
}

/** Who has lost the role that he claimed the task with, or the proxy, learns that, and not that there never was a case. */
const wasHis = async (tx: CommandTransaction, { code }: Refused, { caseId, onBehalfOfId }: DecideCommand, actor: Actor): Promise<boolean> =>
  code === 'NOT_ELIGIBLE' || (code === 'PROXY_EXPIRED' && onBehalfOfId !== undefined && (await tx.wasProxyIn(caseId, actor, onBehalfOfId)))

/** A return without a target goes to the first that the process names; straight back means to whoever returned the case. */
function aimed({ definition }: LoadedProcess, { state, handling }: CaseRecord, command: DecideCommand): DecideCommand {
  if (command.to !== undefined) return command
  if (command.straightBack) return { ...command, to: handling.returned?.from ?? '' }
  const first = arrowsFrom(definition, state).find((arrow: Arrow) => arrow.action === command.action)
  return first?.returnsTo ? { ...command, to: first.returnsTo[0]! } : command
}

async function act(
  processes: Processes,
  tx: CommandTransaction,
  loaded: LoadedProcess,
  record: CaseRecord,
  self: Actor,
  command: DecideCommand,
): Promise<Receipt> {
  if (command.inBatch && !loaded.definition.batch?.includes(command.action)) throw new Refused([reason('BATCH_REFUSED')], { details: presentOf(record) })
  const stale = command.expectedVersion !== undefined && command.expectedVersion !== record.version
  const late = expired(loaded.definition, { facts: { decisions: record.decisions } }, command.action)
  if (stale) throw new Refused([...late, reason('CASE_STALE')], { details: presentOf(record) })
  const around = await surroundingsOf(tx, loaded, record, command.action)
  const now = await tx.now()
  const at = command.occurredAt ?? now
  // Who may not act at all learns that, and nothing about the form.
  const context = contextOf(loaded, record, around, at)
  const actor = await effective(tx, loaded, record, self, command, context)
  const barred = reasonsAgainst(loaded, record, context, { ...command, actor }, 'forms')
  if (barred.length > 0) throw new Refused(barred, { details: presentOf(record) })
  if (command.expectedDigest !== undefined && command.expectedDigest !== context.facts.contentDigest)
    throw await contentChanged(tx, loaded, record, around, command.expectedDigest)
  const arrows = arrowsFrom(loaded.definition, record.state).filter(
    ({ action, by, seat, aim }) => action === command.action && seat === command.seat && aim === command.to && judge(by, actor, context.parties).allowed,
  )
  if (command.inBatch && askedFor(arrows).required.some((key) => !mayBeEmpty(loaded.definition.forms[key])))
    throw new Refused([reason('BATCH_REFUSED', ['须填写表单', 'a form has to be filled in'])], { details: presentOf(record) })
  const forms = await fillInAll(tx, loaded.definition, complete(loaded.definition, arrows, command.forms))
  const seen = await asFormsSay(tx, loaded, record, command, around, forms)
  const taking = { actor, forms, around: seen, at, command, causedBy: null }
  const held = await hold(tx, loaded, record, taking)
  const done = held ?? (await take(processes, tx, loaded, record, taking))
  return { caseId: done.id, sequence: done.version }
}

/** Who it is that decides: the actor himself, the one whose proxy he holds, or one who steps in from above. */
async function effective(
  tx: CommandTransaction,
  loaded: LoadedProcess,
  record: CaseRecord,
  self: Actor,
  command: DecideCommand,
  context: CaseContext,
): Promise<Actor> {
  const { definition } = loaded
  const amount = definition.amountOf?.(context.facts.data)
  const actor = command.onBehalfOfId === undefined ? self : await tx.actorFor(self, command.onBehalfOfId, record.process, amount)
  if (!actor) throw new Refused([reason('PROXY_EXPIRED')], { details: presentOf(record) })
  const arrows = arrowsFrom(definition, record.state).filter(({ action }) => action === command.action)
  return steppedIn((roles, excluded) => tx.staffing(roles, excluded), arrows, actor, context.parties)
}

/** 内容变更: the actor decides on what he saw, or not at all, and is told what is different. */
async function contentChanged(tx: CommandTransaction, loaded: LoadedProcess, record: CaseRecord, around: Surroundings, digest: string): Promise<Refused> {
  const versions = await tx.paperVersions(record.id, materialForms(loaded.definition))
  const seen = contentWith(loaded, versions, around.contentSalt, digest)
  const changes = seen ? changesBetween(loaded.definition, seen, around.data) : []
  return new Refused([reason('CONTENT_CHANGED')], {
    changes,
    details: { ...presentOf(record), contentDigest: contentDigestOf(loaded, around.data, around.contentSalt) },
  })
}

/** The forms may name another customer than the case had: then it is that one's open cases that count. */
async function asFormsSay(
  tx: CommandTransaction,
  loaded: LoadedProcess,
  record: CaseRecord,
  command: DecideCommand,
  around: Surroundings,
  forms: readonly FormSubmission[],
): Promise<Surroundings> {
  const data = overlay(around.data, forms)
  const customerId = loaded.definition.customerOf?.(data) ?? record.customerId
  const seen = customerId === record.customerId ? around : await surroundingsOf(tx, loaded, { ...record, customerId }, command.action)
  const named = await tx.relatives(casesNamed(loaded.definition, data))
  return { ...seen, named, committedBefore: await tx.committedBefore(record.id, drawnBy(loaded, data)) }
}
