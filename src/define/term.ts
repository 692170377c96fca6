import { addWorkingTime, ahead, type Calendar, daysMax, spansOn, workdayFrom, workingTimeBetween } from './working-time.js'
import { dayIn, epochOf, isoOf, numberOf, startOf } from './zone-time.js'

/**
 * 期限: how long something may take. Numbers below zero count back, for what must be done ahead of a day.
 * `days`: calendar days. `workingHours`: with decimals. `on`: until the end of a day. `from`: counted from that day instead of the start.
 */
export type Term = ({ readonly days: number } | { readonly workingDays: number } | { readonly workingHours: number } | { readonly on: string }) & {
  readonly from?: string
}

const hourMs = 3_600_000
const isWorking = (term: Term): boolean => 'workingDays' in term || 'workingHours' in term

/**
 * When a term that starts at an instant (ISO 8601) is over, in UTC.
 *
 * - `days`: the end of the n-th day after, which is the midnight that follows it in the zone.
 * - `workingDays`: the close of business of the n-th workday after the day of starting. What starts on a rest day or after the close is
 *   taken as started on the next workday, so that nobody gets less than n whole workdays; 0 is the close of the day of starting. Below zero:
 *   the close of the n-th workday before the day of starting, whatever the hour.
 * - `workingHours`: when so much has been worked; 0 is the first working moment.
 *
 * Throws RangeError when days are no whole number, when a term is longer than a hundred years, or when nobody ever works.
 */
export function dueAt(calendar: Calendar, startsAt: string, term: Term): string {
  const { zone } = calendar
  if ('on' in term) return isoOf(startOf(zone, numberOf(term.on) + 1))
  const day = numberOf(term.from ?? dayIn(zone, startsAt))
  if ('days' in term) return isoOf(startOf(zone, day + whole(term.days) + 1))
  if ('workingHours' in term) return afterHours(calendar, term.from === undefined ? startsAt : isoOf(startOf(zone, day)), term.workingHours)
  const late = term.from === undefined && isClosed(calendar, day, epochOf(startsAt))
  return isoOf(spansOn(calendar, nthWorkday(calendar, day, whole(term.workingDays), late)).at(-1)![1])
}

const whole = (number: number): number => {
  if (!Number.isInteger(number) || Math.abs(number) > daysMax) throw new RangeError(`${number} is no number of days`)
  return number
}
function afterHours(calendar: Calendar, start: string, hours: number): string {
  if (hours !== 0) return addWorkingTime(calendar, start, hours * hourMs)
  return isoOf(ahead(calendar, epochOf(start)).next().value[0])
}
/** Is business over for the day? At the very moment of the close it is not. */
const isClosed = (calendar: Calendar, day: number, at: number): boolean => at > (spansOn(calendar, day).at(-1)?.[1] ?? at)

function nthWorkday(calendar: Calendar, start: number, count: number, late: boolean): number {
  let day = start
  for (let left = -count; left > 0; left--) day = workdayFrom(calendar, day - 1, -1)
  if (count < 0) return day
  day = workdayFrom(calendar, late ? start + 1 : start, 1)
  for (let left = count; left > 0; left--) day = workdayFrom(calendar, day + 1, 1)
  return day
}

/** Does the term count working time in a year whose holidays are not published? Then it may still move. Times are ISO 8601. */
export function isProvisional(calendar: Calendar, startsAt: string, due: string, term: Term): boolean {
  if (!isWorking(term)) return false
  const years = [term.from ?? dayIn(calendar.zone, startsAt), dayIn(calendar.zone, due)].map((day) => Number(day.slice(0, 4)))
  const [first, last] = [Math.min(...years), Math.max(...years)]
  return Array.from({ length: last - first + 1 }, (_, index) => first + index).some((year) => !calendar.announcedYears.includes(year))
}

/** A due time after the clock stood still for so long (ms, in the measure of the term: working time, or time as it passes). */
export const shifted = (calendar: Calendar, due: string, term: Term, pausedMs: number): string =>
  isWorking(term) ? addWorkingTime(calendar, due, pausedMs) : isoOf(epochOf(due) + pausedMs)

/** What passes between two instants (ISO 8601) in the measure of the term, in ms. */
export const elapsed = (calendar: Calendar, from: string, to: string, term: Term): number =>
  isWorking(term) ? workingTimeBetween(calendar, from, to) : epochOf(to) - epochOf(from)
