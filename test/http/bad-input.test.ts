import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { customerId, employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealForm } from '../support/cases.js'
import type { DrivenCase } from '../support/house.js'
import { type Ask, codeOf, fieldsOf, type HttpAnswer, type HttpHouse, leaks, serveHouse } from '../support/http.js'

let http: HttpHouse
let ask: Ask
let meal: DrivenCase
let reviewed: DrivenCase
let before: string
beforeAll(async () => {
  http = await serveHouse()
  ask = await http.as(mealApplicant)
  meal = await http.house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
  reviewed = await http.house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
  await reviewed.act(mealApplicant, 'SUBMIT')
  await reviewed.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  before = await http.digest()
}, 60_000)
afterAll(() => http.close())

/** What is sent, and what must come back: status, code and, where a field is wrong, its path with its own code. */
type Row = readonly [name: string, send: () => Promise<HttpAnswer>, status: number, code: string, field?: string]
function refusesAll(rows: readonly Row[]): void {
  for (const [name, send, status, code, field] of rows) {
    test(name, async () => {
      const answer = await send()
      expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status, code })
      if (field !== undefined) expect(fieldsOf(answer)).toContain(field)
      expect(answer.json!.errors!.map(({ message }) => message).join('\n')).not.toMatch(leaks)
      expect(answer.ms).toBeLessThan(1_000)
      expect(answer.text.length).toBeLessThan(20_000)
    })
  }
}

const OPEN = 'mutation ($form: HospitalityApplicationInput!, $key: String!) { customerMealHospitalityOpen(form: $form, idempotencyKey: $key) { id } }'
const opening =
  (extra: object, key: unknown = randomUUID()) =>
  () =>
    ask(OPEN, { form: mealForm(extra), key })
const submitting =
  (variables: object, as: () => Promise<Ask> = async () => ask) =>
  async () =>
    (await as())(
      'mutation ($id: ID!, $key: String!, $version: Int, $form: HospitalityApplicationInput) { customerMealHospitalitySubmit(caseId: $id, idempotencyKey: $key, expectedVersion: $version, form: $form) { id } }',
      { id: meal.id, key: randomUUID(), ...variables },
    )
const query = (text: string, variables?: Readonly<Record<string, unknown>>) => () => ask(text, variables)
const raw =
  (headers: Readonly<Record<string, string>>, body: string | Buffer, method = 'POST', path = '/graphql') =>
  async () =>
    http.send({ method, path, headers, body })
const json = { 'content-type': 'application/json' }
const viewerQuery = JSON.stringify({ query: '{ viewer { id } }' })
const sized = (bytes: number) => `${viewerQuery.slice(0, -1)},"x":"${'x'.repeat(bytes - Buffer.byteLength(viewerQuery) - 7)}"}`
const nul = 'a\u0000b'
const half = 'a\ud800b'
const nobody = '00000000-0000-4000-8000-000000000000'

describe('what the transport refuses', () => {
  refusesAll([
    ['malformed JSON', raw(json, '{"query": "{ viewer'), 400, 'BAD_REQUEST'],
    ['an empty body', raw(json, ''), 400, 'BAD_REQUEST'],
    ['null', raw(json, 'null'), 400, 'BAD_REQUEST'],
    ['a number', raw(json, '42'), 400, 'BAD_REQUEST'],
    ['a string', raw(json, '"{ viewer { id } }"'), 400, 'BAD_REQUEST'],
    ['an empty object', raw(json, '{}'), 400, 'BAD_REQUEST'],
    ['a batch', raw(json, `[${viewerQuery},${viewerQuery}]`), 400, 'BAD_REQUEST'],
    ['an empty batch', raw(json, '[]'), 400, 'BAD_REQUEST'],
    ['a query that is no text', raw(json, '{"query": 1}'), 400, 'BAD_REQUEST'],
    ['a query that is a list', raw(json, '{"query": ["{ viewer { id } }"]}'), 400, 'BAD_REQUEST'],
    ['an empty query', raw(json, '{"query": ""}'), 400, 'BAD_REQUEST'],
    ['variables that are text', raw(json, '{"query": "{ viewer { id } }", "variables": "x"}'), 400, 'BAD_REQUEST'],
    ['extensions that are text', raw(json, '{"query": "{ viewer { id } }", "extensions": "x"}'), 400, 'BAD_REQUEST'],
    ['an operation name that is a number', raw(json, '{"query": "{ viewer { id } }", "operationName": 3}'), 400, 'BAD_REQUEST'],
    ['a persisted query', raw(json, '{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "aa"}}}'), 200, 'PERSISTED_QUERY_NOT_SUPPORTED'],
    ['__proto__ in the body', raw(json, '{"query": "{ viewer { id } }", "__proto__": {"admin": true}}'), 400, 'BAD_REQUEST'],
    [
      'constructor.prototype in the variables',
      raw(json, '{"query": "{ viewer { id } }", "variables": {"constructor": {"prototype": {"a": 1}}}}'),
      400,
      'BAD_REQUEST',
    ],
    ['utf-16', raw({ 'content-type': 'application/json; charset=utf-16' }, Buffer.from(viewerQuery, 'utf16le')), 400, 'BAD_REQUEST'],
    ['gzip that is none', raw({ ...json, 'content-encoding': 'gzip' }, Buffer.from('\x1f\x8b\x08garbage', 'latin1')), 400, 'BAD_REQUEST'],
    ['text/plain', raw({ 'content-type': 'text/plain' }, viewerQuery), 400, 'BAD_REQUEST'],
    ['application/graphql', raw({ 'content-type': 'application/graphql' }, '{ viewer { id } }'), 415, 'BAD_REQUEST'],
    ['urlencoded', raw({ 'content-type': 'application/x-www-form-urlencoded' }, 'query=%7Bviewer%7Bid%7D%7D'), 415, 'BAD_REQUEST'],
    [
      'multipart',
      raw({ 'content-type': 'multipart/form-data; boundary=x' }, `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${viewerQuery}\r\n--x--`),
      415,
      'BAD_REQUEST',
    ],
    ['no content type', raw({}, viewerQuery), 415, 'BAD_REQUEST'],
    ['100 KiB and a byte', raw(json, sized(100 * 1024 + 1)), 413, 'BODY_TOO_LARGE'],
    ['10 MB', raw(json, `"${'x'.repeat(10 * 1024 * 1024)}"`), 413, 'BODY_TOO_LARGE'],
    ['10 MB in chunks', raw({ ...json, 'transfer-encoding': 'chunked' }, `"${'x'.repeat(10 * 1024 * 1024)}"`), 413, 'BODY_TOO_LARGE'],
    ['GET', () => http.send({ method: 'GET', path: '/graphql?query=%7Bviewer%7Bid%7D%7D' }), 405, 'METHOD_NOT_ALLOWED'],
    ['PUT', raw(json, viewerQuery, 'PUT'), 405, 'METHOD_NOT_ALLOWED'],
    ['DELETE', () => http.send({ method: 'DELETE' }), 405, 'METHOD_NOT_ALLOWED'],
    ['another path', raw(json, viewerQuery, 'POST', '/graphql/admin'), 404, 'NOT_FOUND'],
    ['a path that climbs', raw(json, viewerQuery, 'POST', '/graphiql/static/..%2f..%2fpackage.json'), 404, 'NOT_FOUND'],
    ['a path that is not decodable', raw(json, viewerQuery, 'POST', '/%ff'), 400, 'BAD_REQUEST'],
  ])
  test.each([
    ['an object', (deep: number) => `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`],
    ['a list', (deep: number) => `${'['.repeat(deep)}${']'.repeat(deep)}`],
  ])('20,000 levels: %s in the variables is refused or ignored', async (_name, nest) => {
    const deep = nest(_name === 'a list' ? 40_000 : 16_000)
    for (const variables of [`{"x": ${deep}}`, `{"id": ${deep}}`]) {
      const answer = await http.send({ headers: json, body: `{"query": "query ($id: ID!) { case(id: $id) { id } }", "variables": ${variables}}` })
      expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status: 400, code: 'INPUT_INVALID' })
      expect(answer.ms).toBeLessThan(1_000)
      expect(answer.text.length).toBeLessThan(2_000)
    }
  })
})

const repeat = (many: number, one: (index: number) => string) => Array.from({ length: many }, (_, index) => one(index)).join(' ')
describe('what the shape of a request may not be', () => {
  const typename = (depth: number): string => `{ cases { edges { node { ${'parent { '.repeat(depth)} id ${'} '.repeat(depth)} } } } }`
  const levels = repeat(150, (index) => `fragment F${index} on Employee { ${index === 149 ? 'id' : `...F${index + 1} ...F${index + 1}`} }`)
  refusesAll([
    ['no GraphQL', query('viewer'), 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unclosed brace', query('{ viewer { id }'), 400, 'GRAPHQL_PARSE_FAILED'],
    ['2,001 tokens', query(`{ viewer { ${'id '.repeat(2_000)} } }`), 400, 'GRAPHQL_PARSE_FAILED'],
    ['2,000 open braces', query('{ a '.repeat(900)), 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', query('{ secrets }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown argument', query('{ inbox(all: true) { totalCount } }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown mutation', query('mutation { dropEverything }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['a subscription', query('subscription { taskEvents { id } }'), 400, 'OPERATION_RESOLUTION_FAILURE'],
    ['no selection', query('{ viewer }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['a missing argument', query('{ case { id } }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['a missing variable', query('query ($id: ID!) { case(id: $id) { id } }'), 400, 'BAD_USER_INPUT'],
    ['a variable twice', query('query ($id: ID!, $id: ID!) { case(id: $id) { id } }', { id: 'x' }), 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['a variable of an output type', query('query ($id: Employee) { viewer { id } }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'an operation that is not there',
      raw(json, JSON.stringify({ query: 'query A { viewer { id } }', operationName: 'B' })),
      400,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['two operations and no name', query('query A { viewer { id } } query B { viewer { id } }'), 400, 'OPERATION_RESOLUTION_FAILURE'],
    ['200 aliases', query(`{ ${repeat(200, (index) => `a${index}: viewer { id }`)} }`), 400, 'QUERY_TOO_COSTLY'],
    [
      '16 aliased sign-ins',
      query(`mutation { ${repeat(16, (index) => `a${index}: signIn(login: "cs-manager-1", password: "${index}") { token }`)} }`),
      400,
      'QUERY_TOO_COSTLY',
    ],
    ['13 levels', query(typename(10)), 400, 'QUERY_TOO_COSTLY'],
    [
      '100 levels in fragments',
      query(
        `{ cases { edges { node { ...P0 } } } } ${repeat(50, (index) => `fragment P${index} on Case { parent { ${index === 49 ? 'id' : `...P${index + 1}`} } }`)}`,
      ),
      400,
      'QUERY_TOO_COSTLY',
    ],
    ['21 directives', query(`{ viewer { ${repeat(21, () => 'id @include(if: true)')} } }`), 400, 'QUERY_TOO_COSTLY'],
    ['100 unknown directives', query(`{ viewer { id ${'@x '.repeat(100)} } }`), 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['a fragment bomb of 2^150', query(`{ viewer { ...F0 } } ${levels}`), 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['a circle of fragments', query('{ viewer { ...A } } fragment A on Employee { ...B } fragment B on Employee { ...A }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['450 times one field in a page of 100', query(`{ cases(first: 100) { edges { node { ${'number '.repeat(450)} } } } }`), 400, 'QUERY_TOO_COSTLY'],
    ['a page in a page', query('{ cases(first: 100) { edges { node { history(first: 100) { edges { node { id action } } } } } } }'), 400, 'QUERY_TOO_COSTLY'],
    [
      'the same by a variable',
      query('query ($n: Int) { cases(first: $n) { edges { node { history(first: $n) { edges { node { id action } } } } } } }', { n: 100 }),
      400,
      'QUERY_TOO_COSTLY',
    ],
  ])
  test('450 times one field costs 450 and is cheap', async () => {
    const answer = await ask(`{ viewer { ${'id '.repeat(450)} } }`)
    expect(answer.json).toEqual({ data: { viewer: { id: employeeId(mealApplicant) } } })
    expect(answer.ms).toBeLessThan(1_000)
  })
  test('of many mistakes three are told', async () => {
    const answer = await ask(`{ ${repeat(400, (index) => `x${index}`)} }`)
    expect(answer.status).toBe(400)
    expect(answer.json!.errors!.length).toBeLessThanOrEqual(4)
  })
  test('400 variables are answered quickly', async () => {
    const answer = await ask(`query (${repeat(400, (index) => `$v${index}: ID`)}) { viewer { id } }`)
    expect(answer.status).toBe(400)
    expect(answer.ms).toBeLessThan(1_000)
  })
})

describe('text that no database keeps', () => {
  const texts: readonly (readonly [string, (text: string) => () => Promise<HttpAnswer>])[] = [
    ['an id', (text) => query('query ($t: ID!) { case(id: $t) { id } }', { t: text })],
    ['a number', (text) => query('query ($t: String!) { caseByNumber(number: $t) { id } }', { t: text })],
    ['a login', (text) => query('mutation ($t: String!) { signIn(login: $t, password: "x") { token } }', { t: text })],
    ['a password', (text) => query('mutation ($t: String!) { signIn(login: "x", password: $t) { token } }', { t: text })],
    ['filter.text', (text) => query('query ($t: String!) { customers(filter: { text: $t }) { totalCount } }', { t: text })],
    ['filter.states', (text) => query('query ($t: [String!]) { cases(filter: { states: $t }) { totalCount } }', { t: [text] })],
    ['filter.processes', (text) => query('query ($t: [ID!]) { cases(filter: { processes: $t }) { totalCount } }', { t: [text] })],
    ['filter.actions', (text) => query('query ($t: String!) { auditTrail(filter: { actions: [$t] }) { totalCount } }', { t: text })],
    ['filter.role', (text) => query('query ($t: ID) { employees(filter: { role: $t }) { totalCount } }', { t: text })],
    ['a process', (text) => query('query ($t: ID!) { process(id: $t) { id } }', { t: text })],
    ['a cursor', (text) => query('query ($t: String) { cases(after: $t) { totalCount } }', { t: text })],
    ['an idempotency key', (text) => opening({}, text)],
    ['a form text', (text) => opening({ venue: text })],
    ['a list of texts', (text) => opening({ customerGuests: ['孙莉', text] })],
    ['a choice', (text) => opening({ budget: [{ item: text, amount: '1' }] })],
    ['an amount', (text) => opening({ budgetTotal: text })],
    ['a date', (text) => opening({ applyDate: text })],
    ['a variable nobody asked for', (text) => query('{ viewer { id } }', { x: { y: [text] } })],
    ['the name of a variable', (text) => query('{ viewer { id } }', { [text]: 1 })],
  ]
  refusesAll(
    texts.flatMap(([place, send]): Row[] => [
      [`NUL in ${place}`, send(nul), 400, 'INPUT_INVALID'],
      [`a lone surrogate in ${place}`, send(half), 400, 'INPUT_INVALID'],
    ]),
  )
  refusesAll(
    ['\\u0000', '\\ud800', '\\udc00'].flatMap((written): Row[] => [
      [
        `${written} in a literal`,
        query(`{ caseByNumber(number: "a${written}b") { id } }`),
        400,
        written === '\\u0000' ? 'INPUT_INVALID' : 'GRAPHQL_PARSE_FAILED',
      ],
      [
        `${written} in the literal of a sign-in`,
        query(`mutation { signIn(login: "a${written}", password: "b") { token } }`),
        400,
        written === '\\u0000' ? 'INPUT_INVALID' : 'GRAPHQL_PARSE_FAILED',
      ],
    ]),
  )
  refusesAll([
    ['a raw NUL in the query', query('{ caseByNumber(number: "a\u0000b") { id } }'), 400, 'INPUT_INVALID'],
    ['a raw lone surrogate in the query', query('{ caseByNumber(number: "a\ud800b") { id } }'), 400, 'GRAPHQL_PARSE_FAILED'],
    ['a raw NUL in a block text', query('{ caseByNumber(number: """a\u0000b""") { id } }'), 400, 'INPUT_INVALID'],
    ['a NUL as the operation', raw(json, JSON.stringify({ query: 'query A { viewer { id } }', operationName: nul })), 400, 'OPERATION_RESOLUTION_FAILURE'],
    ['a control character in a form', opening({ venue: 'a\u0007b' }), 200, 'FORM_INVALID', 'application.venue TEXT_MALFORMED'],
    ['an escape sequence in a form', opening({ purpose: '\u001b[2J' }), 200, 'FORM_INVALID', 'application.purpose TEXT_MALFORMED'],
    ['a line break in an idempotency key', opening({}, 'a\nb'), 200, 'INPUT_INVALID', 'idempotencyKey VALUE_INVALID'],
  ])
})

describe('ids', () => {
  const of = (id: string): [string, () => Promise<HttpAnswer>][] => [
    ['case', query('query ($id: ID!) { case(id: $id) { id } }', { id })],
    ['node', query('query ($id: ID!) { node(id: $id) { __typename } }', { id })],
    ['customer', query('query ($id: ID!) { customer(id: $id) { id } }', { id })],
    ['process', query('query ($id: ID!) { process(id: $id) { id } }', { id })],
    ['caseByNumber', query('query ($id: String!) { caseByNumber(number: $id) { id } }', { id })],
    ['an act', submitting({ id })],
  ]
  const filters = (id: string): [string, () => Promise<HttpAnswer>][] =>
    [
      ['cases', 'customerId'],
      ['cases', 'applicantId'],
      ['cases', 'parentId'],
      ['tasks', 'caseId'],
      ['tasks', 'completedById'],
      ['auditTrail', 'caseId'],
      ['auditTrail', 'actorId'],
      ['employees', 'departmentId'],
    ].map(([list, name]) => [`${list} by ${name}`, query(`query ($id: ID) { ${list}(filter: { ${name}: $id }) { totalCount } }`, { id })])
  const malformed = [
    '',
    '1',
    '-1',
    'null',
    '../../etc/passwd',
    `${nobody}'--`,
    '{00000000-0000-4000-8000-000000000000}',
    `${nobody} `,
    'x'.repeat(9_000),
    '０'.repeat(36),
    '__proto__',
    'constructor',
  ]
  refusesAll(of(nobody).map(([name, send]): Row => [`${name}: unknown`, send, 200, 'NOT_FOUND']))
  refusesAll(malformed.flatMap((id) => [...of(id), ...filters(id)].map(([name, send]): Row => [`${name}: ${id.slice(0, 40)}`, send, 200, 'NOT_FOUND'])))
  refusesAll([
    ['an id that is a list', query('query ($id: ID!) { case(id: $id) { id } }', { id: ['x'] }), 400, 'BAD_USER_INPUT'],
    ['an id that is an object', query('query ($id: ID!) { case(id: $id) { id } }', { id: { id: 1 } }), 400, 'BAD_USER_INPUT'],
    ['an id that is a fraction', query('query ($id: ID!) { case(id: $id) { id } }', { id: 1.5 }), 400, 'BAD_USER_INPUT'],
    ['an id that is no more than null', query('query ($id: ID!) { case(id: $id) { id } }', { id: null }), 400, 'BAD_USER_INPUT'],
    ['the id of an employee as a case', query('query ($id: ID!) { case(id: $id) { id } }', { id: employeeId('cs-manager-1') }), 200, 'NOT_FOUND'],
    [
      'an act of another process on the case',
      async () => ask('mutation ($id: ID!) { giftGivingApplicationSubmit(caseId: $id, idempotencyKey: "k1") { id } }', { id: meal.id }),
      200,
      'NOT_FOUND',
    ],
  ])
  test.each(filters(nobody))('%s: unknown finds nothing', async (_name, send) => {
    expect(Object.values((await send()).json!.data)).toEqual([{ totalCount: 0 }])
  })
  test('a case of other people and a case that is not there read the same', async () => {
    const outsider = await http.as('repair-technician-1')
    const shown = ({ status, json }: HttpAnswer) => JSON.stringify({ status, json }).replaceAll(/"requestId":"[^"]*"/g, '')
    const requests: ((id: string) => Promise<HttpAnswer>)[] = [
      (id) => outsider('query ($id: ID!) { case(id: $id) { id } }', { id }),
      (id) => outsider('query ($id: ID!) { node(id: $id) { __typename } }', { id }),
      (id) => submitting({ id }, async () => outsider)(),
      (id) => submitting({ id, version: 77 }, async () => outsider)(),
      (id) => submitting({ id, form: mealForm({ budgetTotal: '5' }) }, async () => outsider)(),
      (id) =>
        outsider('query ($id: ID) { tasks(filter: { caseId: $id }) { totalCount edges { cursor } } cases(filter: { parentId: $id }) { totalCount } }', { id }),
      (id) => outsider('query ($id: ID) { auditTrail(filter: { caseId: $id }) { totalCount edges { cursor } } }', { id }),
    ]
    for (const request of requests) expect(shown(await request(meal.id))).toBe(shown(await request(nobody)))
    const { number } = await meal.record()
    const byNumber = (value: string) => outsider('query ($n: String!) { caseByNumber(number: $n) { id } }', { n: value })
    expect(shown(await byNumber(number))).toBe(shown(await byNumber('CMH-2026-999999')))
  })
})

describe('values of forms', () => {
  const amounts = ['-0.01', '1.234', '', '-1']
  refusesAll([
    ...['NaN', 'Infinity', '-Infinity', '1e5', '1E+2', '0x10', '1,000', ' 1', '1 ', '１', '+1', '.5', '5.', '', '1.234', '123456789012345', '١'].map(
      (amount): Row => [`money ${amount}`, opening({ budgetTotal: amount }), 400, 'INPUT_INVALID'],
    ),
    ...[1000, 1e308, true, [], {}].map((amount): Row => [`money as ${JSON.stringify(amount)}`, opening({ budgetTotal: amount }), 400, 'INPUT_INVALID']),
    ['no money', opening({ budgetTotal: null }), 400, 'BAD_USER_INPUT'],
    ['a dozen wrong fields', opening(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`stranger${index}`, 1]))), 400, 'BAD_USER_INPUT'],
    ['less than nothing', opening({ budgetTotal: '-0.01' }), 200, 'FORM_INVALID', 'application.budgetTotal AMOUNT_INVALID'],
    [
      'less than nothing in a row',
      opening({
        budget: [
          { item: 'MEAL', amount: '1' },
          { item: 'MEAL', amount: '-1' },
        ],
      }),
      200,
      'FORM_INVALID',
      'application.budget[1].amount AMOUNT_INVALID',
    ],
    ...['2026-02-30', '2026-13-01', '2025-02-29', '0000-00-00', '2026-2-3', '20260203', '2026-02-03T00:00:00Z', 'today', '-0001-01-01', '99999-01-01', ''].map(
      (day): Row => [`the day ${day}`, opening({ applyDate: day }), 400, 'BAD_USER_INPUT'],
    ),
    ['a day as a number', opening({ applyDate: 20260203 }), 400, 'BAD_USER_INPUT'],
    ['an overlong line', opening({ venue: '楼'.repeat(201) }), 200, 'FORM_INVALID', 'application.venue TOO_LONG'],
    ['an overlong paragraph', opening({ purpose: 'x'.repeat(4_001) }), 200, 'FORM_INVALID', 'application.purpose TOO_LONG'],
    ['90 KB of text', opening({ purpose: 'x'.repeat(90_000) }), 200, 'FORM_INVALID', 'application.purpose TOO_LONG'],
    ['no text', opening({ venue: '' }), 200, 'FORM_INVALID', 'application.venue REQUIRED'],
    ['a required field left out', opening({ venue: undefined }), 400, 'BAD_USER_INPUT'],
    ['a required field null', opening({ venue: null }), 400, 'BAD_USER_INPUT'],
    ['a number for text', opening({ venue: 7 }), 400, 'BAD_USER_INPUT'],
    ['a list for text', opening({ venue: ['x'] }), 400, 'BAD_USER_INPUT'],
    ['an object for text', opening({ venue: { toString: 'x' } }), 400, 'BAD_USER_INPUT'],
    ['an unknown field', opening({ approved: true }), 400, 'BAD_USER_INPUT'],
    ['a state in the form', opening({ state: 'closed' }), 400, 'BAD_USER_INPUT'],
    ['__typename in the form', opening({ __typename: 'x' }), 400, 'BAD_USER_INPUT'],
    ['a signature', opening({ csManagerReview: { opinion: '同意' } }), 400, 'BAD_USER_INPUT'],
    ['an unknown choice', opening({ budget: [{ item: 'BRIBE', amount: '1' }] }), 400, 'BAD_USER_INPUT'],
    ['a choice in another case', opening({ budget: [{ item: 'meal', amount: '1' }] }), 400, 'BAD_USER_INPUT'],
    ['no rows', opening({ budget: [] }), 200, 'FORM_INVALID', 'application.budget REQUIRED'],
    ['201 rows', opening({ budget: Array.from({ length: 201 }, () => ({ item: 'MEAL', amount: '1' })) }), 200, 'FORM_INVALID', 'application.budget TOO_MANY'],
    ['a row that is null', opening({ budget: [null] }), 400, 'BAD_USER_INPUT'],
    ['101 texts', opening({ customerGuests: Array.from({ length: 101 }, () => 'x') }), 200, 'FORM_INVALID', 'application.customerGuests TOO_MANY'],
    ['no texts', opening({ customerGuests: [] }), 200, 'FORM_INVALID', 'application.customerGuests REQUIRED'],
    ['an overlong text in a list', opening({ customerGuests: ['x'.repeat(201)] }), 200, 'FORM_INVALID', 'application.customerGuests TOO_LONG'],
    ['a malformed reference', opening({ customer: 'C0001' }), 200, 'FORM_INVALID', 'application.customer ID_MALFORMED'],
    ['a customer that does not exist', opening({ customer: nobody }), 200, 'FORM_INVALID', 'application.customer NOT_FOUND'],
    ['an employee for a customer', opening({ customer: employeeId('cs-manager-1') }), 200, 'FORM_INVALID', 'application.customer NOT_FOUND'],
    [
      'a guest who does not exist',
      opening({ companyGuests: [employeeId('cs-manager-1'), nobody] }),
      200,
      'FORM_INVALID',
      'application.companyGuests[1] NOT_FOUND',
    ],
    ['a customer for a guest', opening({ companyGuests: [customerId('C0001')] }), 200, 'FORM_INVALID', 'application.companyGuests[0] NOT_FOUND'],
    ['several fields at once', opening({ venue: '', purpose: 'x'.repeat(4_001) }), 200, 'FORM_INVALID', 'application.purpose TOO_LONG'],
    ['an empty key', opening({}, ''), 200, 'INPUT_INVALID', 'idempotencyKey VALUE_INVALID'],
    ['a key of 256', opening({}, 'k'.repeat(256)), 200, 'INPUT_INVALID', 'idempotencyKey VALUE_INVALID'],
    ['a key of 90 KB', opening({}, 'k'.repeat(90_000)), 200, 'INPUT_INVALID', 'idempotencyKey VALUE_INVALID'],
    ['a Chinese key', opening({}, '幂等'), 200, 'INPUT_INVALID', 'idempotencyKey VALUE_INVALID'],
    ['a key that is null', opening({}, null), 400, 'BAD_USER_INPUT'],
    ['a version that is text', submitting({ version: '1' }), 400, 'BAD_USER_INPUT'],
    ['a version beyond 32 bits', submitting({ version: 2 ** 31 }), 400, 'BAD_USER_INPUT'],
    ['a version below nothing', submitting({ version: -1 }), 200, 'CASE_STALE'],
    ['the version of tomorrow', submitting({ version: 2 }), 200, 'CASE_STALE'],
    ...amounts
      .slice(1, 3)
      .map(
        (amount): Row => [
          `a decimal ${amount} in a literal`,
          query(`mutation { customerMealHospitalitySubmit(caseId: "${meal?.id ?? nobody}", idempotencyKey: "k", form: { budgetTotal: "${amount}" }) { id } }`),
          400,
          'GRAPHQL_VALIDATION_FAILED',
        ],
      ),
  ])
  const approving = (form: object) => async () =>
    (await http.as('cs-manager-1'))(
      'mutation ($id: ID!, $form: CustomerMealHospitalityApproveInput) { customerMealHospitalityApprove(caseId: $id, idempotencyKey: "k2", form: $form) { id } }',
      { id: reviewed.id, form },
    )
  refusesAll([
    ['a form that another state asks for', approving({ budgetCheck: { availableBudget: '1' } }), 200, 'FORM_INVALID', 'budgetCheck NOT_ASKED'],
    ['a form that another act asks for', approving({ reason: { reason: 'x' } }), 400, 'BAD_USER_INPUT'],
    ['a form of another process', approving({ stockCheck: { onHand: [] } }), 400, 'BAD_USER_INPUT'],
    [
      'an act before its time',
      submitting({ id: 'reviewed' }, async () => (query, variables) => ask(query, { ...variables, id: reviewed.id })),
      200,
      'ACTION_UNAVAILABLE',
    ],
    [
      'an act of somebody else',
      async () =>
        ask('mutation ($id: ID!, $form: ReasonInput!) { customerMealHospitalityReject(caseId: $id, idempotencyKey: "k3", form: $form) { id } }', {
          id: meal.id,
          form: { reason: 'x' },
        }),
      200,
      'NOT_AUTHORISED',
    ],
  ])
})

describe('lists', () => {
  const lists = ['cases', 'inbox', 'tasks', 'auditTrail', 'customers', 'employees']
  const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
  const forged: readonly [string, string][] = [
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('hello').toString('base64url')],
    ['an object', Buffer.from('{"key":1}').toString('base64url')],
    ['numbers', cursor(1, 2)],
    ['SQL', cursor("2026-01-01'; drop table task; --", nobody)],
    ['too short', cursor('2026-01-01')],
    ['10 KB', 'A'.repeat(10_000)],
    ['20,000 brackets', Buffer.from('['.repeat(20_000)).toString('base64url')],
  ]
  refusesAll([
    ...lists.flatMap((list) =>
      [0, -1, 101, 1e9].map(
        (first): Row => [`${list}(first: ${first})`, query(`{ ${list}(first: ${first}) { edges { cursor } } }`), 200, 'INPUT_INVALID', 'first OUT_OF_RANGE'],
      ),
    ),
    ...lists.map(
      (list): Row => [`${list}: a fraction`, query(`query ($n: Int) { ${list}(first: $n) { edges { cursor } } }`, { n: 1.5 }), 400, 'BAD_USER_INPUT'],
    ),
    ...lists.map((list): Row => [`${list}: beyond 32 bits`, query(`{ ${list}(first: 4294967296) { edges { cursor } } }`), 400, 'GRAPHQL_VALIDATION_FAILED']),
    ...lists.flatMap((list) =>
      forged.map(
        ([name, after]): Row => [
          `${list} after ${name}`,
          query(`query ($c: String) { ${list}(after: $c) { edges { cursor } } }`, { c: after }),
          200,
          'INPUT_INVALID',
          'after CURSOR_INVALID',
        ],
      ),
    ),
    [
      'history(first: 0)',
      async () => ask('query ($id: ID!) { case(id: $id) { history(first: 0) { totalCount } } }', { id: meal.id }),
      200,
      'INPUT_INVALID',
      'first OUT_OF_RANGE',
    ],
    ['an unknown status', query('{ cases(filter: { status: ANY }) { totalCount } }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown status by a variable', query('query ($s: CaseStatus) { cases(filter: { status: $s }) { totalCount } }', { s: 'ANY' }), 400, 'BAD_USER_INPUT'],
    ['an unknown filter', query('{ cases(filter: { sql: "1=1" }) { totalCount } }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
    ...['yesterday', '2026-02-30T00:00:00Z', '2026-01-01', '', '2026-01-01T25:00:00Z'].map(
      (at): Row => [`openedFrom ${at}`, query('query ($t: DateTime) { cases(filter: { openedFrom: $t }) { totalCount } }', { t: at }), 400, 'BAD_USER_INPUT'],
    ),
  ])
  test('LIKE signs stand for themselves', async () => {
    for (const text of ['%', '_', '\\', '%%%%%%%%%%%%%%%%%%%%%%%%', "' or 1=1 --"]) {
      expect((await ask('query ($t: String) { customers(filter: { text: $t }) { totalCount } }', { t: text })).json!.data.customers.totalCount).toBe(0)
    }
  })
})

describe('seats', () => {
  refusesAll([
    [
      'a seat that does not exist',
      query(
        'mutation ($s: ComplaintHandlingGiveOpinionSeat) { complaintHandlingGiveOpinion(caseId: "x", idempotencyKey: "k", seat: $s, form: { stance: AGREE, opinion: "x" }) { id } }',
        { s: 'CHAIRMAN' },
      ),
      400,
      'BAD_USER_INPUT',
    ],
  ])
})

test('100 KiB to the byte are taken', async () => {
  const answer = await http.send({ headers: json, body: sized(100 * 1024) })
  expect(codeOf(answer)).toBe('UNAUTHENTICATED')
})

test('after all that nothing is written, nothing is reported, and the server is well', async () => {
  expect(await http.digest()).toBe(before)
  expect(http.logged).toEqual([])
  expect(http.house.reported).toEqual([])
  expect((await http.send({ method: 'GET', path: '/readyz' })).status).toBe(200)
  expect((await ask('{ viewer { login } }')).json).toEqual({ data: { viewer: { login: mealApplicant } } })
})
