import type { Actor, Claim, CustomerStatus, Decision, FormValues, Outcome, Reason, Relative, Role } from '../define/index.js'

/** XState's state value, as stored: a name, or for a countersign one region a seat. */
export type StateValue = string | { readonly [state: string]: { readonly [seat: string]: string } }

/** A case as the door reads and writes it. Times are ISO 8601 in UTC with microseconds. */
export interface CaseRecord {
  readonly id: string
  readonly number: string
  readonly process: string
  readonly definitionVersion: number
  readonly definitionHash: string
  readonly state: string
  readonly value: StateValue
  readonly outcome: Outcome | null
  /** Equal to the sequence of the case's newest audit entry. */
  readonly version: number
  readonly round: number
  readonly decisions: readonly Decision[]
  readonly applicantId: string
  readonly applicantPersonId: string
  readonly customerId: string | null
  readonly parentId: string | null
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
  /** The human being behind each employee whom the forms name. */
  readonly personOf: Readonly<Record<string, string>>
}

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
  readonly isOpen: boolean
  readonly holderId: string | null
}

/** Who may take a task: one row a rule. */
export interface Offer {
  readonly role: Role
  readonly departmentIds: readonly string[] | null
  readonly personId: string | null
  readonly excludedPersonIds: readonly string[]
}
export interface NewTask {
  readonly state: string
  readonly seat: string | null
  readonly dueOn: string | null
  readonly offers: readonly Offer[]
}
/** What happens to the open tasks of the case with one act. */
export interface TaskChange {
  /** All open tasks end, or only the one of a seat; `null` leaves them. */
  readonly close: 'all' | { readonly seat: string } | null
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
  readonly to: StateValue | null
  readonly round: number
  readonly result: 'DONE' | 'REFUSED' | 'CONFLICT'
  readonly reasons: readonly Reason[]
  readonly actor: { readonly id: string; readonly kind: 'employee' | 'system' }
  readonly onBehalfOfId: string | null
  readonly roleUsed: Role | null
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
  readonly dueOn: string | null
  readonly entry: EntryFacts
  readonly tasks: TaskChange
  readonly participantPersonId: string | null
}

export interface IdempotencyClaim {
  readonly actorId: string
  readonly key: string
  /** SHA-256 of everything that the caller asked for. */
  readonly requestHash: string
}
/** A change of the organisation. Times are ISO 8601; an absent `validFrom` means now, an absent `validTo` no end. */
export type OrganisationChange =
  | { readonly action: 'GRANT_ROLE'; readonly employeeId: string; readonly role: Role; readonly validFrom?: string; readonly validTo?: string }
  | { readonly action: 'REVOKE_ROLE'; readonly employeeId: string; readonly role: Role }
  | { readonly action: 'SET_ACTIVE'; readonly employeeId: string; readonly active: boolean }
  | {
      readonly action: 'SET_LIMIT'
      readonly process: string
      readonly role: Role
      /** Null: for everybody in the role. */
      readonly employeeId: string | null
      /** Null: no limit any more, so that nothing is within it. */
      readonly amount: string | null
      readonly validFrom?: string
      readonly validTo?: string
    }

/** What a command did; stored with its key, so that a retry gets the same answer. */
export interface Receipt {
  /** The case, or the person or limit that a change of the organisation concerned. */
  readonly caseId: string
  readonly sequence: number
}

/** One transaction of the door. Locks are taken in the order of the methods. */
export interface CommandTransaction {
  /** Null: the key is new and now taken. Otherwise what the key did before. */
  claimKey(claim: IdempotencyClaim): Promise<{ readonly requestHash: string; readonly receipt: Receipt } | null>
  /** The case and every case above it, locked for update, the uppermost first. */
  lockCase(id: string): Promise<CaseRecord | null>
  /** The employee as of now, with roles and limits for the process; shared locks until the commit. */
  actor(employeeId: string, process: string): Promise<Actor | null>
  /** The database's clock after the locks. */
  now(): Promise<string>
  surroundings(of: CaseRecord, asked: { readonly openCases: readonly string[] }): Promise<Surroundings>
  /** The persons behind employees, and which of the ids do not exist. */
  personsOf(employeeIds: readonly string[]): Promise<Readonly<Record<string, string>>>
  missing(references: readonly { readonly entity: string; readonly id: string }[]): Promise<readonly string[]>
  /** Does the viewer have anything to do with the case, apart from roles that see the whole process? */
  isInvolved(caseId: string, actor: Actor): Promise<boolean>
  openChildren(parentId: string, process: string): Promise<readonly CaseRecord[]>
  caseOfTask(taskId: string): Promise<string | null>
  task(taskId: string): Promise<TaskRecord | null>
  /** Gives a task to somebody, or back to its pool. */
  setHolder(taskId: string, employeeId: string | null): Promise<void>
  /** Adds to what is known of the work on a case, beside its history. */
  recordWork(caseId: string, entry: EntryFacts): Promise<void>
  /** The roles given to an employee, now or from a later day on; implied ones left out. */
  grantedRoles(employeeId: string): Promise<readonly Role[]>

  newCase(draft: Omit<CaseRecord, 'id' | 'number' | 'headHash'>): Promise<CaseRecord>
  addForms(of: CaseRecord, sequence: number, employeeId: string, forms: readonly FormSubmission[]): Promise<readonly FormReceipt[]>
  setCustomerStatus(customerId: string, status: CustomerStatus): Promise<void>
  save(change: CaseChange): Promise<CaseRecord>
  /** Output: the id of the employee or limit that was changed. */
  changeOrganisation(change: OrganisationChange): Promise<string>
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
