import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  addWorkingTime,
  type Calendar,
  calendarFaults,
  dayIn,
  daysFrom,
  dueAt,
  elapsed,
  isWorkday,
  type Period,
  periodsOn,
  shifted,
  type Term,
  workingTimeBetween,
} from '../../src/define/index.js'
import { chinaCalendar } from '../../src/organisation/china-calendar.js'

// The laws of working time, in calendars of any shape, over the summer times of six zones.

const hour = 3_600_000
const zones = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'UTC']
const time = (quarter: number) => `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`
/** One to three periods: an even number of quarters of an hour, in order. */
const periods: fc.Arbitrary<readonly Period[]> = fc
  .uniqueArray(fc.nat(96), { minLength: 2, maxLength: 6 })
  .map((quarters) => quarters.slice(0, quarters.length - (quarters.length % 2)).sort((one, other) => one - other))
  .map((quarters) => quarters.flatMap((from, index) => (index % 2 === 0 ? [[time(from), time(quarters[index + 1]!)] as const] : [])))
const exceptional = fc.constantFrom(...daysFrom('2026-03-01', '2026-04-30', 100))
const calendars: fc.Arbitrary<Calendar> = fc.record({
  zone: fc.constantFrom(...zones),
  periods,
  restDays: fc.subarray([1, 2, 3, 4, 5, 6, 7], { maxLength: 5 }),
  days: fc.dictionary(exceptional, fc.oneof(fc.constantFrom('REST' as const, 'WORK' as const), periods), { maxKeys: 12 }),
  announcedYears: fc.constant([2026]),
})
const calendar = fc.oneof({ weight: 4, arbitrary: calendars }, { weight: 1, arbitrary: fc.constant(chinaCalendar) })
const instant = fc.date({ min: new Date('2026-03-01T00:00:00Z'), max: new Date('2026-04-20T00:00:00Z'), noInvalidDate: true }).map((date) => date.toISOString())
const ms = fc.integer({ min: 0, max: 60 * hour })
const signed = fc.integer({ min: -60 * hour, max: 60 * hour })
const runs = { numRuns: Number(process.env['FC_RUNS'] ?? 120) }
const law = <T extends [unknown, ...unknown[]]>(...given: [...{ [K in keyof T]: fc.Arbitrary<T[K]> }, (...args: T) => void]) =>
  fc.assert(fc.property(...(given as unknown as [fc.Arbitrary<T[0]>, (one: T[0]) => void])), runs)

test('the calendars of these laws are right ones', () => law(calendar, (shape) => expect(calendarFaults(shape)).toEqual([])))

test('as much is worked until then as was added', () => {
  law(calendar, instant, signed, (shape, from, added) => expect(workingTimeBetween(shape, from, addWorkingTime(shape, from, added))).toBe(added))
})

test('adding what was worked until a working moment leads to it', () => {
  law(calendar, instant, ms, (shape, from, added) => {
    const then = addWorkingTime(shape, from, added + 1)
    expect(addWorkingTime(shape, from, workingTimeBetween(shape, from, then))).toBe(then)
  })
})

test('who starts later or has longer is never due earlier', () => {
  law(calendar, instant, instant, signed, ms, (shape, one, other, added, more) => {
    const [from, later] = [one, other].sort() as [string, string]
    expect(addWorkingTime(shape, from, added) <= addWorkingTime(shape, from, added + more)).toBe(true)
    expect(addWorkingTime(shape, from, added) <= addWorkingTime(shape, later, added)).toBe(true)
  })
})

test('working time adds up', () => {
  law(calendar, instant, instant, instant, (shape, from, over, to) => {
    expect(workingTimeBetween(shape, from, over) + workingTimeBetween(shape, over, to)).toBe(workingTimeBetween(shape, from, to))
  })
  law(calendar, instant, ms, ms, (shape, from, first, second) => {
    expect(addWorkingTime(shape, addWorkingTime(shape, from, first), second)).toBe(addWorkingTime(shape, from, first + second))
  })
})

const workingTerm: fc.Arbitrary<Term> = fc.oneof(
  fc.integer({ min: -12, max: 12 }).map((workingDays) => ({ workingDays })),
  fc.integer({ min: -480, max: 480 }).map((eighths) => ({ workingHours: eighths / 8 })),
)
test('nothing that counts working time is due on a rest day', () => {
  law(calendar, instant, workingTerm, fc.option(exceptional), (shape, start, asked, from) => {
    const due = dueAt(shape, start, from === null ? asked : { ...asked, from })
    // The close at midnight belongs to the day that it closes.
    const days = [0, -1].map((late) => dayIn(shape.zone, new Date(Date.parse(due) + late).toISOString()))
    expect(days.some((day) => isWorkday(shape, day))).toBe(true)
  })
})

test('n workdays lie between the start and the n-th workday after it', () => {
  law(calendar, instant, fc.integer({ min: 1, max: 12 }), (shape, start, count) => {
    const day = dayIn(shape.zone, start)
    fc.pre(isWorkday(shape, day) && start <= dueAt(shape, start, { workingDays: 0, from: day }))
    const due = dayIn(shape.zone, new Date(Date.parse(dueAt(shape, start, { workingDays: count })) - 1).toISOString())
    const counted = daysFrom(day, due, 1_000).slice(1)
    // Hours that the clock jumps over altogether make no workday.
    const worked = counted.filter(
      (one) => dueAt(shape, start, { workingDays: 0, from: one }) <= dueAt(shape, start, { on: one }) && periodsOn(shape, one).length > 0,
    )
    expect(worked.filter((one) => workingTimeBetween(shape, dueAt(shape, start, { days: -1, from: one }), dueAt(shape, start, { on: one })) > 0)).toHaveLength(
      count,
    )
  })
})

test('after a pause as much is left as before it', () => {
  const anyTerm = fc.oneof(workingTerm, fc.constant<Term>({ days: 5 }), fc.constant<Term>({ on: '2026-04-01' }))
  law(calendar, instant, instant, instant, anyTerm, (shape, one, other, due, asked) => {
    const [paused, resumed] = [one, other].sort() as [string, string]
    const then = shifted(shape, due, asked, elapsed(shape, paused, resumed, asked))
    expect(elapsed(shape, resumed, then, asked)).toBe(elapsed(shape, paused, due, asked))
  })
})
