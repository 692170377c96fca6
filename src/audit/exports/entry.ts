/** Somebody as exports name him: by number and name, never by what a form says of him. */
export interface ExportedPerson {
  readonly id: string
  readonly number: string
  readonly name: string
}

/** One entry of the history with what it names. Times: ISO 8601 in UTC with microseconds; amounts: CNY, decimal text. */
export interface ExportedEntry {
  readonly position: string
  /** Its place in the Merkle log. */
  readonly logIndex: number
  readonly stream: string
  readonly sequence: number
  readonly recordedAt: string
  readonly occurredAt: string
  readonly caseId: string | null
  readonly caseNumber: string | null
  readonly process: string
  readonly action: string
  readonly result: string
  /** Null: the clock. */
  readonly actor: ExportedPerson | null
  readonly onBehalfOf: ExportedPerson | null
  readonly grantId: string | null
  readonly roleUsed: string | null
  readonly from: string | null
  readonly to: string | null
  readonly customerCode: string | null
  readonly amount: string | null
  readonly reasonCodes: readonly string[]
  /** The canonical text that the hash covers, and what stands beside it under a salted digest. */
  readonly content: string
  readonly aside: Readonly<Record<string, string>> | null
  readonly asideSalt: string | null
  readonly previousHash: string
  readonly hash: string
  readonly mac: string | null
  readonly macKey: string | null
}

/** What the canonical text says beyond the columns. */
export interface EntryText {
  readonly seat: string | null
  readonly round: number
  readonly definitionVersion: number
  readonly requestId: string
  readonly contentDigest: string | null
  readonly details?: Readonly<Record<string, string>>
}
export const textOf = ({ content }: ExportedEntry): EntryText => JSON.parse(content) as EntryText

/** A case as it stood when the export was asked for. */
export interface ExportedCase {
  readonly id: string
  readonly number: string
  readonly process: string
  readonly definitionVersion: number
  readonly state: string
  readonly outcome: string | null
  readonly applicant: ExportedPerson
  readonly customerCode: string | null
  readonly amount: string | null
  readonly openedAt: string
  /** When its newest act was done. */
  readonly changedAt: string
  /** The case that it was opened by, where the export has that too. */
  readonly parentNumber: string | null
}
/** What was done in a case; events of one case come together, in the order in which they were recorded. */
export interface CaseEvent {
  readonly of: ExportedCase
  readonly entry: ExportedEntry
}

/** A time to the millisecond: what readers of event logs take. */
export const toMilliseconds = (at: string): string => `${at.slice(0, 23)}Z`
