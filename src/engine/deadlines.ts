import { randomUUID } from 'node:crypto'
import canonicalize from 'canonicalize'
import { type AnyDeadline, type AnyProcess, deadlinesIn, dueAt, elapsed, isFinal, isProvisional, shifted, stepIn, termOf } from '../define/index.js'
import type { CaseChange, CaseRecord, Surroundings } from './case-record.js'
import type { CommandTransaction } from './case-store.js'
import type { CalendarVersion, Timer, TimerChange } from './timer.js'

type Wanted = Omit<Timer, 'id'>
/** Does anything in this process happen by the clock? */
const hasTerms = (definition: AnyProcess): boolean =>
  definition.after !== undefined || Object.values(definition.states).some((step) => !isFinal(step) && step.after !== undefined)

type Running = Pick<CaseRecord, 'state' | 'openedAt' | 'enteredAt' | 'enteredSequence' | 'outcome' | 'pausedAt'>

/** Every term and rung that runs for a case as it stands, as if nothing had fired yet. */
function termsOf(definition: AnyProcess, record: Running, { data, settings }: Pick<Surroundings, 'data' | 'settings'>, at: CalendarVersion): Wanted[] {
  const step = stepIn(definition, record.state)
  if (record.outcome !== null || !step || isFinal(step)) return []
  const places = [
    { place: '', entered: 1, startsAt: record.openedAt },
    { place: record.state, entered: record.enteredSequence, startsAt: record.enteredAt },
  ]
  return places.flatMap((where) =>
    Object.entries(deadlinesIn(definition, where.place)).flatMap(([name, deadline]) => {
      const term = termOf(deadline.due, data, settings)
      if (!term) return []
      const rungs = [null, ...(deadline.ladder ?? []).keys()]
      const status = record.pausedAt !== null && !deadline.statutory ? ('PAUSED' as const) : ('PENDING' as const)
      return rungs.map((rung): Wanted => reckoned({ ...where, name, rung, term, status, pausedMs: 0 }, deadline, at))
    }),
  )
}

/** When the term ends by this calendar; a rung at its share of the way, each later by what it has stood still. */
export function reckoned<T extends Pick<Timer, 'startsAt' | 'term' | 'rung' | 'pausedMs'>>(
  timer: T,
  deadline: AnyDeadline,
  { version, calendar }: CalendarVersion,
): T & Pick<Timer, 'dueAt' | 'provisional' | 'calendarVersion'> {
  const { startsAt, term, rung, pausedMs } = timer
  const end = dueAt(calendar, startsAt, term)
  const share = rung === null ? undefined : deadline.ladder![rung]!.at
  const due = share === undefined ? end : shifted(calendar, startsAt, term, Math.max(0, elapsed(calendar, startsAt, end, term)) * share)
  const moved = pausedMs === 0 ? due : shifted(calendar, due, term, pausedMs)
  return { ...timer, dueAt: moved, provisional: isProvisional(calendar, startsAt, moved, term), calendarVersion: version }
}

/** 周期: the term after one that is over. It begins where that one ended, so that a late clock puts nothing off; null where it would stand still. */
export function following(timer: Timer, deadline: AnyDeadline, at: CalendarVersion): Timer | null {
  // What ends with a day ends at the midnight after it: begun there, the next would be a day longer, every time.
  const startsAt = 'days' in timer.term ? new Date(Date.parse(timer.dueAt) - 1).toISOString() : timer.dueAt
  const next = reckoned({ ...timer, id: randomUUID(), startsAt, status: 'PENDING' as const, pausedMs: 0 }, deadline, at)
  return next.dueAt > timer.dueAt ? next : null
}

const isSame = (one: Wanted, other: Wanted): boolean =>
  one.place === other.place && one.entered === other.entered && one.name === other.name && one.rung === other.rung
const isLive = ({ status }: Wanted): boolean => status === 'PENDING' || status === 'PAUSED'
const sameTerm = (one: Pick<Wanted, 'term'>, other: Pick<Wanted, 'term'>): boolean => canonicalize(one.term) === canonicalize(other.term)
/** The day that a term counts from or ends with, where one is named. */
const dayOf = ({ term }: Pick<Wanted, 'term'>): string | undefined => ('on' in term ? term.on : term.from)

/**
 * From the terms that are known to those that run now: what is over for the case is cancelled, a changed term keeps the time that it stood still,
 * unless it is bound to another day now, which is meant as it stands. What has fired does not fire again while its term is the same.
 */
function changeOf(definition: AnyProcess, known: readonly Timer[], wanted: readonly Wanted[], at: CalendarVersion): TimerChange {
  const live = known.filter(isLive)
  const kept = (timer: Timer) => wanted.some((term) => isSame(term, timer))
  return {
    cancel: live.filter((timer) => !kept(timer)).map(({ id }) => id),
    move: live.flatMap((timer) => {
      const term = wanted.find((one) => isSame(one, timer))
      if (!term || sameTerm(term, timer)) return []
      const pausedMs = dayOf(term) === dayOf(timer) ? timer.pausedMs : 0
      return [reckoned({ ...timer, term: term.term, pausedMs }, deadlinesIn(definition, timer.place)[timer.name]!, at)]
    }),
    add: wanted
      .filter((term) => !known.some((timer) => isSame(term, timer) && (isLive(timer) || (timer.status !== 'CANCELLED' && sameTerm(term, timer)))))
      .map((term) => ({ ...term, id: randomUUID() })),
  }
}

/**
 * When the whole case was promised to end. Where a term of the whole case watches over that promise, it ends with it: by the calendar in
 * force, and later by what it has stood still.
 */
export function promisedEnd(
  { dueOf }: AnyProcess,
  { openedAt }: Pick<CaseRecord, 'openedAt'>,
  { data, settings }: Pick<Surroundings, 'data' | 'settings'>,
  timers: readonly Timer[],
  { calendar }: CalendarVersion,
): string | null {
  const term = dueOf && termOf(dueOf, data as never, settings)
  if (!term) return null
  const watch = timers.findLast((timer) => timer.place === '' && timer.rung === null && sameTerm(timer, { term }))
  return watch?.dueAt ?? dueAt(calendar, openedAt, term)
}

/** When the whole case was promised to end, and what becomes of its terms, for a case as it stands after an act. */
export async function clocksOf(
  tx: CommandTransaction,
  definition: AnyProcess,
  record: CaseRecord,
  around: Pick<Surroundings, 'data' | 'settings'>,
): Promise<Pick<CaseChange, 'dueAt' | 'timers'>> {
  if (!hasTerms(definition) && !definition.dueOf) return { dueAt: null, timers: null }
  const at = await tx.calendar()
  if (!hasTerms(definition)) return { dueAt: promisedEnd(definition, record, around, [], at), timers: null }
  const known = record.version === 1 ? [] : await tx.timers(record.id)
  const timers = changeOf(definition, known, termsOf(definition, record, around, at), at)
  return { dueAt: promisedEnd(definition, record, around, [...known, ...timers.move, ...timers.add], at), timers }
}

/** What becomes of the terms of a case that nothing was done in: the organisation may have set other figures since they began. */
export const revised = (
  definition: AnyProcess,
  record: CaseRecord,
  around: Pick<Surroundings, 'data' | 'settings'>,
  known: readonly Timer[],
  at: CalendarVersion,
): TimerChange => changeOf(definition, known, termsOf(definition, record, around, at), at)

/** Changes the terms of a case beside its acts, and the end of the case with them. */
export async function changeTerms(tx: CommandTransaction, definition: AnyProcess, record: CaseRecord, change: Partial<TimerChange>): Promise<void> {
  await tx.setTimers(record.id, { cancel: [], add: [], move: [], ...change })
  if (!definition.dueOf) return
  const around = await tx.surroundings(record, { openCases: [] })
  await tx.setDue(record.id, promisedEnd(definition, record, around, await tx.timers(record.id), await tx.calendar()))
}
