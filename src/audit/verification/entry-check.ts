import { asideDigestOf, hashOf, macOf } from '../chain.js'
import { type Key, type Keyring, keyNamed } from '../keyring.js'
import type { Findings } from './finding.js'
import { type EntryRow, type Told, toldIn } from './told.js'

/** How far the clocks of the servers, of the database and of whoever made the keys may be apart. */
export const skewMs = 60_000

/** One entry by itself: its text, hash and signature, and every column against the text. Output: what it tells; null when it cannot be read. */
export function checkEntry(row: EntryRow, keys: Pick<Keyring, 'mac'>, findings: Findings): Told | null {
  const { content, previousHash, hash } = row
  if (hashOf(content, previousHash) !== hash) findings.add('HASH_WRONG', row, 'its hash is not that of its text and the hash before it')
  const told = toldIn(content)
  checkSignature(row, told, keys, findings)
  if (told === null) findings.add('CONTENT_UNREADABLE', row, 'its text is not of the format countersign/audit-entry/1')
  else {
    checkColumns(row, told, findings)
    checkAside(row, told, findings)
  }
  return told
}

/** Whether a key was in use at a moment, as near as clocks go. Output: how not; null when it was. */
export function outOfTime({ id, since, retiredAt }: Key, at: string): string | null {
  const moment = Date.parse(at)
  if (moment < Date.parse(since) - skewMs) return `it is of ${at}, but the key ${id} was made at ${since}`
  if (retiredAt !== null && moment > Date.parse(retiredAt) + skewMs) return `it is of ${at}, but the key ${id} was retired at ${retiredAt}`
  return null
}

/** Entries from before there were keys have no signature. */
function checkSignature(row: EntryRow, told: Told | null, { mac: keys }: Pick<Keyring, 'mac'>, findings: Findings): void {
  const { mac, macKey, hash } = row
  const recordedAt = told?.recordedAt ?? row.recordedAt
  if (mac === null || macKey === null) {
    const first = Date.parse(keys[0]!.since)
    if (mac !== macKey || !(Date.parse(recordedAt) < first)) findings.add('MAC_MISSING', row, 'it is not signed')
    return
  }
  const key = keyNamed(keys, macKey)
  const fault = key && outOfTime(key, recordedAt)
  if (!key) findings.add('MAC_KEY_UNKNOWN', row, `it names the key ${macKey.slice(0, 40)}, which the key file lacks`)
  else if (macOf(key, hash) !== mac) findings.add('MAC_WRONG', row, `its signature is not that of the key ${macKey} over its hash`)
  else if (fault) findings.add('KEY_RETIRED', row, fault)
}

function checkColumns(row: EntryRow, told: Told, findings: Findings): void {
  const wrong = (column: string, stands: unknown, says: unknown) =>
    findings.add('COLUMN_WRONG', row, `its column ${column} is ${shown(stands)}, its text says ${shown(says)}`)
  const same = (column: string, stands: unknown, says: unknown) => {
    if (stands !== says) wrong(column, stands, says)
  }
  same('stream', row.stream, told.stream)
  same('sequence', row.sequence, told.sequence)
  same('case_id', row.caseId, told.caseId)
  same('process', row.process, told.process)
  same('action', row.action, told.action)
  same('result', row.result, told.result)
  same('actor_id', row.actorId, told.actor.id || null)
  same('on_behalf_of_id', row.onBehalfOfId, told.onBehalfOfId)
  same('role_used', row.roleUsed, told.roleUsed)
  same('from_state', row.fromState, told.from)
  same('to_state', row.toState, told.to)
  same('grant_id', row.grantId, told.grantId ?? null)
  same('customer_id', row.customerId, told.customerId ?? null)
  if (!isSameMoment(row.recordedAt, told.recordedAt)) wrong('recorded_at', row.recordedAt, told.recordedAt)
  if (!isSameMoment(row.occurredAt, told.occurredAt)) wrong('occurred_at', row.occurredAt, told.occurredAt)
  if (row.amount !== null || told.amount) same('amount', plain(row.amount), plain(told.amount ?? null))
  if (row.reasonCodes !== null || told.reasons.length > 0) checkReasons(row, told, wrong)
}
/** Entries from before there were keys have no column of reasons. */
function checkReasons(row: EntryRow, told: Told, wrong: (column: string, stands: unknown, says: unknown) => void): void {
  const stands = row.reasonCodes?.join(' ') ?? null
  const says = told.reasons.length === 0 ? null : [...new Set(told.reasons.map(({ code }) => code))].join(' ')
  if (stands !== says && !(stands === null && row.mac === null)) wrong('reason_codes', stands, says)
}

function checkAside(row: EntryRow, told: Told, findings: Findings): void {
  const digest = told.asideDigest ?? null
  const { aside, asideSalt } = row
  if (digest === null && aside === null && asideSalt === null) return
  const isWhole = digest !== null && aside !== null && asideSalt !== null
  if (!isWhole || asideDigestOf(aside, asideSalt) !== digest) findings.add('ASIDE_WRONG', row, 'what stands beside it is not what its text is bound to')
}

/** The same moment to the microsecond: `2026-11-22 06:00:00.5+00` as the database prints it, and `2026-11-22T06:00:00.500000Z`. */
export function isSameMoment(stands: string, says: string): boolean {
  if (printed(says) === stands) return true
  // A moment that somebody gave may be written in other ways.
  return says.length !== microseconds && Date.parse(says) === Date.parse(stands.replace(/\+00$/, 'Z'))
}
const microseconds = '2026-11-22T06:00:00.500000Z'.length
const printed = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, -1).replace(/\.?0+$/, (zeros) => (iso.at(-8) === '.' ? '' : zeros))}+00`

/** A decimal without the zeros that mean nothing. */
const plain = (decimal: string | null): string | null => (decimal?.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal)
const shown = (value: unknown): string => (value === null ? 'empty' : String(value).slice(0, 100))
