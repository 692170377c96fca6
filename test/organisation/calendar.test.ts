import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Calendar, dueAt, isWorkday } from '../../src/define/index.js'
import { digestOf } from '../../src/engine/calendar.js'
import type { CalendarChange } from '../../src/engine/organisation-change.js'
import { plantCalendar } from '../../src/engine/plant-calendar.js'
import { chinaCalendar } from '../../src/organisation/china-calendar.js'
import { employeeId } from '../../src/organisation/ids.js'
import { calendarAt, newestCalendar, publishCalendar } from '../../src/persistence/calendars.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { testKeys } from '../support/keys.js'

const administrator = 'organisation-administrator-1'
const houses: House[] = []
let house: House
/** Whoever publishes begins in a house of its own. */
async function moveIn(): Promise<House> {
  house = await openHouse()
  houses.push(house)
  return house
}
beforeAll(moveIn)
afterAll(async () => {
  for (const one of houses) {
    expect(await faultsIn(one.pool, one.processes)).toEqual([])
    expect(one.reported).toEqual([])
    await one.close()
  }
})

const plant = (ours: Calendar = chinaCalendar) => plantCalendar(commandStoreOf(house.pool, house.processes, testKeys), ours)
const set = (change: CalendarChange, login = administrator) => house.administer(login, { action: 'SET_CALENDAR', ...change })
const refused = (change: CalendarChange, login = administrator) => house.administerRefused(login, { action: 'SET_CALENDAR', ...change })
const newest = () => newestCalendar(house.pool)
const versions = async () =>
  (await house.pool.query('select version, published_by_id as by from calendar_version order by version')).rows.map(({ version, by }) => [version, by])
const history = async () =>
  (
    await house.pool.query(
      `select sequence, actor_id as actor, result, content::jsonb as content from audit_entry where process = 'organisation' and action = 'SET_CALENDAR' order by position`,
    )
  ).rows

/** Ours, once the notice for 2027 is out; it also moves a day of December. */
const with2027: Calendar = {
  ...chinaCalendar,
  days: { ...chinaCalendar.days, '2026-12-27': 'WORK', '2027-01-01': 'REST', '2027-02-05': 'REST', '2027-02-08': 'REST', '2026-03-02': 'REST' },
  announcedYears: [...chinaCalendar.announcedYears, 2027],
}

test('a house begins with the calendar of the product, published by the system and on record', async () => {
  expect(await versions()).toEqual([[1, null]])
  expect((await newest()).calendar).toEqual(chinaCalendar)
  const [entry] = await history()
  expect(entry).toMatchObject({ sequence: 1, actor: null, result: 'DONE', content: { action: 'SET_CALENDAR', actor: { id: '', kind: 'system' } } })
  expect(entry.content.details).toMatchObject({
    version: '1',
    zone: 'Asia/Shanghai',
    periods: '08:30–12:00 13:00–17:30',
    restDays: '6 7',
    digest: digestOf(chinaCalendar),
  })
  expect(entry.content.details.days).toContain('2026-02-14 WORK')
  expect(entry.content.details.announcedYears).toMatch(/^2004 .* 2026$/)
})

test.each<[what: string, change: CalendarChange, codes: string[]]>([
  ['an unknown zone', { zone: 'Mars/Base' }, ['INPUT_INVALID', 'zone ZONE_UNKNOWN']],
  [
    'hours that overlap',
    {
      periods: [
        ['08:00', '12:00'],
        ['11:00', '17:00'],
      ],
    },
    ['INPUT_INVALID', 'periods[1] PERIODS_OVERLAP'],
  ],
  ['no workday', { restDays: [1, 2, 3, 4, 5, 6, 7] }, ['INPUT_INVALID', 'restDays NO_WORKDAY']],
  ['a day that does not exist', { days: [{ day: '2027-02-29', kind: 'REST' }] }, ['INPUT_INVALID', 'days.2027-02-29 DATE_INVALID']],
  ['a prototype for a day', { days: [{ day: '__proto__', kind: 'REST' }] }, ['INPUT_INVALID', 'days.__proto__ DATE_INVALID']],
  [
    'one day twice',
    {
      days: [
        { day: '2027-02-08', kind: 'REST' },
        { day: '2027-02-08', kind: 'WORK' },
      ],
    },
    ['INPUT_INVALID', 'days[1].day DUPLICATE'],
  ],
  ['a rest day with hours', { days: [{ day: '2027-02-08', kind: 'REST', periods: [['08:00', '09:00']] }] }, ['INPUT_INVALID', 'days[0].periods NOT_ASKED']],
  ['several things', { zone: '', announcedYears: [1] }, ['INPUT_INVALID', 'INPUT_INVALID', 'zone ZONE_UNKNOWN', 'announcedYears[0] YEAR_INVALID']],
  ['nothing', {}, ['CONDITION_UNMET']],
  ['what is so already', { zone: 'Asia/Shanghai', restDays: [7, 6], days: [{ day: '2026-10-01', kind: 'REST' }], announcedYears: [2026] }, ['CONDITION_UNMET']],
])('%s is refused and on record, and changes nothing', async (_what, change, codes) => {
  expect(await refused(change)).toEqual(codes)
  expect(await versions()).toEqual([[1, null]])
  expect((await history()).at(-1)).toMatchObject({ actor: employeeId(administrator), result: 'REFUSED', content: { action: 'SET_CALENDAR' } })
})

test('only the administrator publishes', async () => {
  for (const login of ['cs-manager-1', 'general-manager-1', 'payment-run']) expect(await refused({ restDays: [7] }, login)).toEqual(['NOT_AUTHORISED'])
  expect(await versions()).toEqual([[1, null]])
})

test('a year that is announced later is added, with what the organisation said of it left as it is', async () => {
  await moveIn()
  await set({
    periods: [['09:00', '18:00']],
    days: [
      { day: '2027-01-01', kind: 'WORK' },
      { day: '2027-02-05', kind: 'WORK', periods: [['09:00', '12:00']] },
    ],
  })
  const before = await newest()
  expect(isWorkday(before.calendar, '2027-02-08')).toBe(true)
  await plant(with2027)
  await plant(with2027)
  const { version, calendar } = await newest()
  expect(version).toBe(3)
  // 2 March 2026 is of a year that was announced before: ours may not take it back.
  expect(calendar).toEqual({
    ...before.calendar,
    days: { ...before.calendar.days, '2026-12-27': 'WORK', '2027-02-08': 'REST' },
    announcedYears: with2027.announcedYears,
  })
  expect((await history()).at(-1)).toMatchObject({
    actor: null,
    content: { details: { version: '3', days: '2026-12-27 WORK, 2027-02-08 REST', announcedYears: '2027', digest: digestOf(calendar) } },
  })
})

test('a year that the organisation announced itself, and an organisation in another zone, are left alone', async () => {
  await moveIn()
  await set({ announcedYears: [2027], days: [{ day: '2027-02-06', kind: 'REST' }] })
  await plant(with2027)
  expect((await newest()).version).toBe(2)
  await set({ zone: 'Europe/Berlin' })
  await plant({ ...with2027, announcedYears: [...with2027.announcedYears, 2028] })
  expect((await newest()).version).toBe(3)
})

test('the administrator publishes what is different; the version before stays as it was', async () => {
  await moveIn()
  const by = await set({
    periods: [
      ['09:00', '12:00'],
      ['13:30', '18:00'],
    ],
    restDays: [7, 6, 5],
    days: [
      { day: '2026-12-25', kind: 'WORK' },
      { day: '2026-12-24', kind: 'WORK', periods: [['09:00', '11:00']] },
      { day: '2026-12-23', kind: 'REST' },
    ],
    announcedYears: [2027],
  })
  expect(by).toBe(employeeId(administrator))
  expect(await versions()).toEqual([
    [1, null],
    [2, employeeId(administrator)],
  ])
  const { calendar } = await newest()
  expect(calendar).toEqual({
    zone: 'Asia/Shanghai',
    periods: [
      ['09:00', '12:00'],
      ['13:30', '18:00'],
    ],
    restDays: [5, 6, 7],
    days: { ...chinaCalendar.days, '2026-12-25': 'WORK', '2026-12-24': [['09:00', '11:00']], '2026-12-23': 'REST' },
    announcedYears: with2027.announcedYears,
  })
  // Tuesday; 23 December is free, and on the 24th they go home at eleven.
  expect(dueAt(calendar, '2026-12-22T02:00:00Z', { workingDays: 1 })).toBe('2026-12-24T03:00:00.000Z')
  expect((await calendarAt(house.pool, 1))?.calendar).toEqual(chinaCalendar)
  expect(await calendarAt(house.pool, 3)).toBeNull()
  expect((await history()).at(-1)).toMatchObject({
    actor: employeeId(administrator),
    content: {
      action: 'SET_CALENDAR',
      roleUsed: 'ORGANISATION_ADMINISTRATOR',
      details: {
        version: '2',
        periods: '09:00–12:00 13:30–18:00',
        restDays: '7 6 5',
        days: '2026-12-25 WORK, 2026-12-24 WORK 09:00–11:00, 2026-12-23 REST',
        announcedYears: '2027',
        digest: digestOf(calendar),
      },
    },
  })
})

test('the same key publishes once, and another change under it nothing', async () => {
  await moveIn()
  const command = {
    actorId: employeeId(administrator),
    idempotencyKey: randomUUID(),
    requestId: 'test',
    change: { action: 'SET_CALENDAR', restDays: [7] },
  } as const
  const [first, second] = await Promise.all([house.door.administer(command), house.door.administer(command)])
  expect([first.replayed, second.replayed].sort()).toEqual([false, true])
  expect(second.sequence).toBe(first.sequence)
  await expect(house.door.administer({ ...command, change: { action: 'SET_CALENDAR', restDays: [6] } })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  })
  expect((await newest()).version).toBe(2)
})

test('of changes at the same time none is lost', async () => {
  await moveIn()
  const days = Array.from({ length: 10 }, (_, index) => `2027-03-${String(index + 10)}`)
  await Promise.all(days.map((day) => set({ days: [{ day, kind: 'REST' }] })))
  const { version, calendar } = await newest()
  expect([version, days.every((day) => calendar.days[day] === 'REST')]).toEqual([11, true])
  expect((await history()).map(({ content }) => content.details.version)).toEqual(Array.from({ length: 11 }, (_, index) => String(index + 1)))
})

test('a version is read once for each database, and what is not committed is not remembered', async () => {
  await moveIn()
  expect((await newest()).calendar).toBe((await newest()).calendar)
  expect((await calendarAt(house.pool, 1))?.calendar).toBe((await newest()).calendar)
  const client = await house.pool.connect()
  try {
    await client.query('begin')
    const draft: Calendar = { ...chinaCalendar, restDays: [] }
    expect(await publishCalendar(client, draft, null, new Date().toISOString())).toBe(2)
    expect((await newestCalendar(house.pool, client)).calendar).toEqual(draft)
    expect((await calendarAt(house.pool, 2, client))?.calendar).toEqual(draft)
    await client.query('rollback')
  } finally {
    client.release()
  }
  expect((await newest()).version).toBe(1)
  await set({ restDays: [7] })
  expect((await newest()).calendar.restDays).toEqual([7])

  const other = await moveIn()
  expect((await newestCalendar(other.pool)).version).toBe(1)
  expect(await calendarAt(other.pool, 2)).toBeNull()
})

test('servers that start at once plant one calendar, and later ones nothing', async () => {
  // Its history tells of a first calendar twice: it is no house like others.
  house = await openHouse()
  await house.owner.query('delete from calendar_version')
  await expect(newest()).rejects.toThrow('no calendar is published')
  await Promise.all(Array.from({ length: 8 }, () => plant()))
  await plant()
  expect(await versions()).toEqual([[1, null]])
  expect(await history()).toHaveLength(2)
  await house.close()
})
