import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { type Calendar, calendarFaults, type FieldError, type Period, reason } from '../define/index.js'
import type { CommandTransaction } from './case-store.js'
import type { CalendarChange } from './organisation-change.js'
import { Refused, refuseInput } from './refused.js'

/**
 * Publishes the newest calendar with these changes as the next version. Output: what the history says of it besides what was asked for.
 * Deadlines that were counted with an older version are for the clock to see. Throws `INPUT_INVALID`, `CONDITION_UNMET`.
 */
export async function setCalendar(tx: CommandTransaction, change: CalendarChange, employeeId: string): Promise<Record<string, string>> {
  const newest = await tx.lockCalendar()
  if (!newest) throw new Error('no calendar is published')
  const asked = askedFaults(change)
  const calendar = changed(newest.calendar, change)
  const faults = asked.length > 0 ? asked : calendarFaults(calendar)
  if (faults.length > 0) throw refuseInput(faults)
  if (digestOf(calendar) === digestOf(newest.calendar)) throw new Refused([unchanged])
  const version = await tx.publishCalendar(calendar, employeeId)
  return { version: String(version), digest: digestOf(calendar) }
}

const unchanged = reason('CONDITION_UNMET', ['与现行日历相同', 'it is the same as the calendar in force'])

/** What makes no sense before the calendar is looked at. */
function askedFaults({ days = [] }: CalendarChange): FieldError[] {
  return days.flatMap(({ day, kind, periods }, index) => [
    ...(days.findIndex((other) => other.day === day) < index
      ? [{ path: `days[${index}].day`, code: 'DUPLICATE', message: ['重复的日期', 'the day is named twice'] } as const]
      : []),
    ...(kind === 'REST' && periods
      ? [{ path: `days[${index}].periods`, code: 'NOT_ASKED', message: ['休息日没有工作时段', 'a rest day has no hours'] } as const]
      : []),
  ])
}

/** Hours, rest days and zone are replaced, days and announced years added. */
function changed(newest: Calendar, { zone, periods, restDays, days = [], announcedYears = [] }: CalendarChange): Calendar {
  return {
    zone: zone ?? newest.zone,
    periods: periods ?? newest.periods,
    restDays: inOrder(restDays ?? newest.restDays),
    days: { ...newest.days, ...Object.fromEntries(days.map(({ day, kind, periods: own }) => [day, own ?? kind])) },
    announcedYears: inOrder([...newest.announcedYears, ...announcedYears]),
  }
}
const inOrder = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((one, other) => one - other)

/** SHA-256 (hex) of the canonical text: binds the whole calendar to the entry that tells of it. */
export const digestOf = (calendar: Calendar): string =>
  createHash('sha256')
    .update(canonicalize(calendar) as string)
    .digest('hex')

/** What a change asked for, as the history tells it. */
export function calendarDetails({ zone, periods, restDays, days, announcedYears }: CalendarChange): Record<string, string> {
  const told = {
    zone,
    periods: periods && hours(periods),
    restDays: restDays?.join(' '),
    days: days?.map(({ day, kind, periods: own }) => [day, kind, ...(own ? [hours(own)] : [])].join(' ')).join(', '),
    announcedYears: announcedYears?.join(' '),
  }
  return Object.fromEntries(Object.entries(told).filter((detail): detail is [string, string] => detail[1] !== undefined))
}
const hours = (periods: readonly Period[]): string => periods.map(([from, to]) => `${from}–${to}`).join(' ')
