import { expect, test } from '@jest/globals'
import { type Calendar, calendarFaults, daysFrom, dueAt, workingTimeBetween } from '../../src/define/index.js'
import { chinaCalendar } from '../../src/organisation/china-calendar.js'

const told = (wrong: Partial<Calendar>) => calendarFaults({ ...chinaCalendar, ...wrong }).map(({ path, code }) => `${path} ${code}`)
const off = (from: string, to: string) => Object.fromEntries(daysFrom(from, to, 100_000).map((day) => [day, 'REST' as const]))

test('the calendar of the product is right', () => expect(calendarFaults(chinaCalendar)).toEqual([]))

test.each<[what: string, wrong: Partial<Calendar>, faults: string[]]>([
  ['an unknown zone', { zone: 'Asia/Atlantis' }, ['zone ZONE_UNKNOWN']],
  ['an offset for a zone', { zone: '+08:00' }, ['zone ZONE_UNKNOWN']],
  ['no zone', { zone: '' }, ['zone ZONE_UNKNOWN']],
  ['no hours', { periods: [] }, ['periods REQUIRED']],
  [
    'hours that overlap',
    {
      periods: [
        ['08:00', '12:00'],
        ['11:59', '17:00'],
      ],
    },
    ['periods[1] PERIODS_OVERLAP'],
  ],
  [
    'hours out of order',
    {
      periods: [
        ['13:00', '17:00'],
        ['08:00', '12:00'],
      ],
    },
    ['periods[1] PERIODS_OVERLAP'],
  ],
  ['hours without a length', { periods: [['08:00', '08:00']] }, ['periods[0] PERIODS_OVERLAP']],
  ['hours over midnight', { periods: [['22:00', '06:00']] }, ['periods[0] PERIODS_OVERLAP']],
  [
    'no times',
    {
      periods: [
        ['8:00', '25:00'],
        ['24:00', '12:60'],
      ],
    },
    ['periods[0].from TIME_INVALID', 'periods[0].to TIME_INVALID', 'periods[1].from TIME_INVALID', 'periods[1].to TIME_INVALID'],
  ],
  ['too many hours', { periods: Array.from({ length: 13 }, () => ['08:00', '09:00'] as const) }, ['periods TOO_MANY']],
  ['an eighth day of the week', { restDays: [6, 8, 0, 1.5] }, ['restDays[1] WEEKDAY_INVALID', 'restDays[2] WEEKDAY_INVALID', 'restDays[3] WEEKDAY_INVALID']],
  ['rest on every day', { restDays: [7, 6, 5, 4, 3, 2, 1] }, ['restDays NO_WORKDAY']],
  [
    'days that do not exist',
    { days: { '2026-02-30': 'REST', tomorrow: 'REST', '1969-12-31': 'WORK', '2200-01-01': 'WORK' } },
    ['days.2026-02-30 DATE_INVALID', 'days.tomorrow DATE_INVALID', 'days.1969-12-31 DATE_INVALID', 'days.2200-01-01 DATE_INVALID'],
  ],
  ['a day that is neither', { days: { '2026-03-02': 'HALF' as 'REST' } }, ['days.2026-03-02 CHOICE_UNKNOWN']],
  [
    'a day with wrong hours',
    { days: { '2026-03-02': [], '2026-03-03': [['10:00', '09:00']] } },
    ['days.2026-03-02 REQUIRED', 'days.2026-03-03[0] PERIODS_OVERLAP'],
  ],
  ['too many exceptions', { days: off('1990-01-01', '2020-01-01') }, ['days TOO_MANY']],
  ['no years', { announcedYears: [2026, 1.5, 20_260] }, ['announcedYears[1] YEAR_INVALID', 'announcedYears[2] YEAR_INVALID']],
  ['a year of rest', { days: off('2027-01-01', '2028-01-01') }, ['days.2028-01-02 NO_WORKING_TIME']],
  [
    'a year of rest, weekends included',
    { days: Object.fromEntries(Object.entries(off('2027-01-01', '2028-01-03')).filter(([day]) => new Date(day).getUTCDay() % 6 > 0)) },
    ['days.2028-01-02 NO_WORKING_TIME'],
  ],
])('%s', (_what, wrong, faults) => expect(told(wrong)).toEqual(faults))

test('what is unusual and yet right', () => {
  expect(told({ zone: 'America/Argentina/Buenos_Aires', periods: [['00:00', '24:00']], restDays: [] })).toEqual([])
  expect(
    told({
      periods: [
        ['08:00', '12:00'],
        ['12:00', '16:00'],
      ],
    }),
  ).toEqual([])
  expect(told({ days: off('2027-01-01', '2027-12-30'), announcedYears: [] })).toEqual([])
})

test('no search in a calendar without working time is endless', () => {
  const never: Calendar = { ...chinaCalendar, periods: [], days: {} }
  for (const term of [{ workingDays: 1 }, { workingDays: -1 }, { workingHours: 1 }, { workingHours: -1 }, { workingHours: 0 }])
    expect(() => dueAt(never, '2026-03-02T00:00:00Z', term)).toThrow(RangeError)
  expect(workingTimeBetween(never, '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z')).toBe(0)
})
