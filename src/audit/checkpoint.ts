import { createHash } from 'node:crypto'
import { type Keyring, keyInUse } from './keyring.js'
import { openedNote, signedNote } from './note.js'

/** How far the log had come, and its root then (C2SP tlog-checkpoint), with two lines of our own: the moment, and the checkpoint before. */
export interface Checkpoint {
  readonly size: number
  readonly root: Buffer
  /** ISO 8601, by the database's clock. */
  readonly madeAt: string
  /** {@link noteDigest} of the checkpoint before; empty for the first. */
  readonly previous: string
}

export function signedCheckpoint({ origin, log }: Keyring, { size, root, madeAt, previous }: Checkpoint): string {
  const text = `${origin}\n${size}\n${root.toString('base64')}\ntime ${madeAt}\nprevious ${previous}\n`
  return signedNote(text, origin, keyInUse(log))
}

/** The checkpoint in a note that one of the log's keys signed; null for anything else. */
export function readCheckpoint({ origin, log }: Pick<Keyring, 'origin' | 'log'>, note: string): (Checkpoint & { readonly keyId: string }) | null {
  const opened = openedNote(note, origin, log)
  const [, name, size, root, madeAt, previous] = /^(.+)\n(\d{1,15})\n([A-Za-z0-9+/]{43}=)\ntime (\S+)\nprevious (\S*)\n$/.exec(opened?.text ?? '') ?? []
  if (!opened || name !== origin) return null
  return { size: Number(size), root: Buffer.from(root!, 'base64'), madeAt: madeAt!, previous: previous!, keyId: opened.key.id }
}

/** SHA-256 (base64) of a note as it stands: what the next one names. */
export const noteDigest = (note: string): string => createHash('sha256').update(note).digest('base64')

/** Notes one after another in a file: each ends with its signatures and an empty line. */
export const writtenNote = (note: string): string => `${note}\n`
export const notesIn = (text: string): string[] => text.match(/[\s\S]*?\n\n(?:— [^\n]*\n)+(?:\n|$)/g)?.map((note) => note.replace(/\n\n$/, '\n')) ?? []
