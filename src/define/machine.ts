import { and, setup } from 'xstate'
import { type Arrow, arrowsFrom } from './arrows.js'
import { type Actor, judge, type Parties } from './authority.js'
import { type Condition, type Facts, holds } from './condition.js'
import { type AnyProcess, type AnyStep, isFinal } from './process.js'

export interface CaseContext {
  readonly facts: Facts
  readonly parties: Parties
  /** Open tasks that somebody has taken. The machine does not look at them: a claim is no authority. */
  readonly claims?: readonly Claim[]
  /** What goes on around the tasks of the state, by seat. The machine does not look at it either. */
  readonly work?: {
    readonly givers: (seat: string | null) => readonly string[]
    readonly isSuspended: (seat: string | null) => boolean
    readonly isVetoed: (seat: string | null) => boolean
  }
}
/** One task of the case that somebody has taken. `at`: ISO 8601. */
export interface Claim {
  readonly state: string
  readonly seat: string | null
  readonly at: string
  readonly claimedById: string
  /** As of now: whoever may not do the task any more does not hold it either. Null: inactive. */
  readonly holder: Actor | null
}
export interface CaseEvent {
  readonly type: string
  readonly actor: Actor
  readonly seat?: string
  /** Where to, for an act that may lead to a choice of states. */
  readonly to?: string
}
/** What one act leaves behind: the arrow that was taken, by its place among the arrows of its state. */
export interface Recorded {
  readonly from: string
  readonly arrow: number
}
export type ProcessMachine = ReturnType<typeof machineOf>

/** A definition in, a plain XState 5 machine out: the only thing that the engine runs. Nothing in it does I/O. */
export function machineOf(definition: AnyProcess) {
  return setup({
    types: {} as { context: CaseContext; input: CaseContext; events: CaseEvent },
    guards: {
      permitted: ({ context, event }, { by }: Pick<Arrow, 'by'>) => event.actor !== undefined && judge(by, event.actor, context.parties).allowed,
      holds: ({ context, event }, { condition }: { condition: Condition }) => holds(condition, context.facts, event.actor),
      sits: ({ event, context }, { seat }: { seat: string }) => event.seat === seat && context.parties.voices.some(({ key }) => key === seat),
      aims: ({ event }, { aim }: { aim: string | undefined }) => event.to === aim,
    },
    actions: { record: (_, _entry: Recorded) => {} },
  }).createMachine({
    id: definition.id,
    context: ({ input }) => input,
    initial: definition.initial,
    states: Object.fromEntries(Object.entries(definition.states).map(([name, step]) => [name, stateOf(definition, name, step as AnyStep)])),
  })
}

function stateOf(definition: AnyProcess, name: string, step: AnyStep): any {
  if (isFinal(step)) return { type: 'final' }
  const on: Record<string, object[]> = {}
  for (const [index, arrow] of arrowsFrom(definition, name).entries()) on[arrow.action] = [...(on[arrow.action] ?? []), transitionOf(arrow, index)]
  return { on }
}

function transitionOf(arrow: Arrow, index: number) {
  const guards = [
    { type: 'permitted' as const, params: { by: arrow.by } },
    { type: 'aims' as const, params: { aim: arrow.aim } },
    ...(arrow.guard ? [{ type: 'holds' as const, params: { condition: arrow.guard } }] : []),
    ...(arrow.seat !== undefined ? [{ type: 'sits' as const, params: { seat: arrow.seat } }] : []),
  ]
  return {
    ...(arrow.target !== undefined && { target: arrow.target }),
    guard: and(guards),
    actions: { type: 'record' as const, params: { from: arrow.from, arrow: index } satisfies Recorded },
  }
}
