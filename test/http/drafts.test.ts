import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mealApplicant, mealInReview } from '../support/cases.js'
import { type Desk, deskOf } from '../support/desk.js'
import { type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'

let http: HttpHouse
let manager: Desk
let colleague: Desk
beforeAll(async () => {
  http = await serveHouse()
  manager = await deskOf(http, 'cs-manager-1')
  colleague = await deskOf(http, 'cs-manager-3')
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes)).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const content = JSON.stringify({ opinion: { opinion: '待定' } })
const draft = 'draft { action content savedAt }'
const draftOf = async (desk: Desk, id: string) => (await desk.read(`query ($id: ID!) { node(id: $id) { ... on Task { ${draft} } } }`, { id })).node.draft
const newTask = async () => {
  const meal = await mealInReview(http.house)
  return { meal, id: await meal.task() }
}

test('a draft is its owner’s alone, and each replaces the one before', async () => {
  const { id } = await newTask()
  const saved = await manager.run('saveDraft', { taskId: id, action: 'APPROVE', content }, draft)
  expect(saved.draft).toEqual({ action: 'APPROVE', content, savedAt: expect.any(String) })
  expect(await draftOf(colleague, id)).toBeNull()
  expect((await colleague.run('saveDraft', { taskId: id, action: 'REJECT', content: '{}' }, draft)).draft).toMatchObject({ action: 'REJECT', content: '{}' })
  expect((await manager.run('saveDraft', { taskId: id, action: 'RETURN', content: '{"reason":{}}' }, draft)).draft).toMatchObject({ action: 'RETURN' })
  expect(await draftOf(manager, id)).toMatchObject({ action: 'RETURN', content: '{"reason":{}}' })
  expect(await draftOf(colleague, id)).toMatchObject({ action: 'REJECT' })
})

test('a draft decides nothing and moves nothing', async () => {
  const { meal, id } = await newTask()
  const before = await meal.record()
  await manager.run('saveDraft', { taskId: id, action: 'APPROVE', content })
  expect(await meal.record()).toEqual(before)
  expect(await meal.act('cs-manager-3', 'APPROVE')).toBe('financeBudgetReview')
})

test('a draft is kept when the case moves on, and the task takes no other', async () => {
  const { meal, id } = await newTask()
  await manager.run('saveDraft', { taskId: id, action: 'APPROVE', content })
  await meal.act('cs-manager-3', 'APPROVE')
  expect(await draftOf(manager, id)).toMatchObject({ action: 'APPROVE', content })
  expect(await manager.refused('saveDraft', { taskId: id, action: 'APPROVE', content: '{}' })).toMatchObject({ code: 'TASK_SUPERSEDED' })
  expect(await draftOf(manager, id)).toMatchObject({ content })
})

test('a draft is kept while its task waits for somebody else', async () => {
  const { id } = await newTask()
  await manager.run('saveDraft', { taskId: id, action: 'APPROVE', content })
  const waiting = await manager.run('askForInformation', { taskId: id, question: '来宾是谁？' }, `status ${draft}`)
  expect(waiting).toMatchObject({ status: 'SUSPENDED', draft: { content } })
})

test.each([
  ['no JSON', 'APPROVE', '{'],
  ['no object', 'APPROVE', '[]'],
  ['null', 'APPROVE', 'null'],
  ['more than 64 KiB', 'APPROVE', JSON.stringify({ text: 'x'.repeat(65_536) })],
  ['more than 64 KiB in Chinese', 'APPROVE', JSON.stringify({ text: '文'.repeat(22_000) })],
  ['an action that is none', 'approve', '{}'],
])('%s is no draft', async (_what, action, text) => {
  const { id } = await newTask()
  expect(await manager.refused('saveDraft', { taskId: id, action, content: text })).toMatchObject({ code: 'INPUT_INVALID' })
  expect(await draftOf(manager, id)).toBeNull()
})

test('whoever may not see the case keeps no draft, and one key keeps one draft', async () => {
  const { id } = await newTask()
  const outsider = await deskOf(http, 'repair-technician-1')
  expect(await outsider.refused('saveDraft', { taskId: id, action: 'APPROVE', content })).toMatchObject({ code: 'NOT_FOUND' })
  const given = { taskId: id, action: 'APPROVE', content, idempotencyKey: `draft-${id}` }
  await manager.run('saveDraft', given)
  expect((await manager.send('saveDraft', given)).headers['idempotency-replayed']).toBe('true')
  expect(await manager.refused('saveDraft', { ...given, content: '{}' })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  expect(await draftOf(await deskOf(http, mealApplicant), id)).toBeNull()
})
