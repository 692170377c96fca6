import type { Actor, Calendar, CustomerStatus, Relative, Role } from '../define/index.js'
import type {
  Ask,
  CaseChange,
  CaseDraft,
  CaseRecord,
  CommitmentChange,
  EntryFacts,
  FormReceipt,
  FormSubmission,
  Handling,
  HeldForm,
  NewTask,
  Offer,
  PaperVersion,
  Party,
  Surroundings,
  TaskRecord,
} from './case-record.js'
import type { ErasureTransaction } from './erasure-store.js'
import type { NoticePreferences, PeopleChange } from './organisation-change.js'
import type { AccessGrant } from './sensitive-access.js'
import type { CalendarVersion, Timer, TimerChange } from './timer.js'

export interface IdempotencyClaim {
  readonly actorId: string
  readonly key: string
  /** SHA-256 of everything that the caller asked for. */
  readonly requestHash: string
}
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
export interface CommandTransaction extends ErasureTransaction {
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
  /** Roles that were given without an entry about it (`validTo`: their end, where there is one, ISO 8601), nobody else adopting any meanwhile. `null`: all, and none once some were adopted. */
  rolesToAdopt(
    assignments: readonly string[] | null,
  ): Promise<readonly { readonly id: string; readonly employeeId: string; readonly role: Role; readonly validTo: string | null }[]>
  /** Proxies that hold at any moment of the period and touch one of these people. Times: ISO 8601. */
  proxiesTouching(
    employeeIds: readonly string[],
    from: string | null,
    to: string,
  ): Promise<readonly { readonly id: string; readonly principalId: string; readonly proxyId: string }[]>
  proxyGrant(grantId: string): Promise<{ readonly principalId: string; readonly proxyId: string } | null>
  /** A grant to read sensitive values, locked; null: there is none. */
  accessGrant(grantId: string): Promise<AccessGrant | null>
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
  /** Forms that wait with a decision, put away and taken up again. */
  sealForms(of: CaseRecord, forms: readonly FormSubmission[]): Promise<readonly HeldForm[]>
  openForms(forms: readonly HeldForm[]): Promise<readonly FormSubmission[]>
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
  /** Writes what is neither an act nor a refusal of one – a reading, a failed sign-in, a verification – on a stream of its own. Output: its sequence there. */
  record(stream: string, caseId: string | null, entry: EntryFacts): Promise<number>
}
