import {
  type Actor,
  type Arrow,
  arrowsFrom,
  type Ballot,
  type CaseContext,
  type Notice,
  personsBehind,
  type Reason,
  reason,
  rulesOf,
  sinceEntered,
} from '../define/index.js'
import { advance, placed, type Step } from './advance.js'
import type { CaseChange, CaseRecord, EntryFacts, FormSubmission, Surroundings } from './case-record.js'
import type { CommandTransaction } from './case-store.js'
import type { DecideCommand } from './commands.js'
import { commitmentsAfter } from './commitment.js'
import { ballotFor } from './countersign.js'
import { clocksOf } from './deadlines.js'
import type { Done } from './effect.js'
import { entryWith, under } from './entry.js'
import { refuseErased } from './erasure.js'
import { idsNamedIn, overlay } from './forms-handed-in.js'
import { contextOf, isOfTask, openVoices, reasonsAgainst } from './judgement.js'
import { linksOf } from './links.js'
import { openCasesAskedBy } from './open.js'
import { type LoadedProcess, type Processes, pinned } from './processes.js'
import { Refused } from './refused.js'
import { settled } from './settled.js'
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
  const customerId = loaded.definition.customerOf?.(data) ?? record.customerId
  if (customerId !== record.customerId) await refuseErased(tx, customerId)
  const moved = placed(record, step, taking.at, customerId)
  const receipts = await tx.addForms(moved, moved.version, actor.employeeId, forms)
  // Its children begin with what was known before the act.
  const parent = { ...moved, decisions: record.decisions, customerId: record.customerId }
  const links = await linksOf(processes, tx, step.arrow, { parent, context, actor, command })
  const ballot = step.moves ? await ballotIn(tx, loaded, moved, context) : null
  const next = { ...moved, handling: settled(loaded.definition, moved, record, step.arrow, { ballot, contentDigest: context.facts.contentDigest }) }
  if (step.arrow.customerStatus && next.customerId) await tx.setCustomerStatus(next.customerId, step.arrow.customerStatus)
  const saved = await tx.save({
    next,
    ...(await clocksOf(tx, loaded.definition, next, { data, settings: around.settings })),
    participantPersonIds: actor.kind === 'employee' ? personsBehind(actor) : [],
    tasks: tasksAfter(loaded, record, step, contextOf(loaded, next, { ...around, data }, taking.at)),
    commitments: commitmentsAfter(loaded, record, next, data),
    entry: { ...entryOf(loaded, record, step, taking, context, receipts, links), effect: { done: doneBy(loaded, record, next, step, ballot, context) } },
  })
  if (saved.outcome === 'completed' && saved.revokesId) await tx.releaseCommitment(saved.revokesId)
  await passOn(processes, tx, saved, [...(step.arrow.tells ?? []), ...wordOf(loaded, step)], taking)
  return saved
}
/** What the process tells of every move, and of its end. */
const wordOf = ({ definition: { tells } }: LoadedProcess, { moves, outcome }: Step): readonly Notice[] =>
  moves ? [...((outcome === null ? tells?.onMove : tells?.onEnd) ?? [])] : []
/** The ballot of the state that the case has come to. */
function ballotIn(tx: CommandTransaction, loaded: LoadedProcess, { state, version, round, decisions }: CaseRecord, { facts, parties }: CaseContext) {
  return ballotFor(tx, loaded, state, version, { facts: { ...facts, round, decisions }, parties: { ...parties, decisions } })
}
/** What the history needs besides its own words to tell the case again. */
function doneBy(loaded: LoadedProcess, before: CaseRecord, next: CaseRecord, { arrow, decision }: Step, ballot: Ballot | null, { facts }: CaseContext): Done {
  const { personId, principalId, approves, limit, cumulativeLimit } = decision
  return {
    arrow: arrowsFrom(loaded.definition, arrow.from).indexOf(arrow),
    personId,
    ...(principalId !== undefined && { principalId }),
    ...(approves && { approves }),
    ...(limit !== undefined && { limit }),
    ...(cumulativeLimit !== undefined && { cumulativeLimit }),
    ...(next.customerId !== before.customerId && { customerId: next.customerId }),
    ...(ballot && { ballot }),
    ...(facts.committedBefore.length > 0 && { committedBefore: facts.committedBefore }),
  }
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
