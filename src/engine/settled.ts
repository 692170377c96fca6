import { type AnyProcess, type Arrow, type Ballot, isCountersign } from '../define/index.js'
import type { CaseRecord, Handling } from './case-record.js'
import { poolSeat } from './countersign.js'
import { openVoices } from './judgement.js'

/** What goes on around the next decision once an act is done: the ballot that was drawn, a return remembered. `next`: with what went on before. */
export function settled(
  definition: AnyProcess,
  next: CaseRecord,
  before: CaseRecord,
  arrow: Arrow,
  { ballot, contentDigest }: { readonly ballot: Ballot | null; readonly contentDigest: string },
): Handling {
  if (arrow.target === undefined) return withOwner(definition, next)
  // What the applicant took back himself comes to nobody straight: no vote carries over.
  const returned =
    arrow.startsRound && arrow.action !== 'WITHDRAW'
      ? { from: before.state, contentDigest, lapsed: lapsedWith(before, next) }
      : next.state === before.state
        ? before.handling.returned
        : null
  return { ...(ballot && { ballot }), ...(returned && { returned }) }
}
const lapsedWith = (before: CaseRecord, next: CaseRecord) => before.decisions.filter((decision) => !next.decisions.includes(decision))

/** Where all have abstained nobody is left: whoever owns the process has a voice then. */
export function withOwner(definition: AnyProcess, next: CaseRecord): Handling {
  const { ballot } = next.handling
  const step = definition.states[next.state]!
  if (!ballot || !isCountersign(step) || openVoices({ definition }, next).length > 0) return next.handling
  return { ...next.handling, ballot: { ...ballot, seats: [...ballot.seats, poolSeat(definition.owner, ballot.seats.length)] } }
}
