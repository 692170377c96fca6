import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mealApplicant, mealForm } from '../support/cases.js'
import { type Ask, codeOf, fieldsOf, type HttpHouse, serveHouse } from '../support/http.js'

let http: HttpHouse
let ask: Ask
let caseId: string
beforeAll(async () => {
  http = await serveHouse()
  ask = await http.as(mealApplicant)
  caseId = (await http.house.open(mealApplicant, 'customer-meal-hospitality', mealForm())).id
}, 60_000)
afterAll(() => http.close())

/** Cursors in the right shape, and yet of no list: a key that is no time, an id that is no id. */
const cursor = (key: string, id: string) => Buffer.from(JSON.stringify([key, id])).toString('base64url')
const uuid = '00000000-0000-4000-8000-000000000000'
const time = '2026-01-01 00:00:00+00'
const ids: readonly (readonly [string, string])[] = [
  ['an id that is none', cursor(time, 'abc')],
  ['an id of 36 dashes', cursor(time, '-'.repeat(36))],
  ['an id of 36 digits', cursor(time, '9'.repeat(36))],
]
const keys: readonly (readonly [string, string])[] = [
  ['a word for a time', cursor('zzz', uuid)],
  ['the 30th of February', cursor('2026-02-30 00:00:00+00', uuid)],
  ['a time beyond the calendar', cursor('999999-01-01 00:00:00+00', uuid)],
  ['a time before the calendar', cursor('0000-01-01 00:00:00+00', uuid)],
]
const lists = ['cases', 'inbox', 'tasks', 'auditTrail'].flatMap((list) => [...ids, ...keys].map(([name, after]) => [list, name, after] as const))
const byCode = ['customers', 'employees'].flatMap((list) => ids.map(([name, after]) => [list, name, after] as const))

test.each([...lists, ...byCode])('%s after %s', async (list, _name, after) => {
  const answer = await ask(`query ($c: String) { ${list}(after: $c) { edges { cursor } } }`, { c: after })
  expect([answer.status, codeOf(answer), fieldsOf(answer)]).toEqual([200, 'INPUT_INVALID', ['after CURSOR_INVALID']])
})
test.each([...ids, ...keys])('history after %s', async (_name, after) => {
  const answer = await ask('query ($id: ID!, $c: String) { case(id: $id) { history(after: $c) { edges { cursor } } } }', { id: caseId, c: after })
  expect([answer.status, codeOf(answer), fieldsOf(answer)]).toEqual([200, 'INPUT_INVALID', ['after CURSOR_INVALID']])
})
test.each(['auditTrail', 'erasures', 'sensitiveAccess', 'verifications', 'checkpoints'])('%s after a place beyond every list', async (list) => {
  const auditor = await http.as('auditor-1')
  for (const after of [cursor('9'.repeat(18), '9'.repeat(18)), cursor('0000-01-01 00:00:00+00', '1'), cursor('0000-01-01 00:00:00+00', uuid)]) {
    const answer = await auditor(`query ($c: String) { ${list}(after: $c) { edges { cursor } } }`, { c: after })
    expect([undefined, 'INPUT_INVALID']).toContain(codeOf(answer))
  }
})
