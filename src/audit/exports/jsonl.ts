import canonicalize from 'canonicalize'
import type { ExportedEntry } from './entry.js'

/** One line an entry: canonical JSON (RFC 8785), every column, and the text that its hash covers as it was hashed. */
export async function* jsonl(entries: AsyncIterable<ExportedEntry>): AsyncGenerator<string, void> {
  for await (const entry of entries) yield `${canonicalize(entry)}\n`
}
