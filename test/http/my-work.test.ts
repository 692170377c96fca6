import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealInReview } from '../support/cases.js'
import { type Desk, deskOf } from '../support/desk.js'
import type { DrivenCase } from '../support/house.js'
import { codeOf, type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'

let http: HttpHouse
let manager: Desk
let applicant: Desk
const meals: DrivenCase[] = []
beforeAll(async () => {
  http = await serveHouse()
  manager = await deskOf(http, 'cs-manager-1')
  applicant = await deskOf(http, mealApplicant)
  for (let count = 0; count < 7; count++) meals.push(await mealInReview(http.house, { venue: `第${count}家` }))
  for (const meal of meals.slice(0, 3)) {
    await meal.act('cs-manager-1', 'APPROVE')
    await applicant.run('copyCase', { caseId: meal.id, employeeIds: [employeeId('deputy-manager-1')] })
  }
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes)).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

/** A box read to its end, two at a time. */
async function read(desk: Desk, box: string, node: string): Promise<any[]> {
  const seen: any[] = []
  for (let after: string | null = null, more = true; more; ) {
    const query = `query ($after: String) { myWork { ${box}(first: 2, after: $after) { totalCount edges { node { ${node} } } pageInfo { hasNextPage endCursor } } } }`
    const page: any = (await desk.read(query, { after })).myWork[box]
    expect(page.edges.length).toBeLessThanOrEqual(2)
    seen.push(...page.edges.map((edge: any) => edge.node))
    after = page.pageInfo.endCursor
    more = page.pageInfo.hasNextPage
    if (!more) expect(seen.length).toBe(page.totalCount)
  }
  return seen
}
const ids = (some: readonly DrivenCase[]) => some.map(({ id }) => id).reverse()

test('to do: what waits for me, newest first, page by page', async () => {
  const waiting = await read(manager, 'toDo', 'status case { id }')
  expect(waiting.map((task) => task.case.id)).toEqual(ids(meals.slice(3)))
  expect(await read(applicant, 'toDo', 'id')).toEqual([])
})

test('done: what I have decided, with nothing of others', async () => {
  const done = await read(manager, 'done', 'status assignee { login } case { id }')
  expect(done).toEqual(ids(meals.slice(0, 3)).map((id) => ({ status: 'COMPLETED', assignee: { login: 'cs-manager-1' }, case: { id } })))
  expect(await read(await deskOf(http, 'cs-manager-3'), 'done', 'id')).toEqual([])
})

test('started: what I have applied for; copied: what I was sent', async () => {
  expect((await read(applicant, 'started', 'id')).map(({ id }) => id)).toEqual(ids(meals))
  expect(await read(manager, 'started', 'id')).toEqual([])
  const copied = await deskOf(http, 'deputy-manager-1')
  expect((await read(copied, 'copied', 'id state')).map(({ id }) => id)).toEqual(ids(meals.slice(0, 3)))
  expect(await read(manager, 'copied', 'id')).toEqual([])
})

test('the proxies that I gave or hold', async () => {
  await http.house.proxy('cs-manager-3', 'deputy-manager-2', { processes: ['customer-meal-hospitality'], amountCap: '800' })
  const query = '{ myWork { proxies { principal { login } proxy { login } processes { id } amountCap reason revokedAt } } }'
  const grant = {
    principal: { login: 'cs-manager-3' },
    proxy: { login: 'deputy-manager-2' },
    processes: [{ id: 'customer-meal-hospitality' }],
    amountCap: '800.00',
    reason: '休假',
    revokedAt: null,
  }
  for (const login of ['cs-manager-3', 'deputy-manager-2']) expect((await (await deskOf(http, login)).read(query)).myWork.proxies).toEqual([grant])
  expect((await manager.read(query)).myWork.proxies).toEqual([])
})

test('a box of nobody, and a cursor or size that is none', async () => {
  expect(codeOf(await http.withToken()('{ myWork { toDo { totalCount } } }'))).toBe('UNAUTHENTICATED')
  for (const box of ['toDo', 'done', 'started', 'copied']) {
    expect(codeOf(await manager.ask(`{ myWork { ${box}(first: 101) { totalCount } } }`))).toBe('INPUT_INVALID')
    expect(codeOf(await manager.ask(`{ myWork { ${box}(after: "x") { totalCount } } }`))).toBe('INPUT_INVALID')
  }
})
