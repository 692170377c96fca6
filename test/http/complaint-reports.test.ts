import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { isFinal } from '../../src/define/index.js'
import { systemAccount } from '../../src/engine/system-account.js'
import { departmentId, employeeId } from '../../src/organisation/ids.js'
import { stations } from '../../src/persistence/queries/complaint-tracking.js'
import definition from '../../workflows/complaints/complaint-handling/process.js'
import { complaintsOfOctober, type Month, trackOctober } from '../support/complaint-months.js'
import * as paper from '../support/complaints.js'
import { people } from '../support/complaints.js'
import { type Desk, deskOf } from '../support/desk.js'
import { codeOf, fieldsOf, type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'

let http: HttpHouse
let manager: Desk
let month: Month
let pendingNumber: string
beforeAll(async () => {
  http = await serveHouse()
  manager = await deskOf(http, people.manager)
  month = await complaintsOfOctober(http.house)
  ;({ pendingNumber } = await trackOctober(month))
}, 120_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes)).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const october = 'from: "2026-10-01", to: "2026-10-31"'
const ask = async (query: string, desk = manager) => Object.values((await desk.read(`{ ${query} }`)) as object)[0]
const idsOf = (connection: any) => connection.edges.map(({ node }: any) => node.case.id)

test('6.13: what came in within the month, and what of it was solved by its end', async () => {
  const figures = 'days complaintCount complaintsPerDay solvedCount solvedRate qualityCount withdrawnCount notAcceptedCount closedCount openCount totalLoss'
  expect(await ask(`complaintSummary(${october}) { ${figures} }`)).toEqual({
    days: 31,
    complaintCount: 6,
    complaintsPerDay: '0.19',
    solvedCount: 2,
    solvedRate: '33.33',
    qualityCount: 3,
    withdrawnCount: 1,
    notAcceptedCount: 1,
    closedCount: 3,
    openCount: 2,
    totalLoss: '160.30',
  })
  // One second, or none, decides the month.
  expect(await ask(`complaintSummary(from: "2026-09-30", to: "2026-09-30") { ${figures} }`)).toMatchObject({
    days: 1,
    complaintCount: 1,
    complaintsPerDay: '1.00',
    solvedCount: 0,
    solvedRate: '0.00',
    openCount: 1,
    totalLoss: '9.00',
  })
  expect(await ask(`complaintSummary(from: "2026-11-01", to: "2026-11-01") { ${figures} }`)).toMatchObject({ complaintCount: 1, solvedCount: 0, openCount: 3 })
  expect(await ask(`complaintSummary(from: "2026-01-01", to: "2026-01-31") { ${figures} }`)).toEqual({
    days: 31,
    complaintCount: 0,
    complaintsPerDay: '0.00',
    solvedCount: 0,
    solvedRate: null,
    qualityCount: 0,
    withdrawnCount: 0,
    notAcceptedCount: 0,
    closedCount: 0,
    openCount: 0,
    totalLoss: '0.00',
  })
})

test('6.6: counts and losses by kind, department, disposition and product, in both languages', async () => {
  const groups =
    'count loss byKind { value label count loss } byDepartment { value count loss } byDisposition { value label count loss } byProduct { label count loss }'
  const found: any = await ask(`complaintStatistics(${october}) { ${groups} }`)
  expect(found).toMatchObject({ count: 6, loss: '160.30' })
  const lines = (of: any[], name: string) => of.map((group) => [group[name], group.count, group.loss])
  const sorted = (of: unknown[][]) => of.sort((a, b) => Number(b[1]) - Number(a[1]) || String(a[0]).localeCompare(String(b[0])))
  expect(sorted(lines(found.byKind, 'value'))).toEqual(
    sorted([
      ['品质', 2, '150.10'],
      [null, 2, '0.00'],
      ['货期', 1, '0.20'],
      ['质量问题', 1, '10.00'],
    ]),
  )
  expect(lines(found.byDepartment, 'value')).toEqual([
    [departmentId('PRODUCTION'), 3, '160.10'],
    [null, 2, '0.00'],
    [departmentId('QUALITY'), 1, '0.20'],
  ])
  expect(lines(found.byDisposition, 'label')).toEqual([
    ['折扣', 2, '100.30'],
    ['其他', 2, '60.00'],
    ['未定', 2, '0.00'],
  ])
  expect(lines(found.byProduct, 'label')).toEqual([
    ['A型打印机', 3, '160.10'],
    ['未定', 2, '0.00'],
    ['B型扫描仪', 1, '0.20'],
  ])
  const english: any = await ask(`complaintStatistics(${october}) { byDisposition { label } byDepartment { label } }`, manager.in('en'))
  expect(english.byDisposition.map(({ label }: any) => label)).toEqual(['Discount', 'Other', 'Not known yet'])
  expect(english.byDepartment.map(({ label }: any) => label)).toEqual(['Production', 'Not known yet', 'Quality inspection'])
  expect(await ask(`complaintStatistics(${october}, complaintKind: "货期") { count loss byKind { value } }`)).toEqual({
    count: 1,
    loss: '0.20',
    byKind: [{ value: '货期' }],
  })
  expect(await ask('complaintStatistics(from: "2026-01-01", to: "2026-01-31") { count loss byKind { value } }')).toEqual({ count: 0, loss: '0.00', byKind: [] })
})

test('6.6: its rows, as printed', async () => {
  const row = 'case { id } date no complaintKind customer { id } goods purchasedOn content responsibleDepartment { id } disposition dispositionLabel loss'
  const found: any = await ask(`complaintStatisticsRows(${october}, complaintKind: "货期") { totalCount edges { node { ${row} } } }`)
  expect(found).toEqual({
    totalCount: 1,
    edges: [
      {
        node: {
          case: { id: month.overTheBorder.id },
          date: '2026-10-31',
          no: (await month.overTheBorder.record()).number,
          complaintKind: '货期',
          customer: { id: paper.customer },
          goods: 'B型扫描仪',
          purchasedOn: null,
          content: '新机无法开机',
          responsibleDepartment: { id: departmentId('QUALITY') },
          disposition: 'DISCOUNT',
          dispositionLabel: '折扣',
          loss: '0.20',
        },
      },
    ],
  })
  const all: any = await ask(`complaintStatisticsRows(${october}) { edges { node { case { id } } } }`)
  const { onTheDot, reopened, withdrawn, notAccepted, pending, overTheBorder } = month
  expect(idsOf(all)).toEqual([onTheDot, reopened, withdrawn, notAccepted, pending, overTheBorder].map(({ id }) => id))
})

test('6.7: the head of the analysis is copied from its complaint', async () => {
  const head = 'complaint { id } customer { id } acceptedOn complaintKind promisedDeadline reason customerDemand'
  expect(await ask(`complaintAnalysis(complaintId: "${month.pending.id}") { ${head} }`)).toEqual({
    complaint: { id: month.pending.id },
    customer: { id: paper.customer },
    acceptedOn: '2026-10-20',
    complaintKind: '质量问题',
    promisedDeadline: '2026-10-31',
    reason: '新机三天后无法开机',
    customerDemand: '更换新机',
  })
  const [tracking] = await month.pending.children('complaint-case-tracking')
  for (const id of [tracking!.id, systemAccount.employeeId, 'nothing'])
    expect(codeOf(await manager.ask(`{ complaintAnalysis(complaintId: "${id}") { reason } }`))).toBe('NOT_FOUND')
})

const times = 'case { id } totalDays totalMs stations { station label reachedAt days ms }'
test('6.12: the time at each station, over both rounds of a complaint that was reopened', async () => {
  const sheet: any = await ask(`complaintTracking(${october}) { edges { node { ${times} receivedAt qaAt countersignAt marketingAt closedAt } } }`)
  const [onTheDot, reopened] = sheet.edges.map(({ node }: any) => node)
  const hour = 3_600_000
  expect(reopened).toEqual({
    case: { id: month.reopened.id },
    totalDays: '23.50',
    totalMs: 564 * hour,
    stations: [
      { station: 'RECEPTION', label: '收件', reachedAt: '2026-10-02T00:00:00.000Z', days: '1.00', ms: 24 * hour },
      { station: 'QUALITY', label: '质管部', reachedAt: '2026-10-03T00:00:00.000Z', days: '2.50', ms: 60 * hour },
      { station: 'COUNTERSIGN', label: '会签部', reachedAt: '2026-10-04T12:00:00.000Z', days: '3.00', ms: 72 * hour },
      { station: 'MARKETING', label: '市场营销部', reachedAt: '2026-10-06T00:00:00.000Z', days: '5.00', ms: 120 * hour },
      { station: 'CLOSING', label: '结案', reachedAt: '2026-10-08T12:00:00.000Z', days: '12.00', ms: 288 * hour },
    ],
    receivedAt: '2026-10-02T00:00:00.000Z',
    qaAt: '2026-10-03T00:00:00.000Z',
    countersignAt: '2026-10-04T12:00:00.000Z',
    marketingAt: '2026-10-06T00:00:00.000Z',
    closedAt: '2026-10-25T12:00:00.000Z',
  })
  expect(onTheDot).toMatchObject({ totalDays: '7.00', closedAt: '2026-10-07T16:00:00.000Z' })
})

test('6.12: while a complaint is open its time runs on, where it stands', async () => {
  const read = async () => (await ask(`complaintTracking(${october}, openOnly: true) { edges { node { ${times} closedAt } } }`)) as any
  const [first, ...others] = (await read()).edges
  const [again] = (await read()).edges
  expect([first.node.case.id, others]).toEqual([month.pending.id, []])
  const msAt = ({ node }: any, station: string) => node.stations.find((time: any) => time.station === station).ms
  expect(msAt(again, 'COUNTERSIGN')).toBeGreaterThan(msAt(first, 'COUNTERSIGN'))
  expect(first.node).toMatchObject({ closedAt: null })
  expect(first.node.stations.find(({ station }: any) => station === 'MARKETING')).toEqual({
    station: 'MARKETING',
    label: '市场营销部',
    reachedAt: null,
    days: '0.00',
    ms: 0,
  })
  expect(Math.abs(first.node.totalMs - (Date.now() - Date.parse('2026-10-20T08:00:00+08:00')))).toBeLessThan(60_000)
})

test('6.12: the penalty of a person is masked; who tracks or owns the case reads it in plain, on record', async () => {
  const penalty = async (login: string) => {
    const { json } = await (await http.as(login))(
      `{ complaintTracking(${october}) { edges { node { case { id } personalPenaltyKind personalPenaltyKindPlain } } } }`,
    )
    const { node } = json!.data.complaintTracking.edges.find((edge: any) => edge.node.case.id === month.onTheDot.id)
    return [node.personalPenaltyKind, node.personalPenaltyKindPlain, ...new Set((json!.errors ?? []).map(({ extensions }) => extensions.code))]
  }
  const onRecord = async () =>
    (
      await http.house.pool.query(
        `select actor_id as actor, content::jsonb #>> '{details,fields}' as fields from audit_entry where process = 'access' and result = 'DONE'`,
      )
    ).rows
  expect(await penalty('complaint-specialist-3')).toEqual(['***', null, 'NOT_AUTHORISED'])
  expect(await penalty('cs-director-1')).toEqual(['***', null, 'NOT_AUTHORISED'])
  expect(await onRecord()).toEqual([])
  expect(await penalty(people.manager)).toEqual(['***', '警告'])
  expect(await penalty('auditor-1')).toEqual(['***', '警告'])
  expect(await onRecord()).toEqual([people.manager, 'auditor-1'].map((login) => ({ actor: employeeId(login), fields: 'personalPenaltyKind' })))
})

test('6.12: what the tracking case holds stands in the line of its complaint', async () => {
  const line = `case { id } acceptedOn docNo customer { id } deliveryNoteNo productSpec shippedOn quantity amount defectiveQuantity content manufacturingDept { code }
    disposition lossAmount liabilities { department { code } ratio } personalPenaltyKind reminders { remindedOn docNo addressee { code } byClock } closingNo`
  const sheet: any = await ask(`complaintTracking(${october}) { edges { node { ${line} } } }`)
  const of = (id: string) => sheet.edges.find(({ node }: any) => node.case.id === id).node
  expect(of(month.onTheDot.id)).toMatchObject({
    acceptedOn: '2026-10-01',
    docNo: 'TZ-001',
    lossAmount: '100.10',
    disposition: 'DISCOUNT',
    liabilities: [
      { department: { code: 'PRODUCTION' }, ratio: '60' },
      { department: { code: 'QUALITY' }, ratio: '40' },
    ],
    personalPenaltyKind: '***',
    reminders: [],
    closingNo: 'JA-001',
  })
  // Nobody has confirmed its liability: the first verdict stands.
  expect(of(month.reopened.id).liabilities).toEqual([
    { department: { code: 'PRODUCTION' }, ratio: '70' },
    { department: { code: 'QUALITY' }, ratio: '30' },
  ])
  expect(of(month.pending.id)).toMatchObject({
    deliveryNoteNo: 'JH-9',
    productSpec: 'A型打印机 A4',
    shippedOn: '2026-09-01',
    quantity: '10',
    amount: '8000',
    defectiveQuantity: '2',
    content: '新机无法开机',
    manufacturingDept: { code: 'PRODUCTION' },
    reminders: [
      { remindedOn: '2026-10-25', docNo: 'DB-7', addressee: { code: 'QUALITY' }, byClock: false },
      { remindedOn: '2026-11-01', docNo: `${pendingNumber}-02`, addressee: { code: 'PRODUCTION' }, byClock: true },
    ],
    closingNo: null,
  })
})

test('6.12: sheets follow one another', async () => {
  const read = async (rest: string): Promise<any> =>
    ask(`complaintTracking(${october}, ${rest}) { pageInfo { hasNextPage endCursor } edges { node { case { id } } } }`)
  const one = await read('first: 4')
  const two = await read(`first: 4, after: "${one.pageInfo.endCursor}"`)
  expect([idsOf(one).length, one.pageInfo.hasNextPage, idsOf(two), two.pageInfo.hasNextPage]).toEqual([
    4,
    true,
    [month.pending.id, month.overTheBorder.id],
    false,
  ])
})

test('duty check: what happened within the month to the complaints of one handler, whenever they came in', async () => {
  const check = async (login: string, period: string) =>
    ask(`complaintDutyCheck(handlerId: "${employeeId(login)}", ${period}) { handler { login } accepted overdue solved reopened meanDays }`)
  const november = 'from: "2026-11-01", to: "2026-11-21"'
  expect(await check(people.handler, october)).toEqual({
    handler: { login: people.handler },
    accepted: 4,
    overdue: 3,
    solved: 3,
    reopened: 1,
    meanDays: '13.50',
  })
  expect(await check(people.handler, november)).toMatchObject({ accepted: 1, overdue: 0, solved: 0, reopened: 0, meanDays: null })
  expect(await check(people.colleague, october)).toMatchObject({ accepted: 1, overdue: 0, solved: 0, meanDays: null })
  expect(await check(people.colleague, november)).toMatchObject({ accepted: 0, overdue: 1, solved: 1, meanDays: '4.33' })
  expect(await check(people.visitor, october)).toMatchObject({ accepted: 0, overdue: 0, solved: 0, reopened: 0, meanDays: null })
})

test('every state that a complaint can be in counts to one station, and to no other', () => {
  const waiting = Object.entries(definition.states).flatMap(([state, step]) => (isFinal(step) ? [] : [state]))
  expect(
    Object.values(stations)
      .flatMap(({ states }): readonly string[] => states)
      .sort(),
  ).toEqual(waiting.sort())
})

const reports = [
  `complaintStatistics(${october}) { count }`,
  `complaintStatisticsRows(${october}) { totalCount }`,
  `complaintTracking(${october}) { totalCount }`,
  `complaintSummary(${october}) { complaintCount }`,
  `complaintDutyCheck(handlerId: "${employeeId(people.handler)}", ${october}) { accepted }`,
]
test('complaint roles, the management of customer service and auditors see the reports, and nobody else', async () => {
  const all = [...reports, `complaintAnalysis(complaintId: "${month.pending.id}") { reason }`]
  for (const login of [people.handler, people.supervisor, people.manager, 'cs-director-1', 'auditor-1']) {
    const desk = await deskOf(http, login)
    for (const report of all) expect(codeOf(await desk.ask(`{ ${report} }`))).toBeUndefined()
  }
  for (const login of ['production-1', 'relations-specialist-1', 'general-manager-1', 'payment-run']) {
    const desk = await deskOf(http, login)
    for (const report of all) expect(codeOf(await desk.ask(`{ ${report} }`))).toBe('NOT_AUTHORISED')
  }
  for (const report of all) expect(codeOf(await http.withToken()(`{ ${report} }`))).toBe('UNAUTHENTICATED')
})

test('a period that ends before it begins, days that there are not and people who do not exist are refused', async () => {
  for (const report of ['complaintSummary', 'complaintStatistics', 'complaintTracking', 'complaintStatisticsRows'])
    expect(fieldsOf(await manager.ask(`{ ${report}(from: "2026-10-31", to: "2026-10-30") { __typename } }`))).toEqual(['to DATE_INVALID'])
  expect((await manager.ask('{ complaintSummary(from: "2026-02-30", to: "2026-03-01") { days } }')).json?.data).toBeUndefined()
  expect(codeOf(await manager.ask(`{ complaintDutyCheck(handlerId: "${month.pending.id}", ${october}) { accepted } }`))).toBe('NOT_FOUND')
  for (const first of [0, 101])
    expect(fieldsOf(await manager.ask(`{ complaintTracking(${october}, first: ${first}) { totalCount } }`))).toEqual(['first OUT_OF_RANGE'])
})

test('nobody signs in as the system, with a password or with a token', async () => {
  const signIn = (login: string) => http.withToken()(`mutation { signIn(login: "${login}", password: "countersign") { token } }`)
  expect(codeOf(await signIn('system'))).toBe('CREDENTIALS_INVALID')
  const { token } = await http.tokens.issue(systemAccount.employeeId)
  expect(codeOf(await http.withToken(token)('{ viewer { login } }'))).toBe('UNAUTHENTICATED')
  const { edges } = (await ask('employees(filter: { text: "system" }) { edges { node { login } } }')) as any
  expect(edges).toEqual([])
})
