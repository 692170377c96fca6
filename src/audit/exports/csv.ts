import { pipeline, Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { type EntryText, type ExportedEntry, textOf } from './entry.js'

/** The columns by their codes, which never change; new ones come last. */
const columns: Readonly<Record<string, (entry: ExportedEntry, text: EntryText) => string | number | null | undefined>> = {
  position: ({ position }) => position,
  logIndex: ({ logIndex }) => logIndex,
  recordedAt: ({ recordedAt }) => recordedAt,
  occurredAt: ({ occurredAt }) => occurredAt,
  stream: ({ stream }) => stream,
  sequence: ({ sequence }) => sequence,
  caseNumber: ({ caseNumber }) => caseNumber,
  process: ({ process }) => process,
  definitionVersion: (_, { definitionVersion }) => definitionVersion,
  action: ({ action }) => action,
  result: ({ result }) => result,
  actorNumber: ({ actor }) => actor?.number,
  actorName: ({ actor }) => actor?.name,
  onBehalfOfNumber: ({ onBehalfOf }) => onBehalfOf?.number,
  onBehalfOfName: ({ onBehalfOf }) => onBehalfOf?.name,
  roleUsed: ({ roleUsed }) => roleUsed,
  from: ({ from }) => from,
  to: ({ to }) => to,
  seat: (_, { seat }) => seat,
  round: (_, { round }) => round,
  customerCode: ({ customerCode }) => customerCode,
  amount: ({ amount }) => amount,
  reasonCodes: ({ reasonCodes }) => reasonCodes.join(' '),
  signedName: ({ aside }) => aside?.['signedName'],
  text: ({ aside }) => aside?.['text'],
  details: (_, { details }) => details && JSON.stringify(details),
  contentDigest: (_, { contentDigest }) => contentDigest,
  requestId: (_, { requestId }) => requestId,
  previousHash: ({ previousHash }) => previousHash,
  hash: ({ hash }) => hash,
  mac: ({ mac }) => mac,
  macKey: ({ macKey }) => macKey,
}

/** RFC 4180 with a header, lines ended by CR LF, and the byte order mark that spreadsheets need to read Chinese. */
export async function* csv(entries: AsyncIterable<ExportedEntry>): AsyncGenerator<string, void> {
  const options = {
    bom: true,
    header: true,
    columns: Object.keys(columns),
    record_delimiter: 'windows',
    quote_record_delimiter: true,
    encoding: 'utf8',
  } as const
  // The pipeline hands an error of the rows on to whoever reads.
  const lines = pipeline(
    Readable.from(rowsOf(entries)),
    stringify({ ...options, cast: { string: (value, { header }) => (header ? value : cellOf(value)) } }),
    () => {},
  )
  for await (const line of lines) yield String(line)
}
async function* rowsOf(entries: AsyncIterable<ExportedEntry>): AsyncGenerator<unknown[], void> {
  const cells = Object.values(columns)
  for await (const entry of entries) {
    const text = textOf(entry)
    yield cells.map((cell) => cell(entry, text))
  }
}

/**
 * A cell that no spreadsheet takes for a formula (OWASP, CSV Injection): what begins like one, in any width, gets an apostrophe before it.
 * What cannot be seen is shown: controls, and format characters, which turn the direction of text or hide it (Unicode TR 36, 3.1).
 */
export function cellOf(value: string): string {
  const first = value.trimStart().charAt(0).normalize('NFKC')
  const begins = /^[\t\r\n\0]/.test(value) || (first !== '' && '=+-@'.includes(first))
  return `${begins ? "'" : ''}${value.replace(unseen, shown)}`
}
/** Other than tab and the ends of lines, which a quoted cell may hold. */
const unseen = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
const shown = (character: string): string => `<U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`
