import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { rolesAbove } from '../../src/define/index.js'
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
const director = 'cs-director-1'
const opinion = { opinion: { opinion: '同意' } }
async function deciding(by = applicant): Promise<DrivenCase> {
  const it = await house.open(by, 'timed', { subject: '一般' })
  await it.act(by, 'SUBMIT')
  await it.act(specialist, 'ANSWER', opinion)
  return it
}
const work = async (it: DrivenCase) =>
  (await house.pool.query('select content from audit_entry where stream = $1 order by sequence', [`work:${it.id}`])).rows.map(({ content }) =>
    JSON.parse(content),
  )
const candidates = async (it: DrivenCase) =>
  (
    await house.pool.query(
      'select e.login from task_candidate k join employee e on e.id = k.employee_id join task t on t.id = k.task_id where t.case_id = $1 and t.status = $2',
      [it.id, 'OPEN'],
    )
  ).rows.map(({ login }) => login)

test('a reminder is work of the system on the task and moves nothing', async () => {
  const it = await deciding()
  const { version } = await it.record()
  expect(await it.expire('LATE', 0)).toBe('FIRED')
  expect(await work(it)).toMatchObject([
    { action: 'REMIND', actor: { kind: 'system' }, roleUsed: 'SYSTEM', details: { term: 'LATE', share: '0.25', task: await it.task() } },
  ])
  expect((await it.record()).version).toBe(version)
})

test('a post above may decide once the task was widened to it, and not before', async () => {
  const it = await deciding()
  expect(await it.refused(manager, 'APPROVE', opinion)).toEqual(['NOT_AUTHORISED'])
  expect(await candidates(it)).not.toContain(manager)
  expect(await it.expire('LATE', 1)).toBe('FIRED')
  expect(await candidates(it)).toEqual(expect.arrayContaining([manager, supervisor]))
  expect(await it.refused(director, 'APPROVE', opinion)).toEqual(['NOT_AUTHORISED'])
  expect(await it.act(manager, 'APPROVE', opinion)).toBe('passed')
  const { rows } = await house.pool.query('select role_used from audit_entry where stream = $1 order by sequence desc limit 1', [`case:${it.id}`])
  expect(rows[0].role_used).toBe('CS_MANAGER')
})

test('a raise lets the post above decide the task, and nothing that others of the state may', async () => {
  const it = await deciding()
  await it.expire('LATE', 1)
  expect(await it.refused(manager, 'ADVISE', opinion)).toEqual(['NOT_AUTHORISED'])
  expect(await it.act(specialist, 'ADVISE', opinion)).toBe('deciding')
  expect(await it.act(manager, 'APPROVE', opinion)).toBe('passed')
})

test('whoever may decide below still may', async () => {
  const it = await deciding()
  await it.expire('LATE', 1)
  expect(await it.act(supervisor, 'APPROVE', opinion)).toBe('passed')
})

test('separation of duties holds for the post above as well', async () => {
  const it = await deciding(manager)
  await it.expire('LATE', 1)
  expect(await candidates(it)).not.toContain(manager)
  expect(await it.refused(manager, 'APPROVE', opinion)).toEqual(['SOD_CONFLICT'])
})

test('a task that somebody has let lie goes back to its pool', async () => {
  const it = await deciding()
  await it.handle(supervisor, 'CLAIM')
  expect(await it.expire('LATE', 2)).toBe('FIRED')
  const { rows } = await house.pool.query('select claimed_by_id from task where id = $1', [await it.task()])
  expect(rows[0].claimed_by_id).toBeNull()
  expect((await work(it)).at(-1)).toMatchObject({ action: 'REASSIGN', actor: { kind: 'system' } })
})

test('nobody has claimed it: there is nothing to put back, and nothing on record', async () => {
  const it = await deciding()
  expect(await it.expire('LATE', 2)).toBe('SKIPPED')
  expect(await work(it)).toEqual([])
})

test('each raise goes one post higher', async () => {
  const it = await deciding()
  await it.expire('LATE', 1)
  expect(await it.expire('LATE', 3)).toBe('FIRED')
  expect((await it.record()).handling.raised).toEqual(['CS_MANAGER', 'CS_DIRECTOR'])
  expect(await it.act(director, 'APPROVE', opinion)).toBe('passed')
})

test('what was raised is gone with the state', async () => {
  const it = await deciding()
  await it.expire('LATE', 1)
  await it.act(supervisor, 'RETURN', { reason: { reason: '补充' } })
  await it.act(applicant, 'SUBMIT')
  await it.act(specialist, 'ANSWER', opinion)
  expect(await it.refused(manager, 'APPROVE', opinion)).toEqual(['NOT_AUTHORISED'])
})

test('whoever is asked first is reminded, not whoever waits for the answer, who keeps the task', async () => {
  const it = await deciding()
  await it.handle(supervisor, 'CLAIM')
  await it.handle(supervisor, 'DELEGATE', { people: [manager] })
  expect(await it.expire('LATE', 0)).toBe('FIRED')
  expect((await work(it)).at(-1)).toMatchObject({ action: 'REMIND', details: { task: await it.task({ kind: 'ADVISE' }) } })
  expect(await it.expire('LATE', 2)).toBe('SKIPPED')
  await it.handle(manager, 'RESPOND', {}, { kind: 'ADVISE' })
  const { rows } = await house.pool.query('select e.login from task t join employee e on e.id = t.claimed_by_id where t.id = $1', [await it.task()])
  expect(rows).toEqual([{ login: supervisor }])
})

test('a raise passes over a post in which nobody may decide, and where there is none its owner hears of it', async () => {
  const vacate = (role: string, except: string) =>
    house.owner.query(
      `update role_assignment r set valid_to = greatest(r.valid_from, clock_timestamp()) from employee e where e.id = r.employee_id and r.role = $1 and e.login <> $2`,
      [role, except],
    )
  await vacate('CS_MANAGER', manager)
  const it = await deciding(manager)
  expect(await it.expire('LATE', 3)).toBe('FIRED')
  expect((await it.record()).handling.raised).toEqual(['CS_DIRECTOR'])
  expect(await it.act(director, 'APPROVE', opinion)).toBe('passed')
  const empty = await deciding()
  await house.dismiss(manager, 'CS_MANAGER')
  for (const role of rolesAbove('RELATIONS_SUPERVISOR')) await vacate(role, '')
  expect(await empty.expire('LATE', 3)).toBe('FIRED')
  expect((await empty.record()).handling.raised).toBeUndefined()
  expect((await work(empty)).at(-1).details).not.toHaveProperty('role')
})
