import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { employeeId } from '../../src/organisation/ids.js'
import { mealForm, mealInReview, today } from '../support/cases.js'
import { type Desk, deskOf } from '../support/desk.js'
import { type HttpHouse, serveHouse } from '../support/http.js'
import { allTold, background, textOf } from '../support/statements.js'

let http: HttpHouse
beforeAll(async () => {
  http = await serveHouse()
  const guests = ['cs-manager-1', 'cs-manager-3'].map(employeeId)
  const plan = { filledOn: today, rows: [{ lineNo: 1, customer: mealForm().customer, purpose: '答谢', giftName: '茶叶', quantity: 2, budgetValue: '600' }] }
  for (let count = 0; count < 20; count++) {
    const meal = await mealInReview(http.house)
    if (count % 3 === 0) await meal.handle('cs-manager-1', 'DELEGATE', { people: ['deputy-manager-1'] })
    // One whose managers are all shut out: the director steps in.
    const own = await http.house.open('cs-manager-2', 'customer-meal-hospitality', mealForm({ applicant: employeeId('cs-manager-2'), companyGuests: guests }))
    await own.act('cs-manager-2', 'SUBMIT')
    await own.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
    const gifts = await http.house.open(count % 2 ? 'relations-specialist-1' : 'relations-specialist-2', 'gift-plan-approval', plan)
    await gifts.act(count % 2 ? 'relations-specialist-1' : 'relations-specialist-2', 'SUBMIT')
  }
  await http.house.proxy('cs-manager-1', 'deputy-manager-2')
  await http.house.proxy('cs-manager-3', 'deputy-manager-2')
}, 120_000)
afterAll(async () => {
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

/** How many statements go to the database while the work is done, through whichever pool. */
async function statements(work: () => Promise<unknown>): Promise<number> {
  await allTold(http.house)
  let seen = 0
  const original = pg.Client.prototype.query as (...args: unknown[]) => unknown
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    if (!background.test(textOf(args[0]))) seen++
    return original.apply(this, args)
  } as never
  await work().finally(() => {
    pg.Client.prototype.query = original as never
  })
  return seen
}
const reasons = 'allowed reasons { code message }'
const task = `id status kind label role { id } candidates { login } assignee { name } draft { content } asks { kind status to { login } }
  actions { action mutation ${reasons} }
  case { id number state contentDigest similar { id } customer { name } applicant { name department { name } } ballot { mode }
    availableActions { action ${reasons} targets onBehalfOf { login } } }`
/** A page in three requests: all of it at once costs more than one may ask. */
const halves = [
  `id status kind label role { id } asks { kind status to { login } } actions { action mutation ${reasons} }`,
  `id status candidates { login } draft { content } case { id number contentDigest customer { name } applicant { name } availableActions { action ${reasons} targets } }`,
  'id case { id ballot { mode } similar { id } availableActions { action allowed onBehalfOf { login } } }',
]

async function counted(desk: Desk, list: (first: number, fields: string) => string): Promise<void> {
  for (const fields of halves) {
    await desk.read(list(1, fields))
    const some = await statements(() => desk.read(list(6, fields)))
    const all = await statements(() => desk.read(list(20, fields)))
    expect(all).toBeLessThanOrEqual(some)
    expect(all).toBeLessThanOrEqual(25)
  }
}
const inbox = (first: number, fields: string) => `{ inbox(first: ${first}) { edges { node { ${fields} } } } }`

test.each([
  ['a manager', 'cs-manager-1'],
  ['somebody who steps in', 'cs-director-1'],
  ['a supervisor', 'relations-supervisor-1'],
  ['a proxy of two', 'deputy-manager-2'],
  ['somebody who is asked', 'deputy-manager-1'],
])('the inbox of %s takes as many statements whatever its size', async (_who, login) => {
  const desk = await deskOf(http, login)
  expect((await desk.read('{ inbox { totalCount } }')).inbox.totalCount).toBeGreaterThanOrEqual(7)
  await counted(desk, inbox)
})

test('so do my work and the tasks of a manager, who stands above others', async () => {
  const desk = await deskOf(http, 'cs-manager-1')
  await counted(desk, (first, fields) => `{ myWork { toDo(first: ${first}) { edges { node { ${fields} } } } } }`)
  await counted(desk, (first, fields) => `{ tasks(first: ${first}, filter: { status: OPEN }) { edges { node { ${fields} } } } }`)
})

test('the whole of a task is read at once for a page of three', async () => {
  const desk = await deskOf(http, 'cs-manager-1')
  const { edges } = (await desk.read(inbox(3, task))).inbox
  expect(edges.length).toBe(3)
  for (const { node } of edges) expect([node.actions.length, node.case.availableActions.length > 0]).toEqual([11, true])
})
