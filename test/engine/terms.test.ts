import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { timed } from '../support/timed.js'

let house: House
beforeAll(async () => {
  house = await openHouse([timed])
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
  await house.close()
})

const applicant = 'relations-specialist-2'
const specialist = 'relations-specialist-1'
const supervisor = 'relations-supervisor-1'
const manager = 'cs-manager-1'
const opinion = { opinion: { opinion: '同意' } }
const opened = (form: object = {}) => house.open(applicant, 'timed', { subject: '一般', ...form })
async function waiting(form: object = {}): Promise<DrivenCase> {
  const it = await opened(form)
  await it.act(applicant, 'SUBMIT')
  return it
}
async function deciding(): Promise<DrivenCase> {
  const it = await waiting()
  await it.act(specialist, 'ANSWER', opinion)
  return it
}
const running = async (it: DrivenCase) =>
  (await it.timers()).filter(({ status }) => status === 'PENDING').map(({ name, rung }) => (rung === null ? name : `${name}#${rung}`))
const lastEntry = async (it: DrivenCase, stream = `case:${it.id}`) =>
  JSON.parse((await house.pool.query('select content from audit_entry where stream = $1 order by sequence desc limit 1', [stream])).rows[0].content)

test('a term runs from entering its state and is cancelled when the case leaves it', async () => {
  const it = await waiting()
  expect((await running(it)).sort()).toEqual(['GONE', 'HURRY', 'NOTED', 'STATUTORY'])
  await it.act(specialist, 'ANSWER', opinion)
  expect((await running(it)).filter((name) => ['GONE', 'HURRY', 'NOTED'].includes(name))).toEqual([])
  expect(
    (await it.timers())
      .filter(({ status }) => status === 'CANCELLED')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['GONE', 'HURRY', 'NOTED'])
})

test('a term of the whole case runs through all states and ends with the case', async () => {
  const it = await deciding()
  expect(await running(it)).toContain('STATUTORY')
  await it.act(supervisor, 'APPROVE', opinion)
  expect(await running(it)).toEqual([])
})

test('a task is due when the earliest term of its state is over', async () => {
  const it = await waiting()
  const { rows } = await house.pool.query(`select due_at from task where case_id = $1 and status = 'OPEN'`, [it.id])
  const hurry = (await it.timers()).find(({ name }) => name === 'HURRY')!
  expect(rows[0].due_at.toISOString()).toBe(hurry.dueAt)
})

test('the clock acts as the system, with the moment it was due and how late it is, and approves nothing', async () => {
  const it = await waiting()
  expect(await it.expire('GONE')).toBe('FIRED')
  expect(await it.state()).toBe('lapsed')
  const entry = await lastEntry(it)
  expect(entry).toMatchObject({ action: 'GONE', actor: { id: '', kind: 'system' }, roleUsed: 'SYSTEM', from: 'waiting', to: 'lapsed' })
  expect(Object.keys(entry.details).sort()).toEqual(['dueAt', 'lateBy', 'timer'])
  expect((await it.record()).decisions.at(-1)).not.toHaveProperty('approves')
})

test('a term without a target is on record and leaves the case where it is; it fires once', async () => {
  const it = await waiting()
  expect([await it.expire('NOTED'), await it.state()]).toEqual(['FIRED', 'waiting'])
  await it.act(applicant, 'AMEND', { request: { subject: '又改' } })
  expect((await it.timers()).filter(({ name }) => name === 'NOTED').map(({ status }) => status)).toEqual(['FIRED'])
  const [noted] = (await it.timers()).filter(({ name }) => name === 'NOTED')
  expect(await house.door.fire({ timerId: noted!.id, requestId: randomUUID() })).toEqual({ result: 'SETTLED' })
  expect((await it.history()).filter(({ action }) => action === 'NOTED')).toHaveLength(1)
})

test('a term whose guard does not hold is skipped and leaves no trace in the history', async () => {
  const it = await waiting()
  const before = await it.history()
  expect(await it.expire('HURRY')).toBe('SKIPPED')
  expect(await it.history()).toEqual(before)
  const hurried = await waiting({ subject: '加急' })
  expect([await hurried.expire('HURRY'), await hurried.state()]).toEqual(['FIRED', 'deciding'])
})

test('a term that is not due does not fire, whoever says so', async () => {
  const it = await waiting()
  const { id, dueAt } = (await it.timers()).find(({ name }) => name === 'GONE')!
  expect(await house.door.fire({ timerId: id, requestId: randomUUID() })).toEqual({ result: 'EARLY', dueAt })
})

test('nobody can do what the clock does: no such act is open to people or service accounts', async () => {
  const it = await waiting()
  for (const login of [specialist, manager, 'payment-run']) expect(await it.refused(login, 'GONE')).toContain('NOT_AUTHORISED')
})

test('edge-18: whoever comes after the clock learns that the time was over', async () => {
  const it = await waiting()
  const { version } = await it.record()
  await it.expire('GONE')
  expect(await it.refused(specialist, 'ANSWER', opinion, { expectedVersion: version })).toEqual(['TASK_EXPIRED', 'CASE_STALE'])
  const hurried = await waiting({ subject: '加急' })
  await hurried.expire('HURRY')
  expect(await hurried.refused(specialist, 'ANSWER', opinion)).toEqual(['TASK_EXPIRED', 'ACTION_UNAVAILABLE'])
})

test('edge-19: what was due while nobody was there fires in the order in which it was due, and says how late', async () => {
  const it = await waiting()
  await house.owner.query(
    `update timer set due_at = clock_timestamp() - case name when 'NOTED' then interval '3 hours' else interval '2 hours' end
    where case_id = $1 and name in ('NOTED', 'GONE')`,
    [it.id],
  )
  const gone = (await it.timers()).find(({ name }) => name === 'GONE')!
  expect(await house.door.fire({ timerId: gone.id, requestId: randomUUID() })).toEqual({ result: 'BEFORE' })
  expect(await house.door.fire({ timerId: gone.id, requestId: randomUUID() })).toEqual({ result: 'FIRED' })
  expect((await it.history()).slice(-2).map(({ action }) => action)).toEqual(['NOTED', 'GONE'])
  expect(Number((await lastEntry(it)).details.lateBy)).toBeGreaterThanOrEqual(7199)
})

test('a term that a form sets moves with the form, and runs anew when it is extended after it was over', async () => {
  const it = await waiting({ promisedOn: '2099-03-02' })
  const overdue = async () => (await it.timers()).filter(({ name }) => name === 'OVERDUE').map(({ status, dueAt }) => `${status} ${dueAt}`)
  expect(await overdue()).toEqual(['PENDING 2099-03-02T16:00:00.000Z'])
  await it.act(applicant, 'AMEND', { request: { subject: '改', promisedOn: '2099-03-05' } })
  expect(await overdue()).toEqual(['PENDING 2099-03-05T16:00:00.000Z'])
  expect(await it.expire('OVERDUE')).toBe('FIRED')
  await it.act(applicant, 'AMEND', { request: { subject: '改', promisedOn: '2099-03-09' } })
  expect((await overdue()).map((line) => line.split(' ')[0])).toEqual(['FIRED', 'PENDING'])
  await it.act(applicant, 'AMEND', { request: { subject: '改' } })
  expect((await overdue()).map((line) => line.split(' ')[0])).toEqual(['FIRED', 'CANCELLED'])
})

test('a figure of the organisation stands above that of the process', async () => {
  const before = (await (await waiting()).timers()).find(({ name }) => name === 'GONE')!
  await house.owner.query(`insert into process_setting (process, key, value) values ('timed', 'waitDays', 9)`)
  const after = (await (await waiting()).timers()).find(({ name }) => name === 'GONE')!
  await house.owner.query(`delete from process_setting where process = 'timed'`)
  expect(Date.parse(after.dueAt) - Date.parse(before.dueAt)).toBeGreaterThan(5 * 86_400_000)
})

test('a figure that the organisation changes while a term runs moves its end, by the time at which it would have fired', async () => {
  const it = await waiting()
  const begun = (await it.timers()).find(({ name }) => name === 'GONE')!
  await house.owner.query(`insert into process_setting (process, key, value) values ('timed', 'waitDays', 9)`)
  expect(await it.expire('GONE')).toBe('BEFORE')
  const moved = (await it.timers()).find(({ name }) => name === 'GONE')!
  expect(Date.parse(moved.dueAt) - Date.parse(begun.dueAt)).toBeGreaterThan(5 * 86_400_000)
  expect(await house.door.fire({ timerId: moved.id, requestId: 'again' })).toEqual({ result: 'EARLY', dueAt: moved.dueAt })
  await house.owner.query(`delete from process_setting where process = 'timed'`)
  expect(await it.state()).toBe('waiting')
})

test('a return starts the terms of the state anew', async () => {
  const it = await deciding()
  await it.act(supervisor, 'RETURN', { reason: { reason: '补充' } })
  await it.act(applicant, 'SUBMIT')
  await it.act(specialist, 'ANSWER', opinion)
  expect(
    (await it.timers())
      .filter(({ name, rung }) => name === 'LATE' && rung === null)
      .map(({ status }) => status)
      .sort(),
  ).toEqual(['CANCELLED', 'PENDING'])
})
