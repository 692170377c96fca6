import { transition } from 'xstate'
import type { Actor, AnyProcess, Arrow, CaseContext, Decision, Outcome, Role, Rule } from '../define/index.js'
import { arrowsFrom, isFinal, isSeparated, judge, lastDone, sinceEntered } from '../define/index.js'
import type { CaseRecord } from './case-record.js'
import { seatOf } from './judgement.js'
import type { LoadedProcess } from './processes.js'

/** Where an arrow leads a case. */
export interface Lead {
  readonly state: string
  readonly outcome: Outcome | null
  readonly round: number
  readonly decisions: readonly Decision[]
  /** The case came to another state, or to the same one anew. */
  readonly moves: boolean
}
/** One act: who took which arrow, and where that leads. */
export interface Step extends Lead {
  readonly arrow: Arrow
  readonly role: Role
  readonly seat: string | null
  readonly decision: Decision
}
interface Act {
  readonly action: string
  readonly actor: Actor
  readonly seat?: string | undefined
  readonly to?: string | undefined
}

/** The pure step: null when the machine does not accept the act from this actor now. */
export function advance({ definition, machine }: LoadedProcess, record: CaseRecord, context: CaseContext, act: Act): Step | null {
  const snapshot = machine.resolveState({ value: record.state as never, context })
  const event = { type: act.action, actor: act.actor, ...(act.seat !== undefined && { seat: act.seat }), ...(act.to !== undefined && { to: act.to }) }
  if (!snapshot.can(event)) return null
  const [next, effects] = transition(machine, snapshot, event)
  const recorded = effects.filter(({ type }) => type === 'record').map(({ params }) => params as { from: string; arrow: number })
  if (recorded.length !== 1) throw new Error(`${definition.id} ${act.action}: ${recorded.length} entries recorded, not one`)
  const arrow = arrowsFrom(definition, recorded[0]!.from)[recorded[0]!.arrow]!
  const verdict = judge(arrow.by, act.actor, context.parties)
  if (!verdict.allowed) throw new Error(`${definition.id} ${act.action}: the machine let pass whom authority refuses`)
  const state = next.value as unknown as string
  if (state !== (arrow.target ?? record.state)) throw new Error(`${definition.id} ${act.action}: the machine came to ${state}, the arrow leads elsewhere`)
  const seat = arrow.seat ?? (arrow.vote ? (seatOf(act.actor, context) ?? null) : null)
  const decision = decisionOf(record, context, arrow, act.actor, verdict, { state, seat })
  return { arrow, role: verdict.role, seat, decision, ...leadOf(definition, record, arrow, decision) }
}

/** Where an arrow leads, once somebody took it with this decision. The history tells it again by the same rule. */
export function leadOf(definition: AnyProcess, record: CaseRecord, arrow: Arrow, decision: Decision): Lead {
  const state = arrow.target ?? record.state
  const step = definition.states[state]!
  return {
    state,
    outcome: isFinal(step) ? step.outcome : null,
    round: arrow.startsRound ? record.round + 1 : record.round,
    decisions: decisionsAfter(record, definition, arrow, decision),
    moves: arrow.target !== undefined,
  }
}
/** The next version of a case that an act has led there. `at`: the moment of the act. */
export const placed = (before: CaseRecord, { state, outcome, round, decisions, moves }: Lead, at: string, customerId: string | null): CaseRecord => {
  const version = before.version + 1
  return { ...before, state, outcome, round, decisions, version, customerId, ...(moves && { enteredAt: at, enteredSequence: version }) }
}

function decisionOf(
  record: CaseRecord,
  { facts }: CaseContext,
  arrow: Arrow,
  actor: Actor,
  { role, rule }: { role: Role; rule: Rule },
  { state, seat }: { state: string; seat: string | null },
): Decision {
  const limit = actor.limits[role]
  const cumulativeLimit = actor.cumulativeLimits?.[role]
  return {
    state: arrow.from,
    to: state,
    action: arrow.action,
    personId: actor.personId,
    role,
    round: record.round,
    sequence: record.version + 1,
    at: facts.at,
    ...(actor.onBehalfOf && { principalId: actor.onBehalfOf.personId }),
    ...(seat !== null && { seat }),
    ...(isSeparated(rule) && rule.notApplicant && { approves: true as const }),
    ...(arrow.vote && { vote: arrow.vote }),
    ...(limit !== undefined && { limit }),
    ...(cumulativeLimit !== undefined && { cumulativeLimit }),
    ...(arrow.executes && { executed: true as const }),
  }
}
function decisionsAfter({ decisions, handling }: CaseRecord, definition: AnyProcess, arrow: Arrow, decision: Decision): readonly Decision[] {
  if (arrow.startsRound) return surviving(decisions, definition, decision.to)
  // Straight back to whoever returned the case: what had lapsed with the return counts again.
  if (arrow.restores && handling.returned) return [...decisions, ...handling.returned.lapsed, decision]
  return arrow.undoes ? decisions.filter((done) => done !== lastDone(decisions)) : [...decisions, decision]
}
/** A new round: what was decided since the target was last entered lapses, what stands before it stays. */
function surviving(decisions: readonly Decision[], definition: AnyProcess, target: string): Decision[] {
  if (target === definition.initial) return []
  const lapses = sinceEntered(decisions, target).length
  return lapses === decisions.length ? [...decisions] : decisions.slice(0, decisions.length - lapses)
}
