import { type Actor, type Ballot, type BallotSeat, type CaseContext, holds, isCountersign, rulesOf } from '../define/index.js'
import type { CommandTransaction } from './case-store.js'
import type { LoadedProcess } from './processes.js'
import { authorityOf, shutOutBy } from './tasks.js'

/** Who asks whether a seat is needed: that must not depend on a person. */
const nobody: Actor = { kind: 'system', employeeId: '', personId: '', roles: [], departmentIds: [], limits: {} }

/** Draws the ballot of a state that the case enters with this version; null where nobody votes. */
export async function ballotFor(
  tx: Pick<CommandTransaction, 'holders'>,
  { definition }: LoadedProcess,
  state: string,
  version: number,
  context: CaseContext,
): Promise<Ballot | null> {
  const step = definition.states[state]!
  if (!isCountersign(step)) return null
  if (!step.voters) {
    const needed = Object.entries(step.seats ?? {}).filter(([, { when }]) => when === undefined || holds(when, context.facts, nobody))
    return { state, drawnAt: version, seats: needed.map(([key]) => ({ key, kind: 'seat', id: key })) }
  }
  const seats = 'departments' in step.voters ? departments(step.voters.departments, context) : await members(tx, step, context)
  return { state, drawnAt: version, seats }
}

const departments = (path: string, { parties }: CaseContext): BallotSeat[] =>
  [...new Set(parties.departmentsIn(path))].map((id) => ({ key: id, kind: 'department', id }))

/** Everybody who holds the role now. While nobody does, the voice is that of whoever joins. */
async function members(tx: Pick<CommandTransaction, 'holders'>, step: Parameters<typeof authorityOf>[0], context: CaseContext): Promise<BallotSeat[]> {
  const [rule] = rulesOf(authorityOf(step, null)!)
  if (rule?.kind !== 'voter') return []
  const people = await tx.holders(rule.role, shutOutBy(rule, context.parties))
  const voices = new Map(
    people.map(({ employeeId, personId }): [string, BallotSeat] => [personId, { key: personId, kind: 'person', id: personId, employeeId }]),
  )
  return voices.size > 0 ? [...voices.values()] : [poolSeat(rule.role)]
}
/** A voice for whoever holds a role; `place`: among those on the ballot. */
export const poolSeat = (role: string, place = 0): BallotSeat => ({ key: `role:${role}:${place}`, kind: 'role', id: role })
