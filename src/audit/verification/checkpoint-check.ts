import { type Checkpoint, noteDigest, notesIn, readCheckpoint, writtenNote } from '../checkpoint.js'
import { type Keyring, keyNamed } from '../keyring.js'
import { outOfTime, skewMs } from './entry-check.js'
import { type Findings, nowhere } from './finding.js'

/** A row of the table. `madeAt`: ISO 8601. */
export interface CheckpointRow {
  readonly size: number
  readonly root: Buffer
  readonly note: string
  readonly madeAt: string
}
/** What stands outside the database. `text` null: there is no such file. */
export interface CheckpointFile {
  readonly name: string
  readonly text: string | null
  /** This server's own, which every checkpoint of the table is written to; otherwise a copy that somebody took, of any of them. */
  readonly isOwn: boolean
}
type Signed = Checkpoint & { readonly note: string; readonly where: string }
type LogKeys = Pick<Keyring, 'origin' | 'log'>

/** How long a checkpoint may stand in the table alone, or in the file alone, while it is being made. */
const makingMs = 2 * skewMs

/**
 * Checkpoints of the table and of the files, by themselves and against one another. `now`: of the database, ISO 8601.
 * Output: every checkpoint that the log's key signed; {@link checkRoots} holds the log against them.
 */
export function checkCheckpoints(rows: readonly CheckpointRow[], files: readonly CheckpointFile[], keys: LogKeys, now: string, findings: Findings): Signed[] {
  const ofTable = rows.flatMap((row) => signedIn(row, keys, findings) ?? [])
  checkOrder(rows, ofTable, findings)
  const ofFiles = files.flatMap((file) => checkFile(file, rows, keys, now, findings))
  const all = [...ofTable, ...ofFiles]
  for (const [size, same] of Map.groupBy(all, ({ size }) => size)) {
    const [one, ...others] = same
    const other = others.find(({ root }) => !root.equals(one!.root))
    if (other) findings.add('FORKED', nowhere, `The log of ${size} entries has two signed roots: one in ${one!.where}, another in ${other.where}`)
  }
  return all
}

function signedIn(row: CheckpointRow, keys: LogKeys, findings: Findings): Signed | null {
  const wrong = (how: string) => findings.add('CHECKPOINT_WRONG', nowhere, `The checkpoint of ${row.size} entries ${how}`)
  const read = readSigned(row.note, keys, 'the table', findings)
  if (!read) return null
  if (read.size !== row.size) wrong(`says ${read.size} in its signed text`)
  if (!read.root.equals(row.root)) wrong('has another root in its signed text')
  if (Date.parse(read.madeAt) !== Date.parse(row.madeAt)) wrong(`is of ${row.madeAt}, its signed text says ${read.madeAt}`)
  return read
}

/** Never throws, whatever the note is. */
function readSigned(note: string, keys: LogKeys, where: string, findings: Findings): Signed | null {
  let read: ReturnType<typeof readCheckpoint> = null
  try {
    read = readCheckpoint(keys, note)
  } catch {
    // A signature of another length: as good as none.
  }
  if (!read) {
    findings.add('CHECKPOINT_UNSIGNED', nowhere, `A checkpoint in ${where} is not signed by a key of this log: ${note.slice(0, 80).replaceAll('\n', ' ')}`)
    return null
  }
  const fault = outOfTime(keyNamed(keys.log, read.keyId)!, read.madeAt)
  if (fault) findings.add('KEY_RETIRED', nowhere, `The checkpoint of ${read.size} entries in ${where}: ${fault}`)
  return { ...read, note, where }
}

/** Each names the one before it, is of more entries and of a later moment. */
function checkOrder(rows: readonly CheckpointRow[], signed: readonly Signed[], findings: Findings): void {
  const at = new Map(signed.map((one) => [one.note, one]))
  for (const [index, { note, size }] of rows.entries()) {
    const one = at.get(note)
    const before = rows[index - 1]
    if (!one) continue
    const wrong = (how: string) => findings.add('CHECKPOINT_ORDER', nowhere, `The checkpoint of ${size} entries ${how}`)
    if (one.previous !== (before ? noteDigest(before.note) : ''))
      wrong(before ? `does not name the one of ${before.size} before it` : 'names one before it that is not there')
    const earlier = before && at.get(before.note)
    if (earlier && Date.parse(one.madeAt) < Date.parse(earlier.madeAt)) wrong(`is older than the one of ${earlier.size} before it`)
  }
}

function checkFile({ name, text, isOwn }: CheckpointFile, rows: readonly CheckpointRow[], keys: LogKeys, now: string, findings: Findings): Signed[] {
  const settled = (madeAt: string) => Date.parse(madeAt) < Date.parse(now) - makingMs
  if (text === null) {
    if (!isOwn || rows.some(({ madeAt }) => settled(madeAt))) findings.add('CHECKPOINT_FILE_MISSING', nowhere, `The file ${name} is not there`)
    return []
  }
  const notes = notesIn(text)
  const written = notes.map(writtenNote).join('')
  const rest = text.startsWith(written) ? text.slice(written.length) : text
  // A server that died while it wrote leaves the beginning of a note.
  if (rest !== '' && !rows.some(({ note }) => note.startsWith(rest)))
    findings.add('CHECKPOINT_FILE_EDITED', nowhere, `The file ${name} holds what is no checkpoint`)
  const signed = notes.flatMap((note) => readSigned(note, keys, name, findings) ?? [])
  const inTable = new Map(rows.map((row) => [row.size, row.note]))
  for (const one of signed)
    if (inTable.get(one.size) !== one.note && settled(one.madeAt))
      findings.add(
        'CHECKPOINT_LOST',
        nowhere,
        `The checkpoint of ${one.size} entries in ${name} is not in the database, or another one is: it was set back or forked`,
      )
  const inFile = new Set(notes)
  for (const { size, note, madeAt } of isOwn ? rows : [])
    if (!inFile.has(note) && settled(madeAt)) findings.add('CHECKPOINT_FILE_CUT', nowhere, `The file ${name} lacks the checkpoint of ${size} entries`)
  return signed
}

/** The log against what was signed of it. `roots`: by size, as far as they were reckoned. */
export function checkRoots(signed: readonly Signed[], roots: ReadonlyMap<number, Buffer>, size: number, findings: Findings): void {
  let good = 0
  for (const { size: at, root, where } of [...signed].sort((one, other) => one.size - other.size)) {
    const found = roots.get(at)
    if (at > size) findings.add('LOG_SHORT', nowhere, `The log has ${size} entries, but a checkpoint in ${where} is of ${at}`)
    else if (found?.equals(root)) good = Math.max(good, at)
    else if (found) findings.add('ROOT_WRONG', nowhere, `The first ${at} entries of the log are not those that were signed in ${where}; the first ${good} are`)
  }
}
