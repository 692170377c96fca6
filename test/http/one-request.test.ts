import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealForm, mealInReview } from '../support/cases.js'
import { deskOf } from '../support/desk.js'
import { dataOf, type HttpHouse, serveHouse } from '../support/http.js'

let http: HttpHouse
beforeAll(async () => {
  http = await serveHouse()
}, 60_000)
afterAll(async () => {
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

// GraphQL runs the mutations of one request one after the other: each answer shows what that one left behind.

test('work on a task: each answer shows the task as it stands then', async () => {
  const meal = await mealInReview(http.house)
  const id = await meal.task()
  const fields = '{ status assignee { login } asks { status } draft { content } actions { action allowed } }'
  const key = () => JSON.stringify(randomUUID())
  const manager = await deskOf(http, 'cs-manager-1')
  const answer = await manager.read(`mutation {
    a: claimTask(taskId: "${id}") ${fields}
    b: saveDraft(taskId: "${id}", action: "APPROVE", content: "{}", idempotencyKey: ${key()}) ${fields}
    c: delegateTask(taskId: "${id}", employeeId: "${employeeId('deputy-manager-1')}", question: "?", idempotencyKey: ${key()}) ${fields}
    d: recallTask(taskId: "${id}", idempotencyKey: ${key()}) ${fields}
    e: saveDraft(taskId: "${id}", action: "APPROVE", content: "{\\"opinion\\":{}}", idempotencyKey: ${key()}) ${fields}
    f: releaseTask(taskId: "${id}") ${fields}
  }`)
  const told = ({ status, assignee, asks, draft, actions }: any) => [
    status,
    assignee?.login ?? null,
    asks.map((ask: any) => ask.status),
    draft?.content ?? null,
    actions.filter(({ action, allowed }: any) => allowed && ['RELEASE', 'RECALL'].includes(action)).map(({ action }: any) => action),
  ]
  expect(Object.values(answer).map(told)).toEqual([
    ['CLAIMED', 'cs-manager-1', [], null, ['RELEASE']],
    ['CLAIMED', 'cs-manager-1', [], '{}', ['RELEASE']],
    ['SUSPENDED', 'cs-manager-1', ['OPEN'], '{}', ['RELEASE', 'RECALL']],
    ['CLAIMED', 'cs-manager-1', ['WITHDRAWN'], '{}', ['RELEASE']],
    ['CLAIMED', 'cs-manager-1', ['WITHDRAWN'], '{"opinion":{}}', ['RELEASE']],
    ['OPEN', null, ['WITHDRAWN'], '{"opinion":{}}', []],
  ])
})

test('acts: each answer shows the case, its papers and what may be done then', async () => {
  const meal = await http.house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
  const fields = `{ state version contentDigest tasks { state status } availableActions { action } ... on CustomerMealHospitality { forms { application { venue } } } }`
  const applicant = await http.as(mealApplicant)
  const data = dataOf(
    await applicant(
      `mutation ($id: ID!, $form: HospitalityApplicationInput!, $a: String!, $b: String!) {
        a: customerMealHospitalitySubmit(caseId: $id, idempotencyKey: $a) ${fields}
        b: customerMealHospitalityWithdraw(caseId: $id, idempotencyKey: $b, form: { reason: "改期" }) ${fields}
        c: customerMealHospitalitySubmit(caseId: $id, idempotencyKey: "${randomUUID()}", form: $form) ${fields}
      }`,
      { id: meal.id, form: mealForm({ venue: '别处' }), a: randomUUID(), b: randomUUID() },
    ),
  )
  expect([data.a, data.b, data.c].map(({ state, version, forms }: any) => [state, version, forms.application.venue])).toEqual([
    ['submitted', 2, '江畔酒楼'],
    ['draft', 3, '江畔酒楼'],
    ['submitted', 4, '别处'],
  ])
  expect([data.a, data.b, data.c].map(({ tasks }: any) => tasks.filter(({ status }: any) => status === 'OPEN').map(({ state }: any) => state))).toEqual([
    ['submitted'],
    ['draft'],
    ['submitted'],
  ])
  expect(data.b.availableActions.map(({ action }: any) => action)).toEqual(expect.arrayContaining(['SUBMIT', 'CANCEL']))
  expect(data.c.availableActions.map(({ action }: any) => action)).not.toContain('SUBMIT')
  expect([data.b.contentDigest === data.a.contentDigest, data.c.contentDigest === data.b.contentDigest]).toEqual([true, false])
})

test('a change of a limit is shown with the answer to it', async () => {
  const administrator = await deskOf(http, 'organisation-administrator-1')
  const set = (amount: string) =>
    `setAuthorityLimit(process: "gift-plan-approval", role: "CS_MANAGER", amount: "${amount}", idempotencyKey: "${randomUUID()}") { limits { amount } }`
  const { a, b } = await administrator.read(`mutation { a: ${set('10')} b: ${set('20')} }`)
  expect([a.limits, b.limits]).toEqual([[{ amount: '10.00' }], [{ amount: '20.00' }]])
})
