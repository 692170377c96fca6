import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type AnyProcess, applicant, type Deadline, defineProcess, faultsOf } from '../../src/define/index.js'
import { Reason } from '../../workflows/common.js'
import { type House, openHouse } from '../support/house.js'

const id = 'periodic-work'
const period = (extra: Partial<Deadline<any, 'working' | 'done'>> = {}): AnyProcess =>
  defineProcess({
    id,
    version: 1,
    title: ['定期工作', 'Periodic work'],
    source: 'test',
    forms: { reason: Reason },
    startedBy: applicant,
    startsWith: 'reason',
    settings: { days: { label: ['周期（天）', 'Days'], value: 7 } },
    owner: 'CS_MANAGER',
    initial: 'working',
    states: {
      working: {
        label: ['进行中', 'Working'],
        assignee: applicant,
        on: { CONFIRM: { target: 'done' } },
        after: { PERIOD_OVER: { label: ['周期届满', 'The period is over'], due: { days: 'days' }, repeats: true, ...extra } },
      },
      done: { type: 'final', label: ['完成', 'Done'], outcome: 'completed' },
    },
  })

const standing: AnyProcess = { ...period({ due: { workingHours: 0 } }), id: 'standing-work' }

let house: House
beforeAll(async () => {
  house = await openHouse([period(), standing])
})
afterAll(() => house.close())
const opened = () => house.open('technician-1', id, { reason: '维护' })

test('a period begins where the last one ended, however late the clock is, and ends with the case', async () => {
  const it = await opened()
  await house.owner.query(`update timer set due_at = clock_timestamp() - interval '16 days' where case_id = $1`, [it.id])
  const ends: string[] = []
  for (const missed of ['the first', 'the second', 'the third']) {
    const next = (await it.timers()).find(({ status }) => status === 'PENDING')!
    ends.push(next.dueAt)
    expect([missed, (await house.door.fire({ timerId: next.id, requestId: missed })).result]).toEqual([missed, 'FIRED'])
  }
  expect([...ends].sort()).toEqual(ends)
  expect(new Set(ends).size).toBe(3)
  const next = (await it.timers()).find(({ status }) => status === 'PENDING')!
  expect((await house.door.fire({ timerId: next.id, requestId: 'early' })).result).toBe('EARLY')
  expect((await it.history()).filter(({ action }) => action === 'PERIOD_OVER')).toHaveLength(3)
  await it.act('technician-1', 'CONFIRM')
  expect((await it.timers()).filter(({ status }) => status === 'PENDING')).toEqual([])
})

test('periods of seven days end seven days apart', async () => {
  const it = await opened()
  await house.owner.query(`update timer set due_at = '2026-03-01T16:00:00Z' where case_id = $1`, [it.id])
  for (const requestId of ['one', 'two']) await house.door.fire({ timerId: (await it.timers()).find(({ status }) => status === 'PENDING')!.id, requestId })
  expect((await it.timers()).map(({ dueAt }) => dueAt)).toEqual(['2026-03-01T16:00:00.000Z', '2026-03-08T16:00:00.000Z', '2026-03-15T16:00:00.000Z'])
})

test('a term that is told twice at once repeats once', async () => {
  const it = await opened()
  await house.owner.query('update timer set due_at = clock_timestamp() where case_id = $1', [it.id])
  const timerId = (await it.timers())[0]!.id
  const results = await Promise.all(['one', 'two', 'three'].map((requestId) => house.door.fire({ timerId, requestId })))
  expect(results.map(({ result }) => result).sort()).toEqual(['FIRED', 'SETTLED', 'SETTLED'])
  expect((await it.timers()).map(({ status }) => status).sort()).toEqual(['FIRED', 'PENDING'])
})

test('a period without length does not run in circles', async () => {
  const it = await house.open('technician-1', standing.id, { reason: '维护' })
  // It ends with the first working moment, and so would the next one.
  await house.owner.query(`update timer set due_at = '2026-03-02T00:30:00Z' where case_id = $1`, [it.id])
  expect(await it.expire('PERIOD_OVER')).toBe('FIRED')
  expect((await it.timers()).map(({ status }) => status)).toEqual(['FIRED'])
})

test('a definition whose period could not repeat is not sound', () => {
  expect(faultsOf(period())).toEqual([])
  const faults = (extra: Partial<Deadline<any, 'working' | 'done'>>) => faultsOf(period(extra))
  const anchored = `${id}: working PERIOD_OVER: repeats and counts from a day, so that it would never move on`
  expect(faults({ due: { days: 7, from: '2026-01-01' } })).toEqual([anchored])
  expect(faults({ due: () => ({ days: 7 }) })).toEqual([anchored])
  expect(faults({ target: 'working' })).toEqual([`${id}: working PERIOD_OVER: repeats and leads to working`])
  expect(faults({ ladder: [{ at: 1, do: 'REMIND' }] })).toEqual([`${id}: working PERIOD_OVER: repeats and has a ladder`])
})
