import { genesis, organisationStream, signInStream, verificationStream } from '../chain.js'
import { skewMs } from './entry-check.js'
import { caseIdIn, type Findings } from './finding.js'
import type { EntryRow, Told } from './told.js'

/** What of an entry the next one of its stream is checked against. */
export type Link = Pick<EntryRow, 'stream' | 'sequence' | 'hash' | 'position' | 'recordedAt'>

/** One entry after the one before it in its stream. `before` null: it is the first. */
export function checkLink(before: Link | null, row: EntryRow, told: Told | null, findings: Findings): void {
  const expected = (before?.sequence ?? 0) + 1
  if (row.sequence < expected) findings.add('SEQUENCE_REPEATED', row, `the stream has an entry ${row.sequence} already`)
  else if (row.sequence > expected) findings.add('SEQUENCE_GAP', row, missing(expected, row.sequence - 1))
  if (row.previousHash !== (before?.hash ?? genesis))
    findings.add('CHAIN_BROKEN', row, before ? `it does not follow entry ${before.sequence} as that stands` : 'it follows an entry that is not there')
  if (before && BigInt(row.position) <= BigInt(before.position))
    findings.add('POSITION_ORDER', row, `its position is not above that of entry ${before.sequence}, ${before.position}`)
  if (before && runsBack(before, row)) findings.add('TIME_BACKWARDS', row, `it is of ${row.recordedAt}, the entry before it of ${before.recordedAt}`)
  const fault = misplaced(row, told)
  if (fault) findings.add('STREAM_WRONG', row, fault)
}

const missing = (from: number, to: number): string =>
  from === to ? `entry ${from} before it is not there` : `entries ${from} to ${to} before it are not there`

/** Changes of the organisation take their moment before they take their place; everything else after it. */
function runsBack(before: Link, row: EntryRow): boolean {
  if (row.recordedAt >= before.recordedAt) return false
  const backMs = Date.parse(before.recordedAt) - Date.parse(row.recordedAt)
  return !(backMs <= (row.stream === organisationStream ? skewMs : 0))
}

/** A case is moved by what was done alone, and an attempt never moves it. */
function misplaced({ stream, result, toState }: EntryRow, told: Told | null): string | null {
  const kind = stream.slice(0, stream.includes(':') ? stream.indexOf(':') : undefined)
  const id = stream.slice(kind.length + 1)
  if (kind === 'case')
    return result === 'DONE' ? (told && told.caseId !== caseIdIn(stream) ? 'it is of another case' : null) : 'a refusal stands among the acts'
  if (kind === 'attempts') {
    if (result === 'DONE') return 'a deed stands among the refusals'
    if (toState !== null) return 'a refusal moved the case'
    return told && told.forms.length > 0 ? 'a refusal left a form' : null
  }
  if (kind === 'work') return told && told.caseId !== id ? 'it is of another case' : null
  return kind === 'access' || stream === organisationStream || stream === signInStream || stream === verificationStream ? null : 'there is no such stream'
}
