/** What can be wrong with the history, by its code. */
export const findingKinds = {
  UNREADABLE: 'a part of the database cannot be read as the migrations made it',
  CONTENT_UNREADABLE: 'the text of an entry is not of the known format',
  HASH_WRONG: 'an entry does not have the hash of its text and the entry before it',
  MAC_MISSING: 'an entry is not signed',
  MAC_KEY_UNKNOWN: 'an entry names a key that the key file lacks',
  MAC_WRONG: 'an entry was not signed with the key that it names',
  KEY_RETIRED: 'a key was used outside its time',
  COLUMN_WRONG: 'a column of an entry says something else than its text',
  ASIDE_WRONG: 'what stands beside an entry is not what it was bound to',
  SEQUENCE_GAP: 'entries of a stream are missing',
  SEQUENCE_REPEATED: 'a number of a stream was given twice',
  CHAIN_BROKEN: 'an entry does not follow the one before it',
  TIME_BACKWARDS: 'an entry is older than the one before it',
  POSITION_ORDER: 'an entry has a lower position than the one before it',
  STREAM_WRONG: 'an entry stands in a stream where it does not belong',
  HEAD_WRONG: 'a case does not end with its last entry',
  CASE_WITHOUT_ENTRIES: 'a case has no history',
  CASE_MISSING: 'a case of which the history tells is not there',
  CASE_DIVERGES: 'a case is not as its history tells',
  PATH_BROKEN: 'an entry took a way that the process does not have',
  DECISION_UNRECORDED: 'a case counts a decision that its history does not tell',
  DEFINITION_UNKNOWN: 'an open case is pinned to a definition that this server lacks',
  FORM_MISSING: 'a form that an entry names is not there',
  FORM_UNRECORDED: 'no entry names a form',
  FORM_WRONG: 'a form is not what was committed to',
  SEALED_WRONG: 'personal values are not what was committed to',
  ERASURE_UNRECORDED: 'personal values were erased and no entry says so',
  ERASURE_UNDONE: 'personal values that were erased can be read again',
  ROLE_UNRECORDED: 'a role was given or taken and no entry says so',
  ROLE_NOT_HELD: 'an act was done in a role that nobody behind it held',
  EVENT_UNRECORDED: 'an event or a spent key points to an entry that is not there',
  LEAF_MISSING: 'an entry is not in the log',
  LEAF_UNRECORDED: 'the log has a leaf without an entry',
  LEAF_WRONG: 'a leaf is not that of its entry',
  LEAF_GAP: 'leaves of the log are missing',
  BLOCK_WRONG: 'the root of a block is not that of its leaves',
  BACKDATED: 'an entry pretends to be older than what stood in the log before it',
  ROOT_WRONG: 'the log is not the one that was signed',
  LOG_SHORT: 'the log is shorter than a checkpoint says',
  FORKED: 'two checkpoints of one size tell of different logs',
  CHECKPOINT_UNSIGNED: 'a checkpoint is not signed by the log',
  CHECKPOINT_WRONG: 'a checkpoint says something else than its signed text',
  CHECKPOINT_ORDER: 'checkpoints do not follow one another',
  CHECKPOINT_LOST: 'the database lacks a checkpoint that the file has',
  CHECKPOINT_FILE_MISSING: 'the file of checkpoints is missing',
  CHECKPOINT_FILE_CUT: 'the file lacks checkpoints that the database has',
  CHECKPOINT_FILE_EDITED: 'the file holds what is no checkpoint',
  GUARD_MISSING: 'a trigger that keeps the history from being changed is missing or switched off',
  GUARD_CHANGED: 'a trigger that keeps the history from being changed does something else',
  PRIVILEGE_TOO_WIDE: 'the application may do more with the history than add and read',
  SHAPE_CHANGED: 'a table of the history does not have the shape that the migrations gave it',
  SEQUENCE_RESET: 'positions would be given again',
} as const
export type FindingKind = keyof typeof findingKinds

/** Where a finding is; what is not known or does not apply is null. */
export interface Place {
  readonly stream: string | null
  readonly sequence: number | null
  /** The number of the entry in the whole history. */
  readonly position: string | null
}
export const nowhere: Place = { stream: null, sequence: null, position: null }

export interface Finding extends Place {
  readonly kind: FindingKind
  readonly caseNumber: string | null
  /** One sentence: which entry, and how it is wrong. */
  readonly message: string
}
type Found = Place & { readonly kind: FindingKind; readonly how: string }

/** How many of one kind are kept; the others are counted. */
const keptMax = 500

/** What a run has found so far, counted by kind. */
export class Findings {
  readonly #found: Found[] = []
  readonly #counts = new Map<FindingKind, number>()

  /** `how`: what is wrong, to stand behind the name of the entry. */
  add(kind: FindingKind, { stream, sequence, position }: Place, how: string): void {
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    if (count <= keptMax) this.#found.push({ kind, stream, sequence, position, how })
  }
  get count(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }
  get counts(): Readonly<Partial<Record<FindingKind, number>>> {
    return Object.fromEntries(this.#counts)
  }
  /** The ids of the cases that findings are about. */
  get caseIds(): string[] {
    return [...new Set(this.#found.flatMap(({ stream }) => caseIdIn(stream) ?? []))]
  }
  /** What was kept, as sentences. `numbers`: of the cases, by id. */
  told(numbers: ReadonlyMap<string, string>): Finding[] {
    return this.#found.map(({ how, ...found }) => {
      const caseNumber = numbers.get(caseIdIn(found.stream) ?? '') ?? null
      const name = nameOf(found, caseNumber)
      return { ...found, caseNumber, message: name === '' ? how : `${name}: ${how}` }
    })
  }
}

const ofCase = /^(?:case|attempts|work):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/
export const caseIdIn = (stream: string | null): string | null => ofCase.exec(stream ?? '')?.[1] ?? null

function nameOf({ stream, sequence, position }: Place, caseNumber: string | null): string {
  if (stream === null) return position === null ? '' : `Position ${position}`
  const where = `${stream.slice(0, 100)}${caseNumber === null ? '' : ` (case ${caseNumber})`}`
  return sequence === null ? where : `Entry ${sequence} of ${where}${position === null ? '' : `, position ${position}`}`
}
