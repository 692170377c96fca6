import type { Actor, Ballot, Claim, CustomerStatus, Decision, FormValues, Outcome, Reason, Relative, Returned, Role } from '../define/index.js'
import type { Effect } from './effect.js'
import type { TimerChange } from './timer.js'

/**
 * What goes on around the decision that a case waits for, and is gone when the case moves on:
 * who votes, who was asked first, who gave the task away, where the case was returned from.
 */
export interface Handling {
  readonly ballot?: Ballot | null
  readonly held?: HeldAct | null
  readonly returned?: Returned | null
  /** 转办: whoever gave a task away, by its place. They do not get it back. */
  readonly givers?: Readonly<Record<string, readonly string[]>>
  /** 升级: posts above that may decide the present state as well. */
  readonly raised?: readonly Role[]
}
/** Somebody is asked before or after a decision is taken: 委派, 加签 or 补充材料. */
export interface Ask {
  readonly id: string
  readonly kind: 'OPINION' | 'SIGN_BEFORE' | 'SIGN_AFTER' | 'ANSWER'
  /** The task that asks, by its seat in the present state. */
  readonly seat: string | null
  /** Who asks and who is asked: accounts, and the persons behind them. */
  readonly by: Party
  readonly to: Party
  readonly question: string
  /** WAITING: a signer who follows is asked once the decision before him is taken. */
  readonly status: 'WAITING' | 'OPEN' | 'APPROVED' | 'REJECTED' | 'ANSWERED' | 'WITHDRAWN'
}
export interface Party {
  readonly employeeId: string
  readonly personId: string
}
/** A decision that stands, and waits for the signers who follow it. Its forms are handed in once they have signed. */
export interface HeldAct {
  readonly actor: Actor
  readonly action: string
  readonly seat: string | null
  readonly to: string | null
  readonly forms: readonly HeldForm[]
  /** What was decided on: the decision lapses when that changes. */
  readonly contentDigest: string
}

/** A form that waits with its decision: what is personal in it is sealed with the key of its subject, as in a version of a form. */
export interface HeldForm extends FormSubmission {
  readonly sealed: string | null
  readonly subjectId: string | null
}

/** A case as the door reads and writes it. Times are ISO 8601 in UTC with microseconds. */
export interface CaseRecord {
  readonly id: string
  readonly number: string
  readonly process: string
  readonly definitionVersion: number
  readonly definitionHash: string
  readonly state: string
  readonly outcome: Outcome | null
  /** Equal to the sequence of the case's newest audit entry. */
  readonly version: number
  readonly round: number
  readonly decisions: readonly Decision[]
  readonly handling: Handling
  readonly applicantId: string
  readonly applicantPersonId: string
  readonly customerId: string | null
  readonly parentId: string | null
  /** 撤销: the completed case that this one revokes once it passes. */
  readonly revokesId: string | null
  readonly openedAt: string
  readonly closedAt: string | null
  /** When, and with which sequence, the case came to its present state. */
  readonly enteredAt: string
  readonly enteredSequence: number
  /** Since when its clocks stand still; null: they run. */
  readonly pausedAt: string | null
  readonly headHash: string
}

/** Everything around a case that a judgement looks at. */
export interface Surroundings {
  readonly data: Readonly<Record<string, FormValues>>
  readonly children: readonly (Relative & { readonly id: string })[]
  readonly parent: (Relative & { readonly id: string; readonly decisions: readonly Decision[] }) | null
  readonly openCases: Readonly<Record<string, number>>
  readonly settings: Readonly<Record<string, number>>
  readonly claims: readonly Claim[]
  /** Whoever is or was asked in the present state. */
  readonly asks: readonly Ask[]
  /** The human being behind each employee whom the forms name or who wrote them. */
  readonly personOf: Readonly<Record<string, string>>
  /** Who wrote the newest version of each form, by key. */
  readonly editorOf: Readonly<Record<string, string>>
  readonly contentSalt: string
  /** What other cases have reserved or used of each account before this one; CNY. */
  readonly committedBefore: readonly string[]
  /** The cases that the forms name, by id; filled in for an act. */
  readonly named: Readonly<Record<string, Relative>>
}

/** A case that is about to be opened. */
export type CaseDraft = Omit<CaseRecord, 'id' | 'number' | 'headHash' | 'openedAt' | 'closedAt' | 'enteredAt' | 'enteredSequence' | 'pausedAt'>

/** A new version of a form. */
export interface FormSubmission {
  readonly key: string
  readonly formId: string
  readonly values: FormValues
}
/** A stored version, as the audit entry names it: the digest binds the content without holding it. */
export interface FormReceipt {
  readonly key: string
  readonly form: string
  readonly version: number
  readonly digest: string
}

/** A task as it stands. */
export interface TaskRecord {
  readonly id: string
  readonly state: string
  readonly seat: string | null
  readonly kind: TaskKind
  readonly askId: string | null
  readonly isOpen: boolean
  /** Somebody else is asked first, or signs after. */
  readonly isSuspended: boolean
  readonly holderId: string | null
}
/** 办理, or what somebody is asked for around it. */
export type TaskKind = 'DECIDE' | 'SIGN' | 'ADVISE' | 'ANSWER'

/** Who may take a task: one row a rule. */
export interface Offer {
  readonly role: Role
  /** 0: whom the rule names. From 1 on: who stands above, and counts while separation of duties leaves nobody below. */
  readonly level: number
  /** At a level above 0, the role in whose place. */
  readonly standsInFor: Role | null
  readonly departmentIds: readonly string[] | null
  readonly personId: string | null
  readonly excludedPersonIds: readonly string[]
  readonly excludedDepartmentIds: readonly string[]
}
export interface NewTask {
  readonly state: string
  readonly seat: string | null
  readonly offers: readonly Offer[]
  readonly kind?: TaskKind
  readonly askId?: string
  /** Somebody is still asked before it. */
  readonly suspended?: boolean
}
/** What happens to the open tasks of the case with one act. */
export interface TaskChange {
  /** All open tasks end, or only those of one seat; `null` leaves them. */
  readonly close: 'all' | { readonly seat: string | null } | null
  /** The task that the act itself did, by state and seat: completed; the others are superseded. */
  readonly done: { readonly state: string; readonly seat: string | null }
  readonly open: readonly NewTask[]
}

/** What an entry tells of people that no hash may hold in the open. */
export interface Aside {
  /** The printed name of whoever decided (签字). */
  readonly signedName?: string
  /** What was said. */
  readonly text?: string
  /** A decision that waits for the signers who follow it. */
  readonly held?: HeldAct
  /** Of a sign-in that failed: from where, and a keyed digest of a login that is nobody's. */
  readonly address?: string
  readonly loginDigest?: string
}

/** What is known of an act, done or refused; the store adds stream, sequence, time and hash. */
export interface EntryFacts {
  readonly process: string
  readonly definitionVersion: number
  readonly definitionHash: string
  readonly action: string
  readonly seat: string | null
  readonly from: string | null
  readonly to: string | null
  readonly round: number
  readonly result: 'DONE' | 'REFUSED' | 'CONFLICT'
  readonly reasons: readonly Reason[]
  readonly actor: { readonly id: string; readonly kind: 'employee' | 'system' }
  readonly onBehalfOfId: string | null
  /** The proxy grant under which it was done. */
  readonly grantId: string | null
  readonly roleUsed: Role | null
  /** What the content was when it was decided. */
  readonly contentDigest: string | null
  /** What stands beside the hashed text, which holds its salted digest: as the printed name of whoever decided, and what was held. */
  readonly aside: Aside
  readonly forms: readonly FormReceipt[]
  readonly links: readonly { readonly process: string; readonly caseId?: string; readonly refused?: string }[]
  readonly customerStatus: CustomerStatus | null
  /** Whom the case is about; the store fills it in. */
  readonly customerId: string | null
  /** The amount that the case is about, after the act; CNY. */
  readonly amount: string | null
  /** What a change of the organisation set; absent for acts of cases. */
  readonly details?: Readonly<Record<string, string>>
  readonly effect?: Effect
  readonly causedBy: { readonly caseId: string; readonly sequence: number } | null
  readonly occurredAt: string | null
  readonly requestId: string
  readonly idempotencyKey: string
}

/** A case after an act, and everything that is written with it. */
export interface CaseChange {
  readonly next: CaseRecord
  readonly dueAt: string | null
  readonly entry: EntryFacts
  readonly tasks: TaskChange
  readonly participantPersonIds: readonly string[]
  readonly commitments: readonly CommitmentChange[]
  /** Null: nothing in this process happens by the clock. */
  readonly timers: TimerChange | null
}
/** What a case takes out of an account, from this act on. */
export interface CommitmentChange {
  readonly account: string
  readonly counterpartyId: string
  /** `2026` or `2026-11`. */
  readonly period: string
  readonly amount: string
  readonly status: 'RESERVED' | 'USED' | 'RELEASED'
}

/** One version of a form, with the version of the case that it came with. */
export interface PaperVersion {
  readonly key: string
  readonly sequence: number
  readonly values: FormValues
}
