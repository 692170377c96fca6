import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Refused } from '../../src/engine/refused.js'
import { employeeId } from '../../src/organisation/ids.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { timed } from '../support/timed.js'

let house: House
beforeAll(async () => {
  house = await openHouse([timed])
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes, undefined, ['enteredAt'])).toEqual([])
  expect(house.reported).toEqual([])
  await house.close()
})

const applicant = 'relations-specialist-2'
const owner = 'cs-manager-1'
async function waiting(): Promise<DrivenCase> {
  const it = await house.open(applicant, 'timed', { subject: '一般' })
  await it.act(applicant, 'SUBMIT')
  return it
}
const clocks = (it: DrivenCase, what: 'PAUSE' | 'RESUME', login = owner, text = '等待检测报告') =>
  house.door.pause({ caseId: it.id, what, text, actorId: employeeId(login), idempotencyKey: randomUUID(), requestId: randomUUID() })
const refusedClocks = (it: DrivenCase, what: 'PAUSE' | 'RESUME', login = owner, text?: string) =>
  clocks(it, what, login, text).then(
    () => [],
    (error: unknown) => (error instanceof Refused ? error.reasons.map(({ code }) => code) : Promise.reject(error)),
  )
const statusOf = async (it: DrivenCase) => Object.fromEntries((await it.timers()).map(({ name, status }) => [name, status]))

test('a paused case fires nothing but what the law sets', async () => {
  const it = await waiting()
  await clocks(it, 'PAUSE')
  expect(await statusOf(it)).toMatchObject({ GONE: 'PAUSED', NOTED: 'PAUSED', STATUTORY: 'PENDING' })
  expect(await it.expire('GONE')).toBe('SETTLED')
  expect(await it.expire('STATUTORY')).toBe('FIRED')
  expect(await it.state()).toBe('waiting')
})

test('once it runs again every term ends later by as long as it stood, in its own measure', async () => {
  const it = await waiting()
  await clocks(it, 'PAUSE')
  const dueOf = async (name: string) => Date.parse((await it.timers()).find((one) => one.name === name)!.dueAt)
  const before = { gone: await dueOf('GONE'), noted: await dueOf('NOTED') }
  // It stood still for two whole weeks: ten workdays, or fourteen days as they pass.
  await house.owner.query(`update service_case set paused_at = paused_at - interval '14 days', entered_at = entered_at - interval '14 days' where id = $1`, [
    it.id,
  ])
  await house.owner.query(`update timer set starts_at = starts_at - interval '14 days' where case_id = $1 and place = 'waiting'`, [it.id])
  await clocks(it, 'RESUME')
  expect(await statusOf(it)).toMatchObject({ GONE: 'PENDING', NOTED: 'PENDING' })
  // What had run of it before the pause is as it was: nothing. The end is where it would be for a start now.
  expect(Math.abs((await dueOf('NOTED')) - before.noted)).toBeLessThan(60_000)
  expect(Math.abs((await dueOf('GONE')) - before.gone)).toBeLessThan(24 * 3_600_000)
})

test('terms of a state that a paused case enters stand still from the beginning', async () => {
  const it = await waiting()
  await clocks(it, 'PAUSE')
  await it.act('relations-specialist-1', 'ANSWER', { opinion: { opinion: '同意' } })
  expect((await it.timers()).filter(({ name }) => name === 'LATE').map(({ status }) => status)).toEqual(Array(5).fill('PAUSED'))
  await clocks(it, 'RESUME')
  expect((await it.timers()).filter(({ name }) => name === 'LATE').map(({ status }) => status)).toEqual(Array(5).fill('PENDING'))
})

test('only the owner of the process may, with a reason, and not twice; each is on record', async () => {
  const it = await waiting()
  expect(await refusedClocks(it, 'PAUSE', applicant)).toEqual(['NOT_AUTHORISED'])
  expect(await refusedClocks(it, 'PAUSE', owner, ' ')).toEqual(['INPUT_INVALID'])
  expect(await refusedClocks(it, 'RESUME')).toEqual(['CONDITION_UNMET'])
  await clocks(it, 'PAUSE')
  expect(await refusedClocks(it, 'PAUSE')).toEqual(['CONDITION_UNMET'])
  await clocks(it, 'RESUME')
  const { rows } = await house.pool.query(`select action, result from audit_entry where case_id = $1 and action in ('PAUSE', 'RESUME') order by position`, [
    it.id,
  ])
  expect(rows.map(({ action, result }) => `${action} ${result}`)).toEqual([
    'PAUSE REFUSED',
    'PAUSE REFUSED',
    'RESUME REFUSED',
    'PAUSE DONE',
    'PAUSE REFUSED',
    'RESUME DONE',
  ])
})
