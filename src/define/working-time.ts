import { dayMs, dayNumberAt, dayOf, epochOf, instantAt, isoOf, numberOf, remembered, weekdayOf } from './zone-time.js'

/** Local times of a day, HH:MM; the second may be 24:00. */
export type Period = readonly [from: string, to: string]

/**
 * 工作日历: when the organisation works. Plain data that is never changed; a new version is another object.
 * {@link calendarFaults} says what makes one malformed.
 */
export interface Calendar {
  /** A name of the time-zone database, as Asia/Shanghai. */
  readonly zone: string
  /** The working hours of an ordinary workday, in order. */
  readonly periods: readonly Period[]
  /** ISO weekdays that are no workdays: 6 is Saturday, 7 Sunday. */
  readonly restDays: readonly number[]
  /** Exceptions by day (YYYY-MM-DD): a holiday, a make-up workday 调休, or a workday with hours of its own. */
  readonly days: Readonly<Record<string, 'REST' | 'WORK' | readonly Period[]>>
  /** Years whose holidays are published. What touches another year is provisional. */
  readonly announcedYears: readonly number[]
}

/** The working hours of a day (YYYY-MM-DD); none on a rest day. */
export const periodsOn = (calendar: Calendar, day: string): readonly Period[] => periodsAt(calendar, numberOf(day))
export const isWorkday = (calendar: Calendar, day: string): boolean => periodsOn(calendar, day).length > 0

function periodsAt({ periods, restDays, days }: Calendar, number: number): readonly Period[] {
  const exception = days[dayOf(number)]
  if (typeof exception === 'object') return exception
  return exception === 'REST' || (exception === undefined && restDays.includes(weekdayOf(number))) ? [] : periods
}

/**
 * The moment when so much working time (ms) has passed after an instant (ISO 8601): the first such moment, as the close of business and not
 * the opening after it. Below zero: the last moment from which so much passes until the instant.
 * Throws RangeError when nobody ever works, or not enough in a hundred years.
 */
export function addWorkingTime(calendar: Calendar, instant: string, ms: number): string {
  const at = epochOf(instant)
  if (ms === 0) return isoOf(at)
  if (!(Math.abs(ms) <= daysMax * dayMs)) throw new RangeError(`${ms} ms is no term`)
  const worked = ms > 0 ? ahead(calendar, at) : behind(calendar, at)
  for (let left = Math.abs(Math.round(ms)); ; ) {
    const [from, to] = worked.next().value
    if (to - from >= left) return isoOf(ms > 0 ? from + left : to - left)
    left -= to - from
  }
}

/** Working time between two instants (ISO 8601) in ms; below zero when the second is the earlier. */
export function workingTimeBetween(calendar: Calendar, from: string, to: string): number {
  const [first, last] = [epochOf(from), epochOf(to)]
  if (last < first) return 0 - workingTimeBetween(calendar, to, from)
  const lastDay = dayNumberAt(calendar.zone, last)
  let worked = 0
  for (let day = dayNumberAt(calendar.zone, first); day <= lastDay; day++)
    for (const [opens, closes] of spansOn(calendar, day)) worked += Math.max(0, Math.min(closes, last) - Math.max(opens, first))
  return worked
}

type Span = readonly [opens: number, closes: number]

/** What is worked from an instant on, span by span, without an end. */
export function* ahead(calendar: Calendar, at: number): Generator<Span, never> {
  const first = dayNumberAt(calendar.zone, at)
  for (let day = first; ; day = workdayFrom(calendar, within(day + 1, first), 1))
    for (const [opens, closes] of spansOn(calendar, day)) if (closes > at) yield [Math.max(opens, at), closes]
}
/** What was worked up to an instant, the latest span first. */
function* behind(calendar: Calendar, at: number): Generator<Span, never> {
  const first = dayNumberAt(calendar.zone, at)
  for (let day = first; ; day = workdayFrom(calendar, within(day - 1, first), -1))
    for (const [opens, closes] of spansOn(calendar, day).toReversed()) if (opens < at) yield [opens, Math.min(closes, at)]
}

/** No term is longer than a hundred years: what goes on is a mistake. */
export const daysMax = 36_600
function within(day: number, first: number): number {
  if (Math.abs(day - first) > daysMax) throw new RangeError(`more than ${daysMax} days from ${dayOf(first)}`)
  return day
}

/** Longer than this nobody rests: a calendar that says so is a mistake, and no search in it may go on for ever. */
export const idleDaysMax = 366
/** The day itself or the nearest one in a direction on which somebody works. Throws RangeError when there is none within a year. */
export function workdayFrom(calendar: Calendar, start: number, step: 1 | -1): number {
  for (let idle = 0; idle <= idleDaysMax; idle++) if (spansOn(calendar, start + idle * step).length > 0) return start + idle * step
  throw new RangeError(`the calendar has no working time within ${idleDaysMax} days of ${dayOf(start)}`)
}

/** The working hours of a day as instants; what the clock jumps over is left out. Known once for each calendar. */
export function spansOn(calendar: Calendar, number: number): readonly Span[] {
  const known = spans.get(calendar) ?? new Map<number, readonly Span[]>()
  spans.set(calendar, known)
  return remembered(known, number, () =>
    periodsAt(calendar, number)
      .map(([from, to]): Span => [instantAt(calendar.zone, number, from), instantAt(calendar.zone, number, to)])
      .filter(([opens, closes]) => opens < closes),
  )
}
const spans = new WeakMap<Calendar, Map<number, readonly Span[]>>()
