import type { Keyring } from '../audit/keyring.js'
import type { FormValues } from '../define/index.js'
import type { Querier } from './pool.js'
import { paperColumns, valuesOf, withSubjectKey } from './subject-keys.js'

/** One version of a form, whole: its personal values opened, unless they were erased. */
export interface FormVersion {
  readonly caseId: string
  readonly key: string
  readonly version: number
  readonly form: string
  readonly values: FormValues
  /** Its personal values are gone for good. */
  readonly erased: boolean
  readonly digest: string
  readonly sequence: number
  readonly submittedById: string | null
  readonly submittedAt: Date
}

/** Every version of every form of these cases, in the order in which they came; or only the newest of each, or of one key. */
export async function formVersionsOf(
  db: Querier,
  keys: Keyring,
  caseIds: readonly string[],
  { newest = false, key }: { newest?: boolean; key?: string } = {},
): Promise<FormVersion[]> {
  const { rows } = await db.query(
    `select f.case_id as "caseId", f.key, f.version, f.form, f.digest, f.sequence, f.submitted_by_id as "submittedById", f.submitted_at as "submittedAt", ${paperColumns}
       from form_version f ${withSubjectKey} where f.case_id = any($1) and ($2::text is null or f.key = $2)
        and (not $3 or f.version = (select max(version) from form_version n where n.case_id = f.case_id and n.key = f.key)) order by f.sequence, f.key`,
    [caseIds, key ?? null, newest],
  )
  return rows.map(({ content, sealed, wrapped, ...row }) => ({
    ...row,
    values: valuesOf(keys, { content, sealed, wrapped }),
    erased: sealed !== null && wrapped === null,
  }))
}
