import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { anybody, everybody, quorum, ratio } from '../../src/define/index.js'
import { employeeId, personId } from '../../src/organisation/ids.js'
import { atOnce, decide, times } from '../support/acts.js'
import { actionsOf, because, candidatesOf, claim, handedIn, tasksByStatus, team } from '../support/edges.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { chainOf, countersignOf } from '../support/practice.js'

const voters = { voters: { everyone: 'PROPOSAL_SPECIALIST' } } as const
let house: House
let five: string[]
beforeAll(async () => {
  house = await openHouse([
    countersignOf('vote-all', everybody, voters),
    countersignOf('vote-any', anybody('FIRST_REJECTION'), voters),
    countersignOf('vote-quorum', quorum(3), voters),
    countersignOf('vote-ratio', ratio(60), voters),
    chainOf('vote-chain'),
  ])
  five = await team(house, 'voter', 'PROPOSAL_SPECIALIST', 5)
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
})
afterAll(() => house.close())

type Voice = 'APPROVE' | 'REJECT' | 'ABSTAIN'
const vote = (it: DrivenCase, login: string, voice: Voice) => it.act(login, voice, voice === 'REJECT' ? because : {})
const voteNow = (it: DrivenCase, login: string, voice: Voice) => decide(it, login, voice, { forms: voice === 'REJECT' ? because : {} })
const endings = async (it: DrivenCase) => (await it.history()).filter(({ to }) => to === 'passed' || to === 'failed').map(({ to }) => to)

test('edge-01: the third of five rejects: the node fails once, two tasks are superseded, every vote stands', async () => {
  const it = await handedIn(house, 'vote-all')
  const open = await it.tasks()
  expect(await vote(it, five[0]!, 'APPROVE')).toBe('voting')
  expect(await vote(it, five[1]!, 'APPROVE')).toBe('voting')
  expect(await vote(it, five[2]!, 'REJECT')).toBe('failed')
  expect(await it.record()).toMatchObject({ outcome: 'rejected', version: 5 })
  expect(await actionsOf(it)).toEqual(['OPEN', 'SUBMIT', 'APPROVE', 'APPROVE', 'REJECT'])
  expect(await tasksByStatus(it, 'voting')).toEqual({ COMPLETED: 3, SUPERSEDED: 2 })
  expect(open.filter(({ state }) => state === 'voting')).toHaveLength(5)
})

test('edge-01: who votes too late hears that it is over, and a superseded task is nobody’s', async () => {
  const it = await handedIn(house, 'vote-all')
  const late = await it.task({ seat: personId(five[4]!) })
  await vote(it, five[0]!, 'REJECT')
  expect(await it.refused(five[4]!, 'APPROVE')).toEqual(['ACTION_UNAVAILABLE'])
  expect(await it.handleRefused(five[4]!, 'CLAIM', {}, late)).toEqual(['TASK_SUPERSEDED'])
  expect(await it.handleRefused(five[4]!, 'TRANSFER', { people: ['cs-manager-1'] }, late)).toEqual(['TASK_SUPERSEDED'])
})

test('edge-01: where a person has two accounts there is one voice, and it is raised once', async () => {
  await house.hire('voter-1-again', ['PROPOSAL_SPECIALIST'], { person: five[0]! })
  const it = await handedIn(house, 'vote-all')
  expect((await it.tasks()).filter(({ state }) => state === 'voting')).toHaveLength(5)
  await vote(it, 'voter-1-again', 'APPROVE')
  expect(await it.refused(five[0]!, 'APPROVE')).toEqual(['SOD_CONFLICT'])
  await house.dismiss('voter-1-again', 'PROPOSAL_SPECIALIST')
})

/** The ten orders in which three approve and two reject. */
const orders = times(32, Number)
  .map((bits) => times(5, (place): Voice => ((bits >> place) & 1 ? 'APPROVE' : 'REJECT')))
  .filter((order) => order.filter((voice) => voice === 'APPROVE').length === 3)

test('edge-02: of five, three approve and two reject: 60 % passes at the third approval in every order', async () => {
  expect(orders).toHaveLength(10)
  for (const order of orders) {
    const it = await handedIn(house, 'vote-ratio')
    for (const [index, voice] of order.entries()) {
      const approvals = order.slice(0, index + 1).filter((cast) => cast === 'APPROVE').length
      if (order.slice(0, index).filter((cast) => cast === 'APPROVE').length === 3) break
      expect([order, await vote(it, five[index]!, voice)]).toEqual([order, approvals === 3 ? 'passed' : 'voting'])
    }
  }
})

test('edge-02: the same five at once: it passes with exactly three approvals', async () => {
  for (const order of orders) {
    const it = await handedIn(house, 'vote-ratio')
    const outcomes = await atOnce(five.map((login, index) => voteNow(it, login, order[index]!)))
    expect(await it.state()).toBe('passed')
    expect((await actionsOf(it)).filter((action) => action === 'APPROVE')).toHaveLength(3)
    expect(outcomes.filter((outcome) => outcome !== 'done' && outcome !== 'ACTION_UNAVAILABLE')).toEqual([])
    expect(outcomes.filter((_, index) => order[index] === 'APPROVE')).toEqual(['done', 'done', 'done'])
  }
})

test('edge-02: the third rejection of five makes 60 % unreachable, whoever is still to vote', async () => {
  const it = await handedIn(house, 'vote-ratio')
  await vote(it, five[0]!, 'APPROVE')
  await vote(it, five[1]!, 'REJECT')
  expect(await vote(it, five[2]!, 'REJECT')).toBe('voting')
  expect(await vote(it, five[3]!, 'REJECT')).toBe('failed')
})

test.each([
  ['vote-all', 3, ['APPROVE', 'APPROVE'], 'passed', ['done', 'done']],
  ['vote-all', 3, ['APPROVE', 'REJECT'], 'failed', null],
  ['vote-ratio', 2, ['APPROVE', 'APPROVE'], 'passed', null],
  ['vote-quorum', 2, ['APPROVE', 'APPROVE'], 'passed', null],
  ['vote-any', 0, ['APPROVE', 'APPROVE'], 'passed', null],
] as const)('edge-03: %s, %i have approved and the last two vote at once (%j): %s, by one of them', async (process, before, voices, end, expected) => {
  for (let run = 0; run < 6; run++) {
    const it = await handedIn(house, process)
    for (const login of five.slice(0, before)) await vote(it, login, 'APPROVE')
    const outcomes = await atOnce(voices.map((voice, index) => voteNow(it, five[3 + index]!, voice)))
    expect(await endings(it)).toEqual([end])
    expect(outcomes.filter((outcome) => outcome !== 'done' && outcome !== 'ACTION_UNAVAILABLE')).toEqual([])
    if (expected) expect(outcomes).toEqual(expected)
    expect((await tasksByStatus(it))['OPEN']).toBeUndefined()
    expect(await candidatesOf(it)).toEqual([])
  }
})

test('edge-04: of two claims at once one has the task, and the other is told who', async () => {
  const people = ['relations-supervisor-1', 'relations-supervisor-2']
  for (let run = 0; run < 6; run++) {
    const it = await handedIn(house, 'vote-chain')
    const task = await it.task()
    const answers = await Promise.allSettled(people.map((login) => claim(house, login, task)))
    const won = answers.findIndex(({ status }) => status === 'fulfilled')
    const lost = answers[1 - won] as PromiseRejectedResult
    expect(lost.reason).toMatchObject({ code: 'CLAIM_CONFLICT', details: { assigneeId: employeeId(people[won]!), claimedAt: expect.any(String) } })
    expect(await it.refused(people[1 - won]!, 'APPROVE')).toEqual(['CLAIM_CONFLICT'])
    expect(await it.act(people[won]!, 'APPROVE')).toBe('second')
  }
})
