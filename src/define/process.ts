import type { Authority, Separation } from './authority.js'
import type { Mode } from './ballot.js'
import type { Condition, Facts } from './condition.js'
import type { Due, Rung } from './deadline.js'
import type { FormClass } from './fields.js'
import type { Label } from './label.js'
import type { Role } from './roles.js'

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
  /** 知会: the roles whose holders hear of the act besides; it opens nothing to them. */
  readonly notifies?: readonly Role[]
  /** Back for another round: what was decided from the target onward lapses. */
  readonly startsRound?: true
  /** 退回: the actor chooses among these states, one that the case has been in; the first unless told. Always a new round. */
  readonly returnsTo?: readonly State[]
  /** 重新提交: may go straight back to whoever returned the case, when nothing material has changed. */
  readonly resubmits?: true
  /** 拿回: the actor may undo the act until somebody claims or does what follows. */
  readonly retractable?: true
  /** 外部事项已执行: carried out beyond this house (money paid, goods handed over); no return goes behind it. */
  readonly executes?: true
  readonly customerStatus?: CustomerStatus
}
type OneOrMore<T> = T | readonly T[]

/**
 * 期限: a term, and the act of the clock when it is over; without a `target` the case stays where it is, and the act is on record.
 * The clock approves nothing: a target may lead back, aside or to a refusal, never on from an approval.
 */
export interface Deadline<Data, State extends string>
  extends Pick<Transition<Data, State, never>, 'target' | 'guard' | 'opens' | 'tells' | 'startsRound' | 'customerStatus' | 'notifies'> {
  readonly label: Label
  readonly due: Due<Data>
  readonly ladder?: readonly Rung[]
  /** 周期: the next term begins where this one ends, for as long as the case stays; without a target, a ladder, or a day to count from. */
  readonly repeats?: true
  /** 法定期限: runs on while the case is paused. */
  readonly statutory?: true
}
type Deadlines<Data, State extends string> = Readonly<Record<string, Deadline<Data, State>>>

/** A state that waits for somebody. */
export interface Waiting<Data, State extends string, Form extends string> {
  readonly type?: never
  readonly label: Label
  /** Whose task it is; acts without a `by` of their own are theirs. */
  readonly assignee: Authority
  readonly on: Readonly<Record<string, OneOrMore<Transition<Data, State, Form>>>>
  readonly after?: Deadlines<Data, State>
}
export interface Seat<Data> {
  readonly label: Label
  readonly by: Authority
  /** The seat has to sign only when this holds on entering; absent: always. */
  readonly when?: Condition<Data>
}
/** Whose voices are drawn when the case enters the state, and stay as they are for the round. */
export type Voters =
  /** Every holder of the role whom separation of duties does not shut out. */
  | ({ readonly everyone: Role } & Partial<Separation>)
  /** One voice for each department that a form field names, as in `sheet.countersignDepartments`; any member raises it. */
  | ({ readonly departments: string; readonly as: Role } & Partial<Separation>)

/** 会签: several decide one state. Seats that sign by name, or voices that are drawn. */
export interface Countersign<Data, State extends string, Form extends string> {
  readonly type: 'countersign'
  readonly label: Label
  readonly seats?: Readonly<Record<string, Seat<Data>>>
  readonly voters?: Voters
  /** How it is decided; unless told, everybody signs. */
  readonly mode?: Mode
  /** The event of an approval, and the form that it hands in. */
  readonly sign: string
  readonly form: Form
  readonly onDone: State
  /** 否决: the event of a rejection, its form, and where the case goes when the countersign fails. */
  readonly against?: { readonly event: string; readonly form: Form; readonly target: State }
  /** 弃权. */
  readonly abstain?: { readonly event: string; readonly form: Form }
  /** 退回 and other acts of whoever has an open voice; they end the state for all. */
  readonly on?: Readonly<Record<string, OneOrMore<Transition<Data, State, Form>>>>
  readonly after?: Deadlines<Data, State>
}
export type Outcome = 'completed' | 'rejected' | 'withdrawn' | 'cancelled'
export interface Final {
  readonly type: 'final'
  readonly label: Label
  readonly outcome: Outcome
}
export type Step<Data, State extends string, Form extends string> = Waiting<Data, State, Form> | Countersign<Data, State, Form> | Final

/** 转办, 委派, 加签 and 补充材料: what the holder of an approval may do with it besides deciding. */
export type Handling = 'TRANSFER' | 'DELEGATE' | 'ADD_SIGNER' | 'ASK'

/** 撤回: the applicant takes the case back. */
export interface Withdrawal<State extends string, Form extends string> {
  readonly from: readonly State[]
  readonly to: State
  /** Until the first approval of the round, or until the last of these states is left. */
  readonly until: 'FIRST_APPROVAL' | 'END'
  readonly form: Form
}
/** 累计限额: what the case takes out of what a counterparty may be given in a period. Reserved once submitted, used once approved. */
export interface Commitment<Data, State extends string> {
  /** Cases of several processes may draw on one account. A computed one, as a line of a plan: absent, nothing is drawn. */
  readonly account: string | ((data: Data) => string | undefined)
  readonly counterparty: (data: Data) => string | undefined
  /** The day (`YYYY-MM-DD`) that decides the period. */
  readonly day: (data: Data) => string | undefined
  readonly period: 'YEAR' | 'MONTH' | 'ALL'
  /** The states with which the amount counts as used. */
  readonly usedFrom: readonly State[]
}

/**
 * 期末: the system opens a case after the end of each period. The form that opens it holds `periodFrom` and `periodTo`, both days included,
 * and the figures of a statistics source by that name; nobody but the system hands it in.
 */
export interface Periodic {
  readonly period: 'MONTH'
  readonly figures: string
}

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
  readonly every?: Periodic
  /** Words for the events of this process; common ones are in `events.ts`. */
  readonly events?: Readonly<Record<string, Label>>
  /** Figures that the source leaves open, with our defaults; an organisation may set its own. */
  readonly settings?: Readonly<Record<string, { readonly label: Label; readonly value: number }>>
  /** The customer whom the case is about, once a form names one. */
  readonly customerOf?: (data: DataOf<F>) => string | undefined
  /** By when the whole case has to end, as was promised or as it is usual. */
  readonly dueOf?: Due<DataOf<F>>
  /** Terms of the whole case, in every state but its ends. */
  readonly after?: Deadlines<DataOf<F>, NoInfer<State>>
  /** Word of every act that moves the case, and of its end, besides what single acts tell. */
  readonly tells?: { readonly onMove?: readonly Notice[]; readonly onEnd?: readonly Notice[] }
  /** 流程负责人: hears of tasks that nobody may do, and speeds, moves and watches the others. Never decides by this alone. */
  readonly owner: Role
  /** What the case is worth in CNY: proxies are capped by it, and commitments count it. */
  readonly amountOf?: (data: DataOf<F>) => string | undefined
  /** The forms whose content approvals are bound to; unless told, the one that opens the case. */
  readonly material?: readonly (keyof F & string)[]
  readonly handling?: readonly Handling[]
  /** Whether a signer who was added before the decision and rejects only advises, or binds. */
  readonly addedSigners?: 'ADVISORY' | 'BINDING'
  readonly withdrawal?: Withdrawal<NoInfer<State>, keyof F & string>
  /** What cases draw on; authority limits count the first. */
  readonly commitments?: readonly Commitment<DataOf<F>, NoInfer<State>>[]
  /** Events that may be decided for many cases at once; none that asks for a comment or a signature. */
  readonly batch?: readonly string[]
  /** 撤销已通过: for so many days a completed case may be revoked by another that passes the same approvals. */
  readonly revocable?: { readonly days: number; readonly unless?: Condition<DataOf<F>> }
  readonly initial: NoInfer<State>
  readonly states: { readonly [S in State]: Step<DataOf<F>, NoInfer<State>, keyof F & string> }
}
export type AnyProcess = ProcessDefinition<any, string>
export type AnyTransition = Transition<any, string, string>
export type AnyStep = Step<any, string, string>
export type AnyDeadline = Deadline<any, string>

export const defineProcess = <F extends Forms, State extends string>(definition: ProcessDefinition<F, State>): ProcessDefinition<F, State> =>
  Object.freeze(definition)

export const isFinal = (step: AnyStep): step is Final => step.type === 'final'
export const isCountersign = (step: AnyStep): step is Extract<AnyStep, { readonly type: 'countersign' }> => step.type === 'countersign'
/** A state of a process, by its id. */
export const stepIn = (definition: AnyProcess, state: string): AnyStep | undefined => definition.states[state]

/** The terms that run in a state, or with `''` those of the whole case. */
export function deadlinesIn(definition: AnyProcess, place: string): Readonly<Record<string, AnyDeadline>> {
  if (place === '') return definition.after ?? {}
  const step = stepIn(definition, place)
  return step && !isFinal(step) ? (step.after ?? {}) : {}
}
