import { expect, test } from '@jest/globals'
import { afterQuiet, nextAt, shown } from '../../src/jobs/times-of-day.js'

const zone = 'Asia/Shanghai'
const at = (local: string) => new Date(`${local}:00+08:00`)
const night = { from: '22:00', to: '07:30' }
const noon = { from: '12:00:00', to: '13:00:00' }

test.each([
  ['before the night', night, '2026-11-22T21:59', '2026-11-22T21:59'],
  ['as it begins', night, '2026-11-22T22:00', '2026-11-23T07:30'],
  ['before midnight', night, '2026-12-31T23:59', '2027-01-01T07:30'],
  ['at midnight', night, '2026-11-23T00:00', '2026-11-23T07:30'],
  ['after midnight', night, '2026-11-23T07:29', '2026-11-23T07:30'],
  ['as it ends', night, '2026-11-23T07:30', '2026-11-23T07:30'],
  ['before noon', noon, '2026-11-22T11:59', '2026-11-22T11:59'],
  ['at noon', noon, '2026-11-22T12:00', '2026-11-22T13:00'],
  ['after noon', noon, '2026-11-22T13:00', '2026-11-22T13:00'],
  ['from midnight', { from: '00:00', to: '06:00' }, '2026-11-22T00:00', '2026-11-22T06:00'],
  ['to midnight', { from: '18:00', to: '00:00' }, '2026-11-22T18:00', '2026-11-23T00:00'],
  ['without any', null, '2026-11-22T23:00', '2026-11-22T23:00'],
])('quiet hours %s', (_, quiet, now, then) => {
  expect(afterQuiet(at(now), quiet, zone)).toEqual(at(then))
})

test('the next time of day is today while it is to come, else tomorrow; as the clock of the zone shows it', () => {
  expect(nextAt(at('2026-11-22T08:59'), '09:00', zone)).toEqual(at('2026-11-22T09:00'))
  expect(nextAt(at('2026-11-22T09:00'), '09:00', zone)).toEqual(at('2026-11-23T09:00'))
  expect(shown(at('2026-11-22T09:05'), zone)).toBe('2026-11-22 09:05')
  expect(nextAt(new Date('2026-03-08T06:00:00Z'), '02:30', 'America/New_York')).toEqual(new Date('2026-03-08T07:30:00Z'))
})
