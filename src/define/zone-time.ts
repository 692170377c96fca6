import { Temporal } from 'temporal-polyfill'

/** Days are counted from 1 January 1970, instants in milliseconds from its beginning in UTC. */
export const dayMs = 86_400_000
export const numberOf = (day: string): number => checked(Date.parse(`${day}T00:00:00Z`), day) / dayMs
export const dayOf = (number: number): string => isoOf(number * dayMs).slice(0, 10)
/** The days from one to another, both included, up to so many. */
export const daysFrom = (first: string, last: string, most: number): string[] =>
  Array.from({ length: Math.max(0, Math.min(numberOf(last) - numberOf(first) + 1, most)) }, (_, index) => dayOf(numberOf(first) + index))
/** ISO weekday: 1 is Monday, 7 Sunday. */
export const weekdayOf = (number: number): number => ((((number + 3) % 7) + 7) % 7) + 1

/** ISO 8601 with an offset, to the millisecond. Throws RangeError for anything else. */
export const epochOf = (instant: string): number => checked(Date.parse(instant), instant)
/** ISO 8601 in UTC. */
export const isoOf = (epochMs: number): string => new Date(epochMs).toISOString()
function checked(ms: number, text: string): number {
  if (Number.isNaN(ms)) throw new RangeError(`${text} is no date`)
  return ms
}

/** Does the time-zone database know this name? Offsets as +08:00 are no zones: they know no summer time. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(zone)) return false
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }))
  } catch {
    return false
  }
}

/** The local day of an instant (ISO 8601), as YYYY-MM-DD. */
export const dayIn = (zone: string, instant: string): string => dayOf(dayNumberAt(zone, epochOf(instant)))

/** The same by numbers. A zone is never more than a day from UTC; where a zone left a day out, that day has no length. */
export function dayNumberAt(zone: string, epochMs: number): number {
  const utc = Math.floor(epochMs / dayMs)
  if (startOf(zone, utc + 1) <= epochMs) return utc + 1
  return startOf(zone, utc) <= epochMs ? utc : utc - 1
}

/** When a day begins in the zone: at its midnight, or where the clock jumps over that, with the jump. */
export function startOf(zone: string, number: number): number {
  const known = starts.get(zone) ?? new Map<number, number>()
  starts.set(zone, known)
  return remembered(known, number, () => lookUp(zone, number, '00:00'))
}
/** Looking a zone up takes 40 µs, and the same days are asked for again and again. */
const starts = new Map<string, Map<number, number>>()

/** What is known of a day, or is found out now. A store that has grown too large begins anew. */
export function remembered<T>(store: Map<number, T>, number: number, find: () => T): T {
  const known = store.get(number)
  if (known !== undefined) return known
  const found = find()
  if (store.size >= 50_000) store.clear()
  store.set(number, found)
  return found
}

/** A local time (HH:MM, 24:00 is the end of the day) as an instant: the first of two, and where the clock jumps over it, the moment of the jump. */
export function instantAt(zone: string, number: number, time: string): number {
  const [start, end] = [startOf(zone, number), startOf(zone, number + 1)]
  if (time === '24:00') return end
  // Nowhere did a clock ever jump twice in a day: one of 24 hours has no jump in it.
  return end - start === dayMs ? start + Date.parse(`1970-01-01T${time}Z`) : lookUp(zone, number, time)
}
function lookUp(zone: string, number: number, time: string): number {
  const local = Temporal.PlainDateTime.from(`${dayOf(number)}T${time}`)
  const found = local.toZonedDateTime(zone)
  if (found.toPlainDateTime().equals(local)) return found.epochMilliseconds
  return local.toZonedDateTime(zone, { disambiguation: 'earlier' }).getTimeZoneTransition('next')!.epochMilliseconds
}
