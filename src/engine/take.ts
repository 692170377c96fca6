import {
  type Actor,
  type Arrow,
  arrowsFrom,
  type CaseContext,
  isCountersign,
  type Notice,
  personsBehind,
  type Reason,
  reason,
  rulesOf,
  sinceEntered,
} from '../define/index.js'
import { advance, type Step } from './advance.js'
import type { CaseChange, CaseRecord, EntryFacts, FormSubmission, Handling, Surroundings } from './case-record.js'
import type { CommandTransaction } from './case-store.js'
import type { DecideCommand } from './commands.js'
import { commitmentsAfter } from './commitment.js'
import { ballotFor, poolSeat } from './countersign.js'
import { clocksOf } from './deadlines.js'
import { entryWith, under } from './entry.js'
import { refuseErased } from './erasure.js'
import { idsNamedIn, overlay } from './forms-handed-in.js'
import { contextOf, isOfTask, openVoices, reasonsAgainst } from './judgement.js'
import { linksOf } from './links.js'
import { openCasesAskedBy } from './open.js'
import { type LoadedProcess, type Processes, pinned } from './processes.js'
import { Refused } from './refused.js'
import { taskOfVoice, tasksFor } from './tasks.js'

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
  readonly command: Pick<DecideCommand, 'action' | 'seat' | 'to' | 'idempotencyKey' | 'requestId' | 'occurredAt'>
  readonly causedBy: EntryFacts['causedBy']
  /** What the clock says of a term that is over. */
  readonly details?: Readonly<Record<string, string>>
}

/** Judges the act with its forms, takes the step and writes everything that follows from it. */
export async function take(processes: Processes, tx: CommandTransaction, loaded: LoadedProcess, record: CaseRecord, taking: Taking): Promise<CaseRecord> {
  const { actor, forms, command } = taking
  const data = overlay(taking.around.data, forms)
  const named = forms.length === 0 ? {} : await tx.personsOf(idsNamedIn(data))
  const around = { ...taking.around, personOf: { ...taking.around.personOf, ...named } }
  const context = contextOf(loaded, record, around, taking.at, data)
  const reasons = reasonsAgainst(loaded, record, context, { ...command, actor })
  if (reasons.length > 0) throw refusedHere(reasons, record)
  const step = advance(loaded, record, context, { ...command, actor })
  if (!step) throw refusedHere([reason('CONDITION_UNMET')], record)
  const version = record.version + 1
  const customerId = loaded.definition.customerOf?.(data) ?? record.customerId
  if (customerId !== record.customerId) await refuseErased(tx, customerId)
  const receipts = await tx.addForms({ ...record, customerId }, version, actor.employeeId, forms)
  const links = await linksOf(processes, tx, step.arrow, { parent: { ...record, ...placeOf(step), version }, context, actor, command })
  const entered = step.moves ? { enteredAt: taking.at, enteredSequence: version } : {}
  const moved = { ...record, ...placeOf(step), ...entered, decisions: decisionsNow(record, step), version, customerId }
  const next = await settled(tx, loaded, moved, record, step, context)
  if (step.arrow.customerStatus && next.customerId) await tx.setCustomerStatus(next.customerId, step.arrow.customerStatus)
  const saved = await tx.save({
    next,
    ...(await clocksOf(tx, loaded.definition, next, { data, settings: around.settings })),
    participantPersonIds: actor.kind === 'employee' ? personsBehind(actor) : [],
    tasks: tasksAfter(loaded, record, step, contextOf(loaded, next, { ...around, data }, taking.at)),
    commitments: commitmentsAfter(loaded, record, next, data),
    entry: entryOf(loaded, record, step, taking, context, receipts, links),
  })
  if (saved.outcome === 'completed' && saved.revokesId) await tx.releaseCommitment(saved.revokesId)
  await passOn(processes, tx, saved, [...(step.arrow.tells ?? []), ...wordOf(loaded, step)], taking)
  return saved
}
/** What the process tells of every move, and of its end. */
const wordOf = ({ definition: { tells } }: LoadedProcess, { moves, outcome }: Step): readonly Notice[] =>
  moves ? [...((outcome === null ? tells?.onMove : tells?.onEnd) ?? [])] : []
const placeOf = ({ state, outcome, round }: Step) => ({ state, outcome, round })
/** Straight back to whoever returned the case: what had lapsed with the return counts again. */
const decisionsNow = ({ handling }: CaseRecord, { arrow, decisions }: Step) =>
  arrow.restores && handling.returned ? [...decisions.slice(0, -1), ...handling.returned.lapsed, decisions.at(-1)!] : decisions

/** The case with what goes on around its next decision: a ballot drawn, a return remembered. */
async function settled(
  tx: CommandTransaction,
  loaded: LoadedProcess,
  next: CaseRecord,
  before: CaseRecord,
  step: Step,
  context: CaseContext,
): Promise<CaseRecord> {
  if (!step.moves) return { ...next, handling: withOwner(loaded, next) }
  const facts = { ...context.facts, round: next.round, decisions: next.decisions }
  const ballot = await ballotFor(tx, loaded, next.state, next.version, { facts, parties: { ...context.parties, decisions: next.decisions } })
  // What the applicant took back himself comes to nobody straight: no vote carries over.
  const returned =
    step.arrow.startsRound && step.arrow.action !== 'WITHDRAW'
      ? { from: before.state, contentDigest: context.facts.contentDigest, lapsed: lapsedWith(before, next) }
      : next.state === before.state
        ? before.handling.returned
        : null
  return { ...next, handling: { ...(ballot && { ballot }), ...(returned && { returned }) } }
}
const lapsedWith = (before: CaseRecord, next: CaseRecord) => before.decisions.filter((decision) => !next.decisions.includes(decision))
/** Where all have abstained nobody is left: whoever owns the process has a voice then. */
export function withOwner({ definition }: LoadedProcess, next: CaseRecord): Handling {
  const { ballot } = next.handling
  const step = definition.states[next.state]!
  if (!ballot || !isCountersign(step) || openVoices({ definition }, next).length > 0) return next.handling
  return { ...next.handling, ballot: { ...ballot, seats: [...ballot.seats, poolSeat(definition.owner, ballot.seats.length)] } }
}

const nobodys = { state: '', seat: null }
/** Withdrawn, amended, taken back or told by the system, a task of somebody else is done by nobody. */
const isBeside = (definition: LoadedProcess['definition'], arrow: Arrow): boolean =>
  !isOfTask(definition, arrow) && rulesOf(arrow.by).every(({ kind }) => kind === 'applicant' || kind === 'lastToAct' || kind === 'system' || kind === 'clock')

function tasksAfter({ definition }: LoadedProcess, before: CaseRecord, step: Step, context: CaseContext): CaseChange['tasks'] {
  const done = isBeside(definition, step.arrow) ? nobodys : { state: step.arrow.from, seat: step.seat }
  if (step.moves) return { close: 'all', done, open: tasksFor(definition, step.state, context) }
  if (step.seat === null) return { close: null, done, open: [] }
  const waited = new Set(openVoices({ definition }, before).map(({ key }) => key))
  const called = context.parties.voices.filter(({ key }) => !waited.has(key))
  return { close: { seat: step.seat }, done, open: called.map((voice) => taskOfVoice(definition, step.state, voice, context)) }
}

function entryOf(
  loaded: LoadedProcess,
  record: CaseRecord,
  step: Step,
  { actor, command, causedBy, details }: Taking,
  { facts }: CaseContext,
  forms: EntryFacts['forms'],
  links: EntryFacts['links'],
): EntryFacts {
  const arrow: Arrow = step.arrow
  const lapsed = arrow.startsRound ? sinceEntered(record.decisions, step.state).map(({ sequence }) => sequence) : []
  return entryWith({
    ...under(loaded),
    action: arrow.action,
    seat: step.seat,
    from: arrow.from,
    to: step.state,
    round: record.round,
    actor: { id: actor.employeeId, kind: actor.kind },
    onBehalfOfId: actor.onBehalfOf?.employeeId ?? null,
    grantId: actor.onBehalfOf?.grantId ?? null,
    roleUsed: step.role,
    contentDigest: facts.contentDigest,
    aside: actor.name === undefined ? {} : { signedName: actor.name },
    forms,
    links,
    customerStatus: arrow.customerStatus ?? null,
    amount: loaded.definition.amountOf?.(facts.data) ?? null,
    ...((lapsed.length > 0 || details) && { details: { ...details, ...(lapsed.length > 0 && { lapsed: lapsed.join(' ') }) } }),
    causedBy,
    occurredAt: command.occurredAt ?? null,
    requestId: command.requestId,
    idempotencyKey: command.idempotencyKey,
  })
}

export const theSystem: Actor = { kind: 'system', employeeId: '', personId: '', roles: [], departmentIds: [], limits: {} }

/** Passes word of an act to the parent or to open children, as the system; a case that does not wait for it stays as it is. */
export async function passOn(
  processes: Processes,
  tx: CommandTransaction,
  sender: CaseRecord,
  tells: readonly Notice[],
  { at, command }: Taking,
): Promise<void> {
  for (const { to, event } of tells) {
    const receivers = to === 'parent' ? (sender.parentId ? [await tx.lockCase(sender.parentId)] : []) : await tx.openChildren(sender.id, to)
    for (const receiver of receivers) {
      if (receiver) await tell(processes, tx, receiver, event, { at, command, causedBy: { caseId: sender.id, sequence: sender.version } })
    }
  }
}
/** An act of the system on a case. Output: the case as it stands then; a case that does not wait for it stays as it is. */
export async function tell(
  processes: Processes,
  tx: CommandTransaction,
  receiver: CaseRecord,
  event: string,
  { at, command, causedBy }: Pick<Taking, 'at' | 'causedBy'> & { command: Pick<DecideCommand, 'idempotencyKey' | 'requestId' | 'occurredAt'> },
): Promise<CaseRecord> {
  const loaded = pinned(processes, receiver)
  const around = await surroundingsOf(tx, loaded, receiver, event)
  const { idempotencyKey, requestId, occurredAt } = command
  const plain = { action: event, idempotencyKey, requestId, ...(occurredAt !== undefined && { occurredAt }) }
  try {
    return await take(processes, tx, loaded, receiver, { actor: theSystem, forms: [], around, at, command: plain, causedBy })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return receiver
  }
}
