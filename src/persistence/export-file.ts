import { createHash } from 'node:crypto'
import { bundleLines } from '../audit/bundle.js'
import { csv } from '../audit/exports/csv.js'
import type { ExportedEntry } from '../audit/exports/entry.js'
import type { ExportFormat } from '../audit/exports/formats.js'
import { jsonl } from '../audit/exports/jsonl.js'
import { ocel } from '../audit/exports/ocel.js'
import { xes } from '../audit/exports/xes.js'
import { bundleOf } from './bundle-reader.js'
import { caseEventsOf, casesOf, type ExportScope, entriesOf } from './export-reader.js'

/** What was handed out so far. Positions: the lowest and the highest; null when there are no entries. */
export interface Handed {
  readonly entries: number
  readonly bytes: number
  /** Hex. */
  readonly sha256: string
  readonly first: string | null
  readonly last: string | null
}
export interface ExportFile {
  /** The file from its beginning, in pieces; read as slowly as it is taken. */
  readonly pieces: AsyncGenerator<Buffer, void>
  readonly handed: () => Handed
}

/** Writes an export while it is read, never more of it than a piece. The same scope gives the same bytes. */
export function exportFile(format: ExportFormat, scope: ExportScope): ExportFile {
  const digest = createHash('sha256')
  const count = { entries: 0, bytes: 0, first: null as bigint | null, last: null as bigint | null }
  const tally = ({ position }: Pick<ExportedEntry, 'position'>) => {
    const at = BigInt(position)
    count.entries++
    if (count.first === null || at < count.first) count.first = at
    if (count.last === null || at > count.last) count.last = at
  }
  async function* pieces(): AsyncGenerator<Buffer, void> {
    for await (const text of inPieces(textOf(format, scope, tally))) {
      const piece = Buffer.from(text)
      digest.update(piece)
      count.bytes += piece.length
      yield piece
    }
  }
  return {
    pieces: pieces(),
    handed: () => ({ ...count, first: count.first?.toString() ?? null, last: count.last?.toString() ?? null, sha256: digest.copy().digest('hex') }),
  }
}

async function* textOf(format: ExportFormat, scope: ExportScope, tally: (entry: Pick<ExportedEntry, 'position'>) => void): AsyncGenerator<string, void> {
  const entries = () => each(entriesOf(scope), tally)
  const events = () => each(caseEventsOf(scope), ({ entry }) => tally(entry))
  if (format === 'JSONL') yield* jsonl(entries())
  else if (format === 'CSV') yield* csv(entries())
  else if (format === 'XES') yield* xes(events())
  else if (format === 'BUNDLE') yield* bundle(scope, tally)
  else yield* ocel({ events: events(), cases: casesOf(scope) })
}
async function* bundle(scope: ExportScope, tally: (entry: Pick<ExportedEntry, 'position'>) => void): AsyncGenerator<string, void> {
  const { head, parts, hashes } = await bundleOf(scope)
  yield* bundleLines(head, { ...parts, entries: each(parts.entries, tally) }, hashes)
}
async function* each<T>(items: AsyncIterable<T>, see: (item: T) => void): AsyncGenerator<T, void> {
  for await (const item of items) {
    see(item)
    yield item
  }
}

/** Lines are short and many: they go out in pieces of about 64 KiB. */
async function* inPieces(texts: AsyncIterable<string>, length = 65_536): AsyncGenerator<string, void> {
  let waiting: string[] = []
  let size = 0
  for await (const text of texts) {
    waiting.push(text)
    size += text.length
    if (size < length) continue
    yield waiting.join('')
    waiting = []
    size = 0
  }
  if (size > 0) yield waiting.join('')
}
