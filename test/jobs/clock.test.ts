import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { PgBoss } from 'pg-boss'
import { type Door, doorOf } from '../../src/engine/door.js'
import { startClock } from '../../src/jobs/clock.js'
import type { Pump } from '../../src/jobs/pump.js'
import { customerId, employeeId } from '../../src/organisation/ids.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { deadlineQueue, openJobs, wakeBy } from '../../src/persistence/job-queue.js'
import { longOverdue } from '../../src/persistence/timers.js'
import { DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { testKeys } from '../support/keys.js'
import { timed } from '../support/timed.js'

/** Two servers' worth of clocks on one house, and a door whose acts put their terms into the queue. */
let house: House
let door: Door
const bosses: PgBoss[] = []
const clocks: Pump[] = []
beforeAll(async () => {
  house = await openHouse([timed])
  const report = (error: unknown) => void house.reported.push(error)
  for (let server = 0; server < 2; server++) bosses.push(await openJobs(house.appUrl, report))
  door = doorOf({ store: commandStoreOf(house.pool, house.processes, testKeys, wakeBy(bosses[0]!)), processes: house.processes, report })
  for (const boss of bosses) clocks.push(await startClock({ boss, pool: house.pool, door, report }))
})
afterAll(async () => {
  await Promise.all(clocks.map((clock) => clock.stop()))
  await Promise.all(bosses.map((boss) => boss.stop({ graceful: false })))
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
  await house.close()
})

const applicant = 'relations-specialist-2'
const request = () => ({ actorId: employeeId(applicant), idempotencyKey: randomUUID(), requestId: randomUUID() })
/** A case that has waited since `startedAt` (ISO 8601). */
async function waitingSince(startedAt: string): Promise<DrivenCase> {
  const { caseId } = await door.open({ ...request(), process: 'timed', form: { subject: '一般' }, occurredAt: startedAt })
  await door.decide({ ...request(), caseId, process: 'timed', action: 'SUBMIT', forms: { request: { subject: '一般' } }, occurredAt: startedAt })
  return new DrivenCase(house, caseId, 'timed')
}
async function until<T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  for (const end = Date.now() + 25_000; ; await wait(100)) {
    const seen = await look()
    if (holds(seen) || Date.now() > end) return seen
  }
}

test('what is due fires by itself, once, though two servers look', async () => {
  const cases = await Promise.all(Array.from({ length: 12 }, () => waitingSince('2026-03-02T02:00:00Z')))
  for (const it of cases) {
    await until(
      () => it.state(),
      (state) => state === 'lapsed',
    )
    expect((await it.history()).map(({ action }) => action)).toEqual(['OPEN', 'SUBMIT', 'NOTED', 'GONE'])
  }
})

test('a job that comes before its term is due leaves it alone and comes again', async () => {
  const it = await waitingSince('2098-03-03T02:00:00Z')
  const gone = (await it.timers()).find(({ name }) => name === 'GONE')!
  await bosses[0]!.send(deadlineQueue, { timerId: gone.id })
  const again = await until(
    async () =>
      (
        await house.owner.query(
          `select start_after from pgboss.job where data->>'timerId' = $1 and state = 'created' and start_after > now() + interval '1 hour'`,
          [gone.id],
        )
      ).rows,
    (rows) => rows.length === 2,
  )
  expect(again.map(({ start_after }) => start_after.toISOString())).toEqual([gone.dueAt, gone.dueAt])
  expect(await it.state()).toBe('waiting')
})

test('a term without a job, as after a restored backup, is found', async () => {
  const it = await waitingSince('2098-03-03T02:00:00Z')
  await house.owner.query(`update timer set due_at = clock_timestamp() - interval '5 minutes' where case_id = $1 and name = 'GONE'`, [it.id])
  const gone = (await it.timers()).find(({ name }) => name === 'GONE')!
  expect(await longOverdue(house.pool, 120)).toEqual([gone.id])
  expect(await longOverdue(house.pool, 600)).toEqual([])
  expect(await door.fire({ timerId: gone.id, requestId: randomUUID() })).toEqual({ result: 'FIRED' })
})

test('edge-34: a holiday that is added moves what has not fired, in the zone, and the history says from when to when', async () => {
  const it = await waitingSince('2098-03-03T02:00:00Z')
  const gone = async () => (await it.timers()).find(({ name }) => name === 'GONE')!
  const before = await gone()
  // Three workdays after Monday the 3rd: Thursday's close.
  expect([before.dueAt, before.provisional]).toEqual(['2098-03-06T09:30:00.000Z', true])
  await house.administer('organisation-administrator-1', {
    action: 'SET_CALENDAR',
    employeeId: null,
    days: [{ day: '2098-03-05', kind: 'REST' }],
    announcedYears: [2098],
  } as never)
  const after = await until(gone, ({ dueAt }) => dueAt !== before.dueAt)
  expect([after.dueAt, after.provisional]).toEqual(['2098-03-07T09:30:00.000Z', false])
  const { rows } = await house.pool.query(`select content from audit_entry where stream = $1`, [`work:${it.id}`])
  const { action, actor, details } = JSON.parse(rows[0].content)
  expect([action, actor.kind]).toEqual(['RECALCULATE', 'system'])
  expect(details.GONE).toBe(`${before.dueAt} → ${after.dueAt}`)
  const task = await house.pool.query(`select due_at from task where case_id = $1 and status = 'OPEN'`, [it.id])
  const earliest = (await it.timers()).find(({ name }) => name === 'HURRY')!
  expect(task.rows[0].due_at.toISOString()).toBe(earliest.dueAt)
})

test('a case that cannot be reckoned by the new calendar keeps no other from it', async () => {
  const cases = await Promise.all(Array.from({ length: 3 }, () => waitingSince('2098-03-03T02:00:00Z')))
  const lowest = cases.map(({ id }) => id).sort()[0]!
  await house.owner.query(`update service_case set definition_version = 999 where id = $1`, [lowest])
  await house.administer('organisation-administrator-1', { action: 'SET_CALENDAR', days: [{ day: '2098-03-06', kind: 'REST' }] })
  const stale = async () => (await house.pool.query(`select distinct case_id from timer where status = 'PENDING' and calendar_version < 3`)).rows
  expect(await until(stale, (rows) => rows.length <= 1)).toEqual([{ case_id: lowest }])
  await house.owner.query(`update service_case set definition_version = 1 where id = $1`, [lowest])
  expect(await until(stale, (rows) => rows.length === 0)).toEqual([])
  expect(house.reported.splice(0).length).toBeGreaterThan(0)
})

test('a case that opens for a customer far ahead has a term far ahead', async () => {
  const { caseId } = await door.open({
    ...request(),
    actorId: employeeId('complaint-specialist-1'),
    process: 'complaint-return-visit',
    form: { customer: customerId('C0001'), dueOn: '9999-12-30' },
  })
  const timers = await new DrivenCase(house, caseId, 'complaint-return-visit').timers()
  expect(timers.map(({ dueAt }) => dueAt)).toContain('9999-12-30T16:00:00.000Z')
})
