import { type Actor, type Arrow, arrowsFrom, type CaseContext, type Reason, reason } from '../define/index.js'
import { advance, type Step } from './advance.js'
import type { CaseChange, CaseRecord, CommandTransaction, EntryFacts, FormSubmission, Surroundings } from './case-store.js'
import type { DecideCommand } from './commands.js'
import { entryWith, under } from './entry.js'
import { idsNamedIn, overlay } from './forms-handed-in.js'
import { contextOf, reasonsAgainst } from './judgement.js'
import { linksOf } from './links.js'
import { openCasesAskedBy } from './open.js'
import { type LoadedProcess, type Processes, pinned } from './processes.js'
import { Refused } from './refused.js'
import { dueDayOf, tasksFor } from './tasks.js'

/** Where the case stands, for whoever is refused. */
export const presentOf = ({ state, version }: CaseRecord) => ({ state, version })
const refusedHere = (reasons: readonly Reason[], record: CaseRecord) => new Refused(reasons, { details: presentOf(record) })

/** Everything around the case that the guards of this act may ask about. */
export const surroundingsOf = (tx: CommandTransaction, { definition }: LoadedProcess, record: CaseRecord, action: string): Promise<Surroundings> =>
  tx.surroundings(record, {
    openCases: openCasesAskedBy(
      arrowsFrom(definition, record.state)
        .filter((arrow) => arrow.action === action)
        .map(({ guard }) => guard),
    ),
  })

/** One act on its way through the door. */
export interface Taking {
  readonly actor: Actor
  readonly forms: readonly FormSubmission[]
  readonly around: Surroundings
  readonly at: string
  readonly command: Pick<DecideCommand, 'action' | 'seat' | 'idempotencyKey' | 'requestId' | 'occurredAt'>
  readonly causedBy: EntryFacts['causedBy']
}

/** Judges the act with its forms, takes the step and writes everything that follows from it. */
export async function take(processes: Processes, tx: CommandTransaction, loaded: LoadedProcess, record: CaseRecord, taking: Taking): Promise<CaseRecord> {
  const { actor, forms, command } = taking
  const data = overlay(taking.around.data, forms)
  const personOf = forms.length === 0 ? taking.around.personOf : { ...taking.around.personOf, ...(await tx.personsOf(idsNamedIn(data))) }
  const context = contextOf(record, { ...taking.around, data, personOf }, taking.at)
  const reasons = reasonsAgainst(loaded, record, context, { ...command, actor })
  if (reasons.length > 0) throw refusedHere(reasons, record)
  const step = advance(loaded, record, context, { ...command, actor })
  if (!step) throw refusedHere([reason('CONDITION_UNMET')], record)
  const version = record.version + 1
  const receipts = await tx.addForms(record, version, actor.employeeId, forms)
  const links = await linksOf(processes, tx, step.arrow, { parent: { ...record, ...placeOf(step), version }, context, actor, command })
  const next: CaseRecord = { ...record, ...placeOf(step), version, customerId: loaded.definition.customerOf?.(data) ?? record.customerId }
  if (step.arrow.customerStatus && next.customerId) await tx.setCustomerStatus(next.customerId, step.arrow.customerStatus)
  const saved = await tx.save({
    next,
    dueOn: dueDayOf(loaded.definition, data),
    participantPersonId: actor.kind === 'employee' ? actor.personId : null,
    tasks: tasksAfter(loaded, step, {
      facts: { ...context.facts, round: step.round, decisions: step.decisions },
      parties: { ...context.parties, decisions: step.decisions },
    }),
    entry: entryOf(loaded, record, step, taking, receipts, links),
  })
  await passOn(processes, tx, saved, step.arrow, taking)
  return saved
}
const placeOf = ({ state, value, outcome, round, decisions }: Step) => ({ state, value, outcome, round, decisions })

function tasksAfter({ definition }: LoadedProcess, step: Step, context: CaseContext): CaseChange['tasks'] {
  const { arrow } = step
  const done = { state: arrow.from, seat: arrow.seat ?? null }
  const stays = step.state === arrow.from && (arrow.seat !== undefined || arrow.target === undefined)
  if (!stays) return { close: 'all', done, open: tasksFor(definition, step.value, context) }
  return { close: arrow.seat === undefined ? null : { seat: arrow.seat }, done, open: [] }
}

function entryOf(
  loaded: LoadedProcess,
  record: CaseRecord,
  step: Step,
  { actor, command, causedBy }: Taking,
  forms: EntryFacts['forms'],
  links: EntryFacts['links'],
): EntryFacts {
  const arrow: Arrow = step.arrow
  return entryWith({
    ...under(loaded),
    action: arrow.action,
    seat: arrow.seat ?? null,
    from: arrow.from,
    to: step.value,
    round: record.round,
    actor: { id: actor.employeeId, kind: actor.kind },
    roleUsed: step.role,
    forms,
    links,
    customerStatus: arrow.customerStatus ?? null,
    causedBy,
    occurredAt: command.occurredAt ?? null,
    requestId: command.requestId,
    idempotencyKey: command.idempotencyKey,
  })
}

const theSystem: Actor = { kind: 'system', employeeId: '', personId: '', roles: [], departmentIds: [], limits: {} }

/** Passes word of an act to the parent or to open children, as the system; a case that does not wait for it stays as it is. */
export async function passOn(processes: Processes, tx: CommandTransaction, sender: CaseRecord, arrow: Arrow, { at, command }: Taking): Promise<void> {
  for (const { to, event } of arrow.tells ?? []) {
    const receivers = to === 'parent' ? (sender.parentId ? [await tx.lockCase(sender.parentId)] : []) : await tx.openChildren(sender.id, to)
    for (const receiver of receivers) {
      if (receiver) await tell(processes, tx, receiver, event, { at, command, causedBy: { caseId: sender.id, sequence: sender.version } })
    }
  }
}
async function tell(
  processes: Processes,
  tx: CommandTransaction,
  receiver: CaseRecord,
  event: string,
  { at, command, causedBy }: Pick<Taking, 'at' | 'command' | 'causedBy'>,
): Promise<void> {
  const loaded = pinned(processes, receiver)
  const around = await surroundingsOf(tx, loaded, receiver, event)
  try {
    await take(processes, tx, loaded, receiver, { actor: theSystem, forms: [], around, at, command: { ...command, action: event }, causedBy })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
  }
}
