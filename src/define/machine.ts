import { and, setup } from 'xstate'
import { type Actor, judge, type Parties } from './authority.js'
import { type Condition, type Facts, holds } from './condition.js'
import { type AnyProcess, type AnyStep, type Arrow, arrowsFrom, type Countersign, isCountersign, isFinal, type Seat } from './process.js'

export interface CaseContext {
  readonly facts: Facts
  readonly parties: Parties
  /** Open tasks that somebody has taken. The machine does not look at them: a claim is no authority. */
  readonly claims?: readonly Claim[]
}
/** One task of the case that somebody has taken. `at`: ISO 8601. */
export interface Claim {
  readonly state: string
  readonly seat: string | null
  readonly at: string
  /** As of now: whoever may not do the task any more does not hold it either. Null: inactive. */
  readonly holder: Actor | null
}
export interface CaseEvent {
  readonly type: string
  readonly actor: Actor
  readonly seat?: string
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
      sits: ({ event }, { seat }: { seat: string }) => event.seat === seat,
      excused: ({ context }, { condition }: { condition: Condition }) => !holds(condition, context.facts, nobody),
    },
    actions: { record: (_, _entry: Recorded) => {} },
  }).createMachine({
    id: definition.id,
    context: ({ input }) => input,
    initial: definition.initial,
    states: Object.fromEntries(Object.entries(definition.states).map(([name, step]) => [name, stateOf(definition, name, step as AnyStep)])),
  })
}

/** Who asks whether a seat is needed: that must not depend on a person. */
const nobody: Actor = { kind: 'system', employeeId: '', personId: '', roles: [], departmentIds: [], limits: {} }

function stateOf(definition: AnyProcess, name: string, step: AnyStep): any {
  if (isFinal(step)) return { type: 'final' }
  const arrows = arrowsFrom(definition, name).map((arrow, index) => ({ action: arrow.action, seat: arrow.seat, config: transitionOf(arrow, index) }))
  if (isCountersign(step)) return parallelOf(step, arrows)
  const on: Record<string, object[]> = {}
  for (const { action, config } of arrows) on[action] = [...(on[action] ?? []), config]
  return { on }
}

function parallelOf(step: Countersign<any, string, string>, arrows: readonly { seat: string | undefined; config: object }[]) {
  const region = ([seat, { when }]: [string, Seat<any>]) =>
    [
      seat,
      {
        initial: 'open',
        states: {
          open: {
            ...(when && { always: { target: 'excused', guard: { type: 'excused', params: { condition: when } } } }),
            on: { [step.sign]: { ...arrows.find((arrow) => arrow.seat === seat)?.config, target: 'signed' } },
          },
          signed: { type: 'final' },
          excused: { type: 'final' },
        },
      },
    ] as const
  return { type: 'parallel', onDone: { target: step.onDone }, states: Object.fromEntries(Object.entries(step.seats).map(region)) }
}

function transitionOf(arrow: Arrow, index: number) {
  const guards = [
    { type: 'permitted' as const, params: { by: arrow.by } },
    ...(arrow.guard ? [{ type: 'holds' as const, params: { condition: arrow.guard } }] : []),
    ...(arrow.seat !== undefined ? [{ type: 'sits' as const, params: { seat: arrow.seat } }] : []),
  ]
  return {
    ...(arrow.target !== undefined && { target: arrow.target }),
    guard: and(guards),
    actions: { type: 'record' as const, params: { from: arrow.from, arrow: index } satisfies Recorded },
  }
}
