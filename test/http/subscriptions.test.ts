import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { prune } from '../../src/persistence/events.js'
import { claimant, decide, pause, submitted, times } from '../support/acts.js'
import type { DrivenCase } from '../support/house.js'
import { codeOf, type HttpHouse, serveHouse } from '../support/http.js'
import { chainAt, chainOf } from '../support/practice.js'
import { allTold } from '../support/statements.js'
import { type Arrived, cursorNow as cursorNowAt, type Subscriber, settled as settledAt, subscribe as subscribeAt } from '../support/subscriber.js'

let http: HttpHouse
const open: Subscriber[] = []
beforeAll(async () => {
  http = await serveHouse({}, undefined, [chainOf('chain-practice')])
}, 60_000)
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.stop()))
})
afterAll(async () => {
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const subscribe: (...given: Parameters<typeof subscribeAt> extends [unknown, ...infer Rest] ? Rest : never) => Promise<Subscriber> = async (...given) => {
  const one = await subscribeAt(http, ...given)
  open.push(one)
  return one
}
const settled = () => settledAt(http)
const cursorNow = (kind: 'task' | 'case' = 'task') => cursorNowAt(http, kind)
const kinds = (seen: readonly Arrived[], { id }: DrivenCase) => seen.flatMap(({ kind, task }) => (task.case.id === id ? [kind] : []))

test('what happens to a task is told to those whose task it is, as it happens', async () => {
  const [finance, other] = [await subscribe('finance-1', 'taskEvents', { after: await cursorNow() }), await subscribe('info-specialist-1', 'taskEvents')]
  const it = await submitted(http.house)
  const task = await it.task()
  await it.handle('finance-1', 'CLAIM')
  await it.handle('finance-1', 'RELEASE')
  await it.handle(claimant, 'REMIND')
  await it.act('finance-1', 'CHECK')
  await finance.count(5)
  await settled()
  const seen = finance.seen.filter((event) => event['task'].case.id === it.id)
  expect(seen.map(({ kind }) => kind)).toEqual(['OPENED', 'CLAIMED', 'RELEASED', 'REMINDED', 'CLOSED'])
  expect(seen.map((event) => event['task'].id)).toEqual(times(5, () => task))
  expect(seen.at(-1)).toMatchObject({ at: expect.any(String), task: { status: 'COMPLETED', state: 'submitted', case: { version: 3 } } })
  expect(new Set(finance.seen.map(({ id }) => id)).size).toBe(finance.seen.length)
  expect(other.seen).toEqual([])
})

test('moved, asked, answered: whoever gives, receives, asks and is asked', async () => {
  const logins = ['relations-supervisor-1', 'relations-supervisor-2', 'finance-1']
  const after = await cursorNow()
  const [supervisor, colleague, asked] = await Promise.all(logins.map((login) => subscribe(login, 'taskEvents', { after })))
  const it = await chainAt(http.house, 'chain-practice', 'first')
  await it.handle('relations-supervisor-1', 'DELEGATE', { people: ['finance-1'] })
  await it.handle('finance-1', 'RESPOND', {}, { kind: 'ADVISE' })
  await it.handle('relations-supervisor-1', 'ADD_SIGNER', { people: ['finance-1'], position: 'BEFORE' })
  await it.handle('relations-supervisor-1', 'REMOVE_SIGNER', { people: ['finance-1'] })
  await it.handle('relations-supervisor-1', 'TRANSFER', { people: ['relations-supervisor-2'] })
  await it.act('relations-supervisor-2', 'APPROVE')
  await Promise.all([supervisor!.count(7), colleague!.count(7), asked!.count(4)])
  expect(kinds(supervisor!.seen, it)).toEqual(['OPENED', 'ASKED', 'ANSWERED', 'ASKED', 'ANSWERED', 'MOVED', 'CLOSED'])
  expect(kinds(colleague!.seen, it)).toEqual(kinds(supervisor!.seen, it))
  expect(kinds(asked!.seen, it)).toEqual(['OPENED', 'CLOSED', 'OPENED', 'CLOSED'])
})

test('what is done in a case is told with its entry, work on its tasks included', async () => {
  const it = await submitted(http.house)
  const live = await subscribe(claimant, 'caseEvents', { id: it.id, after: await cursorNow('case') })
  await submitted(http.house)
  await it.handle('finance-1', 'CLAIM')
  await it.act('finance-1', 'CHECK')
  await it.refused('finance-1', 'CHECK')
  await it.act('dept-manager-1', 'CONFIRM_BUDGET')
  await live.count(3)
  await settled()
  expect(live.seen.map(({ entry }) => [entry.action, entry.actor.login])).toEqual([
    ['CLAIM', 'finance-1'],
    ['CHECK', 'finance-1'],
    ['CONFIRM_BUDGET', 'dept-manager-1'],
  ])
  expect(live.seen.at(-1)).toMatchObject({ entry: { sequence: 4 }, case: { id: it.id, state: 'budgetApproved', version: 4 } })
})

test('whoever loses the role is told nothing more, not even of what went before', async () => {
  const { house } = http
  await house.hire('leaving-finance', ['FINANCE'])
  const after = await cursorNow()
  const [leaving, staying] = await Promise.all(['leaving-finance', 'finance-1'].map((login) => subscribe(login, 'taskEvents', { after })))
  await submitted(house)
  await Promise.all([leaving!.count(1), staying!.count(1)])
  const before = leaving!.cursor
  await house.dismiss('leaving-finance', 'FINANCE')
  const it = await submitted(house)
  await it.handle('finance-1', 'CLAIM')
  await staying!.count(3)
  await settled()
  expect(kinds(staying!.seen, it)).toEqual(['OPENED', 'CLAIMED'])
  expect(leaving!.seen.length).toBe(1)
  const again = await subscribe('leaving-finance', 'taskEvents', { after: before })
  const control = await subscribe('finance-1', 'taskEvents', { after: before })
  await control.count(2)
  await settled()
  expect(again.seen).toEqual([])
})

test('whoever may not see the case any more is told NOT_FOUND, and that is the end', async () => {
  const { house } = http
  await house.hire('passing-finance', ['FINANCE'])
  const it = await submitted(house)
  const live = await subscribe('passing-finance', 'caseEvents', { id: it.id, after: await cursorNow('case') })
  await it.handle('finance-1', 'CLAIM')
  await live.count(1)
  await house.dismiss('passing-finance', 'FINANCE')
  await it.act('finance-1', 'CHECK')
  expect(await live.end).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] })
  expect(live.seen.length).toBe(1)
  expect(await (await subscribe('passing-finance', 'caseEvents', { id: it.id })).end).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] })
  expect(await (await subscribe(claimant, 'caseEvents', { id: 'nothing' })).end).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] })
})

test('a proxy is told of the tasks of whoever he stands in for, while he does', async () => {
  const { house } = http
  await house.hire('stand-in', [])
  const after = await cursorNow()
  const grantId = await house.proxy('finance-1', 'stand-in')
  const live = await subscribe('stand-in', 'taskEvents', { after })
  const it = await submitted(house)
  await live.count(1)
  expect(kinds(live.seen, it)).toEqual(['OPENED'])
  await house.administer('finance-1', { action: 'REVOKE_PROXY', employeeId: employeeId('finance-1'), grantId } as never)
  await it.handle('finance-1', 'CLAIM')
  await (await subscribe('finance-1', 'taskEvents', { after })).count(2)
  await settled()
  expect(kinds(live.seen, it)).toEqual(['OPENED'])
})

test('forged cursors are none, one of the other subscription neither, and one ahead of time neither', async () => {
  const it = await submitted(http.house)
  const [ofTasks, ofCase] = [await cursorNow(), await cursorNow('case')]
  const forged = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
  const cursors = [
    'x',
    `${ofTasks}=`,
    ofTasks.slice(0, -2),
    ofCase,
    forged('task', 2, 1, 0),
    forged('task', 1, -1, 0),
    forged('task', 1, 1.5, 0),
    forged('task', 1, 1e15, 0),
  ]
  cursors.push(forged('task', 1, 1, -1), forged('task', 1, '1', 0), forged('task', 1, 1, 0, 0))
  for (const after of cursors) {
    const { end } = await subscribe('finance-1', 'taskEvents', { after }, { language: 'en' })
    expect([after, await end]).toMatchObject([
      after,
      {
        errors: [{ extensions: { code: 'INPUT_INVALID', fields: [{ path: 'after', code: 'CURSOR_INVALID', message: 'not a cursor of this subscription' }] } }],
      },
    ])
  }
  expect(await (await subscribe(claimant, 'caseEvents', { id: it.id, after: ofTasks })).end).toMatchObject({
    errors: [{ extensions: { code: 'INPUT_INVALID' } }],
  })
})

test('a cursor older than what is kept: CURSOR_EXPIRED; and from there on afresh', async () => {
  const it = await submitted(http.house)
  const [ofTasks, ofCase] = [await cursorNow(), await cursorNow('case')]
  await submitted(http.house)
  await allTold(http.house)
  while (await prune(http.house.pool, new Date(Date.now() + 60_000)));
  const expired = { errors: [{ message: '游标已过期，请重新查询', extensions: { code: 'CURSOR_EXPIRED', requestId: expect.any(String) } }] }
  expect(await (await subscribe('finance-1', 'taskEvents', { after: ofTasks })).end).toMatchObject(expired)
  expect(await (await subscribe(claimant, 'caseEvents', { id: it.id, after: ofCase })).end).toMatchObject(expired)
  const live = await subscribe('finance-1', 'taskEvents', { after: await cursorNow() })
  await decide(it, 'finance-1', 'CHECK')
  await live.count(1)
  expect(kinds(live.seen, it)).toContain('CLOSED')
})

test('without a cursor: from now on', async () => {
  await submitted(http.house)
  await settled()
  const live = await subscribe('finance-1', 'taskEvents')
  const opened: string[] = []
  while (live.seen.length === 0) opened.push((await submitted(http.house)).id)
  opened.push((await submitted(http.house)).id)
  while (live.seen.at(-1)!['task'].case.id !== opened.at(-1)) await pause(10)
  expect(opened).toEqual(expect.arrayContaining(live.seen.map(({ task }) => task.case.id)))
})

test('a subscription sent by POST is refused with the way to go', async () => {
  const answer = await (await http.as('finance-1'))('subscription { taskEvents { id } }')
  expect([answer.status, codeOf(answer), answer.json!.errors![0]!.message]).toEqual([
    400,
    'OPERATION_RESOLUTION_FAILURE',
    'subscribe over a WebSocket (graphql-transport-ws)',
  ])
})

test('the operator sees open sockets and what is not yet published', async () => {
  await subscribe('finance-1', 'taskEvents', { after: await cursorNow() })
  await settled()
  const { text } = await http.send({ method: 'GET', path: '/metrics' })
  expect(text).toMatch(/^countersign_open_sockets [1-9]/m)
  expect(text).toMatch(/^countersign_outbox_backlog 0/m)
})
