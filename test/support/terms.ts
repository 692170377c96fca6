import { expect, test } from '@jest/globals'
import { type AnyProcess, deadlinesIn, isFinal, type Role, type Term } from '../../src/define/index.js'
import type { DrivenCase, House } from './house.js'

/** One term of a process, as its page or our default gives it. */
export interface TermRow {
  /** The state that it runs in; `''`: the whole case. */
  readonly place: string
  readonly name: string
  readonly of: () => Promise<DrivenCase>
  readonly term: Term
  readonly hears: readonly Role[]
  /** Share and deed of every rung. */
  readonly ladder: readonly string[]
  /** What ends it: an act that leaves the place. */
  readonly leave: (it: DrivenCase) => Promise<unknown>
}
export const reminders = ['0.5 REMIND', '1 REMIND'] as const
export const decisionLadder = ['0.5 REMIND', '1 REASSIGN', '1.5 RAISE'] as const

/** What runs now: name and rung. */
export const running = async (it: DrivenCase, place?: string): Promise<string[]> =>
  (await it.timers()).filter((one) => one.status === 'PENDING' && (place === undefined || one.place === place)).map(({ name, rung }) => nameOf(name, rung))
const nameOf = (name: string, rung: number | null) => (rung === null ? name : `${name}#${rung}`)
/** The term that runs under a name. */
export const termOf = async (it: DrivenCase, name: string): Promise<Term | undefined> =>
  (await it.timers()).find((one) => one.name === name && one.rung === null && one.status === 'PENDING')?.term
/** What was done for the tasks of a case because they lay: deed, and the share of the term. */
export async function ladderDeeds({ house, id }: DrivenCase): Promise<{ action: string; term: string; share: string; role?: string }[]> {
  const { rows } = await house.pool.query(
    `select action, content::jsonb -> 'details' as details from audit_entry where stream = $1 and role_used = 'SYSTEM' order by sequence`,
    [`work:${id}`],
  )
  return rows.map(({ action, details: { term, share, role } }) => ({ action, term, share, ...(role && { role }) }))
}
/** Puts the figure of an organisation in the place of ours. */
export const setFigure = (house: House, process: string, key: string, value: number) =>
  house.owner.query('insert into process_setting (process, key, value) values ($1, $2, $3)', [process, key, value])

const definitionOf = (house: House, process: string): AnyProcess => house.processes.current.get(process)!.definition
const placesOf = (definition: AnyProcess) => ['', ...Object.keys(definition.states).filter((state) => !isFinal(definition.states[state]!))]

/** Every term of a process is in the table, and every line of the table holds at the door. */
export function everyTerm(houseOf: () => House, process: string, table: readonly TermRow[]): void {
  test(`${process}: the terms of the table are the terms of the process`, () => {
    const definition = definitionOf(houseOf(), process)
    const drawn = placesOf(definition).flatMap((place) => Object.keys(deadlinesIn(definition, place)).map((name) => `${place} ${name}`))
    expect(new Set(table.map(({ place, name }) => `${place} ${name}`))).toEqual(new Set(drawn))
  })
  if (table.length === 0) return
  test.each(table.map((row) => [row.place || 'the whole case', row.name, row] as const))(
    `${process}: %s, %s runs out, is told, and is cancelled when the place is left`,
    async (_place, _name, { place, name, of, term, hears, ladder, leave }) => {
      const deadline = deadlinesIn(definitionOf(houseOf(), process), place)[name]!
      expect(deadline.notifies ?? []).toEqual(hears)
      expect((deadline.ladder ?? []).map((rung) => `${rung.at} ${rung.do}`)).toEqual(ladder)
      const it = await of()
      const mine = (await running(it, place)).filter((one) => one.split('#')[0] === name)
      expect(new Set(mine)).toEqual(new Set([name, ...ladder.map((_, rung) => nameOf(name, rung))]))
      expect(await termOf(it, name)).toEqual(term)
      await runOut(it, name)
      const left = ladder.length > 0 || deadline.repeats ? it : await of()
      const mineIn = async () => (await running(left, place)).filter((one) => one.split('#')[0] === name)
      expect(await mineIn()).not.toEqual([])
      await leave(left)
      expect(await mineIn()).toEqual([])
    },
  )
}

/** Lets a term run out whose act leaves the case where it is: it is on record, done by nobody, and the tasks stay. */
export async function runOut(it: DrivenCase, name: string): Promise<void> {
  const before = { state: await it.state(), tasks: await it.tasks(), version: (await it.record()).version }
  expect(await it.expire(name)).toBe('FIRED')
  expect(await it.state()).toBe(before.state)
  expect(await it.tasks()).toEqual(before.tasks)
  expect((await it.history()).at(-1)).toEqual({ sequence: before.version + 1, action: name, from: before.state, to: before.state, actor: null })
}
