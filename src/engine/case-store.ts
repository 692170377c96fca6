import type {
  Actor,
  Ballot,
  Calendar,
  Claim,
  CustomerStatus,
  Decision,
  FormValues,
  Outcome,
  Period,
  Reason,
  Relative,
  Returned,
  Role,
} from '../define/index.js'
import type { PaperVersion } from './content.js'
import type { CalendarVersion, Timer, TimerChange } from './deadlines.js'
import type { NoticePreferences } from './notice-preferences.js'

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
  readonly forms: readonly FormSubmission[]
  /** What was decided on: the decision lapses when that changes. */
  readonly contentDigest: string
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
  /** What stands beside the hashed text, which holds its salted digest: the printed name of whoever decided (签字), what was said. */
  readonly aside: { readonly signedName?: string; readonly text?: string }
  readonly forms: readonly FormReceipt[]
  readonly links: readonly { readonly process: string; readonly caseId?: string; readonly refused?: string }[]
  readonly customerStatus: CustomerStatus | null
  /** What a change of the organisation set; absent for acts of cases. */
  readonly details?: Readonly<Record<string, string>>
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

export interface IdempotencyClaim {
  readonly actorId: string
  readonly key: string
  /** SHA-256 of everything that the caller asked for. */
  readonly requestHash: string
}
/** 工作日历: what the next version has otherwise than the newest. Hours, rest days and zone are replaced, days and announced years added. */
export interface CalendarChange {
  readonly zone?: string
  readonly periods?: readonly Period[]
  readonly restDays?: readonly number[]
  /** `periods`: a workday with hours of its own. */
  readonly days?: readonly { readonly day: string; readonly kind: 'REST' | 'WORK'; readonly periods?: readonly Period[] }[]
  readonly announcedYears?: readonly number[]
}
export type OrganisationChange = PeopleChange | ({ readonly action: 'SET_CALENDAR' } & CalendarChange)
/** A change of who is there and may do what. Times are ISO 8601; an absent `validFrom` means now, an absent `validTo` no end. */
export type PeopleChange =
  | { readonly action: 'GRANT_ROLE'; readonly employeeId: string; readonly role: Role; readonly validFrom?: string; readonly validTo?: string }
  | { readonly action: 'REVOKE_ROLE'; readonly employeeId: string; readonly role: Role }
  | { readonly action: 'SET_ACTIVE'; readonly employeeId: string; readonly active: boolean }
  | {
      /** 代理: the proxy decides in the principal's place, for a time. */
      readonly action: 'GRANT_PROXY'
      readonly employeeId: string
      readonly proxyId: string
      /** Empty: every process. */
      readonly processes: readonly string[]
      /** CNY; null: the principal's own limits alone. */
      readonly amountCap: string | null
      readonly validFrom: string | null
      readonly validTo: string
      readonly reason: string
    }
  | { readonly action: 'REVOKE_PROXY'; readonly employeeId: string; readonly grantId: string }
  | {
      readonly action: 'SET_LIMIT'
      readonly process: string
      readonly role: Role
      /** Null: for everybody in the role. */
      readonly employeeId: string | null
      /** Null: no limit any more, so that nothing is within it. */
      readonly amount: string | null
      /** 累计限额: what a counterparty's period may come to; null: no bound. */
      readonly cumulative?: string | null
      readonly validFrom?: string
      readonly validTo?: string
    }
  | {
      /** 推送地址: a webhook, or the robot of a group. */
      readonly action: 'ADD_ENDPOINT'
      readonly kind: 'WEBHOOK' | 'DINGTALK' | 'WECOM' | 'FEISHU'
      readonly label: string
      readonly url: string
      readonly secret: string | null
      /** Empty: every process. */
      readonly processes: readonly string[]
    }
  | {
      /** What is left out stays as it is. */
      readonly action: 'CHANGE_ENDPOINT'
      readonly endpointId: string
      readonly label?: string | undefined
      readonly url?: string | undefined
      readonly secret?: string | null | undefined
      readonly processes?: readonly string[] | undefined
    }
  | { readonly action: 'SET_ENDPOINT_ACTIVE'; readonly endpointId: string; readonly active: boolean }
  /** A dead letter: sent again, or given up. */
  | { readonly action: 'RETRY_DELIVERY' | 'DROP_DELIVERY'; readonly deliveryId: string }

/** What a command did; stored with its key, so that a retry gets the same answer. */
export interface Receipt {
  /** The case, or the person or limit that a change of the organisation concerned. */
  readonly caseId: string
  readonly sequence: number
}

/** 草稿: a decision that is not taken yet. `content`: its forms as the client keeps them, JSON text. */
export interface Draft {
  readonly action: string
  readonly content: string
}
/** Whom separation of duties keeps from an act. */
export interface ShutOut {
  readonly personIds: readonly string[]
  readonly departmentIds: readonly string[]
}
/** How many there are, and how many may act. */
export type Staffing = Readonly<Partial<Record<Role, { readonly members: number; readonly eligible: number }>>>

/** One transaction of the door. Locks are taken in the order of the methods. */
export interface CommandTransaction {
  /** Null: the key is new and now taken. Otherwise what the key did before. */
  claimKey(claim: IdempotencyClaim): Promise<{ readonly requestHash: string; readonly receipt: Receipt } | null>
  /** The case and every case above it, locked for update, the uppermost first. */
  lockCase(id: string): Promise<CaseRecord | null>
  /** The employee as of now, with roles and limits for the process; shared locks until the commit. */
  actor(employeeId: string, process: string): Promise<Actor | null>
  /** The same employee acting for another, who gave a proxy that holds now. Null: there is no such proxy. */
  actorFor(actor: Actor, principalId: string, process: string, amount: string | undefined): Promise<Actor | null>
  /** Had the actor ever a proxy of this principal, who may do a task of the case? */
  wasProxyIn(caseId: string, actor: Actor, principalId: string): Promise<boolean>
  /** How many people hold each role, and how many of them are not shut out. */
  staffing(roles: readonly Role[], shutOut: ShutOut): Promise<Staffing>
  /** Everybody who holds a role now and is not shut out, in the order of their numbers. */
  holders(role: Role, shutOut: ShutOut): Promise<readonly Party[]>
  /** The database's clock after the locks. */
  now(): Promise<string>
  /** The calendar in force. */
  calendar(): Promise<CalendarVersion>
  /** The figures of a process: its own, and above them the organisation's. */
  settings(process: string): Promise<Readonly<Record<string, number>>>
  /** Every term that the case has or had, in the order in which they are due. */
  timers(caseId: string): Promise<readonly Timer[]>
  caseOfTimer(timerId: string): Promise<string | null>
  setTimers(caseId: string, change: TimerChange): Promise<void>
  /** The whole case was promised to end then. */
  setDue(caseId: string, dueAt: string | null): Promise<void>
  /** A term is over: what it meant is done, or meant nothing any more. `lateMs`: how long after it was due. */
  settleTimer(timerId: string, status: 'FIRED' | 'SKIPPED', lateMs: number): Promise<void>
  /** All clocks of the case stand still from a moment on, or run again (null). */
  setPaused(caseId: string, since: string | null): Promise<void>
  /** Lets a post above do a task as well. */
  offer(taskId: string, offers: readonly Offer[]): Promise<void>
  surroundings(of: CaseRecord, asked: { readonly openCases: readonly string[] }): Promise<Surroundings>
  /** What other cases have reserved or used before this one, of what its forms say that it draws on; CNY, `0` where it draws on nothing. */
  committedBefore(caseId: string, drawn: readonly (Omit<CommitmentChange, 'status' | 'amount'> | null)[]): Promise<readonly string[]>
  /** Cases by id, with their newest forms; one that was revoked, or revokes another, is as if cancelled. */
  relatives(ids: readonly string[]): Promise<Readonly<Record<string, Relative>>>
  /** Every version of these forms, in the order of their sequence. */
  paperVersions(caseId: string, keys: readonly string[]): Promise<readonly PaperVersion[]>
  /** The persons behind employees, and which of the ids do not exist. */
  personsOf(employeeIds: readonly string[]): Promise<Readonly<Record<string, string>>>
  missing(references: readonly { readonly entity: string; readonly id: string }[]): Promise<readonly string[]>
  /** Does the viewer have anything to do with the case, apart from roles that see the whole process? */
  isInvolved(caseId: string, actor: Actor): Promise<boolean>
  openChildren(parentId: string, process: string): Promise<readonly CaseRecord[]>
  caseOfTask(taskId: string): Promise<string | null>
  task(taskId: string): Promise<TaskRecord | null>
  openTasks(caseId: string): Promise<readonly TaskRecord[]>
  /** Gives a task to somebody, or back to its pool. */
  setHolder(taskId: string, employeeId: string | null): Promise<void>
  setHandling(caseId: string, handling: Handling): Promise<void>
  suspend(taskId: string, suspended: boolean): Promise<void>
  closeTask(taskId: string, completedById: string | null, atVersion: number): Promise<void>
  openTask(of: CaseRecord, task: NewTask): Promise<void>
  ask(of: CaseRecord, asks: readonly Ask[]): Promise<void>
  settleAsk(id: string, status: Ask['status'], answer: string | null): Promise<void>
  /** How often the task was reminded of in the last hour and day. */
  remindersOf(taskId: string): Promise<{ readonly lastHour: number; readonly lastDay: number }>
  remind(taskId: string, employeeId: string): Promise<void>
  /** 抄送: these people may see the case from now on. */
  copy(caseId: string, from: Party, to: readonly Party[], text: string): Promise<void>
  copiesOf(caseId: string): Promise<number>
  saveDraft(taskId: string, employeeId: string, draft: Draft): Promise<void>
  /** The case that revokes this one, while it is open or once it has passed. */
  revocationOf(caseId: string): Promise<string | null>
  /** Adds to what is known of the work on a case, beside its history. `late`: the case was locked after the moment of the command. */
  recordWork(caseId: string, entry: EntryFacts, late?: 'late'): Promise<void>
  /** The roles given to an employee on all accounts, now or from a later day on; implied ones left out. */
  grantedRoles(employeeId: string): Promise<readonly Role[]>
  /** Proxies that hold at any moment of the period and touch one of these people. Times: ISO 8601. */
  proxiesTouching(
    employeeIds: readonly string[],
    from: string | null,
    to: string,
  ): Promise<readonly { readonly id: string; readonly principalId: string; readonly proxyId: string }[]>
  proxyGrant(grantId: string): Promise<{ readonly principalId: string; readonly proxyId: string } | null>
  /** Open cases in which this account has claimed a task or has a voice. */
  casesHeldBy(employeeId: string): Promise<readonly string[]>
  /** Whoever stands in now for somebody, for every process. */
  proxyOf(employeeId: string): Promise<Party | null>
  /** No proxy of or by somebody who has left holds any more. */
  endProxies(employeeId: string): Promise<void>
  /** How many open tasks nobody may do now. */
  unassignable(): Promise<number>

  newCase(draft: CaseDraft): Promise<CaseRecord>
  addForms(of: CaseRecord, sequence: number, employeeId: string, forms: readonly FormSubmission[]): Promise<readonly FormReceipt[]>
  setCustomerStatus(customerId: string, status: CustomerStatus): Promise<void>
  save(change: CaseChange): Promise<CaseRecord>
  /** What a revoked case had reserved or used is free again. */
  releaseCommitment(caseId: string): Promise<void>
  /** What an endpoint is, locked; null: there is none. */
  endpointKind(endpointId: string): Promise<'WEBHOOK' | 'DINGTALK' | 'WECOM' | 'FEISHU' | null>
  /** How a delivery stands, locked; null: there is none. */
  deliveryStatus(deliveryId: string): Promise<string | null>
  setNoticePreferences(employeeId: string, preferences: NoticePreferences): Promise<void>
  /** Output: the id of the employee, limit, proxy grant, endpoint or delivery that was changed. */
  changeOrganisation(change: PeopleChange, changedBy: string): Promise<string>
  /** The newest calendar, null for none; nobody else publishes one until the commit. */
  lockCalendar(): Promise<{ readonly version: number; readonly calendar: Calendar } | null>
  /** Publishes the next version of the calendar; `null`: the system did. Output: its number. */
  publishCalendar(calendar: Calendar, publishedBy: string | null): Promise<number>
  /** Adds to the history of the organisation. Output: the sequence there. */
  recordOrganisation(entry: EntryFacts): Promise<number>
  keep(claim: IdempotencyClaim, receipt: Receipt): Promise<void>
}

export interface CommandStore {
  /** Runs the work in one transaction; a lost race with another transaction is run again, at most three times. */
  transact<T>(work: (tx: CommandTransaction) => Promise<T>): Promise<T>
  /** Writes a refusal in a transaction of its own, chained apart from the case. */
  recordRefusal(caseId: string | null, entry: EntryFacts): Promise<void>
}
