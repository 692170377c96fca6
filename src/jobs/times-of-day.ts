import { Temporal } from 'temporal-polyfill'

/** When somebody does not want to be called: from one time of day (included) to another (not included), perhaps over midnight. `HH:MM[:SS]`. */
export interface Quiet {
  readonly from: string
  readonly to: string
}

/** The end of the quiet hours that an instant falls into, or the instant itself. `zone`: whose clock the hours are read from. */
export function afterQuiet(at: Date, quiet: Quiet | null, zone: string): Date {
  if (!quiet) return at
  const now = timeOf(at, zone)
  const [from, to] = [Temporal.PlainTime.from(quiet.from), Temporal.PlainTime.from(quiet.to)]
  const begun = Temporal.PlainTime.compare(now, from) >= 0
  const over = Temporal.PlainTime.compare(now, to) >= 0
  const overnight = Temporal.PlainTime.compare(from, to) > 0
  return (overnight ? begun || !over : begun && !over) ? nextAt(at, quiet.to, zone) : at
}

/** The next instant after `at` with this time of day. */
export function nextAt(at: Date, time: string, zone: string): Date {
  const here = zoned(at, zone)
  const today = here.withPlainTime(Temporal.PlainTime.from(time))
  const next = Temporal.ZonedDateTime.compare(today, here) > 0 ? today : today.add({ days: 1 })
  return new Date(next.epochMilliseconds)
}

/** `2026-11-22 18:00`, as the clock of the zone shows it. */
export const shown = (at: Date, zone: string): string => zoned(at, zone).toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')

const zoned = (at: Date, zone: string) => Temporal.Instant.fromEpochMilliseconds(at.valueOf()).toZonedDateTimeISO(zone)
const timeOf = (at: Date, zone: string) => zoned(at, zone).toPlainTime()
