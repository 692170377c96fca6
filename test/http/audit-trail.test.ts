import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { accessStream, signInStream } from '../../src/audit/chain.js'
import { entryWith, under } from '../../src/engine/entry.js'
import { employeeId } from '../../src/organisation/ids.js'
import { actorsOf } from '../../src/persistence/actors.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { type AuditFilter, auditConditions, auditFrom } from '../../src/persistence/queries/audit-filter.js'
import { auditCountMax, findEntries } from '../../src/persistence/queries/audit-queries.js'
import { type Entry, entriesOf, type Filter, plainly } from '../support/audit-entries.js'
import { driveCase } from '../support/busy-cases.js'
import { mealApplicant, mealForm, mealInReview } from '../support/cases.js'
import { type Ask, codeOf, dataOf, fieldsOf, type HttpHouse, serveHouse } from '../support/http.js'
import { testKeys } from '../support/keys.js'

let http: HttpHouse
let auditor: Ask
let entries: readonly Entry[]
/** Who sees what: all, every case of some processes, some cases, none. */
const viewers = ['auditor-1', 'cs-manager-1', mealApplicant, 'technician-1', 'repair-technician-1']
const sight = new Map<string, readonly Entry[]>()

beforeAll(async () => {
  http = await serveHouse()
  auditor = await http.as('auditor-1')
  await someHistory(http)
  entries = await entriesOf(http.house)
  for (const login of viewers) sight.set(login, login === 'auditor-1' ? entries : await seenBy(login))
}, 60_000)
afterAll(() => http.close())

/** Claims, meals, refusals and a conflict, a proxy's act, work on tasks, late recording, a reading and a failed sign-in. */
async function someHistory({ house }: HttpHouse): Promise<void> {
  await Promise.all([0, 1, 4].map((index) => driveCase(house.door, index, () => {})))
  const meal = await mealInReview(house)
  await meal.refused(mealApplicant, 'APPROVE')
  await meal.refused('cs-manager-1', 'APPROVE', { opinion: { opinion: '同意' } }, { expectedVersion: 1 })
  await meal.handle('cs-manager-1', 'CLAIM')
  await meal.handle('cs-manager-1', 'RELEASE')
  const late = await house.open(mealApplicant, 'customer-meal-hospitality', mealForm({ budgetTotal: '12.50', budget: [{ item: 'MEAL', amount: '12.50' }] }), {
    occurredAt: '2026-03-01T10:00:00+08:00',
  })
  await late.act(mealApplicant, 'SUBMIT', {}, { occurredAt: '2026-03-02T10:00:00+08:00' })
  await house.proxy('cs-manager-1', 'finance-1')
  await meal.act('finance-1', 'RETURN', { reason: { reason: '预算过高' } }, { onBehalfOf: 'cs-manager-1' })
  await house.openRefused('repair-technician-1', 'gift-plan-approval', {})
  const store = commandStoreOf(house.pool, house.processes, testKeys)
  const seen = entryWith({
    ...under(house.processes.current.get('customer-meal-hospitality')!),
    action: 'READ',
    actor: { id: employeeId('cs-manager-1'), kind: 'employee' },
    requestId: 'test',
    idempotencyKey: 'read',
  })
  await store.record(accessStream(employeeId('cs-manager-1')), meal.id, seen)
  await store.record(signInStream, null, { ...seen, process: 'organisation', action: 'SIGN_IN_FAILED', result: 'REFUSED', actor: { id: '', kind: 'system' } })
}

const readers = new Map<string, Ask>()
async function askAs(login: string): Promise<Ask> {
  const ask = readers.get(login) ?? (await http.as(login))
  readers.set(login, ask)
  return ask
}
const question = `query ($filter: AuditFilterInput, $first: Int, $after: String, $order: AuditOrder) {
  auditTrail(filter: $filter, first: $first, after: $after, order: $order) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`
/** The whole list, page by page. */
async function readAll(login: string, filter: Filter, first: number, order = 'NEWEST_FIRST'): Promise<string[]> {
  const ids: string[] = []
  const ask = await askAs(login)
  for (let after: string | null = null; ; ) {
    const { edges, pageInfo }: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } = dataOf(
      await ask(question, { filter, first, after, order }),
    ).auditTrail
    ids.push(...edges.map(({ node }) => node.id))
    if (!pageInfo.hasNextPage) return ids
    expect(edges.length).toBe(first)
    after = pageInfo.endCursor
  }
}
/** The same in one statement, by the conditions alone. */
async function selectAll(login: string, filter: Filter): Promise<string[]> {
  const { house } = http
  const viewer = (await actorsOf(house.pool, [employeeId(login)])).get(employeeId(login))!
  const times = Object.entries(filter).map(([name, value]) => [
    name,
    /From$|Before$/.test(name) && !name.startsWith('amount') ? new Date(value as string) : value,
  ])
  const conditions = auditConditions(house.processes, { ...viewer, limits: {} }, Object.fromEntries(times) as AuditFilter)
  const { rows } = await house.pool.query(
    `select a.position::text as id from ${auditFrom} where ${conditions.where} order by a.recorded_at desc, a.position desc`,
    conditions.values,
  )
  return rows.map(({ id }) => id)
}
/** The acts of the cases that the list of cases shows. Readings are none. */
async function seenBy(login: string): Promise<Entry[]> {
  const { cases } = dataOf(await (await askAs(login))('{ cases(first: 100) { edges { node { id } } pageInfo { hasNextPage } } }'))
  expect(cases.pageInfo.hasNextPage).toBe(false)
  const ids = new Set(cases.edges.map(({ node }: { node: { id: string } }) => node.id))
  return entries.filter(({ caseId, kind }) => caseId !== null && ids.has(caseId) && kind !== 'ACCESS')
}

/** What an entry says in the words of a filter: it is among those that each of these finds. */
const wordsOf = (entry: Entry): Filter =>
  Object.fromEntries(
    Object.entries({
      caseId: entry.caseId,
      caseNumber: entry.number,
      processes: [entry.process],
      family: http.house.processes.current.get(entry.process)?.family,
      customerId: entry.customerId,
      actorId: entry.actorId,
      onBehalfOfId: entry.onBehalfOfId,
      actorKind: entry.bySystem ? 'SYSTEM' : 'PERSON',
      role: entry.role,
      actions: [entry.action],
      results: [entry.result],
      reasonCodes: entry.reasonCodes,
      stateEntered: entry.moved ? entry.to : null,
      stateLeft: entry.moved ? entry.from : null,
      amountFrom: entry.amount,
      amountTo: entry.amount,
      occurredFrom: `${entry.occurredAt.slice(0, 23)}Z`,
      occurredBefore: new Date(Date.parse(`${entry.occurredAt.slice(0, 23)}Z`) + 60_000).toISOString(),
      recordedFrom: `${entry.recordedAt.slice(0, 23)}Z`,
      recordedBefore: new Date(Date.parse(`${entry.recordedAt.slice(0, 23)}Z`) + 1_000).toISOString(),
      stream: entry.kind,
    }).filter(([, value]) => value !== null && value !== undefined),
  )
const names = Object.keys({
  caseId: 0,
  caseNumber: 0,
  processes: 0,
  family: 0,
  customerId: 0,
  actorId: 0,
  onBehalfOfId: 0,
  actorKind: 0,
  role: 0,
  actions: 0,
  results: 0,
  reasonCodes: 0,
  stateEntered: 0,
  stateLeft: 0,
  amountFrom: 0,
  amountTo: 0,
  occurredFrom: 0,
  occurredBefore: 0,
  recordedFrom: 0,
  recordedBefore: 0,
  stream: 0,
} satisfies Record<keyof Filter, 0>) as (keyof Filter)[]

describe.each(names)('by %s', (name) => {
  test('each value finds what it says, and is found', async () => {
    const values = new Map(entries.flatMap((entry) => (wordsOf(entry)[name] === undefined ? [] : [[JSON.stringify(wordsOf(entry)[name]), entry] as const])))
    expect(values.size).toBeGreaterThan(0)
    for (const entry of [...values.values()].slice(0, 6)) {
      const filter = { [name]: wordsOf(entry)[name] }
      const found = await readAll('auditor-1', filter, 100)
      expect(found).toEqual(plainly(http.house.processes, entries, filter))
      expect(found).toContain(entry.id)
    }
  })
})

test.each(viewers)(
  'any combination of filters: %s reads what a plain filter finds, in the same order',
  async (login) => {
    const seen = sight.get(login)!
    const anchor = fc.record({
      of: fc.nat(entries.length - 1),
      other: fc.nat(entries.length - 1),
      named: fc.subarray(names, { maxLength: 4 }),
      both: fc.boolean(),
      first: fc.integer({ min: 3, max: 100 }),
      order: fc.constantFrom('NEWEST_FIRST', 'OLDEST_FIRST'),
    })
    await fc.assert(
      fc.asyncProperty(anchor, async ({ of, other, named, both, first, order }) => {
        const [words, others] = [wordsOf(entries[of]!), wordsOf(entries[other]!)]
        const filter: Filter = Object.fromEntries(
          named.flatMap((name) => {
            const [value, second] = [words[name], others[name]]
            if (value === undefined) return []
            return [[name, both && Array.isArray(value) && Array.isArray(second) ? [...value, ...second] : value]]
          }),
        )
        const expected = plainly(http.house.processes, seen, filter)
        expect(await selectAll(login, filter)).toEqual(expected)
        expect(await readAll(login, filter, first, order)).toEqual(order === 'NEWEST_FIRST' ? expected : [...expected].reverse())
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 6) },
    )
  },
  600_000,
)

test('an entry tells what it is about', async () => {
  const { auditTrail } = dataOf(
    await auditor(
      `{ auditTrail(filter: { actions: ["SUBMIT"], processes: ["customer-meal-hospitality"] }, first: 1) { edges { node { stream amount customer { code } case { process { family } } } } } }`,
    ),
  )
  expect(auditTrail.edges).toEqual([{ node: { stream: 'CASE', amount: '12.50', customer: { code: 'C0001' }, case: { process: { family: 'hospitality' } } } }])
})

describe('the count', () => {
  test('is exact while there are few', async () => {
    const { auditTrail } = dataOf(await auditor('{ auditTrail(first: 1) { totalCount totalCountIsExact } }'))
    expect(auditTrail).toEqual({ totalCount: entries.length, totalCountIsExact: true })
  })
  test('ends at the most that is counted, and says so', async () => {
    const other = await serveHouse()
    try {
      await other.house.owner.query(
        `insert into audit_entry (stream, sequence, process, action, result, occurred_at, recorded_at, content, previous_hash, hash)
         select 'organisation', 100000 + i, 'organisation', 'SET_LIMIT', 'DONE', now(), now(), '{}', '', '' from generate_series(1, $1) i`,
        [auditCountMax + 1],
      )
      const ask = await other.as('auditor-1')
      const { all, some } = dataOf(
        await ask(`{ all: auditTrail(first: 1) { totalCount totalCountIsExact }
          some: auditTrail(first: 1, filter: { actions: ["SET_LIMIT", "GRANT_ROLE"] }) { totalCount totalCountIsExact } }`),
      )
      expect([all, some]).toEqual(Array(2).fill({ totalCount: auditCountMax, totalCountIsExact: false }))
    } finally {
      await other.close()
    }
  })
})

test('a statement that takes too long asks for a narrower filter', async () => {
  const { owner, processes } = http.house
  const impatient = {
    query: (sql: string, values: unknown[]) =>
      owner.query(sql.includes('union') ? `select pg_sleep(1) /* ${values.length} */` : sql, sql.includes('union') ? [] : values),
  }
  await owner.query('set statement_timeout = 50')
  try {
    const asked = findEntries(impatient as never, processes, { roles: ['AUDITOR'] } as never, { results: ['REFUSED', 'CONFLICT'] }, {})
    await expect(asked).rejects.toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'filter', code: 'TOO_WIDE' }] })
  } finally {
    await owner.query('set statement_timeout = 0')
  }
})

describe('what is no filter', () => {
  const many = (value: string) => Array(51).fill(value)
  test.each<[string, object, string]>([
    ['an unknown process', { processes: ['complaint-handling', 'nothing'] }, 'filter.processes VALUE_INVALID'],
    ['no process', { processes: [] }, 'filter.processes OUT_OF_RANGE'],
    ['51 processes', { processes: many('complaint-handling') }, 'filter.processes OUT_OF_RANGE'],
    ['an unknown family', { family: 'nothing' }, 'filter.family VALUE_INVALID'],
    ['an unknown role', { role: 'KING' }, 'filter.role VALUE_INVALID'],
    ['an unknown action', { actions: ['submit'] }, 'filter.actions VALUE_INVALID'],
    ['no action', { actions: [] }, 'filter.actions OUT_OF_RANGE'],
    ['51 actions', { actions: many('SUBMIT') }, 'filter.actions OUT_OF_RANGE'],
    ['no result', { results: [] }, 'filter.results OUT_OF_RANGE'],
    ['51 results', { results: many('DONE') }, 'filter.results OUT_OF_RANGE'],
    ['an unknown reason', { reasonCodes: ['NOT_FOUND', "'; --"] }, 'filter.reasonCodes VALUE_INVALID'],
    ['no reason', { reasonCodes: [] }, 'filter.reasonCodes OUT_OF_RANGE'],
    ['51 reasons', { reasonCodes: many('NOT_FOUND') }, 'filter.reasonCodes OUT_OF_RANGE'],
    ['an unknown state entered', { stateEntered: 'nowhere' }, 'filter.stateEntered VALUE_INVALID'],
    ['an unknown state left', { stateLeft: '__proto__' }, 'filter.stateLeft VALUE_INVALID'],
    ['amounts the wrong way round', { amountFrom: '10.01', amountTo: '10.00' }, 'filter.amountTo OUT_OF_RANGE'],
    [
      'a time of happening that ends as it begins',
      { occurredFrom: '2026-01-01T00:00:00Z', occurredBefore: '2026-01-01T00:00:00Z' },
      'filter.occurredBefore DATE_INVALID',
    ],
    [
      'a time of recording that ends before it begins',
      { recordedFrom: '2026-01-02T00:00:00Z', recordedBefore: '2026-01-01T00:00:00Z' },
      'filter.recordedBefore DATE_INVALID',
    ],
  ])('%s', async (_name, filter, field) => {
    for (const login of ['auditor-1', mealApplicant]) {
      const answer = await (await askAs(login))(question, { filter })
      expect([answer.status, codeOf(answer), fieldsOf(answer)]).toEqual([200, 'INPUT_INVALID', [field]])
    }
  })
  test('every wrong list and range is named at once', async () => {
    const answer = await auditor(question, { filter: { actions: [], results: [], amountFrom: '2', amountTo: '1' } })
    expect(fieldsOf(answer)).toEqual(['filter.actions OUT_OF_RANGE', 'filter.results OUT_OF_RANGE', 'filter.amountTo OUT_OF_RANGE'])
  })
  test.each(['caseId', 'customerId', 'actorId', 'onBehalfOfId'])('%s that is no id', async (name) => {
    expect(codeOf(await auditor(question, { filter: { [name]: "1' or true" } }))).toBe('NOT_FOUND')
  })
  test.each<[string, object, string]>([
    ['an unknown kind', { stream: 'GOSSIP' }, 'BAD_USER_INPUT'],
    ['an unknown result', { results: ['MAYBE'] }, 'BAD_USER_INPUT'],
    ['an unknown kind of actor', { actorKind: 'ROBOT' }, 'BAD_USER_INPUT'],
    ['an amount that is none', { amountFrom: '1e5' }, 'INPUT_INVALID'],
    ['a time that is none', { recordedFrom: 'yesterday' }, 'BAD_USER_INPUT'],
  ])('%s', async (_name, filter, code) => {
    expect(codeOf(await auditor(question, { filter }))).toBe(code)
  })
  test('a case number, a customer and an employee that are nowhere find nothing', async () => {
    const nobody = '00000000-0000-4000-8000-000000000000'
    for (const filter of [{ caseNumber: 'CMH-2026-999999' }, { caseId: nobody }, { customerId: nobody }, { actorId: nobody }, { onBehalfOfId: nobody }])
      expect(await readAll('auditor-1', filter, 20)).toEqual([])
  })
  test('nobody asks without a sign-in', async () => {
    expect(codeOf(await http.withToken()(question))).toBe('UNAUTHENTICATED')
  })
})

describe('cursors', () => {
  const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
  const time = '2026-01-01 00:00:00+00'
  test.each([
    ['no base64', '%%%'],
    ['of another list', cursor(time, '00000000-0000-4000-8000-000000000000')],
    ['a position that is none', cursor(time, '-1')],
    ['a position beyond all numbers', cursor(time, '9'.repeat(19))],
    ['a time that is none', cursor('now', '1')],
    ['SQL', cursor(`${time}'; drop table audit_entry; --`, '1')],
  ])('%s', async (_name, after) => {
    for (const order of ['NEWEST_FIRST', 'OLDEST_FIRST']) {
      const answer = await auditor(question, { after, order })
      expect([codeOf(answer), fieldsOf(answer)]).toEqual(['INPUT_INVALID', ['after CURSOR_INVALID']])
    }
  })
  test('a cursor of somebody else shows no more than one’s own', async () => {
    const { auditTrail } = dataOf(await auditor(question, { first: 1 }))
    const { edges } = dataOf(await (await askAs('repair-technician-1'))(question, { after: auditTrail.pageInfo.endCursor, first: 100 })).auditTrail
    expect(edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual(plainly(http.house.processes, sight.get('repair-technician-1')!, {}))
  })
})

test('a history with its refusals tells nobody but the auditor of readings', async () => {
  const { caseId } = entries.find(({ kind }) => kind === 'ACCESS')!
  const kindsFor = async (ask: Ask) => {
    const query = 'query ($id: ID!) { case(id: $id) { history(first: 100, includeRefusals: true) { edges { node { stream } } } } }'
    const { history } = dataOf(await ask(query, { id: caseId })).case
    return [...new Set(history.edges.map(({ node }: { node: { stream: string } }) => node.stream))].sort()
  }
  const { process } = await http.house.caseOf(caseId!)
  const owner = http.house.processes.current.get(process)!.definition.owner
  expect(await kindsFor(auditor)).toEqual(['ACCESS', 'ATTEMPT', 'CASE', 'WORK'])
  expect(await kindsFor(await http.as(await http.house.hire('history-reader', [owner])))).toEqual(['ATTEMPT', 'CASE', 'WORK'])
})

test('every act has a name in words, in both languages', async () => {
  for (const language of ['zh', 'en']) {
    const text = `{ auditTrail(first: 100, order: NEWEST_FIRST) { edges { node { action actionLabel meaning } } }
      oldest: auditTrail(first: 10, filter: { stream: ORGANISATION }, order: OLDEST_FIRST) { edges { node { action actionLabel meaning } } } }`
    const { auditTrail, oldest } = dataOf(await auditor(text, {}, { 'accept-language': language }))
    const nodes: { action: string; actionLabel: string; meaning: string }[] = [...auditTrail.edges, ...oldest.edges].map(({ node }: { node: any }) => node)
    expect(nodes.map(({ action }) => action)).toEqual(expect.arrayContaining(['GRANT_PROXY', 'ADOPT_ROLE', 'SIGN_IN_FAILED', 'CLAIM']))
    // The reading that this test wrote by hand is no act of the house.
    expect(nodes.filter(({ action, actionLabel, meaning }) => action !== 'READ' && (actionLabel === action || meaning === action))).toEqual([])
  }
})
