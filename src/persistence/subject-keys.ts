import { randomUUID } from 'node:crypto'
import type { Keyring } from '../audit/keyring.js'
import { newSubjectKey, type Opened, open, personalDigestOf, unwrapped, wrapped } from '../audit/personal.js'
import { type FormValues, joined } from '../define/index.js'
import type { FormSubmission, HeldForm } from '../engine/case-record.js'
import type { Querier } from './pool.js'

/** Whose personal values a paper holds: the customer's, or until there is one, those of whoever the case is about. */
export interface Subject {
  readonly caseId: string
  readonly customerId: string | null
}
export interface SubjectKey {
  readonly id: string
  readonly key: Buffer
}

/** The key of a data subject, made with the first personal value. */
export async function subjectKeyFor(db: Querier, keys: Keyring, { caseId, customerId }: Subject): Promise<SubjectKey> {
  const [column, id] = customerId ? (['customer_id', customerId] as const) : (['case_id', caseId] as const)
  const find = () => db.query(`select id, wrapped from subject_key where ${column} = $1 and destroyed_at is null for share`, [id])
  let { rows } = await find()
  if (!rows[0]) {
    // Of two that come first at the same time, one makes the key.
    await db.query(`insert into subject_key (id, ${column}, wrapped) values ($1, $2, $3) on conflict do nothing`, [
      randomUUID(),
      id,
      wrapped(keys, newSubjectKey()),
    ])
    rows = (await find()).rows
  }
  return { id: rows[0].id, key: keyIn(keys, rows[0].wrapped) }
}

/** A stored paper, with the wrapped key of its subject: null when it has been destroyed, absent personal values aside. */
export interface StoredPaper {
  readonly content: string
  readonly sealed: string | null
  readonly wrapped: string | null
}
/** The columns and the join that make a {@link StoredPaper} of a form version under the alias `f`. */
export const paperColumns = 'f.content, f.sealed, k.wrapped'
export const withSubjectKey = 'left join subject_key k on k.id = f.subject_id'

/** The whole form; without its personal values when they were erased. */
export function valuesOf(keys: Keyring, { content, sealed, wrapped }: StoredPaper): FormValues {
  return joined({ open: JSON.parse(content), personal: personalIn(keys, { sealed, wrapped })?.values ?? null })
}
/** The personal values of a form with the salt of their commitment; null when it has none, or they were erased. Throws when they were changed. */
export const personalIn = (keys: Keyring, { sealed, wrapped }: Pick<StoredPaper, 'sealed' | 'wrapped'>): Opened | null =>
  sealed === null || wrapped === null ? null : open(keyIn(keys, wrapped), sealed)

/** The commitment that the sealed values fit; null when there are none, or they were erased. Throws when they were changed. */
export function sealedDigest(keys: Keyring, paper: Pick<StoredPaper, 'sealed' | 'wrapped'>): string | null {
  const personal = personalIn(keys, paper)
  return personal && personalDigestOf(personal)
}

/** Forms that waited with a decision, whole. */
export async function openForms(db: Querier, keys: Keyring, forms: readonly HeldForm[]): Promise<FormSubmission[]> {
  const { rows } = await db.query('select id, wrapped from subject_key where id = any($1)', [forms.flatMap(({ subjectId }) => subjectId ?? [])])
  const wrappedOf = new Map<string | null, string | null>(rows.map(({ id, wrapped }) => [id, wrapped]))
  return forms.map(({ key, formId, values, sealed, subjectId }) => {
    const personal = personalIn(keys, { sealed, wrapped: wrappedOf.get(subjectId) ?? null })?.values ?? null
    return { key, formId, values: joined({ open: values, personal }) }
  })
}

/** Unwrapped keys by their wrapping, so that one that was destroyed is never found again by its subject. */
const known = new Map<string, Buffer>()
const knownMax = 10_000
function keyIn(keys: Keyring, wrapping: string): Buffer {
  const found = known.get(wrapping)
  if (found) return found
  if (known.size >= knownMax) known.clear()
  const key = unwrapped(keys, wrapping)
  known.set(wrapping, key)
  return key
}
