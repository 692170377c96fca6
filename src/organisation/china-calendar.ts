import chineseDays from 'chinese-days/dist/chinese-days.json' with { type: 'json' }
import type { Calendar, Label } from '../define/index.js'

/** Day to "Spring Festival,春节,4": the name in both languages, and how many days the law gives. */
type Named = Readonly<Record<string, string>>
const { holidays, workdays }: { readonly holidays: Named; readonly workdays: Named } = chineseDays

/**
 * A year is announced when the State Council's notice for it is in the data, which then reaches to its National Day. The package's own
 * questions ("is it a workday?") answer for any year and tell nobody when they only guess: they are not asked.
 */
const announcedYears = Object.keys(holidays)
  .filter((day) => day.endsWith('-10-01'))
  .map((day) => Number(day.slice(0, 4)))
  .sort((one, other) => one - other)

const daysOf = (named: Named, kind: 'REST' | 'WORK') => Object.fromEntries(Object.keys(named).map((day) => [day, kind]))

/** The calendar that an organisation starts with: Q77's hours with the usual midday break, the holidays and make-up workdays of mainland China. */
export const chinaCalendar: Calendar = {
  zone: 'Asia/Shanghai',
  periods: [
    ['08:30', '12:00'],
    ['13:00', '17:30'],
  ],
  restDays: [6, 7],
  days: { ...daysOf(holidays, 'REST'), ...daysOf(workdays, 'WORK') },
  announcedYears,
}

/** What a day is called that a calendar treats as the notice does: 春节, or 春节调休上班 for the workday that makes up for it. Null for any other. */
export function nameOfDay(calendar: Calendar, day: string): Label | null {
  const kind = calendar.days[day]
  if (kind === undefined || kind !== chinaCalendar.days[day]) return null
  const [en = '', zh = ''] = ((kind === 'REST' ? holidays : workdays)[day] ?? '').split(',')
  return kind === 'REST' ? [zh, en] : [`${zh}调休上班`, `Make-up workday for ${en}`]
}
