import type { Actor, Decision } from './authority.js'
import type { Ballot } from './ballot.js'
import { compareDecimals, sumOf } from './decimal.js'
import type { Label } from './label.js'
import { type Reason, type RefusalCode, reason } from './refusal.js'
import { labelOfRole, type Role, rolesAbove } from './roles.js'

/** A case that this one opened, or that opened this one. */
export interface Relative {
  readonly process: string
  readonly state: string
  readonly outcome: string | null
  readonly data: Readonly<Record<string, unknown>>
}

/** All that a condition may look at; gathered by the door before it judges, so that a test is pure. */
export interface Facts<Data = any> {
  /** The newest version of every form, the ones just handed in included. */
  readonly data: Data
  /** The same before the act. */
  readonly before: Data
  /** The moment of the act, ISO 8601 in UTC, and its day in the calendar of the organisation. */
  readonly at: string
  readonly today: string
  /** The customer whom the case was about before the act. */
  readonly customerId: string | null
  readonly round: number
  readonly decisions: readonly Decision[]
  readonly children: readonly Relative[]
  readonly parent: Relative | null
  /** How many open cases of each process the customer has, this case left out; only those asked for. */
  readonly openCases: Readonly<Record<string, number>>
  readonly settings: Readonly<Record<string, number>>
  /** What other cases have reserved or used of each account before this one, for the same counterparty and period, in CNY; the first is the one that limits count. */
  readonly committedBefore: readonly string[]
  /** The cases that the forms name, by id. Known when an act is judged, not when it is only asked whether it could be done. */
  readonly named: Readonly<Record<string, Relative>>
  readonly ballot: Ballot | null
  /** 退回: from where the case was last sent back and with what content, until it moves on. */
  readonly returned: Returned | null
  readonly contentDigest: string
  /** Somebody holds a task of the present state. */
  readonly claimed: boolean
}
/** A return that has not been answered yet. */
export interface Returned {
  readonly from: string
  readonly contentDigest: string
  /** What had been decided and lapsed with the return. */
  readonly lapsed: readonly Decision[]
}

/** A named fact about the case. Named, because a refusal must say which fact was missing. */
export type Condition<Data = any> =
  | {
      readonly kind: 'fact'
      readonly label: Label
      readonly about: readonly string[]
      readonly test: (facts: Facts<Data>) => boolean
      /** What a refusal is called; `CONDITION_UNMET` unless told. */
      readonly code?: RefusalCode
    }
  | {
      readonly kind: 'limit'
      readonly label: Label
      readonly about: readonly string[]
      readonly role: Role
      readonly amount: (data: Data) => string | undefined
    }
  | { readonly kind: 'noOpenCases'; readonly label: Label; readonly about: readonly []; readonly processes: readonly string[] }
  | { readonly kind: 'not'; readonly label: Label; readonly about: readonly string[]; readonly condition: Condition<Data> }
  | { readonly kind: 'all' | 'either'; readonly label: Label; readonly about: readonly string[]; readonly conditions: readonly Condition<Data>[] }

/** A fact that a pure test decides. `about`: the forms whose content it looks at. */
export const fact = <Data>(label: Label, test: (facts: Facts<Data>) => boolean, about: readonly (keyof Data & string)[] = []): Condition<Data> => ({
  kind: 'fact',
  label,
  about,
  test,
})
/** A fact whose refusal has a code of its own. */
export const factOr = (code: RefusalCode, label: Label, test: (facts: Facts<any>) => boolean): Condition<any> => ({
  kind: 'fact',
  label,
  about: [],
  test,
  code,
})
/**
 * 权限内: the actor's own limit covers the amount, and the cumulative one what the counterparty's period comes to.
 * No limit, or no amount: never within. Who steps in from the top of the line is bound by no limit of those below.
 */
export const within = <Data>(role: Role, amount: (data: Data) => string | undefined, about: readonly (keyof Data & string)[] = []): Condition<Data> => ({
  kind: 'limit',
  label: [`权限内（${labelOfRole(role)[0]}）`, `within the authority of the ${labelOfRole(role)[1].toLowerCase()}`],
  about,
  role,
  amount,
})
/** 超出权限: the opposite of {@link within}. */
export const above = <Data>(role: Role, amount: (data: Data) => string | undefined, about: readonly (keyof Data & string)[] = []): Condition<Data> =>
  not(within(role, amount, about), [`超出权限（${labelOfRole(role)[0]}）`, `above the authority of the ${labelOfRole(role)[1].toLowerCase()}`])
/** 金额调增: the act raises the amount. */
export const raises = <Data>(amount: (data: Data) => string | undefined, about: readonly (keyof Data & string)[]): Condition<Data> =>
  fact(['金额调增', 'the amount is raised'], ({ before, data }) => compareDecimals(amount(data) ?? '0', amount(before) ?? '0') > 0, about)
/** The amount is one that whoever decided in that state could decide alone. */
export const coveredBy = <Data>(state: string, amount: (data: Data) => string | undefined, about: readonly (keyof Data & string)[]): Condition<Data> =>
  fact(
    [`金额在 ${state} 审批人权限内`, `the amount is within the authority of whoever decided in ${state}`],
    ({ data, decisions, committedBefore }) =>
      decisions.some((done) => done.state === state && done.approves && isCovered(amount(data) ?? '0', done.limit, done.cumulativeLimit, committedBefore[0])),
    about,
  )
/** The customer has no open case of these processes (this case does not count). */
export const noOpenCases = (label: Label, processes: readonly string[]): Condition<any> => ({ kind: 'noOpenCases', label, about: [], processes })
/** No child of that process is open, and one of them ended (with `states`: in one of these). */
export const childrenEnded = (label: Label, process: string, states?: readonly string[]): Condition<any> =>
  fact(label, ({ children }) => {
    const mine = children.filter((child) => child.process === process)
    return mine.every(({ outcome }) => outcome !== null) && mine.some(({ state }) => states?.includes(state) ?? true)
  })
/** No child of that process is open. */
export const noOpenChild = (label: Label, process: string): Condition<any> =>
  fact(label, ({ children }) => children.every((child) => child.process !== process || child.outcome !== null))
export const not = <Data>(condition: Condition<Data>, label: Label): Condition<Data> => ({ kind: 'not', label, about: condition.about, condition })
const combine =
  (kind: 'all' | 'either') =>
  <Data>(...conditions: readonly Condition<Data>[]): Condition<Data> => ({
    kind,
    label: [
      conditions.map(({ label }) => label[0]).join(kind === 'all' ? '且' : '或'),
      conditions.map(({ label }) => label[1]).join(kind === 'all' ? ' and ' : ' or '),
    ],
    about: conditions.flatMap(({ about }) => about),
    conditions,
  })
/** All of them hold. */
export const all = combine('all')
/** At least one of them holds. */
export const either = combine('either')

/** Does the condition hold for this actor? */
export function holds(condition: Condition, facts: Facts, actor: Actor): boolean {
  switch (condition.kind) {
    case 'fact':
      return condition.test(facts)
    case 'limit':
      return isWithin(condition.role, condition.amount(facts.data), facts, actor)
    case 'noOpenCases':
      return condition.processes.every((process) => (facts.openCases[process] ?? 0) === 0)
    case 'not':
      return !holds(condition.condition, facts, actor)
    case 'all':
      return condition.conditions.every((part) => holds(part, facts, actor))
    case 'either':
      return condition.conditions.some((part) => holds(part, facts, actor))
  }
}

function isWithin(role: Role, amount: string | undefined, facts: Facts, actor: Actor): boolean {
  if (amount === undefined) return false
  const steppedIn = actor.standsInFor?.[role]
  if (steppedIn && rolesAbove(steppedIn).length === 0) return true
  const own = (steppedIn && actor.limits[steppedIn] !== undefined ? steppedIn : role) as Role
  return isCovered(amount, actor.limits[own], actor.cumulativeLimits?.[own], facts.committedBefore[0])
}
function isCovered(amount: string, limit: string | undefined, cumulative: string | undefined, committedBefore: string | undefined): boolean {
  if (limit === undefined || compareDecimals(amount, limit) > 0) return false
  return cumulative === undefined || compareDecimals(sumOf([committedBefore, amount]), cumulative) <= 0
}

/** Why the condition does not hold; empty when it does. `open`: forms that are still to be handed in; what is about them may yet turn out well. */
export function unmet(condition: Condition, facts: Facts, actor: Actor, open: readonly string[] = []): Reason[] {
  if (condition.kind === 'all') return condition.conditions.flatMap((part) => unmet(part, facts, actor, open))
  if (condition.about.some((form) => open.includes(form)) || holds(condition, facts, actor)) return []
  switch (condition.kind) {
    case 'limit':
      return [reason('LIMIT_EXCEEDED', condition.label)]
    case 'noOpenCases':
      return condition.processes
        .filter((process) => (facts.openCases[process] ?? 0) > 0)
        .map((process) =>
          reason('CONDITION_UNMET', [
            `${condition.label[0]}：${process} × ${facts.openCases[process]}`,
            `${condition.label[1]}: ${process} × ${facts.openCases[process]}`,
          ]),
        )
    default:
      return [reason((condition.kind === 'fact' && condition.code) || 'CONDITION_UNMET', condition.label)]
  }
}

/** The processes whose open cases a condition asks about. */
export const openCasesAsked = (condition: Condition): readonly string[] =>
  condition.kind === 'noOpenCases'
    ? condition.processes
    : condition.kind === 'not'
      ? openCasesAsked(condition.condition)
      : condition.kind === 'all' || condition.kind === 'either'
        ? condition.conditions.flatMap(openCasesAsked)
        : []
