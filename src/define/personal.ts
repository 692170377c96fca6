import type { FieldSpec, FormClass } from './fields.js'
import { rowFieldsOf } from './fields.js'
import type { FormValues } from './form-values.js'

/** Personal information (S2) and sensitive personal information (S3) of `catalogue/forms/privacy.md`: what a data subject may have erased. */
export const isPersonal = ({ sensitivity }: FieldSpec): boolean => sensitivity === 'S2' || sensitivity === 'S3'

/** A form in two parts of one shape: what the history may keep for good, and what it must be able to forget. Null: nothing personal. */
export interface Parted {
  readonly open: FormValues
  readonly personal: FormValues | null
}

export function parted(cls: FormClass, values: FormValues): Parted {
  const open: Record<string, unknown> = {}
  const personal: Record<string, unknown> = {}
  for (const spec of rowFieldsOf(cls)) {
    const value = values[spec.name]
    if (value === undefined) continue
    if (isPersonal(spec)) personal[spec.name] = value
    else if (spec.rows) {
      const rows = (value as FormValues[]).map((row) => parted(spec.rows!(), row))
      open[spec.name] = rows.map((row) => row.open)
      if (rows.some((row) => row.personal)) personal[spec.name] = rows.map((row) => row.personal ?? {})
    } else open[spec.name] = value
  }
  return { open, personal: Object.keys(personal).length > 0 ? personal : null }
}

/** The two parts put together again; rows meet by their place. */
export function joined({ open, personal }: Parted): FormValues {
  if (!personal) return open
  const values: Record<string, unknown> = { ...open }
  for (const [name, value] of Object.entries(personal)) {
    const rows = open[name]
    values[name] = Array.isArray(rows) ? rows.map((row, index) => joined({ open: row, personal: (value as FormValues[])[index] ?? null })) : value
  }
  return values
}
