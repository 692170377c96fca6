import { describe, expect, test } from '@jest/globals'
import {
  type Calendar,
  dayIn,
  daysFrom,
  dueAt,
  elapsed,
  isProvisional,
  isWorkday,
  periodsOn,
  shifted,
  type Term,
  workingTimeBetween,
} from '../../src/define/index.js'
import { chinaCalendar, nameOfDay } from '../../src/organisation/china-calendar.js'

const hour = 3_600_000
/** Chinese time to UTC and back, as a clerk reads it: `2026-02-13 10:00`. */
const at = (local: string) => new Date(`${local.replace(' ', 'T')}+08:00`).toISOString()
const read = (instant: string) => new Date(Date.parse(instant) + 8 * hour).toISOString().slice(0, 16).replace('T', ' ')
const due = (start: string, term: Term) => read(dueAt(chinaCalendar, at(start), term))

/** 国务院办公厅关于2026年部分节假日安排的通知. */
const holidays2026: readonly (readonly [from: string, to: string, name: string])[] = [
  ['2026-01-01', '2026-01-03', '元旦'],
  ['2026-02-15', '2026-02-23', '春节'],
  ['2026-04-04', '2026-04-06', '清明'],
  ['2026-05-01', '2026-05-05', '劳动节'],
  ['2026-06-19', '2026-06-21', '端午'],
  ['2026-09-25', '2026-09-27', '中秋'],
  ['2026-10-01', '2026-10-07', '国庆节'],
]
const makeUpDays2026 = ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10']

describe('2026 in China', () => {
  const off = holidays2026.flatMap(([from, to]) => daysFrom(from, to, 366))
  test('every day of the year is what the notice says', () => {
    const year = daysFrom('2026-01-01', '2026-12-31', 366)
    expect(year).toHaveLength(365)
    const isWeekend = (day: string) => [0, 6].includes(new Date(day).getUTCDay())
    expect(year.filter((day) => isWorkday(chinaCalendar, day))).toEqual(
      year.filter((day) => makeUpDays2026.includes(day) || (!isWeekend(day) && !off.includes(day))),
    )
    expect(off).toHaveLength(33)
  })
  test('what is exceptional has the name of its holiday', () => {
    for (const [from, , name] of holidays2026) expect(nameOfDay(chinaCalendar, from)?.[0]).toBe(name)
    expect(nameOfDay(chinaCalendar, '2026-02-14')).toEqual(['春节调休上班', 'Make-up workday for Spring Festival'])
    expect(nameOfDay(chinaCalendar, '2026-03-02')).toBeNull()
    expect(nameOfDay({ ...chinaCalendar, days: { '2026-02-16': 'WORK' } }, '2026-02-16')).toBeNull()
  })
  test('years are announced from 2004 to 2026, and not one more', () => {
    expect(chinaCalendar.announcedYears).toEqual(Array.from({ length: 23 }, (_, index) => 2004 + index))
  })
})

test.each<[start: string, term: Term, due: string]>([
  // Saturday 14 February and Saturday 28 February are worked, 15 to 23 February are not.
  ['2026-02-13 10:00', { workingDays: 1 }, '2026-02-14 17:30'],
  ['2026-02-13 10:00', { workingDays: 2 }, '2026-02-24 17:30'],
  ['2026-02-13 10:00', { workingDays: 6 }, '2026-02-28 17:30'],
  ['2026-02-13 10:00', { workingDays: 7 }, '2026-03-02 17:30'],
  ['2026-02-14 15:00', { workingHours: 4 }, '2026-02-24 10:00'],
  ['2026-02-13 10:00', { days: 3 }, '2026-02-17 00:00'],
  ['2026-02-13 10:00', { on: '2026-02-20' }, '2026-02-21 00:00'],
  // 1 to 7 October, with Saturday the 10th worked and Sunday the 11th not.
  ['2026-09-30 17:00', { workingHours: 9 }, '2026-10-09 09:00'],
  ['2026-09-30 09:00', { workingDays: 3 }, '2026-10-10 17:30'],
  ['2026-09-30 09:00', { workingDays: 4 }, '2026-10-12 17:30'],
  // The year before ends on a Wednesday; the first workday of 2026 is a Sunday.
  ['2025-12-31 09:00', { workingDays: 1 }, '2026-01-04 17:30'],
])('over weeks of 调休: from %s %j it is due %s', (start, term, expected) => expect(due(start, term)).toBe(expected))

test.each<[what: string, start: string, term: Term, due: string]>([
  ['on a rest day, as on the next workday', '2026-03-07 10:00', { workingDays: 1 }, '2026-03-10 17:30'],
  ['on a rest day, with no day at all', '2026-03-07 10:00', { workingDays: 0 }, '2026-03-09 17:30'],
  ['at the very close', '2026-03-06 17:30', { workingDays: 1 }, '2026-03-09 17:30'],
  ['a second after the close, as on the next workday', '2026-03-06 17:30:01', { workingDays: 1 }, '2026-03-10 17:30'],
  ['before the opening', '2026-03-06 07:00', { workingDays: 1 }, '2026-03-09 17:30'],
  ['over midday', '2026-03-06 12:30', { workingDays: 0 }, '2026-03-06 17:30'],
  ['on a rest day, by the hour', '2026-03-07 10:00', { workingHours: 2 }, '2026-03-09 10:30'],
  ['on a rest day, at once', '2026-03-07 10:00', { workingHours: 0 }, '2026-03-09 08:30'],
  ['over midday, at once', '2026-03-06 12:30', { workingHours: 0 }, '2026-03-06 13:00'],
  ['up to midday: then, and not after it', '2026-03-06 11:30', { workingHours: 0.5 }, '2026-03-06 12:00'],
  ['through midday', '2026-03-06 11:30', { workingHours: 1.25 }, '2026-03-06 13:45'],
  ['through the night', '2026-03-05 17:00', { workingHours: 1 }, '2026-03-06 09:00'],
  ['up to the close: then, and not at the next opening', '2026-03-06 17:00', { workingHours: 0.5 }, '2026-03-06 17:30'],
  ['from a named day', '2026-03-06 10:00', { workingDays: 2, from: '2026-03-16' }, '2026-03-18 17:30'],
  ['from a named rest day', '2026-03-06 10:00', { workingDays: 2, from: '2026-03-14' }, '2026-03-18 17:30'],
  ['from a named day, late at night', '2026-03-06 23:00', { workingDays: 1, from: '2026-03-06' }, '2026-03-09 17:30'],
  ['from a named day, by the hour', '2026-03-06 10:00', { workingHours: 1, from: '2026-03-16' }, '2026-03-16 09:30'],
  ['from a named day, by the calendar', '2026-03-06 10:00', { days: 7, from: '2026-03-16' }, '2026-03-24 00:00'],
])('started %s', (_what, start, term, expected) => expect(due(start, term)).toBe(expected))

test.each<[term: Term, due: string]>([
  [{ workingDays: -1, from: '2026-10-08' }, '2026-09-30 17:30'],
  [{ workingDays: -3, from: '2026-10-09' }, '2026-09-29 17:30'],
  [{ workingDays: -1, from: '2026-03-07' }, '2026-03-06 17:30'],
  [{ workingDays: -1 }, '2026-03-05 17:30'],
  [{ days: -10, from: '2026-03-10' }, '2026-03-01 00:00'],
  [{ days: -1 }, '2026-03-06 00:00'],
  [{ workingHours: -4.5 }, '2026-03-06 13:00'],
  [{ workingHours: -5 }, '2026-03-06 11:30'],
  [{ workingHours: -1, from: '2026-03-09' }, '2026-03-06 16:30'],
])('ahead of time: %j is %s', (term, expected) => expect(due('2026-03-06 19:00', term)).toBe(expected))

test('a workday with hours of its own closes when they end', () => {
  const eve: Calendar = { ...chinaCalendar, days: { ...chinaCalendar.days, '2026-02-14': [['09:00', '11:00']], '2026-02-21': [['22:00', '24:00']] } }
  expect(periodsOn(eve, '2026-02-14')).toEqual([['09:00', '11:00']])
  expect(read(dueAt(eve, at('2026-02-13 10:00'), { workingDays: 1 }))).toBe('2026-02-14 11:00')
  expect(read(dueAt(eve, at('2026-02-13 10:00'), { workingDays: 2 }))).toBe('2026-02-22 00:00')
  expect(read(dueAt(eve, at('2026-02-14 10:30'), { workingHours: 1 }))).toBe('2026-02-21 22:30')
})

describe('summer time', () => {
  /** Works every night from midnight to eight. */
  const nights = (zone: string): Calendar => ({ zone, periods: [['00:00', '08:00']], restDays: [], days: {}, announcedYears: [] })
  const worked = (zone: string, day: string) => {
    const [start, end] = [-1, 0].map((days) => dueAt(nights(zone), `${day}T12:00:00Z`, { days, from: day }))
    return workingTimeBetween(nights(zone), start!, end!) / hour
  }
  test.each([
    ['Europe/Berlin', '2026-03-28', 8],
    ['Europe/Berlin', '2026-03-29', 7],
    ['Europe/Berlin', '2026-10-25', 9],
    ['America/New_York', '2026-03-08', 7],
    ['America/New_York', '2026-11-01', 9],
    ['Australia/Lord_Howe', '2026-10-04', 7.5],
    ['Asia/Shanghai', '2026-05-03', 8],
    ...['1986-05-04', '1987-04-12', '1988-04-17', '1989-04-16', '1990-04-15', '1991-04-14'].map((day) => ['Asia/Shanghai', day, 7] as const),
    ...['1986-09-14', '1987-09-13', '1988-09-11', '1989-09-17', '1990-09-16', '1991-09-15'].map((day) => ['Asia/Shanghai', day, 9] as const),
  ])('%s, %s: a night of eight hours by the clock is worked %d hours', (zone, day, hours) => expect(worked(zone, day)).toBe(hours))

  const span = (zone: string, day: string, period: readonly [string, string]) => {
    const calendar: Calendar = { zone, periods: [['00:00', '00:01']], restDays: [], days: { [day]: [period] }, announcedYears: [] }
    return [dueAt(calendar, `${day}T12:00:00Z`, { workingHours: 0, from: day }), dueAt(calendar, `${day}T12:00:00Z`, { workingDays: 0, from: day })]
  }
  test('a time that the clock jumps over is the moment of the jump', () => {
    expect(span('Europe/Berlin', '2026-03-29', ['02:30', '05:00'])).toEqual(['2026-03-29T01:00:00.000Z', '2026-03-29T03:00:00.000Z'])
    expect(span('Europe/Berlin', '2026-03-29', ['01:00', '02:30'])).toEqual(['2026-03-29T00:00:00.000Z', '2026-03-29T01:00:00.000Z'])
    expect(span('America/New_York', '2026-03-08', ['02:00', '04:00'])).toEqual(['2026-03-08T07:00:00.000Z', '2026-03-08T08:00:00.000Z'])
  })
  test('hours that the clock jumps over altogether are not worked', () => {
    const calendar: Calendar = { zone: 'Europe/Berlin', periods: [['02:00', '03:00']], restDays: [], days: {}, announcedYears: [] }
    expect(dueAt(calendar, '2026-03-28T12:00:00Z', { workingDays: 1, from: '2026-03-28' })).toBe('2026-03-30T01:00:00.000Z')
  })
  test('of two times with one name it is the first', () => {
    expect(span('Europe/Berlin', '2026-10-25', ['02:30', '05:00'])).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-25T04:00:00.000Z'])
    expect(span('America/New_York', '2026-11-01', ['00:30', '01:30'])).toEqual(['2026-11-01T04:30:00.000Z', '2026-11-01T05:30:00.000Z'])
  })
  test('a day ends at its midnight, where that does not come with the jump, and where it comes twice with the first', () => {
    const end = (zone: string, on: string) => dueAt(nights(zone), '2026-01-01T00:00:00Z', { on })
    expect(end('Europe/Berlin', '2026-03-28')).toBe('2026-03-28T23:00:00.000Z')
    expect(end('Europe/Berlin', '2026-03-29')).toBe('2026-03-29T22:00:00.000Z')
    expect(end('Africa/Cairo', '2026-04-23')).toBe('2026-04-23T22:00:00.000Z')
    expect(end('America/Havana', '2026-10-31')).toBe('2026-11-01T04:00:00.000Z')
    // Samoa had no 30 December 2011.
    expect(end('Pacific/Apia', '2011-12-29')).toBe(end('Pacific/Apia', '2011-12-30'))
    expect(dayIn('Pacific/Apia', end('Pacific/Apia', '2011-12-29'))).toBe('2011-12-31')
  })
  test('the day in Shanghai began an hour earlier in the summer of 1986', () => {
    expect(dayIn('Asia/Shanghai', '1986-07-01T15:30:00Z')).toBe('1986-07-02')
    expect(dayIn('Asia/Shanghai', '1992-07-01T15:30:00Z')).toBe('1992-07-01')
    expect(dueAt(chinaCalendar, '1986-07-01T02:00:00Z', { days: 0 })).toBe('1986-07-01T15:00:00.000Z')
    expect(dueAt(chinaCalendar, '1986-07-01T02:00:00Z', { workingDays: 0 })).toBe('1986-07-01T08:30:00.000Z')
  })
})

test('leap days and the turn of the year', () => {
  expect(due('2028-02-28 10:00', { days: 1 })).toBe('2028-03-01 00:00')
  expect(due('2026-02-28 10:00', { days: 1 })).toBe('2026-03-02 00:00')
  expect(due('2028-02-28 10:00', { workingDays: 1 })).toBe('2028-02-29 17:30')
  expect(due('2026-12-31 10:00', { days: 1 })).toBe('2027-01-02 00:00')
  expect(dayIn('Asia/Shanghai', '2026-12-31T16:00:00Z')).toBe('2027-01-01')
})

test.each<[start: string, term: Term, provisional: boolean]>([
  ['2026-12-30 10:00', { workingDays: 1 }, false],
  // 1 January 2027 is a Friday, and nobody has said yet that it is a holiday.
  ['2026-12-31 10:00', { workingDays: 1 }, true],
  ['2026-12-31 17:00', { workingHours: 1 }, true],
  ['2026-12-31 10:00', { days: 30 }, false],
  ['2026-12-31 10:00', { on: '2027-02-08' }, false],
  ['2026-11-22 10:00', { workingDays: 1, from: '2027-02-08' }, true],
  ['2026-11-22 10:00', { workingDays: -10, from: '2027-01-05' }, true],
  ['2027-02-08 10:00', { workingHours: 1 }, true],
  ['2025-12-31 10:00', { workingDays: 100 }, false],
])('from %s %j is provisional: %s', (start, term, provisional) => {
  expect(isProvisional(chinaCalendar, at(start), dueAt(chinaCalendar, at(start), term), term)).toBe(provisional)
})

test('a pause is counted in the measure of the term', () => {
  const [from, to] = [at('2026-03-06 16:00'), at('2026-03-09 09:30')]
  const [hours, days]: [Term, Term] = [{ workingHours: 8 }, { days: 3 }]
  expect(elapsed(chinaCalendar, from, to, hours)).toBe(2.5 * hour)
  expect(elapsed(chinaCalendar, to, from, hours)).toBe(-2.5 * hour)
  expect(elapsed(chinaCalendar, from, to, days)).toBe(65.5 * hour)
  expect(read(shifted(chinaCalendar, at('2026-03-10 16:00'), hours, 2.5 * hour))).toBe('2026-03-11 09:30')
  expect(read(shifted(chinaCalendar, at('2026-03-10 00:00'), days, 65.5 * hour))).toBe('2026-03-12 17:30')
})

test('what is no date or no number of days is a mistake', () => {
  expect(() => dueAt(chinaCalendar, 'yesterday', { days: 1 })).toThrow(RangeError)
  expect(() => dueAt(chinaCalendar, '2026-03-06T00:00:00Z', { on: '2026-13-01' })).toThrow(RangeError)
  expect(() => dueAt(chinaCalendar, '2026-03-06T00:00:00Z', { workingDays: 1.5 })).toThrow(RangeError)
  expect(() => dueAt(chinaCalendar, '2026-03-06T00:00:00Z', { days: Number.NaN })).toThrow(RangeError)
  expect(() => dueAt(chinaCalendar, '2026-03-06T00:00:00Z', { workingHours: Number.NaN })).toThrow(RangeError)
  expect(() => dueAt(chinaCalendar, '2026-03-06T00:00:00Z', { workingHours: 1e9 })).toThrow(RangeError)
  expect(() => dueAt(chinaCalendar, '2026-03-06T00:00:00Z', { workingDays: 1e9 })).toThrow(RangeError)
})

test('ten thousand deadlines take well under a second', () => {
  const terms: readonly Term[] = [{ workingDays: 15 }, { days: 7 }, { workingHours: 12.5 }, { workingDays: -3 }]
  const calendar = structuredClone(chinaCalendar)
  const before = process.cpuUsage()
  for (let index = 0; index < 10_000; index++) dueAt(calendar, new Date(Date.UTC(2024, 0, 1) + index * 2.6 * hour).toISOString(), terms[index % 4]!)
  const { user, system } = process.cpuUsage(before)
  process.stdout.write(`10,000 deadlines over three years in ${Math.round((user + system) / 1_000)} ms of processor time\n`)
  expect((user + system) / 1_000).toBeLessThan(1_000)
})
