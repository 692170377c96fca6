import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Actor, arrowsFrom, isAskedFor } from '../../src/define/index.js'
import type { CaseRecord, Surroundings } from '../../src/engine/case-record.js'
import { divergences, foldCase } from '../../src/engine/fold.js'
import { contextOf, reasonsAgainst } from '../../src/engine/judgement.js'
import { type LoadedProcess, pinned } from '../../src/engine/processes.js'
import { steppedIn } from '../../src/engine/stepping-in.js'
import { employeeId } from '../../src/organisation/ids.js'
import { actorsOf, limitsIn, limitsOf } from '../../src/persistence/actors.js'
import { type CaseAt, caseAt } from '../../src/persistence/case-at.js'
import { casesById } from '../../src/persistence/case-rows.js'
import { told } from '../../src/persistence/command-store.js'
import { historiesOf } from '../../src/persistence/histories.js'
import { candidatesAt, staffAt } from '../../src/persistence/people-at.js'
import { candidateIdsOf } from '../../src/persistence/queries/task-queries.js'
import { staffing } from '../../src/persistence/staffing.js'
import { surroundingsOf } from '../../src/persistence/surroundings.js'
import { laterOffers } from '../../src/persistence/tasks-at.js'
import { live, pick, practised, randomFrom } from '../support/busy-life.js'
import { type House, openHouse } from '../support/house.js'
import { testKeys } from '../support/keys.js'

let house: House
beforeAll(async () => {
  house = await openHouse(practised)
}, 60_000)
afterAll(async () => {
  expect(house.reported).toEqual([])
  await house.close()
})

const viewers = ['cs-manager-3', 'finance-2', 'relations-supervisor-2', 'technician-1', 'cs-director-1'].map(employeeId)
/** What a case is, for whoever compares: the stored rows and what follows from them. */
interface Seen {
  readonly record: CaseRecord
  readonly around: Surroundings
  readonly tasks: readonly unknown[]
  /** For each viewer: action, and the codes against it. */
  readonly acts: readonly string[]
}
/** The cases as they were seen between two moments, in ms, when nothing was done. */
interface Quiet {
  readonly from: number
  readonly to: number
  readonly seen: ReadonlyMap<string, Seen>
}
const clock = async () => Number((await house.pool.query('select extract(epoch from clock_timestamp()) * 1000 as ms')).rows[0].ms)

/** What these people may do, by the records as they are given. */
async function actsOf(
  loaded: LoadedProcess,
  record: CaseRecord,
  around: Surroundings,
  people: readonly Actor[],
  staff: Parameters<typeof steppedIn>[0],
  at: string,
) {
  const context = contextOf(loaded, record, around, at)
  const arrows = arrowsFrom(loaded.definition, record.state).filter(isAskedFor)
  const lines: string[] = []
  for (const person of people) {
    const actor = await steppedIn(staff, arrows, person, context.parties)
    for (const action of new Set(arrows.map((arrow) => arrow.action)))
      lines.push(`${person.employeeId} ${action} ${reasonsAgainst(loaded, record, context, { action, actor }, 'forms and seat').map(({ code }) => code)}`)
  }
  return lines
}
const isThere = (people: ReadonlyMap<string, Omit<Actor, 'limits'>>) => viewers.flatMap((id) => people.get(id) ?? [])
/** Cases of others and their customers are not what this looks at; they are stale where nothing was done to this one. */
const comparable = ({ openCases: _open, committedBefore: _before, ...around }: Surroundings) => ({
  ...around,
  // Neither claims nor roles have an order of their own.
  claims: around.claims
    .map(({ holder, ...claim }) => ({ ...claim, holder: holder && { ...holder, roles: [...holder.roles].sort() } }))
    .sort((one, other) => String(one.seat).localeCompare(String(other.seat))),
})

/** As the store has it now. */
async function lookNow(ids: readonly string[]): Promise<Map<string, Seen>> {
  const records = await casesById(house.statements, ids)
  const people = isThere(await actorsOf(house.statements, viewers))
  const seen = new Map<string, Seen>()
  for (const record of records) {
    const loaded = pinned(house.processes, record)
    const { rows: tasks } = await house.statements.query('select * from task where case_id = $1 order by opened_at, id', [record.id])
    const open = tasks.filter(({ closed_at }) => closed_at === null).map(({ id }) => id)
    const candidates = await candidateIdsOf(house.statements, open)
    const limited = await Promise.all(
      people.map(async (one) => ({ ...one, ...(await limitsOf(house.statements, [record.process], one.employeeId)).get(record.process)! })),
    )
    const around = (await surroundingsOf(house.statements, testKeys, [record], { openCases: [], ...told(house.processes) })).get(record.id)!
    seen.set(record.id, {
      record,
      around: { ...around, committedBefore: [], openCases: {} },
      tasks: tasks.map((row) => ({
        id: row.id,
        seat: row.seat,
        status: row.status,
        byId: row.completed_by_id,
        holder: row.claimed_by_id,
        candidates: candidates.get(row.id) ?? [],
      })),
      acts: await actsOf(loaded, record, around, limited, (roles, out) => staffing(house.statements, roles, out), new Date().toISOString()),
    })
  }
  return seen
}

/** As the history tells it of a moment. */
async function lookBack(id: string, ms: number, withActs: boolean): Promise<Seen | null> {
  const stood = await caseAt(house.statements, { processes: house.processes, keys: testKeys }, id, { at: new Date(ms).toISOString().replace('Z', '999Z') })
  if (!stood) return null
  const { record, around, context, tasks, raisedLater, when } = stood
  const open = tasks.filter(({ isOpen }) => isOpen).map((task) => task.id)
  const candidates = await candidatesAt(house.statements, open, await laterOffers(house.pool, raisedLater), when)
  const suspended = (seat: string | null) => context.work!.isSuspended(seat)
  return {
    record,
    around: { ...around, committedBefore: [], openCases: {} },
    tasks: tasks.map((task) => ({
      id: task.id,
      seat: task.seat,
      status: task.ended?.status ?? (task.kind === 'DECIDE' && suspended(task.seat) ? 'SUSPENDED' : 'OPEN'),
      byId: task.ended?.byId ?? null,
      holder: task.holder?.employeeId ?? null,
      candidates: candidates.get(task.id) ?? [],
    })),
    acts: withActs ? await actsThen(stood) : [],
  }
}
async function actsThen({ loaded, record, around, when }: CaseAt): Promise<string[]> {
  const people = isThere(await actorsOf(house.statements, viewers, when))
  const limits = await limitsIn(house.statements, record.process, viewers, when)
  const limited = people.map((one) => ({ ...one, ...limits.get(one.employeeId)! }))
  return actsOf(loaded, record, around, limited, (roles, out) => staffAt(house.statements, roles, out, when), when.at)
}
const plain = (value: unknown) => JSON.parse(JSON.stringify(value, (name, part) => (name === 'at' || name.endsWith('At') ? Date.parse(part) : part)))

test('at any instant a case is what it was: the fold of its history, its tasks, what was asked, who could take it, and what each could do', async () => {
  const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
  const random = randomFrom(seed + 1)
  const quiet: Quiet[] = []
  let known = new Map<string, Seen>()
  const life = await live(house, { seed, tries: Number(process.env['LIVES'] ?? 70), cases: 12 }, async (it, all) => {
    const from = await clock()
    const { parentId } = it ? await it.record() : { parentId: null }
    const touched = it ? [it.id, ...(await it.children()).map(({ id }) => id), ...(parentId ? [parentId] : [])] : all.map(({ id }) => id)
    known = new Map([...known, ...(await lookNow(touched))])
    quiet.push({ from: Math.ceil(from), to: Math.floor(await clock()) - 1, seen: known })
  })
  const calm = quiet.filter(({ from, to }) => from <= to)
  const histories = await historiesOf(house.pool, [...known.keys()])
  let before = 0
  const instants = Number(process.env['INSTANTS'] ?? 1_000)
  const check = async (number: number) => {
    // What each could do follows from the rest, and from who held which role.
    const withActs = number % 5 === 0
    const { from, to, seen } = pick(random, calm)!
    // Now and then a case that there was not yet.
    const id = pick(random, [...(random() < 0.95 ? seen : known).keys()])!
    const ms = from + Math.floor(random() * (to - from + 1))
    const [then, expected] = [await lookBack(id, ms, withActs), seen.get(id) ?? null]
    if (!then || !expected) {
      expect(then).toBe(expected)
      before++
      return
    }
    const entries = histories.get(id)!.filter(({ told: { recordedAt } }) => Date.parse(recordedAt) <= ms)
    const folded = foldCase(pinned(house.processes, then.record).definition, entries)!
    expect(divergences(folded, expected.record)).toEqual([])
    expect(folded.record).toEqual(then.record)
    expect(plain(comparable(then.around))).toEqual(plain(comparable(expected.around)))
    expect(then.tasks).toEqual(expected.tasks)
    if (withActs) expect(then.acts).toEqual(expected.acts)
  }
  for (let done = 0; done < instants; done += 8) await Promise.all(Array.from({ length: Math.min(8, instants - done) }, (_, index) => check(done + index)))
  console.log(`seed ${seed}: ${instants} instants of ${known.size} cases over ${life.done} things done, ${before} of them before the opening`)
  expect(before).toBeGreaterThan(0)
  expect(before).toBeLessThan(instants / 10)
}, 3_600_000)
