import type { CaseRecord } from '../../engine/case-record.js'
import type { CheckpointRow } from './checkpoint-check.js'
import type { Place } from './finding.js'
import type { FormRow } from './form-check.js'
import type { Catalogue } from './guards.js'
import type { BlockRow, LeafRow } from './log-check.js'
import type { Assignment } from './offices.js'
import type { Link } from './stream-check.js'
import type { EntryRow } from './told.js'

/** Where entries come from: a whole stream, or what is new of it behind an entry that was verified before. */
export interface Stretch {
  readonly stream: string
  /** 0: from the beginning. */
  readonly after: number
}

/** The history as the verifier reads it: every reading is of one and the same moment, and no reading is all in memory. */
export interface History {
  /** By the clock of the database, ISO 8601. */
  now(): Promise<string>
  /** By stream and sequence, some thousand at a time; `of` absent: all. */
  entries(of?: readonly Stretch[]): AsyncGenerator<readonly EntryRow[]>
  /** The streams of the entries of new leaves, with the lowest sequence among them. */
  streamsSince(size: number): Promise<readonly { readonly stream: string; readonly first: number }[]>
  link(stream: string, sequence: number): Promise<Link | null>
  cases(ids: readonly string[]): Promise<readonly CaseRecord[]>
  forms(caseIds: readonly string[]): Promise<readonly FormRow[]>
  /** What was done around the decisions of cases, in the order of their positions. */
  work(
    caseIds: readonly string[],
  ): Promise<readonly (Pick<EntryRow, 'stream' | 'sequence' | 'position' | 'hash' | 'aside' | 'content'> & { readonly caseId: string })[]>
  /** The human being behind each account. */
  persons(): Promise<ReadonlyMap<string, string>>
  assignments(): Promise<readonly Assignment[]>
  /** Leaves from an index on, by index. */
  leaves(from: number): AsyncGenerator<readonly LeafRow[]>
  blocks(): Promise<readonly BlockRow[]>
  /** Hashes of leaves, in order, without their entries. */
  leafHashes(from: number, to: number): Promise<readonly Buffer[]>
  checkpoints(): Promise<readonly CheckpointRow[]>
  /** Entries without a leaf that were recorded before a moment; `since`: only such as came about when the log had that size, or later. */
  unlogged(before: string, since: number): Promise<readonly Place[]>
  /** Events that stand for an entry, and told entries that stand for an event, where the other is not there; keys spent on nothing. */
  looseEnds(): Promise<readonly (Place & { readonly how: string })[]>
  /** Cases without a single entry, and forms of cases that are not there. */
  orphans(): Promise<readonly (Place & { readonly kind: 'CASE_WITHOUT_ENTRIES' | 'FORM_UNRECORDED'; readonly how: string })[]>
  catalogue(): Promise<Catalogue>
  /** Entries of a stream that are deeds of certain kinds, in order; all, or the newest. */
  deeds(stream: string, actions: readonly string[], newest?: number): Promise<readonly EntryRow[]>
}
