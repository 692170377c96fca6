import canonicalize from 'canonicalize'
import type { BundleCase, BundleEntry, BundleForm, BundleParts } from '../audit/bundle.js'
import type { Keyring } from '../audit/keyring.js'
import type { Querier } from './pool.js'
import { personalIn } from './subject-keys.js'

/** Which part of the history. Moments are those of the record (ISO 8601); `before` is not in it. */
export type BundleChoice = { readonly caseIds: readonly string[] } | { readonly from: string; readonly before: string }

const batch = 1000
const isWhole = (choice: BundleChoice): choice is { readonly caseIds: readonly string[] } => 'caseIds' in choice

/**
 * Reads a part of the history in batches, so that no bundle is ever in memory as a whole. Give it a connection with one snapshot.
 * `withPersonal`: the personal values are opened; else only the commitments to them are in it.
 */
export const bundlePartsOf = (db: Querier, keys: Keyring, choice: BundleChoice, withPersonal: boolean): BundleParts => ({
  entries: entriesOf(db, choice),
  forms: formsOf(db, keys, choice, withPersonal),
  cases: isWhole(choice) ? casesOf(db, choice.caseIds) : none(),
})

const chosen = (choice: BundleChoice): readonly [where: string, values: readonly unknown[]] =>
  isWhole(choice)
    ? ['a.case_id = any($1) and $2::text is null', [choice.caseIds, null]]
    : ['a.recorded_at >= $1 and a.recorded_at < $2', [choice.from, choice.before]]

async function* entriesOf(db: Querier, choice: BundleChoice): AsyncGenerator<BundleEntry, void> {
  const [where, values] = chosen(choice)
  for (let last = { stream: '', sequence: 0 }; ; ) {
    const { rows } = await db.query(
      `select a.stream, a.sequence, a.position::text as position, a.content, a.previous_hash as "previousHash", a.hash, a.aside, a.aside_salt as "asideSalt", l.index::int as index
         from audit_entry a left join log_leaf l on l.position = a.position
        where ${where} and (a.stream, a.sequence) > ($3, $4) order by a.stream, a.sequence limit ${batch}`,
      [...values, last.stream, last.sequence],
    )
    for (const { aside, ...row } of rows) yield { ...row, aside: row.asideSalt === null ? null : canonicalize(aside) }
    if (rows.length < batch) return
    last = rows.at(-1)
  }
}

async function* formsOf(db: Querier, keys: Keyring, choice: BundleChoice, withPersonal: boolean): AsyncGenerator<BundleForm, void> {
  const [where, values] = chosen(choice)
  for (let last = ['00000000-0000-0000-0000-000000000000', '', 0]; ; ) {
    const { rows } = await db.query(
      `select f.case_id as "caseId", f.key, f.version, f.form, f.content, f.salt, f.digest, f.personal_digest as "personalDigest", f.sealed, k.wrapped
         from form_version f join audit_entry a on a.stream = 'case:' || f.case_id and a.sequence = f.sequence left join subject_key k on k.id = f.subject_id
        where ${where} and (f.case_id, f.key, f.version) > ($3, $4, $5) order by f.case_id, f.key, f.version limit ${batch}`,
      [...values, ...last],
    )
    for (const { sealed, wrapped, ...row } of rows) {
      const opened = withPersonal ? personalIn(keys, { sealed, wrapped }) : null
      const personal = opened && { salt: opened.salt, text: canonicalize(opened.values) as string }
      yield { ...row, erased: sealed !== null && wrapped === null, personal }
    }
    if (rows.length < batch) return
    const { caseId, key, version } = rows.at(-1)
    last = [caseId, key, version]
  }
}

async function* casesOf(db: Querier, ids: readonly string[]): AsyncGenerator<BundleCase, void> {
  const { rows } = await db.query('select id, number, version, head_hash as "headHash" from service_case where id = any($1) order by number', [ids])
  yield* rows
}
async function* none(): AsyncGenerator<never, void> {}
