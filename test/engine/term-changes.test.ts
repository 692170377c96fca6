import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { figured } from '../support/figured.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'

let house: House
beforeAll(async () => {
  house = await openHouse([figured])
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
  await house.close()
})

const applicant = 'relations-specialist-2'
const supervisor = 'relations-supervisor-1'
const manager = 'cs-manager-1'
const opinion = { opinion: { opinion: '同意' } }
const opened = (form: object = {}) => house.open(applicant, 'figured', { subject: '一般', ...form })
const amend = (it: DrivenCase, form: object = {}) => it.act(applicant, 'AMEND', { request: { subject: '一般', ...form } })
const statusesOf = async (it: DrivenCase, name: string) =>
  (await it.timers()).filter((one) => one.name === name && one.rung === null).map(({ status }) => status)
const taskDue = async (it: DrivenCase): Promise<string | null> =>
  (await house.pool.query(`select due_at from task where case_id = $1 and status in ('OPEN', 'SUSPENDED')`, [it.id])).rows[0].due_at?.toISOString() ?? null
const caseDue = async (it: DrivenCase): Promise<string | null> =>
  (await house.pool.query('select due_at from service_case where id = $1', [it.id])).rows[0].due_at?.toISOString() ?? null
const pending = async (it: DrivenCase, name: string) => (await it.timers()).find((one) => one.name === name && one.status === 'PENDING')!
const clocks = (it: DrivenCase, what: 'PAUSE' | 'RESUME') =>
  house.door.pause({ caseId: it.id, what, text: '等待', actorId: employeeId(manager), idempotencyKey: randomUUID(), requestId: randomUUID() })
/** It stands still since so many days ago, and began not long before. */
const stood = async (it: DrivenCase, days: number) => {
  await house.owner.query(`update service_case set paused_at = paused_at - $2 * interval '1 day' where id = $1`, [it.id, days])
  await house.owner.query(`update timer set starts_at = starts_at - $2 * interval '1 day' where case_id = $1`, [it.id, days])
}
const announce = (day: string) => house.administer('organisation-administrator-1', { action: 'SET_CALENDAR', days: [{ day, kind: 'REST' }] })
const recalculate = (it: DrivenCase) => house.door.recalculate({ caseId: it.id, requestId: 'calendar' })

test('a day that a form names, takes back and names again is a term again', async () => {
  const it = await opened({ deliveredOn: '2099-03-02' })
  await amend(it)
  expect(await statusesOf(it, 'DELIVERY')).toEqual(['CANCELLED'])
  await amend(it, { deliveredOn: '2099-03-02' })
  expect((await statusesOf(it, 'DELIVERY')).sort()).toEqual(['CANCELLED', 'PENDING'])
  expect(await it.expire('DELIVERY')).toBe('FIRED')
})

test('a task whose term is extended after it was over is due at the new end', async () => {
  const it = await opened({ deliveredOn: '2099-03-02' })
  await it.expire('DELIVERY')
  await amend(it, { deliveredOn: '2099-03-09' })
  expect(await taskDue(it)).toBe('2099-03-09T16:00:00.000Z')
})

test('a task of a state with periods is due at the end of the present one', async () => {
  const it = await opened()
  await it.act(supervisor, 'APPROVE', opinion)
  await it.expire('PERIOD')
  expect(await taskDue(it)).toBe((await pending(it, 'PERIOD')).dueAt)
})

test('what the clock only notes keeps nobody from taking back', async () => {
  const it = await opened()
  await it.act(supervisor, 'APPROVE', opinion)
  expect(await it.expire('TOLD')).toBe('FIRED')
  expect(await it.act(supervisor, 'TAKE_BACK')).toBe('checking')
  const { decisions } = await it.record()
  expect(decisions.map(({ action }) => action)).toEqual(['TOLD'])
})

test('the promised end of a case moves with the calendar, and by as long as it stood still', async () => {
  const it = await opened({ workingDays: 30 })
  const end = () => pending(it, 'WHOLE')
  expect(await caseDue(it)).toBe((await end()).dueAt)
  const before = (await end()).dueAt
  await announce(before.slice(0, 10))
  expect(await recalculate(it)).toBeGreaterThan(0)
  expect((await end()).dueAt > before).toBe(true)
  expect(await caseDue(it)).toBe((await end()).dueAt)
  await clocks(it, 'PAUSE')
  await stood(it, 14)
  await clocks(it, 'RESUME')
  expect(await caseDue(it)).toBe((await end()).dueAt)
  await amend(it, { workingDays: 30 })
  expect(await caseDue(it)).toBe((await end()).dueAt)
})

test('a term that changes while it stands still keeps what it stood, and so does a calendar that changes after', async () => {
  const it = await opened({ workingDays: 30 })
  await clocks(it, 'PAUSE')
  await stood(it, 28)
  await amend(it, { workingDays: 40 })
  await clocks(it, 'RESUME')
  const { rows } = await house.pool.query(`select paused_ms from timer where case_id = $1 and name = 'WHOLE' and status = 'PENDING'`, [it.id])
  const resumed = (await pending(it, 'WHOLE')).dueAt
  await announce(new Date(Date.parse(resumed)).toISOString().slice(0, 10))
  await recalculate(it)
  const after = await house.pool.query(`select paused_ms, due_at from timer where case_id = $1 and name = 'WHOLE' and status = 'PENDING'`, [it.id])
  expect(after.rows[0].paused_ms).toBe(rows[0].paused_ms)
  expect(after.rows[0].due_at.toISOString() > resumed).toBe(true)
})

test('a day that is named after the clocks stood still is meant as it stands', async () => {
  const it = await opened({ deliveredOn: '2099-03-02' })
  await clocks(it, 'PAUSE')
  await stood(it, 14)
  await clocks(it, 'RESUME')
  expect((await pending(it, 'DELIVERY')).dueAt.slice(0, 10)).toBe('2099-03-16')
  await amend(it, { deliveredOn: '2099-03-20' })
  expect((await pending(it, 'DELIVERY')).dueAt).toBe('2099-03-20T16:00:00.000Z')
  expect(await taskDue(it)).toBe('2099-03-20T16:00:00.000Z')
})

test('of what is due at the same moment a term goes before the rungs of its ladder, every time', async () => {
  for (let round = 0; round < 6; round++) {
    const it = await opened({ deliveredOn: '2099-03-02' })
    await house.owner.query(`update timer set due_at = '2026-03-02T00:00:00Z' where case_id = $1 and name = 'DELIVERY'`, [it.id])
    const rung = (await it.timers()).find((one) => one.name === 'DELIVERY' && one.rung === 0)!
    const fire = async () => (await house.door.fire({ timerId: rung.id, requestId: 'clock' })).result
    expect([await fire(), await fire()]).toEqual(['BEFORE', 'FIRED'])
  }
})
