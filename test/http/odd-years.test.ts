import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealForm } from '../support/cases.js'
import { codeOf, type HttpHouse, serveHouse } from '../support/http.js'

let http: HttpHouse
let id: string
beforeAll(async () => {
  http = await serveHouse()
  id = (await http.house.open(mealApplicant, 'customer-meal-hospitality', mealForm())).id
}, 60_000)
afterAll(async () => {
  expect(http.logged).toEqual([])
  await http.close()
})

const somebody = employeeId('finance-1')
/** Where a moment may be given, and by whom. */
const places: readonly (readonly [what: string, login: string, query: (at: string) => string])[] = [
  ['asOf', 'auditor-1', (at) => `query ($id: ID!) { case(id: $id) { asOf(at: ${at}) { state } } }`],
  ['processInsight', 'auditor-1', (at) => `{ processInsight(process: "customer-meal-hospitality", before: ${at}) { cases { opened } } }`],
  ['auditTrail', 'auditor-1', (at) => `{ auditTrail(filter: { occurredFrom: ${at} }) { totalCount } }`],
  [
    'requestExport',
    'auditor-1',
    (at) => `mutation { requestExport(format: CSV, purpose: "核查", idempotencyKey: "a", filter: { recordedFrom: ${at} }) { id } }`,
  ],
  [
    'grantSensitiveAccess',
    'info-supervisor-1',
    (at) => `mutation ($id: ID) { grantSensitiveAccess(employeeId: "${somebody}", caseId: $id, purpose: "核查", validTo: ${at}, idempotencyKey: "b") { id } }`,
  ],
  [
    'grantRole',
    'organisation-administrator-1',
    (at) => `mutation { grantRole(employeeId: "${somebody}", role: "CS_MANAGER", validFrom: ${at}, idempotencyKey: "c") { id } }`,
  ],
]
const moments = ['0000-01-01T00:00:00Z', '0000-12-31T23:59:59-00:00', '0001-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01']

test.each(places)('%s takes the years 0001 to 9999', async (_what, login, query) => {
  const ask = await http.as(login)
  for (const at of moments) {
    const answer = await ask(query(`"${at}"`), { id })
    expect([at, answer.status, codeOf(answer)]).toEqual([at, 400, expect.stringMatching(/^(INPUT_INVALID|GRAPHQL_VALIDATION_FAILED)$/)])
  }
})
test.each(moments)('nor is %s let in by a variable', async (at) => {
  const ask = await http.as('auditor-1')
  const answer = await ask('query ($at: DateTime!) { auditTrail(filter: { occurredFrom: $at }) { totalCount } }', { at })
  expect([answer.status, codeOf(answer)]).toEqual([400, 'INPUT_INVALID'])
})
test('a day of the year 0000 is none', async () => {
  const answer = await (await http.as('auditor-1'))('{ complaintTracking(from: "0000-01-01", to: "0000-01-01") { totalCount } }')
  expect(answer.status).toBe(400)
})
