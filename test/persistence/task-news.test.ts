import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { everybody } from '../../src/define/index.js'
import { employeeId } from '../../src/organisation/ids.js'
import { eventsAfter, newestPosition, publish } from '../../src/persistence/events.js'
import { audiencesOf, taskNewsOf } from '../../src/persistence/queries/task-news.js'
import { handedIn } from '../support/edges.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { chainAt, chainOf, countersignOf } from '../support/practice.js'

let house: House
let start = 0
beforeAll(async () => {
  house = await openHouse([chainOf('news-chain'), countersignOf('news-votes', everybody, { voters: { everyone: 'PROPOSAL_SPECIALIST' } })])
})
beforeEach(async () => {
  await published()
  start = await newestPosition(house.pool)
})
afterAll(() => house.close())

const published = async () => {
  while (await publish(house.pool));
}
const newsSince = async (position: number) => taskNewsOf(house.pool, await eventsAfter(house.pool, position, { limit: 1000 }))
/** What was said of each task so far: told once as it happened, and again now. Fails when the two differ. */
const said: string[] = []
async function tell(): Promise<void> {
  const from = await newestPosition(house.pool)
  await published()
  said.push(...(await newsSince(from)).map(wordOf))
}
const wordOf = ({ event, place, isLast, kind, taskId }: Awaited<ReturnType<typeof newsSince>>[number]) =>
  [event.position, place, isLast, kind, taskId].join(' ')
async function retold({ id }: DrivenCase): Promise<Record<string, string[]>> {
  await tell()
  const news = await newsSince(start)
  expect(news.map(wordOf)).toEqual(said.splice(0))
  const { rows } = await house.pool.query('select id, closed_at is not null as closed from task where case_id = $1', [id])
  const byTask = Object.groupBy(
    news.filter(({ event }) => event.caseId === id),
    ({ taskId }) => taskId,
  )
  for (const { id: task, closed } of rows) {
    const kinds = byTask[task]?.map(({ kind }) => kind) ?? []
    expect([kinds[0], kinds.filter((kind) => kind === 'OPENED').length, kinds.filter((kind) => kind === 'CLOSED').length]).toEqual([
      'OPENED',
      1,
      closed ? 1 : 0,
    ])
  }
  return Object.fromEntries(Object.entries(byTask).map(([task, all]) => [task, all!.map(({ kind }) => kind)]))
}

test('every task is opened once and closed once, however it comes about, and told the same whenever it is asked', async () => {
  const it = await chainAt(house, 'news-chain', 'first')
  const task = await it.task()
  const steps: readonly (() => Promise<unknown>)[] = [
    () => it.handle('relations-supervisor-1', 'CLAIM'),
    () => it.handle('relations-supervisor-1', 'ADD_SIGNER', { people: ['finance-1'], position: 'BEFORE' }),
    () => it.handle('finance-1', 'RESPOND', { approves: true }, { kind: 'SIGN' }),
    () => it.handle('relations-supervisor-1', 'ASK', { people: ['technician-1'] }),
    () => it.handle('relations-supervisor-1', 'RECALL'),
    () => it.handle('relations-supervisor-1', 'ADD_SIGNER', { people: ['finance-2'], position: 'AFTER' }),
    () => it.act('relations-supervisor-1', 'APPROVE'),
    () => it.handle('finance-2', 'RESPOND', { approves: true }, { kind: 'SIGN' }),
    () => it.act('cs-manager-1', 'APPROVE'),
    () => it.act('finance-1', 'PAY'),
    () => it.act('general-manager-1', 'APPROVE'),
  ]
  for (const step of steps) {
    await step()
    await tell()
  }
  const told = await retold(it)
  expect(told[task]).toEqual(['OPENED', 'CLAIMED', 'ASKED', 'ANSWERED', 'ASKED', 'ANSWERED', 'ASKED', 'ANSWERED', 'CLOSED'])
  expect(await it.state()).toBe('passed')
})

test('a voice moves with a transfer and with a hand-over: the old task is closed, the new one opened', async () => {
  await house.hire('leaving-voter', ['PROPOSAL_SPECIALIST'])
  await house.hire('staying-voter', ['PROPOSAL_SPECIALIST'])
  await house.hire('fresh-voter', [])
  const it = await handedIn(house, 'news-votes')
  const [left, moved] = await Promise.all(['leaving-voter', 'staying-voter'].map((of) => it.task({ of })))
  await house.hire('fresh-voter', ['PROPOSAL_SPECIALIST'])
  await it.handle('staying-voter', 'TRANSFER', { people: ['fresh-voter'] }, moved!)
  await tell()
  await house.administer('organisation-administrator-1', { action: 'SET_ACTIVE', employeeId: employeeId('leaving-voter'), active: false })
  const told = await retold(it)
  expect([told[moved!], told[left!]]).toEqual([
    ['OPENED', 'MOVED', 'CLOSED'],
    ['OPENED', 'CLOSED'],
  ])
})

test('a claimed task of a leaver is released', async () => {
  await house.hire('leaving-holder', ['RELATIONS_SUPERVISOR'])
  const it = await chainAt(house, 'news-chain', 'first')
  const task = await it.task()
  await it.handle('leaving-holder', 'CLAIM')
  await house.administer('organisation-administrator-1', { action: 'SET_ACTIVE', employeeId: employeeId('leaving-holder'), active: false })
  await tell()
  await it.act('relations-supervisor-1', 'APPROVE')
  expect((await retold(it))[task]).toEqual(['OPENED', 'CLAIMED', 'RELEASED', 'CLOSED'])
})

test('whose task it is: its candidates, also when it is over, and whoever did it; and whether one is among them is the same question', async () => {
  const it = await chainAt(house, 'news-chain', 'first')
  const task = await it.task()
  await house.proxy('relations-supervisor-1', 'finance-1')
  const supervisors = ['relations-supervisor-1', 'relations-supervisor-2', 'finance-1'].map(employeeId).sort()
  const audience = async () => [...((await audiencesOf(house.pool, [task])).get(task) ?? [])].sort()
  expect(await audience()).toEqual(supervisors)
  await it.act('relations-supervisor-2', 'APPROVE')
  expect(await audience()).toEqual(supervisors)
  await house.dismiss('relations-supervisor-2', 'RELATIONS_SUPERVISOR')
  // What one has done oneself stays one's own.
  expect(await audience()).toEqual(supervisors)
  await house.dismiss('relations-supervisor-1', 'RELATIONS_SUPERVISOR')
  expect(await audience()).toEqual([employeeId('relations-supervisor-2')])
  const one = async (login: string) => (await audiencesOf(house.pool, [task], employeeId(login))).has(task)
  expect([await one('relations-supervisor-2'), await one('relations-supervisor-1'), await one('finance-1')]).toEqual([true, false, false])
})
