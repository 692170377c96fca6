import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { type AnyProcess, collectedFieldsOf, type FieldSpec, type FormClass, type FormValues, type Label, rightsOfDecider, shown } from '../define/index.js'
import type { PaperVersion } from './case-record.js'
import type { LoadedProcess } from './processes.js'

type Data = Readonly<Record<string, FormValues>>

/** The forms that approvals of a process are bound to. */
export const materialForms = ({ material, startsWith }: AnyProcess): readonly string[] => material ?? [startsWith]

/**
 * SHA-256 (hex) of what an approver decides on: the material forms, and the definition that the case is pinned to.
 * Salted, so that nobody guesses an amount from a digest.
 */
export function contentDigestOf({ definition, fingerprint }: LoadedProcess, data: Data, salt: string): string {
  const material = Object.fromEntries(materialForms(definition).map((key) => [key, data[key] ?? null]))
  return createHash('sha256')
    .update(`countersign/content/1\n${salt}\n${fingerprint}\n${canonicalize(material)}`)
    .digest('hex')
}

/** The material forms as they were when they had this digest; null when they never had. `versions`: in the order of their sequence. */
export function contentWith(loaded: LoadedProcess, versions: readonly PaperVersion[], salt: string, digest: string): Data | null {
  const sequences = [...new Set(versions.map(({ sequence }) => sequence))]
  for (const at of sequences.reverse()) {
    const then = Object.fromEntries(versions.filter(({ sequence }) => sequence <= at).map(({ key, values }) => [key, values]))
    if (contentDigestOf(loaded, then, salt) === digest) return then
  }
  return null
}

/** One field that is no longer what it was. `path`: `application.budget[0].amount`; values as they are stored, masked where they are personal, null where there is none. */
export interface ContentChange {
  readonly path: string
  readonly before: string | null
  readonly after: string | null
}
/** One field of a form that is no longer what it was, with the words for it; of a field in a row with those for the row. Values as they are stored. */
export interface FieldChange {
  readonly path: string
  readonly label: Label
  readonly field: FieldSpec
  readonly before: unknown
  readonly after: unknown
}

/** Field by field, what has changed in the material forms, as whoever decides on them is shown it. */
export const changesBetween = (definition: AnyProcess, before: Data, after: Data): ContentChange[] =>
  materialForms(definition).flatMap((form) =>
    changesIn(definition.forms[form], before[form] ?? {}, after[form] ?? {}).map(({ path, field, before: was, after: is }) => ({
      path: `${form}.${path}`,
      before: asText(shown(field, was, rightsOfDecider)),
      after: asText(shown(field, is, rightsOfDecider)),
    })),
  )

/** Field by field, how one version of a form differs from another: the fields that are collected, rows by their place. */
export function changesIn(cls: FormClass, before: FormValues, after: FormValues): FieldChange[] {
  return collectedFieldsOf(cls).flatMap((field) => {
    const [old, now] = [before[field.name], after[field.name]]
    if (field.rows) return changesInRows(field, field.rows(), rowsOf(old), rowsOf(now))
    return asText(old) === asText(now) ? [] : [{ path: field.name, label: field.label, field, before: old, after: now }]
  })
}
const rowsOf = (value: unknown): readonly FormValues[] => (Array.isArray(value) ? value : [])
/** A value as text; null for none. */
export const asText = (value: unknown): string | null =>
  value === undefined || value === null ? null : typeof value === 'string' ? value : (canonicalize(value) ?? null)

function changesInRows(field: FieldSpec, row: FormClass, before: readonly FormValues[], after: readonly FormValues[]): FieldChange[] {
  return Array.from({ length: Math.max(before.length, after.length) }, (_, place) =>
    changesIn(row, before[place] ?? {}, after[place] ?? {}).map((change): FieldChange => {
      const [[zh, en], [columnZh, columnEn]] = [field.label, change.label]
      return { ...change, path: `${field.name}[${place}].${change.path}`, label: [`${zh} ${place + 1} · ${columnZh}`, `${en} ${place + 1} · ${columnEn}`] }
    }),
  ).flat()
}
