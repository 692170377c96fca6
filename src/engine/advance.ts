import { transition } from 'xstate'
import type { Actor, Arrow, CaseContext, Decision, Outcome, Role } from '../define/index.js'
import { arrowsFrom, isFinal, judge } from '../define/index.js'
import type { CaseRecord, StateValue } from './case-store.js'
import { openSeatsOf, stateNameOf } from './judgement.js'
import type { LoadedProcess } from './processes.js'

/** Where one act leads. */
export interface Step {
  readonly arrow: Arrow
  readonly role: Role
  readonly value: StateValue
  readonly state: string
  readonly outcome: Outcome | null
  readonly round: number
  readonly decisions: readonly Decision[]
}

/** The pure step: null when the machine does not accept the act from this actor now. */
export function advance(
  { definition, machine }: LoadedProcess,
  record: CaseRecord,
  context: CaseContext,
  act: { action: string; actor: Actor; seat?: string | undefined },
): Step | null {
  const snapshot = machine.resolveState({ value: record.value as never, context })
  const event = { type: act.action, actor: act.actor, ...(act.seat !== undefined && { seat: act.seat }) }
  if (!snapshot.can(event)) return null
  const [next, effects] = transition(machine, snapshot, event)
  const recorded = effects.filter(({ type }) => type === 'record').map(({ params }) => params as { from: string; arrow: number })
  if (recorded.length !== 1) throw new Error(`${definition.id} ${act.action}: ${recorded.length} entries recorded, not one`)
  const arrow = arrowsFrom(definition, recorded[0]!.from)[recorded[0]!.arrow]!
  const verdict = judge(arrow.by, act.actor, context.parties)
  if (!verdict.allowed) throw new Error(`${definition.id} ${act.action}: the machine let pass whom authority refuses`)
  const value = next.value as StateValue
  const state = stateNameOf(value)
  const step = definition.states[state]!
  const round = arrow.startsRound ? record.round + 1 : record.round
  const decision: Decision = {
    state: arrow.from,
    to: state,
    action: arrow.action,
    personId: act.actor.personId,
    role: verdict.role,
    round: record.round,
    ...(arrow.seat !== undefined && { seat: arrow.seat }),
  }
  return {
    arrow,
    role: verdict.role,
    value,
    state,
    outcome: isFinal(step) ? step.outcome : null,
    round,
    decisions: arrow.startsRound ? surviving(record.decisions, definition, state) : [...record.decisions, decision],
  }
}

/** A new round: what was decided since the target was last entered lapses, what stands before it stays. */
function surviving(decisions: readonly Decision[], definition: LoadedProcess['definition'], target: string): Decision[] {
  const entered = decisions.findLastIndex(({ state, to }) => to === target && state !== target)
  if (entered >= 0) return decisions.slice(0, entered + 1)
  return target === definition.initial ? [] : [...decisions]
}

/** Where the case waits: one point a state, or one an open seat. */
export const waitingPoints = (value: StateValue): readonly { state: string; seat: string | null }[] =>
  typeof value === 'string' ? [{ state: value, seat: null }] : openSeatsOf(value).map((seat) => ({ state: stateNameOf(value), seat }))
