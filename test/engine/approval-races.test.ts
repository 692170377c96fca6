import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { anybody } from '../../src/define/index.js'
import { employeeId } from '../../src/organisation/ids.js'
import { atOnce, decide, times } from '../support/acts.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { cappedOf, chainOf, countersignOf } from '../support/practice.js'

// Two people, two ends of one approval, the same moment.

const races = Number(process.env['RACES'] ?? 6)
let house: House
beforeAll(async () => {
  house = await openHouse([
    chainOf('race-chain'),
    cappedOf('race-capped'),
    countersignOf('race-vote', anybody('ALL_REJECT'), { voters: { everyone: 'FILM_DIRECTOR' } }),
  ])
  for (const login of ['first-1', 'first-2', 'first-3']) await house.hire(login, ['RELATIONS_SUPERVISOR'])
  await house.hire('vote-1', ['FILM_DIRECTOR'])
  await house.hire('second-1', ['CS_MANAGER'])
})
afterAll(() => house.close())
afterEach(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
}, 60_000)

const opinion = { opinion: {} }
const reason = { reason: { reason: '理由' } }
const inFirst = async (): Promise<DrivenCase> => {
  const it = await house.open('technician-1', 'race-chain', { subject: '申请', amount: '100' })
  await it.act('technician-1', 'SUBMIT')
  return it
}
/** An end, or somebody who may do what is open. */
async function goesOn(it: DrivenCase): Promise<void> {
  if ((await it.record()).outcome !== null) return
  const { rows } = await house.pool.query(
    `select count(*)::int as n from task t join task_candidate k on k.task_id = t.id where t.case_id = $1 and t.status in ('OPEN', 'SUSPENDED')`,
    [it.id],
  )
  expect(rows[0].n).toBeGreaterThan(0)
}
/** Runs both at once, again and again. Output: how often it came out in which way. */
async function race(pair: (round: number) => Promise<{ it: DrivenCase; runners: readonly (() => Promise<unknown>)[] }>): Promise<Map<string, DrivenCase[]>> {
  const ways = new Map<string, DrivenCase[]>()
  for (const round of times(races, Number)) {
    const { it, runners } = await pair(round)
    const turned = round % 2 === 0 ? runners : [...runners].reverse()
    const outcomes = await atOnce(turned.map((run) => run()))
    const way = (round % 2 === 0 ? outcomes : outcomes.reverse()).join(' | ')
    ways.set(way, [...(ways.get(way) ?? []), it])
    await goesOn(it)
  }
  return ways
}
/** Each way that it came out is one of these, and led to the state that goes with it. */
async function expectWays(ways: Map<string, DrivenCase[]>, expected: Readonly<Record<string, string>>): Promise<void> {
  expect([...ways.keys()].filter((way) => !(way in expected))).toEqual([])
  for (const [way, cases] of ways) for (const it of cases) expect(`${way}: ${await it.state()}`).toBe(`${way}: ${expected[way]}`)
}
const holderOf = async (it: DrivenCase) =>
  (await house.pool.query(`select e.login from task t join employee e on e.id = t.claimed_by_id where t.case_id = $1 and t.status = 'OPEN'`, [it.id])).rows[0]
    ?.login

test('two claims: one holds the task', async () => {
  const ways = await race(async () => {
    const it = await inFirst()
    const task = await it.task()
    return { it, runners: [() => it.handle('first-1', 'CLAIM', {}, task), () => it.handle('first-2', 'CLAIM', {}, task)] }
  })
  await expectWays(ways, { 'done | CLAIM_CONFLICT': 'first', 'CLAIM_CONFLICT | done': 'first' })
  for (const it of ways.get('done | CLAIM_CONFLICT') ?? []) expect(await holderOf(it)).toBe('first-1')
})

test('a claim against a reassignment: whom the superior names holds the task', async () => {
  const ways = await race(async () => {
    const it = await inFirst()
    const task = await it.task()
    return {
      it,
      runners: [() => it.handle('first-1', 'CLAIM', {}, task), () => it.handle('cs-manager-1', 'REASSIGN', { people: ['first-2'] }, task)],
    }
  })
  await expectWays(ways, { 'done | done': 'first', 'CLAIM_CONFLICT | done': 'first' })
  for (const it of [...ways.values()].flat()) expect(await holderOf(it)).toBe('first-2')
})

test('a withdrawal against the last approval that it may undo: one of them', async () => {
  const ways = await race(async () => {
    const it = await inFirst()
    await it.act('first-1', 'APPROVE', opinion)
    return {
      it,
      runners: [() => decide(it, 'technician-1', 'WITHDRAW', { forms: reason }), () => decide(it, 'cs-manager-1', 'APPROVE', { forms: opinion })],
    }
  })
  await expectWays(ways, { 'done | ACTION_UNAVAILABLE': 'draft', 'ACTION_UNAVAILABLE | done': 'paying' })
})

test('a vote that decides against a return by another voice: one of them', async () => {
  const ways = await race(async () => {
    const it = await house.open('technician-1', 'race-vote', { subject: '会签' })
    await it.act('technician-1', 'SUBMIT')
    return { it, runners: [() => decide(it, 'vote-1', 'APPROVE', { forms: opinion }), () => decide(it, 'film-director-1', 'RETURN', { forms: reason })] }
  })
  await expectWays(ways, { 'done | ACTION_UNAVAILABLE': 'passed', 'ACTION_UNAVAILABLE | done': 'draft' })
})

test('two reservations against one cumulative limit: the second goes to the higher authority', async () => {
  await house.administer('organisation-administrator-1', {
    action: 'SET_LIMIT',
    process: 'race-capped',
    role: 'CS_MANAGER',
    employeeId: null,
    amount: '2000',
    cumulative: '1500',
  })
  for (const round of times(races, Number)) {
    const day = `${2100 + round}-01-01`
    const both = await Promise.all(times(2, () => house.open('technician-1', 'race-capped', { subject: day, amount: '1000' })))
    expect(await atOnce(both.map((it) => decide(it, 'technician-1', 'SUBMIT')))).toEqual(['done', 'done'])
    expect(await atOnce(both.map((it) => decide(it, 'cs-manager-1', 'APPROVE', { forms: opinion })))).toEqual(['done', 'done'])
    expect((await Promise.all(both.map((it) => it.state()))).sort()).toEqual(['higher', 'passed'])
    const { rows } = await house.pool.query(`select count(distinct place)::int as places, sum(amount)::int as total from commitment where period = $1`, [
      day.slice(0, 4),
    ])
    expect(rows).toEqual([{ places: 2, total: 2000 }])
  }
})

for (const position of ['BEFORE', 'AFTER'] as const)
  test(`a signer added ${position.toLowerCase()} the decision against the decision itself`, async () => {
    const ways = await race(async () => {
      const it = await inFirst()
      const task = await it.task()
      return {
        it,
        runners: [
          () => it.handle('first-1', 'ADD_SIGNER', { people: ['quality-1'], position }, task),
          () => decide(it, 'first-2', 'APPROVE', { forms: opinion }),
        ],
      }
    })
    // Whoever follows is asked once it is decided: the decision stands, the case waits.
    if (position === 'AFTER') await expectWays(ways, { 'done | done': 'first', 'TASK_SUPERSEDED | done': 'second' })
    else await expectWays(ways, { 'done | TASK_SUSPENDED': 'first', 'TASK_SUPERSEDED | done': 'second' })
    for (const it of [...ways].flatMap(([way, cases]) => (way.startsWith('done') ? cases : [])))
      await it.handle('quality-1', 'RESPOND', { approves: true }, { kind: 'SIGN' })
    for (const it of ways.get('done | done') ?? []) expect(await it.state()).toBe('second')
  })

for (const position of ['BEFORE', 'AFTER'] as const)
  test(`the removal of a signer ${position.toLowerCase()} the decision against the signature: one of them`, async () => {
    const ways = await race(async () => {
      const it = await inFirst()
      await it.handle('first-1', 'ADD_SIGNER', { people: ['quality-1'], position })
      if (position === 'AFTER') await decide(it, 'first-1', 'APPROVE', { forms: opinion })
      const [signs, decides] = [await it.task({ kind: 'SIGN' }), await it.task()]
      return {
        it,
        runners: [
          () => it.handle('first-1', 'REMOVE_SIGNER', { people: ['quality-1'] }, decides),
          () => it.handle('quality-1', 'RESPOND', { approves: true }, signs),
        ],
      }
    })
    const signed = position === 'AFTER' ? { 'TASK_SUPERSEDED | done': 'second' } : { 'CONDITION_UNMET | done': 'first' }
    await expectWays(ways, { 'done | TASK_SUPERSEDED': 'first', ...signed })
    for (const it of [...ways.values()].flat()) if ((await it.state()) === 'first') expect(await it.act('first-1', 'APPROVE', opinion)).toBe('second')
  })

test('a transfer against an approval by another: one of them', async () => {
  const ways = await race(async () => {
    const it = await inFirst()
    const task = await it.task()
    return {
      it,
      runners: [() => it.handle('first-1', 'TRANSFER', { people: ['first-3'] }, task), () => decide(it, 'first-2', 'APPROVE', { forms: opinion })],
    }
  })
  await expectWays(ways, { 'done | CLAIM_CONFLICT': 'first', 'TASK_SUPERSEDED | done': 'second' })
})

const administrator = 'organisation-administrator-1'
test('a proxy grant that is revoked against an act under it: before it or not at all', async () => {
  const ways = await race(async (round) => {
    const it = await inFirst()
    const proxy = await house.hire(`proxy-${round}`, ['QUALITY'])
    const grantId = await house.proxy('first-1', proxy)
    return {
      it,
      runners: [
        () => house.administer('first-1', { action: 'REVOKE_PROXY', employeeId: employeeId('first-1'), grantId }),
        () => decide(it, proxy, 'APPROVE', { forms: opinion, onBehalfOfId: employeeId('first-1') }),
      ],
    }
  })
  // Whoever is no proxy any more has nothing to do with the case.
  await expectWays(ways, { 'done | done': 'second', 'done | PROXY_EXPIRED': 'first', 'done | NOT_FOUND': 'first' })
})

test('a role that is taken away, or a leaver, against an act: before it or not at all', async () => {
  const ways = await race(async (round) => {
    const it = await inFirst()
    const login = await house.hire(`leaver-${round}`, ['RELATIONS_SUPERVISOR'])
    await it.handle(login, 'CLAIM')
    const change = round % 4 < 2 ? ({ action: 'REVOKE_ROLE', role: 'RELATIONS_SUPERVISOR' } as const) : ({ action: 'SET_ACTIVE', active: false } as const)
    return {
      it,
      runners: [() => house.administer(administrator, { ...change, employeeId: employeeId(login) }), () => decide(it, login, 'APPROVE', { forms: opinion })],
    }
  })
  await expectWays(ways, { 'done | done': 'second', 'done | NOT_FOUND': 'first', 'done | NOT_AUTHORISED': 'first', 'done | UNAUTHENTICATED': 'first' })
  for (const it of [...ways.values()].flat()) if ((await it.state()) === 'first') expect(await it.act('first-1', 'APPROVE', opinion)).toBe('second')
})
