import canonicalize from 'canonicalize'
import { type AnyProcess, arrowsFrom, type Decision } from '../define/index.js'
import { leadOf, placed } from './advance.js'
import type { CaseRecord, EntryFacts } from './case-record.js'
import { type Done, handlingAfter, type Opened } from './effect.js'
import { settled } from './settled.js'

/** What the hashed text of an entry tells. Times are ISO 8601 in UTC with microseconds. */
export interface Told extends Omit<EntryFacts, 'reasons' | 'idempotencyKey' | 'aside' | 'occurredAt'> {
  readonly stream: string
  readonly sequence: number
  readonly caseId: string
  readonly occurredAt: string
  readonly recordedAt: string
}
/** An entry of a case (`case:…`), or of the work beside it (`work:…`), with its hash and what stands beside its text. */
export interface HistoryEntry {
  readonly told: Told
  readonly hash: string
  readonly aside: EntryFacts['aside'] | null
}
/** Who holds a task, and since when. */
export interface Holder {
  readonly employeeId: string
  readonly at: string
}
/** A case as its history tells it. */
export interface FoldedCase {
  readonly record: CaseRecord
  /** Whoever has claimed or was given a task, by the id of the task; also of tasks that are over. */
  readonly holders: ReadonlyMap<string, Holder>
  /** What other cases had reserved or used before this one when it was last decided on; CNY. */
  readonly committedBefore: readonly string[]
}

/**
 * The whole case from its history alone. `definition`: the one that it is pinned to; `entries`: those of the case and of the work beside
 * it, in the order of their positions, from the first one on. Null: there is none.
 * Throws an Error that names the first entry which cannot follow what stands before it.
 */
export function foldCase(definition: AnyProcess, entries: Iterable<HistoryEntry>): FoldedCase | null {
  let record: CaseRecord | undefined
  let committedBefore: readonly string[] = []
  const holders = new Map<string, Holder>()
  for (const entry of entries) {
    const { told } = entry
    if (isWork(told)) {
      if (!record) throw untold(told, 'there is no case yet')
      record = afterWork(record, entry)
      hold(holders, told)
    } else if (!record) record = opened(definition, entry)
    else {
      record = afterAct(definition, record, entry)
      committedBefore = doneIn(told).committedBefore ?? []
    }
  }
  return record ? { record, holders, committedBefore } : null
}

const isWork = ({ stream }: Told): boolean => stream.startsWith('work:')
const untold = ({ stream, sequence }: Told, why: string): Error => new Error(`${stream} ${sequence}: ${why}`)
function doneIn(told: Told): Done {
  if (!told.effect || !('done' in told.effect)) throw untold(told, 'it does not tell what it did')
  return told.effect.done
}

function opened(definition: AnyProcess, { told, hash }: HistoryEntry): CaseRecord {
  const { effect, sequence, action, to, round, caseId, process, definitionVersion, definitionHash, recordedAt } = told
  if (!effect || !('opened' in effect) || sequence !== 1 || action !== 'OPEN') throw untold(told, 'it does not open the case')
  if (to !== definition.initial || process !== definition.id || definitionVersion !== definition.version) throw untold(told, 'it is of another process')
  const { number, applicantId, applicantPersonId, customerId, parentId, revokesId }: Opened = effect.opened
  return {
    id: caseId,
    number,
    process,
    definitionVersion,
    definitionHash,
    state: to,
    outcome: null,
    version: 1,
    round,
    decisions: [],
    handling: {},
    applicantId,
    applicantPersonId,
    customerId,
    parentId,
    revokesId,
    openedAt: recordedAt,
    closedAt: null,
    enteredAt: recordedAt,
    enteredSequence: 1,
    pausedAt: null,
    headHash: hash,
  }
}

function afterAct(definition: AnyProcess, before: CaseRecord, { told, hash }: HistoryEntry): CaseRecord {
  const done = doneIn(told)
  const arrow = arrowsFrom(definition, before.state)[done.arrow]
  if (told.sequence !== before.version + 1) throw untold(told, `it follows version ${before.version}`)
  if (told.from !== before.state || told.round !== before.round) throw untold(told, `the case stood at ${before.state} in round ${before.round}`)
  if (arrow?.action !== told.action || (arrow.target ?? before.state) !== told.to) throw untold(told, 'no such arrow leads there')
  if (arrow.seat !== undefined && arrow.seat !== told.seat) throw untold(told, `that is the arrow of ${arrow.seat}`)
  const decision: Decision = {
    state: before.state,
    to: told.to,
    action: told.action,
    personId: done.personId,
    role: told.roleUsed!,
    round: before.round,
    sequence: told.sequence,
    at: told.occurredAt,
    ...(done.principalId !== undefined && { principalId: done.principalId }),
    ...(told.seat !== null && { seat: told.seat }),
    ...(done.approves && { approves: done.approves }),
    ...(arrow.vote && { vote: arrow.vote }),
    ...(done.limit !== undefined && { limit: done.limit }),
    ...(done.cumulativeLimit !== undefined && { cumulativeLimit: done.cumulativeLimit }),
    ...(arrow.executes && { executed: true as const }),
  }
  const customerId = done.customerId === undefined ? before.customerId : done.customerId
  const next = placed(before, leadOf(definition, before, arrow, decision), told.occurredAt, customerId)
  const around = { ballot: done.ballot ?? null, contentDigest: told.contentDigest ?? '' }
  return { ...next, handling: settled(definition, next, before, arrow, around), closedAt: next.outcome === null ? null : told.recordedAt, headHash: hash }
}

function afterWork(record: CaseRecord, { told, aside }: HistoryEntry): CaseRecord {
  const { effect, action } = told
  if (action === 'PAUSE' || action === 'RESUME') return { ...record, pausedAt: action === 'PAUSE' ? told.recordedAt : null }
  if (action === 'HOLD') {
    if (!aside?.held) throw untold(told, 'what was held is not beside it')
    return { ...record, handling: { ...record.handling, held: aside.held } }
  }
  return effect && 'around' in effect ? { ...record, handling: handlingAfter(record.handling, effect.around) } : record
}

/** Whose a task is from here on. A voice that passes on is another task. */
function hold(holders: Map<string, Holder>, { action, actor, details, effect, recordedAt: at }: Told): void {
  const task = details?.['task']
  if (task === undefined || (effect && 'around' in effect && effect.around.ballot)) return
  const byPerson = actor.kind === 'employee'
  if (action === 'CLAIM') holders.set(task, { employeeId: actor.id, at })
  else if (action === 'TRANSFER' || (action === 'REASSIGN' && byPerson)) holders.set(task, { employeeId: details!['employees']!.split(' ')[0]!, at })
  else if (action === 'RELEASE' || action === 'HAND_OVER' || action === 'REASSIGN') holders.delete(task)
}

/** The fields in which a stored case is not what its history tells; empty when all is well. Moments count to the millisecond. */
export function divergences({ record }: FoldedCase, stored: CaseRecord): (keyof CaseRecord)[] {
  const comparable = (name: keyof CaseRecord, value: unknown): unknown =>
    name.endsWith('At') && typeof value === 'string' ? Date.parse(value) : typeof value === 'object' && value !== null ? canonicalize(value) : value
  return (Object.keys(record) as (keyof CaseRecord)[]).filter((name) => comparable(name, record[name]) !== comparable(name, stored[name]))
}
