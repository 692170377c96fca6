import type { Authority } from './authority.js'
import type { Condition, Facts } from './condition.js'
import type { FormClass } from './fields.js'
import type { Label } from './label.js'

export type Forms = Readonly<Record<string, FormClass>>
/** The newest version of every form of the case, by its key; absent until somebody has filled it in. */
export type DataOf<F extends Forms> = { readonly [K in keyof F]?: InstanceType<F[K]> }
export type CustomerStatus = 'PROSPECT' | 'ACTIVE' | 'CLOSING' | 'CLOSED'

/** A case of another process, opened in the same transaction as a child of this one. */
export interface Link<Data> {
  readonly process: string
  /** The forms that the child starts with, copied by key. */
  readonly forms: (facts: Facts<Data>) => Readonly<Record<string, object | undefined>>
  /** Without the child the act makes no sense: while that process does not exist, the act is refused. */
  readonly essential?: true
}
/** Word to a related case, as the system: its parent, or its open children of one process. */
export interface Notice {
  readonly to: 'parent' | (string & {})
  readonly event: string
}

/** XState's `target` and `guard`, and the words it does not have. */
export interface Transition<Data, State extends string, Form extends string> {
  /** Absent: the case stays where it is; the act is recorded all the same. */
  readonly target?: State
  readonly guard?: Condition<Data>
  /** Defaults to the assignee of the state. */
  readonly by?: Authority
  /** The forms that the actor hands in with the act; one whose fields are all optional may be left out. */
  readonly form?: Form | readonly Form[]
  /** Forms of which the actor may hand in a new version. */
  readonly revises?: Form | readonly Form[]
  readonly opens?: readonly Link<Data>[]
  readonly tells?: readonly Notice[]
  /** Back for another round: what was decided from the target onward lapses. */
  readonly startsRound?: true
  readonly customerStatus?: CustomerStatus
}
type OneOrMore<T> = T | readonly T[]

/** A term after entering a state. Shown as `dueAt`; firing it is the clock's business. */
export interface Deadline<Data> {
  readonly label: Label
  /** Calendar days after entering, or the day itself (`YYYY-MM-DD`) when a form names it. */
  readonly due: { readonly days: number } | ((data: Data) => string | undefined)
}

/** A state that waits for somebody. */
export interface Waiting<Data, State extends string, Form extends string> {
  readonly type?: never
  readonly label: Label
  /** Whose task it is; acts without a `by` of their own are theirs. */
  readonly assignee: Authority
  readonly on: Readonly<Record<string, OneOrMore<Transition<Data, State, Form>>>>
  readonly after?: Readonly<Record<string, Deadline<Data>>>
}
export interface Seat<Data> {
  readonly label: Label
  readonly by: Authority
  /** The seat has to sign only when this holds on entering; absent: always. */
  readonly when?: Condition<Data>
}
/** 会签: compiled to an XState parallel state with a region a seat; `onDone` when every seat has signed. */
export interface Countersign<Data, State extends string, Form extends string> {
  readonly type: 'countersign'
  readonly label: Label
  readonly seats: Readonly<Record<string, Seat<Data>>>
  /** The event with which a seat signs, and the form it hands in. */
  readonly sign: string
  readonly form: Form
  readonly onDone: State
  readonly after?: Readonly<Record<string, Deadline<Data>>>
}
export type Outcome = 'completed' | 'rejected' | 'withdrawn' | 'cancelled'
export interface Final {
  readonly type: 'final'
  readonly label: Label
  readonly outcome: Outcome
}
export type Step<Data, State extends string, Form extends string> = Waiting<Data, State, Form> | Countersign<Data, State, Form> | Final

export interface ProcessDefinition<F extends Forms, State extends string> {
  /** The catalogue's id: the folder, the prefix of the mutations and the name of the type. */
  readonly id: string
  readonly version: number
  readonly title: Label
  /** The catalogue page and the source text behind it. */
  readonly source: string
  readonly forms: F
  readonly startedBy: Authority
  /** The form that opens a case. */
  readonly startsWith: keyof F & string
  /** Words for the events of this process; common ones are in `events.ts`. */
  readonly events?: Readonly<Record<string, Label>>
  /** Figures that the source leaves open, with our defaults; an organisation may set its own. */
  readonly settings?: Readonly<Record<string, { readonly label: Label; readonly value: number }>>
  /** The customer whom the case is about, once a form names one. */
  readonly customerOf?: (data: DataOf<F>) => string | undefined
  /** The day (`YYYY-MM-DD`) by which the whole case was promised to end. */
  readonly dueOf?: (data: DataOf<F>) => string | undefined
  readonly initial: NoInfer<State>
  readonly states: { readonly [S in State]: Step<DataOf<F>, NoInfer<State>, keyof F & string> }
}
export type AnyProcess = ProcessDefinition<any, string>
export type AnyTransition = Transition<any, string, string>
export type AnyStep = Step<any, string, string>

export const defineProcess = <F extends Forms, State extends string>(definition: ProcessDefinition<F, State>): ProcessDefinition<F, State> =>
  Object.freeze(definition)

export const isFinal = (step: AnyStep): step is Final => step.type === 'final'
export const isCountersign = (step: AnyStep): step is Countersign<any, string, string> => step.type === 'countersign'

/** One or several, as a list. */
export const listOf = <T>(given: T | readonly T[] | undefined): readonly T[] => (given === undefined ? [] : Array.isArray(given) ? given : [given as T])

/** One arrow out of a state, complete: the seat of a countersignature is an arrow too. */
export interface Arrow extends AnyTransition {
  readonly from: string
  readonly action: string
  readonly by: Authority
  readonly seat?: string
}
/** Every arrow out of a state, in the order in which the machine tries them. */
export function arrowsFrom(definition: AnyProcess, state: string): readonly Arrow[] {
  const step = definition.states[state]
  if (!step || step.type === 'final') return []
  if (step.type === 'countersign') return Object.entries(step.seats).map(([seat, { by }]) => ({ from: state, action: step.sign, by, seat, form: step.form }))
  return Object.entries(step.on).flatMap(([action, given]) =>
    listOf<AnyTransition>(given).map((move) => ({ ...move, from: state, action, by: move.by ?? step.assignee })),
  )
}
/** Every arrow of a process. */
export const arrowsOf = (definition: AnyProcess): readonly Arrow[] => Object.keys(definition.states).flatMap((state) => arrowsFrom(definition, state))
/** The states that an arrow can lead to. */
export const targetsFrom = (definition: AnyProcess, state: string): readonly string[] => {
  const step = definition.states[state]
  if (step && isCountersign(step)) return [step.onDone]
  return arrowsFrom(definition, state).flatMap(({ target }) => (target === undefined ? [] : [target]))
}
/** The states that can be reached from one, itself included. */
export function reachableFrom(definition: AnyProcess, start: string): ReadonlySet<string> {
  const seen = new Set<string>()
  const visit = (state: string) => {
    if (seen.has(state)) return
    seen.add(state)
    targetsFrom(definition, state).forEach(visit)
  }
  visit(start)
  return seen
}
