import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { type Desk, deskOf } from '../support/desk.js'
import { codeOf, dataOf, fieldsOf, type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'

let http: HttpHouse
let administrator: Desk
let clerk: Desk
beforeAll(async () => {
  http = await serveHouse()
  administrator = await deskOf(http, 'organisation-administrator-1')
  clerk = await deskOf(http, 'info-specialist-1')
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes)).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const days = (from: string, to: string, fields = 'day kind label workday provisional') =>
  `query { calendar { days(from: "${from}", to: "${to}") { ${fields} } } }`
const publish =
  'mutation ($key: String!, $days: [CalendarDayInput!], $periods: [WorkingPeriodInput!], $zone: String) { publishCalendar(idempotencyKey: $key, days: $days, periods: $periods, zone: $zone) { version } }'

test('everybody reads the calendar, with the holidays and make-up days by name', async () => {
  const { calendar } = await clerk.read('{ calendar { version zone restDays announcedYears publishedAt periods { from to } } }')
  expect(calendar).toMatchObject({
    version: 1,
    zone: 'Asia/Shanghai',
    restDays: [6, 7],
    periods: [
      { from: '08:30', to: '12:00' },
      { from: '13:00', to: '17:30' },
    ],
  })
  expect(calendar.announcedYears.at(-1)).toBe(2026)
  expect(Date.parse(calendar.publishedAt)).toBeGreaterThan(Date.now() - 3_600_000)
  const week = (await clerk.in('zh-CN').read(days('2026-02-12', '2026-02-15'))).calendar.days
  expect(week).toEqual([
    { day: '2026-02-12', kind: null, label: null, workday: true, provisional: false },
    { day: '2026-02-13', kind: null, label: null, workday: true, provisional: false },
    { day: '2026-02-14', kind: 'WORK', label: '春节调休上班', workday: true, provisional: false },
    { day: '2026-02-15', kind: 'REST', label: '春节', workday: false, provisional: false },
  ])
  expect((await clerk.in('en').read(days('2026-10-01', '2026-10-01'))).calendar.days[0].label).toBe('National Day')
  expect((await clerk.read(days('2027-02-08', '2027-02-08'))).calendar.days[0]).toMatchObject({ workday: true, provisional: true })
  expect(codeOf(await http.withToken()('{ calendar { version } }'))).toBe('UNAUTHENTICATED')
})

test('a span of days has bounds, and an unknown version is not found', async () => {
  expect((await clerk.read(days('2026-01-01', '2027-02-04', 'day'))).calendar.days).toHaveLength(400)
  expect(fieldsOf(await clerk.ask(days('2026-01-01', '2027-02-05', 'day')))).toEqual(['to TOO_MANY'])
  expect(fieldsOf(await clerk.ask(days('0001-01-01', '9999-12-31', 'day')))).toEqual(['to TOO_MANY'])
  expect(fieldsOf(await clerk.ask(days('2026-01-02', '2026-01-01', 'day')))).toEqual(['to DATE_INVALID'])
  expect(codeOf(await clerk.ask('{ calendar(version: 99) { version } }'))).toBe('NOT_FOUND')
})

test('the administrator publishes by mutation, once for a key; the old version can still be read', async () => {
  const given = {
    key: randomUUID(),
    days: [
      { day: '2027-02-08', kind: 'REST' },
      { day: '2027-02-06', kind: 'WORK', periods: [{ from: '09:00', to: '24:00' }] },
    ],
  }
  const [first, again] = [await administrator.ask(publish, given), await administrator.ask(publish, given)]
  expect([dataOf(first).publishCalendar, dataOf(again).publishCalendar]).toEqual([{ version: 2 }, { version: 2 }])
  expect(again.headers['idempotency-replayed']).toBe('true')
  const own = (await clerk.read(days('2027-02-06', '2027-02-08', 'day kind label workday provisional periods { from to }'))).calendar.days
  expect(own[0]).toEqual({ day: '2027-02-06', kind: 'WORK', label: null, workday: true, provisional: true, periods: [{ from: '09:00', to: '24:00' }] })
  expect(own[2]).toMatchObject({ day: '2027-02-08', kind: 'REST', workday: false, periods: [] })
  expect((await clerk.read('{ calendar(version: 1) { version days(from: "2027-02-08", to: "2027-02-08") { workday } } }')).calendar).toEqual({
    version: 1,
    days: [{ workday: true }],
  })
  const trail = await (await deskOf(http, 'auditor-1')).read('{ auditTrail(first: 1) { edges { node { action actor { id } details { name value } } } } }')
  expect(trail.auditTrail.edges[0].node).toMatchObject({ action: 'SET_CALENDAR', actor: { id: employeeId('organisation-administrator-1') } })
  expect(trail.auditTrail.edges[0].node.details).toContainEqual({ name: 'days', value: '2027-02-08 REST, 2027-02-06 WORK 09:00–24:00' })
})

test('what is malformed is refused by its field, and whoever is no administrator altogether', async () => {
  const wrong = {
    key: randomUUID(),
    zone: 'Nowhere',
    periods: [
      { from: '9', to: '10:00' },
      { from: '12:00', to: '11:00' },
    ],
  }
  const answer = await administrator.ask(publish, wrong)
  expect([codeOf(answer), fieldsOf(answer)]).toEqual(['INPUT_INVALID', ['zone ZONE_UNKNOWN', 'periods[0].from TIME_INVALID', 'periods[1] PERIODS_OVERLAP']])
  expect(codeOf(await administrator.ask(publish, { key: randomUUID() }))).toBe('CONDITION_UNMET')
  expect(codeOf(await clerk.ask(publish, { key: randomUUID(), zone: 'Europe/Berlin' }))).toBe('NOT_AUTHORISED')
  expect((await clerk.read('{ calendar { zone } }')).calendar.zone).toBe('Asia/Shanghai')
})
