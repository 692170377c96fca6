import canonicalize from 'canonicalize'
import type { BundleCase, BundleEntry, BundleForm, BundleHead, BundleParts, Earlier } from '../audit/bundle.js'
import { consistencyProof, type HashOf } from '../audit/merkle.js'
import { refuse } from '../engine/refused.js'
import { hashOf } from './merkle-log.js'
import type { Querier } from './pool.js'
import type { AuditFilter } from './queries/audit-filter.js'

/** Which part of the history, and how far the log had come when it was asked for: the same scope gives the same bundle. */
export interface BundleScope {
  readonly db: Querier
  readonly filter: AuditFilter
  readonly logSize: number
  readonly verifierKeys: readonly string[]
}
/** Moments are those of the record; `before` is not in it. */
type Choice = { readonly caseIds: readonly string[] } | { readonly from: Date; readonly before: Date }

/** A bundle is of one case, one customer or one period: a filter says one of these and nothing else. */
export function isBundleFilter({ caseId, caseNumber, customerId, recordedFrom, recordedBefore, ...others }: AuditFilter): boolean {
  const isPeriod = Boolean(recordedFrom && recordedBefore)
  const named = [caseId, caseNumber, customerId].filter(Boolean).length + (isPeriod ? 1 : 0)
  return named === 1 && isPeriod === Boolean(recordedFrom || recordedBefore) && Object.values(others).every((value) => value === undefined || value === null)
}

/** The first checkpoint that covers so many leaves. Throws `BUSY` while there is none: the next one is a matter of seconds. */
export async function checkpointOver(db: Querier, logSize: number): Promise<{ readonly size: number; readonly note: string }> {
  const { rows } = await db.query('select size, note from checkpoint where size >= $1 order by size limit 1', [logSize])
  if (!rows[0]) throw refuse('BUSY', { details: { retryAfterSeconds: 10 } })
  return { size: Number(rows[0].size), note: rows[0].note }
}

export async function bundleOf(scope: BundleScope): Promise<{ readonly head: BundleHead; readonly parts: BundleParts; readonly hashes: HashOf }> {
  const { db, filter, logSize, verifierKeys } = scope
  const hashes = hashOf(db)
  const checkpoint = await checkpointOver(db, logSize)
  const choice = await chosen(db, filter, logSize)
  const parts = { entries: entriesOf(db, choice, logSize), forms: formsOf(db, choice, logSize), cases: casesOf(db, choice, logSize) }
  const head = { what: wordsFor(filter), whole: 'caseIds' in choice, checkpoint, verifierKeys, earlier: await earlierOf(db, checkpoint.size, hashes) }
  return { head, parts, hashes }
}
const wordsFor = ({ caseId, caseNumber, customerId, recordedFrom, recordedBefore }: AuditFilter): string =>
  caseNumber || caseId
    ? `case ${caseNumber ?? caseId}`
    : customerId
      ? `customer ${customerId}`
      : `what was recorded from ${recordedFrom!.toISOString()} before ${recordedBefore!.toISOString()}`

async function chosen(db: Querier, { caseId, caseNumber, customerId, recordedFrom, recordedBefore }: AuditFilter, logSize: number): Promise<Choice> {
  if (recordedFrom && recordedBefore) return { from: recordedFrom, before: recordedBefore }
  const { rows } = await db.query(
    `select distinct a.case_id as id from audit_entry a join log_leaf l on l.position = a.position and l.index < $4
      where a.case_id is not null and (a.customer_id = $1 or a.case_id = $2 or a.case_id = (select id from service_case where number = $3))`,
    [customerId ?? null, caseId ?? null, caseNumber ?? null, logSize],
  )
  return { caseIds: rows.map(({ id }) => id) }
}

/** Of checkpoints that somebody may have kept: the last of each of the last hundred days before, and those of the last hundred bundles. */
async function earlierOf(db: Querier, size: number, hashes: HashOf): Promise<Earlier[]> {
  const { rows } = await db.query(
    `(select max(size) as size from checkpoint where size < $1 group by made_at::date order by made_at::date desc limit 100)
     union select (select min(size) from checkpoint c where c.size >= x.log_size) from (select log_size from export where format = 'BUNDLE' and log_size < $1 order by log_size desc limit 100) x
     order by size`,
    [size],
  )
  const earlier: Earlier[] = []
  for (const row of rows) {
    const old = Number(row.size)
    if (old > 0 && old < size) earlier.push({ size: old, proof: await consistencyProof(old, size, hashes) })
  }
  return earlier
}

const batch = 500
const within = (choice: Choice): readonly [where: string, values: readonly unknown[]] =>
  'caseIds' in choice
    ? ['a.case_id = any($1) and $2::timestamptz is null', [choice.caseIds, null]]
    : ['a.recorded_at >= $1 and a.recorded_at < $2', [choice.from, choice.before]]

async function* entriesOf(db: Querier, choice: Choice, logSize: number): AsyncGenerator<BundleEntry, void> {
  const [where, values] = within(choice)
  for (let last = { stream: '', sequence: 0 }; ; ) {
    const { rows } = await db.query(
      `select a.stream, a.sequence, a.position::text as position, a.content, a.previous_hash as "previousHash", a.hash, a.aside, a.aside_salt as "asideSalt", l.index::int as index
         from audit_entry a join log_leaf l on l.position = a.position and l.index < $3
        where ${where} and (a.stream, a.sequence) > ($4, $5) order by a.stream, a.sequence limit ${batch}`,
      [...values, logSize, last.stream, last.sequence],
    )
    for (const { aside, ...row } of rows) yield { ...row, aside: row.asideSalt === null ? null : canonicalize(aside) }
    if (rows.length < batch) return
    last = rows.at(-1)
  }
}

async function* formsOf(db: Querier, choice: Choice, logSize: number): AsyncGenerator<BundleForm, void> {
  const [where, values] = within(choice)
  for (let last = ['00000000-0000-0000-0000-000000000000', '', 0]; ; ) {
    const { rows } = await db.query(
      `select f.case_id as "caseId", f.key, f.version, f.form, f.content, f.salt, f.digest, f.personal_digest as "personalDigest"
         from form_version f join audit_entry a on a.stream = 'case:' || f.case_id and a.sequence = f.sequence join log_leaf l on l.position = a.position and l.index < $3
        where ${where} and (f.case_id, f.key, f.version) > ($4, $5, $6) order by f.case_id, f.key, f.version limit ${batch}`,
      [...values, logSize, ...last],
    )
    yield* rows
    if (rows.length < batch) return
    const { caseId, key, version } = rows.at(-1)
    last = [caseId, key, version]
  }
}

/** The cases as the log had them then: each with its newest entry of those in the bundle. */
async function* casesOf(db: Querier, choice: Choice, logSize: number): AsyncGenerator<BundleCase, void> {
  if (!('caseIds' in choice)) return
  const { rows } = await db.query(
    `select c.id, c.number, newest.sequence as version, newest.hash as "headHash" from service_case c
       cross join lateral (select a.sequence, a.hash from audit_entry a join log_leaf l on l.position = a.position and l.index < $2
         where a.stream = 'case:' || c.id order by a.sequence desc limit 1) newest
      where c.id = any($1) order by c.number`,
    [choice.caseIds, logSize],
  )
  yield* rows
}
