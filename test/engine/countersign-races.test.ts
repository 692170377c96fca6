import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { anybody, approver, everybody, inOrder, type Mode, quorum, ratio, type Vote } from '../../src/define/index.js'
import { employeeId } from '../../src/organisation/ids.js'
import { atOnce, decide, times } from '../support/acts.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { countersignOf } from '../support/practice.js'

// Sixty-four voices, all raised at once.

const voiceRole = 'FILM_DIRECTOR'
const rounds = Number(process.env['ROUNDS'] ?? 1)
const modes: readonly [id: string, mode: Mode][] = [
  ['race-all', everybody],
  ['race-first-word', anybody('FIRST_REJECTION')],
  ['race-any', anybody('ALL_REJECT')],
  ['race-in-order', inOrder],
  ['race-quorum', quorum(33)],
  ['race-ratio', ratio(60, 20)],
]
const seats = { ONE: approver('OFFICE_DIRECTOR'), TWO: approver('DEPUTY_MANAGER'), THREE: approver('GENERAL_MANAGER') }
let house: House
const voters = times(64, (index) => `voter-${String(index + 1).padStart(2, '0')}`)
beforeAll(async () => {
  house = await openHouse([
    ...modes.map(([id, mode]) => countersignOf(id, mode, { voters: { everyone: voiceRole } })),
    countersignOf('race-seats', quorum(2), { seats }),
  ])
  await house.dismiss('film-director-1', voiceRole)
  for (const login of voters) await house.hire(login, [voiceRole])
})
afterAll(() => house.close())
afterEach(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
}, 60_000)

const paper = { APPROVE: { opinion: {} }, REJECT: { reason: { reason: '不同意' } }, ABSTAIN: { opinion: {} } } as const
const cast = (it: DrivenCase, login: string, vote: Vote) => decide(it, login, vote, { forms: paper[vote] })
const voting = async (process: string): Promise<DrivenCase> => {
  const it = await house.open('technician-1', process, { subject: '会签' })
  expect(await it.act('technician-1', 'SUBMIT')).toBe('voting')
  return it
}
const shuffled = <T>(list: readonly T[]): T[] =>
  list
    .map((one) => [Math.random(), one] as const)
    .sort(([one], [other]) => one - other)
    .map(([, one]) => one)
/** Nobody rejects, or many do, and where one approval passes nearly all: so that each mode is seen to pass and to fail. */
const mind = (mode: Mode, round: number): Vote => {
  const chance = Math.random()
  if (round % 2 === 0) return chance < 0.2 ? 'ABSTAIN' : 'APPROVE'
  if (mode.kind === 'any') return chance < 0.005 ? 'APPROVE' : 'REJECT'
  return chance < 0.5 ? 'REJECT' : chance < 0.75 ? 'APPROVE' : 'ABSTAIN'
}

/** What the votes come to, told as a chairman would: one vote after the other. */
function chairman(mode: Mode, voices: number, votes: readonly Vote[]): 'passed' | 'failed' | 'voting' {
  const yes = votes.filter((vote) => vote === 'APPROVE').length
  const no = votes.filter((vote) => vote === 'REJECT').length
  const silent = votes.length - yes - no
  const waiting = voices - votes.length
  if (silent === voices) return 'voting'
  switch (mode.kind) {
    case 'all':
    case 'inOrder':
      if (no > 0) return 'failed'
      return waiting === 0 ? 'passed' : 'voting'
    case 'any':
      if (yes > 0) return 'passed'
      if (no > 0 && mode.failsOn === 'FIRST_REJECTION') return 'failed'
      return waiting === 0 ? 'failed' : 'voting'
    case 'quorum':
      if (yes >= mode.approvals) return 'passed'
      return no + silent > voices - mode.approvals ? 'failed' : 'voting'
    case 'ratio': {
      const speaking = voices - silent
      if (speaking < (mode.attendance ?? 0)) return 'failed'
      if (yes > 0 && yes / speaking >= mode.percent / 100 && yes + no >= (mode.attendance ?? 0)) return 'passed'
      return (speaking - no) / speaking < mode.percent / 100 ? 'failed' : 'voting'
    }
  }
}
const votesIn = async (it: DrivenCase): Promise<readonly { actor: string | null; vote: Vote }[]> =>
  (await it.history()).filter(({ action }) => action in paper).map(({ action, actor }) => ({ actor, vote: action as Vote }))

/** Everybody votes at once; in order: then those whose turn comes next, again and again. Output: what came of each. */
async function ballotOf(it: DrivenCase, mode: Mode, minds: ReadonlyMap<string, Vote>): Promise<Map<string, string>> {
  const came = new Map<string, string>()
  do {
    const left = voters.filter((login) => came.get(login) !== 'done')
    const acting = left.length < voters.length ? left.slice(0, 2) : mode.kind === 'inOrder' ? left : shuffled(left)
    const outcomes = await atOnce(acting.map((login) => cast(it, login, minds.get(login)!)))
    for (const [index, login] of acting.entries()) came.set(login, outcomes[index]!)
  } while (mode.kind === 'inOrder' && [...came.values()].includes('done') && (await it.state()) === 'voting')
  return came
}

for (const [id, mode] of modes)
  test(`sixty-four votes at once, ${id}: one outcome, the one that the recorded votes come to`, async () => {
    const ends: string[] = []
    for (const round of times(rounds, Number)) {
      const it = await voting(id)
      const minds = new Map(voters.map((login) => [login, mind(mode, round)]))
      const came = await ballotOf(it, mode, minds)
      const recorded = await votesIn(it)
      const votes = recorded.map(({ vote }) => vote)
      const prefixes = votes.map((_, index) => chairman(mode, voters.length, votes.slice(0, index + 1)))
      expect(prefixes).toEqual([...times(votes.length - 1, () => 'voting'), await it.state()])
      const counted = voters.filter((login) => came.get(login) === 'done')
      expect(recorded.map(({ actor, vote }) => `${actor} ${vote}`).sort()).toEqual(counted.map((login) => `${employeeId(login)} ${minds.get(login)}`).sort())
      expect(
        [...new Set(came.values())].filter((outcome) => !['done', 'ACTION_UNAVAILABLE', ...(mode.kind === 'inOrder' ? ['NOT_FOUND'] : [])].includes(outcome)),
      ).toEqual([])
      const tasks = (await it.tasks()).filter(({ state }) => state === 'voting')
      expect(tasks.filter(({ status }) => status === 'COMPLETED').length).toBe(counted.length)
      expect(tasks.filter(({ status }) => status !== 'COMPLETED' && status !== 'SUPERSEDED')).toEqual([])
      ends.push(await it.state())
    }
    console.log(`${id}: ${ends.filter((end) => end === 'passed').length} passed, ${ends.filter((end) => end === 'failed').length} failed`)
  }, 600_000)

test('in order nobody speaks before his turn, nor knows of the case', async () => {
  const it = await voting('race-in-order')
  const others = shuffled(voters.slice(1))
  expect(new Set(await atOnce(others.map((login) => cast(it, login, 'APPROVE'))))).toEqual(new Set(['NOT_FOUND']))
  expect(await it.state()).toBe('voting')
  expect(await votesIn(it)).toEqual([])
})

test('whoever votes three times at once has one vote', async () => {
  const it = await voting('race-all')
  const some = voters.slice(0, 10)
  const outcomes = await atOnce(shuffled(some.flatMap((login) => times(3, () => login))).map((login) => cast(it, login, 'APPROVE')))
  expect(outcomes.sort()).toEqual([...times(20, () => 'SOD_CONFLICT'), ...times(10, () => 'done')])
  expect((await votesIn(it)).length).toBe(10)
})

test('one person in three named seats of a counted vote fills one of them', async () => {
  const everywhere = ['seat-1', 'seat-2', 'seat-3']
  for (const login of everywhere) await house.hire(login, ['OFFICE_DIRECTOR', 'DEPUTY_MANAGER', 'GENERAL_MANAGER'])
  for (const _ of times(rounds, Number)) {
    const it = await voting('race-seats')
    const acts = shuffled(everywhere.flatMap((login) => Object.keys(seats).map((seat) => ({ login, seat }))))
    const outcomes = await atOnce(acts.map(({ login, seat }) => decide(it, login, 'APPROVE', { seat, forms: paper.APPROVE })))
    expect(await it.state()).toBe('passed')
    const recorded = await votesIn(it)
    expect(recorded.length).toBe(2)
    expect(new Set(recorded.map(({ actor }) => actor)).size).toBe(2)
    const late = outcomes.filter((outcome) => outcome !== 'done')
    expect(late.filter((outcome) => !['ACTION_UNAVAILABLE', 'SEAT_TAKEN', 'SOD_CONFLICT'].includes(outcome))).toEqual([])
  }
})

test('when all sixty-four abstain at once the owner of the process decides', async () => {
  const it = await voting('race-quorum')
  const first = voters.slice(0, 31)
  expect(new Set(await atOnce(first.map((login) => cast(it, login, 'ABSTAIN'))))).toEqual(new Set(['done']))
  expect(await it.act('voter-40', 'ABSTAIN', paper.ABSTAIN)).toBe('failed')
  const all = await voting('race-all')
  expect(new Set(await atOnce(voters.map((login) => cast(all, login, 'ABSTAIN'))))).toEqual(new Set(['done']))
  expect(await all.state()).toBe('voting')
  const outcomes = await atOnce(['cs-manager-1', 'cs-manager-2'].map((login) => cast(all, login, 'APPROVE')))
  expect(outcomes.sort()).toEqual(['ACTION_UNAVAILABLE', 'done'])
  expect(await all.state()).toBe('passed')
})
