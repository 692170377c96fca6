import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  buildClientSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from 'graphql'
import pg from 'pg'
import { customerId, departmentId, employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealForm } from '../support/cases.js'
import type { DrivenCase } from '../support/house.js'
import { type Ask, codeOf, type HttpAnswer, type HttpHouse, serveHouse } from '../support/http.js'
import { allTold, background, textOf } from '../support/statements.js'

let http: HttpHouse
let schema: GraphQLSchema
let applicant: Ask
let manager: Ask
let specialist: Ask
const meals: DrivenCase[] = []
beforeAll(async () => {
  http = await serveHouse()
  applicant = await http.as(mealApplicant)
  manager = await http.as('cs-manager-1')
  specialist = await http.as('relations-specialist-1')
  schema = buildClientSchema((await manager(getIntrospectionQuery())).json!.data)
  for (let index = 0; index < 40; index++) {
    const meal = await http.house.open(mealApplicant, 'customer-meal-hospitality', mealForm({ venue: `第${index}家` }))
    if (index % 2 === 0) await meal.act(mealApplicant, 'SUBMIT')
    if (index % 4 === 0) await meal.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
    meals.push(meal)
  }
}, 120_000)
afterAll(async () => {
  expect(http.logged).toEqual([])
  await http.close()
})
const data = ({ json }: HttpAnswer): any => {
  if (json?.errors) throw new Error(JSON.stringify(json.errors))
  return json!.data
}
const fieldsOfType = (name: string): string[] => {
  const type = schema.getType(name)
  if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(`there is no type ${name}`)
  return Object.keys(type.getFields())
}

describe('the schema', () => {
  test.each([
    ['Query', 'viewer node processes process case caseByNumber cases inbox tasks auditTrail customers customer employees departments'],
    ['Mutation', 'signIn claimTask releaseTask'],
    ['Session', 'token expiresAt viewer'],
    [
      'Case',
      'id number process state stateLabel status outcome version applicant customer parent children openedAt closedAt dueAt overdue tasks availableActions history asOf',
    ],
    ['AvailableAction', 'action label allowed reasons mutation formType requiresSeat'],
    ['Task', 'id case state label role seat assignee candidates status claimedAt dueAt overdue round'],
    [
      'AuditEntry',
      'id case sequence occurredAt recordedAt actor onBehalfOf roleUsed action result from to forms comment reasons definitionVersion requestId hash previousHash',
    ],
    ['Process', 'id title states actions forms roles limits diagram'],
    ['RefusalReason', 'code message'],
    ['PageInfo', 'hasNextPage endCursor'],
  ])('%s has what the contract names', (name, fields) => expect(fieldsOfType(name)).toEqual(expect.arrayContaining(fields.split(' '))))

  test('every process opens by its name and takes one mutation for each event', async () => {
    const mutations = new Set(fieldsOfType('Mutation'))
    const { processes } = data(await manager('{ processes { id openMutation opensWith actions { action mutation formType } forms { inputType } } }'))
    expect(processes.length).toBeGreaterThanOrEqual(9)
    for (const { id, openMutation, opensWith, actions, forms } of processes) {
      const camel = id.replaceAll(/-(.)/g, (_all: string, letter: string) => letter.toUpperCase())
      expect(openMutation).toBe(`${camel}Open`)
      expect(mutations.has(openMutation)).toBe(true)
      expect(schema.getType(opensWith)).toBeDefined()
      for (const { inputType } of forms) expect(schema.getType(inputType)).toBeDefined()
      for (const { action, mutation, formType } of actions) {
        expect(mutation).toBe(camel + action.toLowerCase().replaceAll(/(^|_)(.)/g, (_all: string, _line: string, letter: string) => letter.toUpperCase()))
        const field = schema.getMutationType()!.getFields()[mutation]!
        const args = Object.fromEntries(field.args.map(({ name, type }) => [name, String(type)]))
        expect(args).toMatchObject({ caseId: 'ID!', idempotencyKey: 'String!', expectedVersion: 'Int' })
        expect(args['form']?.replace('!', '') ?? null).toBe(formType)
      }
    }
  })
  test('every mutation that changes anything asks for an idempotency key', () => {
    // Each decision of a batch has a key of its own.
    const free = ['signIn', 'claimTask', 'releaseTask', 'decideMany']
    const keyless = Object.values(schema.getMutationType()!.getFields()).filter(
      ({ args }) => !args.some(({ name, type }) => name === 'idempotencyKey' && isNonNullType(type)),
    )
    expect(keyless.map(({ name }) => name).sort()).toEqual(free.sort())
  })
  test('no field is of an untyped kind', () => {
    const scalars = Object.values(schema.getTypeMap())
      .filter(isScalarType)
      .map(({ name }) => name)
      .sort()
    expect(scalars).toEqual(expect.not.arrayContaining(['JSON', 'JSONObject', 'Any', 'Upload']))
    expect(
      scalars.filter(
        (name) => !['Boolean', 'DateTime', 'Decimal', 'Float', 'ID', 'Int', 'LocalDate', 'LocalTime', 'Money', 'SafeInt', 'String'].includes(name),
      ),
    ).toEqual([])
  })
  test('every type and every enum value says what it is', () => {
    const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'))
    const silent = types
      .filter(({ name, description }) => !description && !/(Edge|Connection)$/.test(name) && !['Query', 'Mutation', 'Subscription'].includes(name))
      .map(({ name }) => name)
    const values = types.filter(isEnumType).flatMap((type) =>
      type
        .getValues()
        .filter(({ description }) => !description && !type.description)
        .map(({ name }) => `${type.name}.${name}`),
    )
    expect(values).toEqual([])
    expect(silent).toEqual([])
  })
  test('every list that grows is a connection by cursor', () => {
    const connections = Object.values(schema.getTypeMap()).filter(({ name }) => name.endsWith('Connection'))
    expect(connections.length).toBeGreaterThanOrEqual(5)
    // The audit trail is the one list that is too long to be counted.
    for (const { name } of connections)
      expect(
        fieldsOfType(name)
          .filter((field) => field !== 'totalCountIsExact' || name !== 'AuditEntryConnection')
          .sort(),
      ).toEqual(['edges', 'pageInfo', 'totalCount'])
    const withFields = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) || isInterfaceType(type))
    for (const type of withFields) {
      for (const field of Object.values(type.getFields())) {
        if (!getNamedType(field.type).name.endsWith('Connection')) continue
        expect([type.name, field.name, field.args.map(({ name }) => name)]).toEqual([type.name, field.name, expect.arrayContaining(['first', 'after'])])
        expect(field.args.map(({ name }) => name).filter((name) => /offset|page|skip/i.test(name))).toEqual([])
      }
    }
    for (const [name, { type }] of Object.entries(schema.getQueryType()!.getFields()))
      if (isListType(isNonNullType(type) ? type.ofType : type)) expect(['processes', 'departments']).toContain(name)
  })
})

describe('languages', () => {
  const ask = async (language: string | undefined) =>
    data(await manager('{ process(id: "customer-meal-hospitality") { title } }', {}, language === undefined ? {} : { 'accept-language': language })).process
      .title
  test.each([
    [undefined, 'zh'],
    ['', 'zh'],
    ['zh-CN', 'zh'],
    ['en', 'en'],
    ['en-GB,en;q=0.9', 'en'],
    ['zh;q=0.5,en;q=0.9', 'en'],
    ['en;q=0.2, zh-TW', 'zh'],
    ['fr', 'zh'],
    ['fr, en;q=0.1', 'en'],
    ['*', 'zh'],
    [';;;q=,', 'zh'],
    ['EN-us', 'en'],
    ['en;q=0', 'zh'],
  ])('Accept-Language %s', async (language, expected) => {
    expect(await ask(language)).toMatch(expected === 'en' ? /^[\x20-\x7e]+$/ : /[\u4e00-\u9fff]/)
  })
  test('codes stay what they are, words follow the caller', async () => {
    const missing = (language: string) => manager('{ case(id: "x") { id } }', {}, { 'accept-language': language })
    const [zh, en] = [await missing('zh'), await missing('en')]
    expect([codeOf(zh), codeOf(en)]).toEqual(['NOT_FOUND', 'NOT_FOUND'])
    expect(zh.json!.errors![0]!.message).toMatch(/不存在/)
    expect(en.json!.errors![0]!.message).toMatch(/does not exist/)
  })
})

describe('refusals', () => {
  const APPROVE =
    'mutation ($id: ID!, $k: String!, $v: Int) { customerMealHospitalityApprove(caseId: $id, idempotencyKey: $k, expectedVersion: $v) { state version } }'
  test('every reason is told', async () => {
    const answer = await applicant(
      'mutation ($id: ID!, $k: String!) { customerMealHospitalityApprove(caseId: $id, idempotencyKey: $k) { state } }',
      { id: meals[1]!.id, k: randomUUID() },
      { 'accept-language': 'en' },
    )
    const { code, reasons, requestId } = answer.json!.errors![0]!.extensions
    expect([answer.status, code]).toEqual([200, 'NOT_AUTHORISED'])
    expect([...new Set(reasons!.map((reason) => reason.code))]).toEqual(['NOT_AUTHORISED', 'ACTION_UNAVAILABLE'])
    for (const reason of reasons!) expect(reason.message).toMatch(/^[\x20-\x7e]+$/)
    expect(answer.headers['x-request-id']).toBe(requestId)
  })
  test('a stale version tells where the case stands', async () => {
    const answer = await manager(APPROVE, { id: meals[0]!.id, k: randomUUID(), v: 1 })
    expect(answer.json!.errors![0]!.extensions).toMatchObject({ code: 'CASE_STALE', state: 'managerReview', version: 3 })
  })
  test('every wrong field is told, with its path', async () => {
    const answer = await applicant(
      'mutation ($form: HospitalityApplicationInput!) { customerMealHospitalityOpen(form: $form, idempotencyKey: "fields-1") { id } }',
      { form: mealForm({ venue: '', budget: [{ item: 'MEAL', amount: '-1' }] }) },
      { 'accept-language': 'en' },
    )
    const { code, fields } = answer.json!.errors![0]!.extensions
    expect(code).toBe('FORM_INVALID')
    expect(fields).toEqual([
      { path: 'application.venue', code: 'REQUIRED', message: 'required' },
      { path: 'application.budget[0].amount', code: 'AMOUNT_INVALID', message: 'not a valid decimal amount' },
    ])
  })
  test('the same key is done once and says so', async () => {
    const OPEN = 'mutation ($form: HospitalityApplicationInput!, $k: String!) { customerMealHospitalityOpen(form: $form, idempotencyKey: $k) { id version } }'
    const k = randomUUID()
    const first = await applicant(OPEN, { form: mealForm(), k })
    const again = await applicant(OPEN, { form: mealForm(), k })
    expect(first.headers['idempotency-replayed']).toBeUndefined()
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(again.json).toEqual(first.json)
    expect(codeOf(await applicant(OPEN, { form: mealForm({ venue: '别处' }), k }))).toBe('IDEMPOTENCY_KEY_REUSED')
    expect((await applicant(OPEN, { form: mealForm(), k: `${k}2` })).headers['idempotency-replayed']).toBeUndefined()
  })
})

describe('node', () => {
  const kindOf = async (id: string, ask = manager) => data(await ask('query ($id: ID!) { node(id: $id) { __typename } }', { id })).node.__typename
  test('leads to each kind by its id', async () => {
    const { tasks } = data(await manager('query ($id: ID!) { case(id: $id) { tasks { id } } }', { id: meals[0]!.id })).case
    expect(await kindOf(meals[0]!.id)).toBe('CustomerMealHospitality')
    expect(await kindOf(meals[0]!.id.toUpperCase())).toBe('CustomerMealHospitality')
    expect(await kindOf(tasks[0].id)).toBe('Task')
    expect(await kindOf(customerId('C0001'))).toBe('Customer')
    expect(await kindOf(employeeId('cs-manager-1'))).toBe('Employee')
    expect(await kindOf(departmentId('CS'))).toBe('Department')
  })
  test('hides a case and its task alike', async () => {
    const outsider = await http.as('repair-technician-1')
    const { tasks } = data(await manager('query ($id: ID!) { case(id: $id) { tasks { id } } }', { id: meals[0]!.id })).case
    for (const id of [meals[0]!.id, tasks[0].id]) expect(codeOf(await outsider('query ($id: ID!) { node(id: $id) { __typename } }', { id }))).toBe('NOT_FOUND')
  })
})

describe('inbox and candidates', () => {
  const inboxOf = async (ask: Ask): Promise<{ id: string; case: { id: string } }[]> =>
    data(await ask('{ inbox(first: 100) { edges { node { id case { id } } } } }')).inbox.edges.map((edge: any) => edge.node)
  test('a task is shown to those who may act, and to nobody else', async () => {
    const reviewed = meals.filter((_, index) => index % 4 === 0).map(({ id }) => id)
    const drafts = meals.filter((_, index) => index % 2 === 1).map(({ id }) => id)
    const cases = async (ask: Ask) => (await inboxOf(ask)).map((task) => task.case.id)
    const ofManager = await cases(manager)
    expect(ofManager.filter((id) => reviewed.includes(id))).toHaveLength(reviewed.length)
    expect(ofManager.some((id) => drafts.includes(id))).toBe(false)
    expect((await cases(applicant)).filter((id) => drafts.includes(id))).toHaveLength(drafts.length)
    expect((await cases(applicant)).some((id) => reviewed.includes(id))).toBe(false)
    expect(await cases(await http.as('repair-technician-1'))).toEqual([])
  })
  test('a manager who applied is no candidate for the review of his own meal, and it is not in his inbox', async () => {
    const own = await http.house.open('cs-manager-2', 'customer-meal-hospitality', mealForm({ applicant: employeeId('cs-manager-2') }))
    await own.act('cs-manager-2', 'SUBMIT')
    await own.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
    const { tasks, availableActions } = data(
      await manager('query ($id: ID!) { case(id: $id) { tasks { status role { id } candidates { login } } availableActions { action allowed } } }', {
        id: own.id,
      }),
    ).case
    const open = tasks.find((task: any) => task.status === 'OPEN')
    const candidates = open.candidates.map(({ login }: any) => login)
    expect(open.role.id).toBe('CS_MANAGER')
    expect(candidates).toEqual(expect.arrayContaining(['cs-manager-1', 'cs-manager-3']))
    expect(candidates).not.toContain('cs-manager-2')
    expect((await inboxOf(await http.as('cs-manager-2'))).map((task) => task.case.id)).not.toContain(own.id)
    expect((await inboxOf(manager)).map((task) => task.case.id)).toContain(own.id)
    expect(availableActions.find(({ action }: any) => action === 'APPROVE').allowed).toBe(true)
    const refused = data(
      await (await http.as('cs-manager-2'))('query ($id: ID!) { case(id: $id) { availableActions { action allowed reasons { code } } } }', { id: own.id }),
    ).case.availableActions.find(({ action }: any) => action === 'APPROVE')
    expect(refused).toMatchObject({ allowed: false, reasons: [{ code: 'SOD_CONFLICT' }] })
  })
  test('a finished task names who did it and offers itself to nobody', async () => {
    const { tasks } = data(
      await manager('query ($id: ID!) { case(id: $id) { tasks { status state assignee { login } candidates { login } } } }', { id: meals[0]!.id }),
    ).case
    expect(tasks.filter((task: any) => task.status === 'COMPLETED').map((task: any) => [task.state, task.assignee.login, task.candidates])).toEqual([
      ['draft', mealApplicant, []],
      ['submitted', 'relations-specialist-1', []],
    ])
  })
})

describe('lists', () => {
  const ids = async (ask: Ask, filter: string, first = 100): Promise<string[]> =>
    data(await ask(`{ cases(first: ${first}, filter: ${filter}) { edges { node { id } } } }`)).cases.edges.map((edge: any) => edge.node.id)
  test('filters', async () => {
    const inDraft = meals.filter((_, index) => index % 2 === 1).map(({ id }) => id)
    expect(await ids(manager, '{ processes: ["customer-meal-hospitality"], states: ["draft"] }')).toEqual(expect.arrayContaining(inDraft))
    expect(await ids(manager, '{ states: ["nowhere"] }')).toEqual([])
    expect(await ids(manager, '{ status: CLOSED }')).toEqual([])
    expect(await ids(manager, '{ outcome: COMPLETED }')).toEqual([])
    expect(await ids(manager, '{ processes: [] }')).toEqual([])
    expect((await ids(manager, `{ applicantId: "${employeeId(mealApplicant)}" }`)).length).toBeGreaterThanOrEqual(40)
    expect(await ids(manager, `{ customerId: "${customerId('C0002')}" }`)).toEqual([])
    expect(await ids(manager, '{ openedFrom: "2999-01-01T00:00:00Z" }')).toEqual([])
    expect((await ids(manager, '{ openedBefore: "2999-01-01T00:00:00Z", overdue: false }')).length).toBeGreaterThanOrEqual(40)
    expect(await ids(await http.as('repair-technician-1'), '{ status: OPEN }')).toEqual([])
  })
  test('no case comes twice and none is left out while new ones are opened', async () => {
    const seen: string[] = []
    for (let after: string | null = null, more = true; more; ) {
      const { edges, pageInfo }: any = data(
        await manager('query ($c: String) { cases(first: 7, after: $c) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }', { c: after }),
      ).cases
      seen.push(...edges.map((edge: any) => edge.node.id))
      expect(edges.at(-1)?.cursor ?? null).toBe(pageInfo.endCursor)
      after = pageInfo.endCursor
      more = pageInfo.hasNextPage
      await http.house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining(meals.map(({ id }) => id)))
  })
  test.each([
    ['tasks', 'id'],
    ['auditTrail', 'id'],
    ['customers', 'code'],
    ['employees', 'number'],
    ['inbox', 'id'],
  ])('%s can be read to the end, each once', async (list, key) => {
    const { totalCount } = data(await manager(`{ ${list} { totalCount } }`))[list]
    const seen: string[] = []
    for (let after: string | null = null, more = true; more; ) {
      const page: any = data(
        await manager(`query ($c: String) { ${list}(first: 13, after: $c) { edges { node { ${key} } } pageInfo { hasNextPage endCursor } } }`, { c: after }),
      )[list]
      seen.push(...page.edges.map((edge: any) => edge.node[key]))
      after = page.pageInfo.endCursor
      more = page.pageInfo.hasNextPage
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBe(totalCount)
  })
})

describe('statements', () => {
  /** Every statement that goes to the database while the work is done, through whichever pool. */
  async function statements(work: () => Promise<HttpAnswer>): Promise<string[]> {
    await allTold(http.house)
    const seen: string[] = []
    const original = pg.Client.prototype.query as (...args: unknown[]) => unknown
    pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
      const sql = textOf(args[0])
      if (!background.test(sql)) seen.push(sql)
      return original.apply(this, args)
    } as never
    try {
      data(await work())
    } finally {
      pg.Client.prototype.query = original as never
    }
    return seen
  }
  const page = (first: number, of: string) => () => manager(`{ cases(first: ${first}) { edges { node { id ${of} } } } }`)
  const rich =
    'number state applicant { name } tasks { id state status role { id } assignee { name } } availableActions { action allowed reasons { code } seats }'

  test('a page of cases with tasks, actions and applicants takes as many statements whatever its size', async () => {
    await statements(page(20, rich))
    const counts: Record<number, number> = {}
    for (const first of [1, 5, 20, 40]) counts[first] = (await statements(page(first, rich))).length
    expect(counts[20]).toBeLessThanOrEqual(25)
    expect(counts[40]).toBe(counts[20])
  })
  test.each([
    ['customers with contacts', '{ customers(first: 20) { edges { node { id contacts { name } } } } }', 12],
    ['employees with departments and roles', '{ employees(first: 20) { edges { node { id department { name parent { name } } roles { id } } } } }', 12],
    ['the inbox with cases', '{ inbox(first: 20) { edges { node { id label case { number applicant { name } customer { name } } } } } }', 15],
    ['the audit trail', '{ auditTrail(first: 20) { edges { node { id actor { name } case { number } forms { key digest } comment } } } }', 15],
    [
      'cases with forms and children',
      '{ cases(first: 20) { edges { node { id children { id } parent { id } ... on CustomerMealHospitality { forms { application { venue customer { name } applicant { name } } } } } } } }',
      15,
    ],
    ['tasks with candidates', '{ inbox(first: 20) { edges { node { id candidates { login } } } } }', 25],
    ['processes with limits', '{ processes { id limits { amount } } }', 8],
  ])('%s', async (_name, query, most) => {
    const seen = await statements(() => manager(query))
    expect(seen.length).toBeLessThanOrEqual(most)
  })
  test('nothing is counted unless it is asked for', async () => {
    const counting = (seen: string[]) => seen.filter((sql) => /count\(\*\)/.test(sql)).length
    expect(counting(await statements(() => manager('{ cases { edges { node { id } } pageInfo { endCursor hasNextPage } } }')))).toBe(0)
    expect(counting(await statements(() => manager('{ cases { totalCount } }')))).toBe(1)
  })
  test('a page of a hundred is a hundred, and its history is read with it', async () => {
    expect(data(await specialist('{ cases(first: 100) { edges { node { id } } } }')).cases.edges.length).toBeGreaterThanOrEqual(40)
    const { history } = data(
      await manager(
        'query ($id: ID!) { case(id: $id) { history(includeRefusals: true) { totalCount edges { node { sequence action result from to actor { login } hash previousHash } } } } }',
        { id: meals[0]!.id },
      ),
    ).case
    const done = history.edges.map((edge: any) => edge.node).filter((node: any) => node.result === 'DONE')
    expect(done.map((node: any) => [node.sequence, node.action, node.to])).toEqual([
      [1, 'OPEN', 'draft'],
      [2, 'SUBMIT', 'submitted'],
      [3, 'FORWARD', 'managerReview'],
    ])
    expect(done[1].previousHash).toBe(done[0].hash)
    expect(history.totalCount).toBeGreaterThan(3)
  })
})
