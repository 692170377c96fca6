import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { type AnyProcess, type FieldSpec, type FormClass, type FormValues, rightsOfDecider, rowFieldsOf, shown } from '../define/index.js'
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

/** One field that is no longer what it was. `path`: `application.budgetTotal`; values as they are stored, masked where they are personal, null where there is none. */
export interface ContentChange {
  readonly path: string
  readonly before: string | null
  readonly after: string | null
}
/** Field by field, what has changed in the material forms, as whoever decides on them is shown it. */
export function changesBetween(definition: AnyProcess, before: Data, after: Data): ContentChange[] {
  return materialForms(definition).flatMap((form) => {
    const [old, now] = [before[form] ?? {}, after[form] ?? {}]
    return rowFieldsOf(definition.forms[form] as FormClass)
      .filter(({ name }) => asText(old[name]) !== asText(now[name]))
      .map((spec) => ({ path: `${form}.${spec.name}`, before: told(spec, old[spec.name]), after: told(spec, now[spec.name]) }))
  })
}
const told = (spec: FieldSpec, value: unknown): string | null => asText(shown(spec, value, rightsOfDecider))
const asText = (value: unknown): string | null =>
  value === undefined || value === null ? null : typeof value === 'string' ? value : (canonicalize(value) ?? null)
