import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Refused } from '../../src/engine/refused.js'
import { employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealForm } from '../support/cases.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { codeOf, type HttpHouse, serveHouse } from '../support/http.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const inReview = async (): Promise<DrivenCase> => {
  const meal = await house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
  await meal.act(mealApplicant, 'SUBMIT')
  await meal.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  return meal
}
const taskOf = async ({ id }: DrivenCase): Promise<string> =>
  (await house.pool.query(`select id from task where case_id = $1 and status = 'OPEN'`, [id])).rows[0].id
const claim = (login: string, taskId: string, operation: 'CLAIM' | 'RELEASE' = 'CLAIM') =>
  house.door.handle({ actorId: employeeId(login), requestId: 'test', idempotencyKey: '', operation, taskId }).then(
    () => 'done',
    (error: Refused) => error.code,
  )
const holderOf = async (taskId: string) => (await house.pool.query('select claimed_by_id from task where id = $1', [taskId])).rows[0].claimed_by_id

test('a claimed task is done by its holder and by nobody else, until it is given back', async () => {
  const meal = await inReview()
  const task = await taskOf(meal)
  expect(await claim('cs-manager-1', task)).toBe('done')
  expect(await claim('cs-manager-1', task)).toBe('done')
  expect(await claim('cs-manager-3', task)).toBe('CLAIM_CONFLICT')
  expect(await meal.refused('cs-manager-3', 'APPROVE')).toEqual(['CLAIM_CONFLICT'])
  expect(await claim('cs-manager-1', task, 'RELEASE')).toBe('done')
  expect(await meal.act('cs-manager-3', 'APPROVE')).toBe('financeBudgetReview')
})

test('whoever may not do a task may not take it, and whoever may not see the case learns nothing', async () => {
  const meal = await inReview()
  const task = await taskOf(meal)
  expect(await claim('finance-1', task)).toBe('NOT_AUTHORISED')
  expect(await claim(mealApplicant, task)).toBe('NOT_AUTHORISED')
  expect(await claim('info-specialist-1', task)).toBe('NOT_FOUND')
  expect(await claim('cs-manager-1', '00000000-0000-4000-8000-000000000000')).toBe('NOT_FOUND')
  const { rows } = await house.pool.query(`select action, result from audit_entry where stream = $1 order by sequence`, [`attempts:${meal.id}`])
  expect(rows).toEqual(Array.from({ length: 3 }, () => ({ action: 'CLAIM', result: 'REFUSED' })))
})

test('a claim does not move the case: version and history stay, the work is on a chain beside it', async () => {
  const meal = await inReview()
  const before = await meal.record()
  await claim('cs-manager-1', await taskOf(meal))
  expect(await meal.record()).toEqual(before)
  const { rows } = await house.pool.query('select action, actor_id from audit_entry where stream = $1', [`work:${meal.id}`])
  expect(rows).toEqual([{ action: 'CLAIM', actor_id: employeeId('cs-manager-1') }])
})

test('whoever lost the role or left holds nothing any more', async () => {
  const meal = await inReview()
  await claim('cs-manager-3', await taskOf(meal))
  await house.owner.query('update employee set active = false where id = $1', [employeeId('cs-manager-3')])
  expect(await meal.act('cs-manager-1', 'APPROVE')).toBe('financeBudgetReview')
  await house.owner.query('update employee set active = true where id = $1', [employeeId('cs-manager-3')])
})

test('twenty claims at once by two people: one of them holds the task', async () => {
  for (let round = 0; round < 10; round++) {
    const task = await taskOf(await inReview())
    const people = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'cs-manager-1' : 'cs-manager-3'))
    const answers = await Promise.all(people.map((login) => claim(login, task)))
    const winner = await holderOf(task)
    expect(answers).toEqual(people.map((login) => (employeeId(login) === winner ? 'done' : 'CLAIM_CONFLICT')))
  }
})

test('a claim against the act itself: the task is done once, and nobody holds a task that is done', async () => {
  for (let round = 0; round < 10; round++) {
    const meal = await inReview()
    const task = await taskOf(meal)
    const [claimed] = await Promise.all([claim('cs-manager-3', task), meal.act('cs-manager-1', 'APPROVE').catch((error: Refused) => error.code)])
    expect([await meal.state(), claimed]).toEqual(claimed === 'done' ? ['managerReview', 'done'] : ['financeBudgetReview', 'TASK_SUPERSEDED'])
  }
})

test('over HTTP: claimed, shown, refused to others with the reason, given back', async () => {
  const http: HttpHouse = await serveHouse()
  const meal = await http.house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
  await meal.act(mealApplicant, 'SUBMIT')
  await meal.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  const [one, other] = [await http.as('cs-manager-1'), await http.as('cs-manager-3')]
  const inbox = await one('{ inbox { edges { node { id status } } } }')
  const { id } = inbox.json!.data.inbox.edges[0].node
  const claimed = await one('mutation ($id: ID!) { claimTask(taskId: $id) { status claimedAt assignee { login } } }', { id })
  expect(claimed.json!.data.claimTask).toMatchObject({ status: 'CLAIMED', claimedAt: expect.any(String), assignee: { login: 'cs-manager-1' } })
  expect(codeOf(await other('mutation ($id: ID!) { claimTask(taskId: $id) { id } }', { id }))).toBe('CLAIM_CONFLICT')
  const seen = await other('query ($id: ID!) { case(id: $id) { version history { totalCount } availableActions { action allowed reasons { code } } } }', {
    id: meal.id,
  })
  expect(seen.json!.data.case.availableActions).toContainEqual({ action: 'APPROVE', allowed: false, reasons: [{ code: 'CLAIM_CONFLICT' }] })
  expect(seen.json!.data.case.history.totalCount).toBe(seen.json!.data.case.version)
  expect((await one('mutation ($id: ID!) { releaseTask(taskId: $id) { status claimedAt } }', { id })).json!.data.releaseTask).toEqual({
    status: 'OPEN',
    claimedAt: null,
  })
  await http.close()
})
