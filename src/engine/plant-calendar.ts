import type { Calendar } from '../define/index.js'
import { organisation } from './administer.js'
import { calendarDetails, digestOf } from './calendar.js'
import type { CommandStore } from './case-store.js'
import { entryWith } from './entry.js'
import type { CalendarChange } from './organisation-change.js'

/**
 * When a server starts: publishes our calendar where there is none, and the years that ours announces and the newest version does not.
 * Only their days are added, and only where the organisation has not named them itself. Where the organisation works in another zone
 * than ours, its holidays are other ones, and nothing is added. Several servers may start at once. In the history it is the system's doing.
 */
export const plantCalendar = (store: CommandStore, ours: Calendar): Promise<void> =>
  store.transact(async (tx) => {
    const newest = await tx.lockCalendar()
    const calendar = newest ? withNewYears(newest.calendar, ours) : ours
    if (!calendar) return
    const version = await tx.publishCalendar(calendar, null)
    await tx.recordOrganisation(
      entryWith({
        process: organisation,
        definitionVersion: 1,
        definitionHash: '',
        action: 'SET_CALENDAR',
        actor: { id: '', kind: 'system' },
        details: { ...calendarDetails(difference(newest?.calendar ?? null, calendar)), version: String(version), digest: digestOf(calendar) },
        requestId: 'start',
        idempotencyKey: `calendar ${version}`,
      }),
    )
  })

/** Null: ours announces nothing new. The notice for a year may move days of the December before. */
function withNewYears(newest: Calendar, ours: Calendar): Calendar | null {
  const years = ours.announcedYears.filter((year) => !newest.announcedYears.includes(year))
  if (years.length === 0 || newest.zone !== ours.zone) return null
  const isNew = (day: string) => years.some((year) => day.startsWith(`${year}-`) || day.startsWith(`${year - 1}-12-`))
  const days = Object.fromEntries(Object.entries(ours.days).filter(([day]) => isNew(day)))
  return { ...newest, days: { ...days, ...newest.days }, announcedYears: [...newest.announcedYears, ...years].sort((one, other) => one - other) }
}

/** What the first calendar lacks of the second. Null: everything. */
function difference(before: Calendar | null, { days, announcedYears, ...usual }: Calendar): CalendarChange {
  const added = Object.entries(days).filter(([day]) => before?.days[day] === undefined)
  return {
    ...(!before && usual),
    days: added.map(([day, what]) => (typeof what === 'object' ? { day, kind: 'WORK', periods: what } : { day, kind: what })),
    announcedYears: announcedYears.filter((year) => !before?.announcedYears.includes(year)),
  }
}
