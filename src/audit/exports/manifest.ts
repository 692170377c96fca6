import canonicalize from 'canonicalize'
import { type Keyring, keyInUse } from '../keyring.js'
import { openedNote, signedNote } from '../note.js'
import type { ExportFormat } from './formats.js'

/** What an export holds and how it came about. Times: ISO 8601; positions: null for an export of nothing. */
export interface ExportManifest {
  readonly format: typeof manifestFormat
  readonly product: 'Countersign'
  readonly exportId: string
  readonly fileFormat: ExportFormat
  readonly filter: Readonly<Record<string, unknown>>
  readonly purpose: string
  readonly requestedBy: { readonly number: string; readonly name: string }
  readonly requestedAt: string
  readonly finishedAt: string
  readonly entries: number
  readonly bytes: number
  /** Of the file (hex). */
  readonly sha256: string
  readonly firstPosition: string | null
  readonly lastPosition: string | null
  /** How many leaves the log had: the export tells of those and no others. */
  readonly logSize: number
  /** The newest checkpoint of the log, a signed note; null before the first. */
  readonly checkpoint: string | null
}
export const manifestFormat = 'countersign/export/1'

const textFor = (manifest: ExportManifest): string => `${manifestFormat}\n${canonicalize(manifest)}\n`

/** The manifest as JSON text, with a note (C2SP signed-note) over its canonical text that a key of the log has signed. */
export function signedManifest(keys: Keyring, manifest: ExportManifest): string {
  const note = signedNote(textFor(manifest), keys.origin, keyInUse(keys.log))
  return `${JSON.stringify({ ...manifest, note }, null, 2)}\n`
}

/** The manifest, when one of the log's keys signed exactly what it says; null for anything else. */
export function readManifest({ origin, log }: Pick<Keyring, 'origin' | 'log'>, text: string): ExportManifest | null {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof read !== 'object' || read === null) return null
  const { note, ...manifest } = read as ExportManifest & { readonly note?: unknown }
  if (typeof note !== 'string') return null
  return openedNote(note, origin, log)?.text === textFor(manifest) ? manifest : null
}
