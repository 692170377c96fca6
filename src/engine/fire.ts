import type { Actor } from '../define/index.js'
import { deadlinesIn } from '../define/index.js'
import type { Surroundings } from './case-record.js'
import type { CommandTransaction } from './case-store.js'
import { changeTerms, following, revised } from './deadlines.js'
import { clockDetails, type Fired } from './fired.js'
import { climb } from './ladder.js'
import { type Processes, pinned } from './processes.js'
import { Refused } from './refused.js'
import { surroundingsOf, take, theSystem } from './take.js'

/**
 * What became of a term that somebody said is over. SKIPPED: the case does not wait for it. SETTLED: it was over before.
 * BEFORE: an earlier term of the same case went first, or the organisation has set another figure since; say it again. EARLY: not yet, by the clock of the database.
 */
export type Firing = { readonly result: 'FIRED' | 'SKIPPED' | 'SETTLED' | 'BEFORE' } | { readonly result: 'EARLY'; readonly dueAt: string }
export interface FireCommand {
  readonly timerId: string
  readonly requestId: string
}
/** The clock of the house: no account, and no human approval. */
const theClock: Actor = { ...theSystem, isClock: true }

/**
 * 到期: a term is over, and its act is done as any other, once: whoever has the case first wins.
 * What the case does not wait for any more is skipped and leaves no trace in its history.
 */
export async function fire(processes: Processes, tx: CommandTransaction, { timerId, requestId }: FireCommand): Promise<Firing> {
  const caseId = await tx.caseOfTimer(timerId)
  const record = caseId ? await tx.lockCase(caseId) : null
  if (!record) return { result: 'SETTLED' }
  const known = await tx.timers(record.id)
  const running = known.filter(({ status }) => status === 'PENDING')
  const named = running.find(({ id }) => id === timerId)
  if (!named) return { result: 'SETTLED' }
  const at = await tx.now()
  if (Date.parse(named.dueAt) > Date.parse(at)) return { result: 'EARLY', dueAt: named.dueAt }
  // In the order in which they are due, however late.
  const timer = running[0]!
  const lateMs = Date.parse(at) - Date.parse(timer.dueAt)
  const loaded = pinned(processes, record)
  const deadline = deadlinesIn(loaded.definition, timer.place)[timer.name]
  const around = await surroundingsOf(tx, loaded, record, timer.name)
  const change = revised(loaded.definition, record, around, known, await tx.calendar())
  if (change.cancel.includes(timer.id) || change.move.some(({ id }) => id === timer.id)) {
    await changeTerms(tx, loaded.definition, record, change)
    return { result: 'BEFORE' }
  }
  const done = deadline !== undefined && (await act(processes, tx, { loaded, record, timer, deadline, at, requestId, lateMs }, around))
  await tx.settleTimer(timer.id, done ? 'FIRED' : 'SKIPPED', lateMs)
  const next = deadline?.repeats ? following(timer, deadline, await tx.calendar()) : null
  if (next) await tx.setTimers(record.id, { cancel: [], move: [], add: [next] })
  return { result: timer !== named ? 'BEFORE' : done ? 'FIRED' : 'SKIPPED' }
}

async function act(processes: Processes, tx: CommandTransaction, fired: Fired, around: Surroundings): Promise<boolean> {
  const { loaded, record, timer, at, requestId } = fired
  if (timer.rung !== null) return climb(tx, fired)
  const command = { action: timer.name, idempotencyKey: timer.id, requestId }
  try {
    await take(processes, tx, loaded, record, { actor: theClock, forms: [], around, at, command, causedBy: null, details: clockDetails(fired) })
    return true
  } catch (error) {
    if (error instanceof Refused) return false
    throw error
  }
}
