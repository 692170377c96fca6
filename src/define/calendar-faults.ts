import { isDay } from './checks.js'
import type { Label } from './label.js'
import type { FieldError } from './refusal.js'
import { type Calendar, idleDaysMax, type Period } from './working-time.js'
import { dayOf, isZone, numberOf, weekdayOf } from './zone-time.js'

/** Nobody plans outside these years; periods and exceptions are few. */
const bounds = { firstYear: 1970, lastYear: 2199, periods: 12, exceptions: 10_000 } as const

const words = {
  ZONE_UNKNOWN: ['未知时区', 'not a time zone (as in Asia/Shanghai)'],
  TIME_INVALID: ['时间无效', 'not a time of day (HH:MM)'],
  PERIODS_OVERLAP: ['时段须有先后且不重叠', 'periods must have a length, follow one another and not overlap'],
  REQUIRED: ['必填', 'required'],
  TOO_MANY: ['条目过多', 'too many items'],
  WEEKDAY_INVALID: ['星期须为 1–7', 'weekdays are 1 (Monday) to 7 (Sunday)'],
  NO_WORKDAY: ['每周至少一个工作日', 'one day of the week at least must be a workday'],
  DATE_INVALID: ['日期无效', 'not a date between 1970-01-01 and 2199-12-31'],
  CHOICE_UNKNOWN: ['不在可选范围内', 'not one of the choices'],
  YEAR_INVALID: ['年份无效', 'not a year between 1970 and 2199'],
  NO_WORKING_TIME: ['连续休息不得超过 366 天', 'nobody rests for more than 366 days on end'],
} as const satisfies Record<string, Label>
const fault = (path: string, code: keyof typeof words): FieldError => ({ path, code, message: words[code] })

/** What is malformed in a calendar, by its path (`periods[0]`, `days.2026-10-01`). None: every calculation with it comes to an end. */
export function calendarFaults(calendar: Calendar): FieldError[] {
  const { zone, periods, restDays, days, announcedYears } = calendar
  const exceptions = Object.entries(days)
  const faults = [
    ...(isZone(zone) ? [] : [fault('zone', 'ZONE_UNKNOWN')]),
    ...periodFaults('periods', periods),
    ...restDays.flatMap((weekday, index) => (weekdays.includes(weekday) ? [] : [fault(`restDays[${index}]`, 'WEEKDAY_INVALID')])),
    ...(weekdays.every((weekday) => restDays.includes(weekday)) ? [fault('restDays', 'NO_WORKDAY')] : []),
    ...(exceptions.length > bounds.exceptions ? [fault('days', 'TOO_MANY')] : exceptions.flatMap(([day, what]) => exceptionFaults(day, what))),
    ...announcedYears.flatMap((year, index) => (isYear(year) ? [] : [fault(`announcedYears[${index}]`, 'YEAR_INVALID')])),
    ...(announcedYears.length > bounds.lastYear - bounds.firstYear ? [fault('announcedYears', 'TOO_MANY')] : []),
  ]
  return faults.length > 0 ? faults : restFaults(calendar)
}

const weekdays = [1, 2, 3, 4, 5, 6, 7]
const isYear = (year: number): boolean => Number.isInteger(year) && year >= bounds.firstYear && year <= bounds.lastYear

function periodFaults(path: string, periods: readonly Period[]): FieldError[] {
  if (periods.length === 0) return [fault(path, 'REQUIRED')]
  if (periods.length > bounds.periods) return [fault(path, 'TOO_MANY')]
  return periods.flatMap(([from, to], index) => {
    const at = `${path}[${index}]`
    const malformed = [
      ...(isTime(from) ? [] : [fault(`${at}.from`, 'TIME_INVALID')]),
      ...(isTime(to) || to === '24:00' ? [] : [fault(`${at}.to`, 'TIME_INVALID')]),
    ]
    if (malformed.length > 0) return malformed
    // Times of one length are in order as texts.
    return from < to && from >= (periods[index - 1]?.[1] ?? from) ? [] : [fault(at, 'PERIODS_OVERLAP')]
  })
}
const isTime = (time: unknown): boolean => typeof time === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(time)

function exceptionFaults(day: string, what: Calendar['days'][string]): FieldError[] {
  const path = `days.${day}`
  if (!isDay(day) || !isYear(Number(day.slice(0, 4)))) return [fault(path, 'DATE_INVALID')]
  if (typeof what === 'object') return periodFaults(path, what)
  return what === 'REST' || what === 'WORK' ? [] : [fault(path, 'CHOICE_UNKNOWN')]
}

/** Exceptions may not put a year to sleep: whoever looks for the next workday would look in vain. */
function restFaults({ restDays, days }: Calendar): FieldError[] {
  const holidays = Object.keys(days)
    .filter((day) => days[day] === 'REST')
    .sort()
  if (holidays.length === 0) return []
  const isRest = (number: number) => (days[dayOf(number)] ?? (restDays.includes(weekdayOf(number)) ? 'REST' : 'WORK')) === 'REST'
  let idle = 0
  for (let number = numberOf(holidays[0]!) - 7; number <= numberOf(holidays.at(-1)!) + 7; number++) {
    idle = isRest(number) ? idle + 1 : 0
    if (idle > idleDaysMax) return [fault(`days.${dayOf(number)}`, 'NO_WORKING_TIME')]
  }
  return []
}
