import { type ValidationError, validateSync } from 'class-validator'
import type { FieldSpec, FormClass } from './fields.js'
import { isDerived, rowFieldsOf } from './fields.js'
import type { Label } from './label.js'
import type { FieldError } from './refusal.js'

/** A filled-in form as plain data: what is stored, hashed and shown. Absent and null fields are left out. */
export type FormValues = Readonly<Record<string, unknown>>

/** Checks a form and brings it into its stored shape. Input: plain data as it came in. */
export function fillIn(cls: FormClass, input: unknown): { values: FormValues } | { errors: FieldError[] } {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return { errors: [fieldError('', 'NOT_A_FORM')] }
  const unknown = strangers(cls, input as Record<string, unknown>, '')
  if (unknown.length > 0) return { errors: unknown }
  const instance = instantiate(cls, input as Record<string, unknown>)
  const errors = validateSync(instance, { forbidUnknownValues: true, skipMissingProperties: false }).flatMap((error) => flatten(error, ''))
  return errors.length > 0 ? { errors } : { values: plain(cls, instance) }
}

/** Every field of the form is optional, so that an absent form means an empty one. */
export const mayBeEmpty = (cls: FormClass): boolean => rowFieldsOf(cls).every(({ optional }) => optional)

const present = (value: unknown) => value !== undefined && value !== null

function instantiate(cls: FormClass, input: Record<string, unknown>): object {
  const instance = new cls() as Record<string, unknown>
  for (const spec of rowFieldsOf(cls)) {
    const value = input[spec.name]
    if (present(value)) instance[spec.name] = spec.rows && Array.isArray(value) ? value.map((row) => rowOf(spec.rows!(), row)) : value
  }
  return instance
}
/** Something that is no row at all stays as it came, for the validator to refuse. */
const rowOf = (cls: FormClass, row: unknown) =>
  typeof row === 'object' && row !== null && !Array.isArray(row) ? instantiate(cls, row as Record<string, unknown>) : row

function plain(cls: FormClass, instance: object): FormValues {
  const values: Record<string, unknown> = {}
  for (const spec of rowFieldsOf(cls)) {
    const value = (instance as Record<string, unknown>)[spec.name]
    if (present(value)) values[spec.name] = stored(spec, value)
  }
  return values
}
function stored(spec: FieldSpec, value: unknown): unknown {
  if (spec.kind === 'datetime') return new Date(value as string).toISOString()
  if (spec.kind === 'reference') return (value as string).toLowerCase()
  if (spec.kind === 'references') return (value as string[]).map((id) => id.toLowerCase())
  if (spec.rows) return (value as object[]).map((row) => plain(spec.rows!(), row))
  return value
}

/** Fields that the form does not have, that nobody may hand in, or that are not collected (S4). */
function strangers(cls: FormClass, input: Record<string, unknown>, at: string): FieldError[] {
  const specs = new Map(rowFieldsOf(cls).map((spec) => [spec.name, spec]))
  return Object.entries(input).flatMap(([name, value]) => {
    const spec = specs.get(name)
    if (!present(value)) return []
    if (!spec) return [fieldError(at + name, 'UNKNOWN_FIELD')]
    if (isDerived(spec)) return [fieldError(at + name, 'READ_ONLY')]
    if (spec.sensitivity === 'S4') return [fieldError(at + name, 'NOT_COLLECTED')]
    if (spec.rows && Array.isArray(value))
      return value.flatMap((row, index) => (typeof row === 'object' && row !== null ? strangers(spec.rows!(), row, `${at}${name}[${index}].`) : []))
    return []
  })
}

/** class-validator's names for a failed check, and ours for the people who read the answer. */
const codes: Readonly<Record<string, string>> = {
  isNotEmpty: 'REQUIRED',
  isCleanText: 'TEXT_MALFORMED',
  maxLength: 'TOO_LONG',
  isDay: 'DATE_INVALID',
  isTimeOfDay: 'TIME_INVALID',
  isInstant: 'DATETIME_INVALID',
  isInt: 'NOT_AN_INTEGER',
  min: 'TOO_SMALL',
  max: 'TOO_LARGE',
  isAmount: 'AMOUNT_INVALID',
  isBoolean: 'NOT_A_BOOLEAN',
  isIn: 'CHOICE_UNKNOWN',
  isArray: 'NOT_A_LIST',
  arrayMinSize: 'REQUIRED',
  arrayMaxSize: 'TOO_MANY',
  isUuid: 'ID_MALFORMED',
  isPhone: 'PHONE_INVALID',
  nestedValidation: 'NOT_A_ROW',
}
const messages: Readonly<Record<string, Label>> = {
  REQUIRED: ['必填', 'required'],
  TEXT_MALFORMED: ['含有非法字符', 'contains characters that are not allowed'],
  TOO_LONG: ['超出长度', 'too long'],
  DATE_INVALID: ['日期无效', 'not a date (YYYY-MM-DD)'],
  TIME_INVALID: ['时间无效', 'not a time of day (HH:MM)'],
  DATETIME_INVALID: ['时刻无效', 'not an instant (ISO 8601 with offset)'],
  NOT_AN_INTEGER: ['应为整数', 'not a whole number'],
  TOO_SMALL: ['过小', 'too small'],
  TOO_LARGE: ['过大', 'too large'],
  AMOUNT_INVALID: ['金额或数值无效', 'not a valid decimal amount'],
  NOT_A_BOOLEAN: ['应为是或否', 'not true or false'],
  CHOICE_UNKNOWN: ['不在可选范围内', 'not one of the choices'],
  NOT_A_LIST: ['应为列表', 'not a list'],
  TOO_MANY: ['条目过多', 'too many items'],
  ID_MALFORMED: ['编号格式无效', 'not an id'],
  PHONE_INVALID: ['电话号码无效', 'not a phone number'],
  NOT_A_ROW: ['明细行无效', 'not a row'],
  NOT_A_FORM: ['应为表单', 'not a form'],
  UNKNOWN_FIELD: ['表单无此字段', 'the form has no such field'],
  READ_ONLY: ['由系统填写', 'filled in by the system'],
  NOT_COLLECTED: ['不予收集', 'not collected'],
  NOT_FOUND: ['不存在', 'does not exist'],
  NOT_ASKED: ['此操作不需要该表单', 'this act does not ask for the form'],
  IN_THE_FUTURE: ['不得晚于当前时间', 'not in the future'],
  VALUE_INVALID: ['取值无效', 'not valid'],
}

/** One wrong field, in words. An unknown code reads as `VALUE_INVALID`. */
export const fieldError = (path: string, code: string): FieldError => ({ path, code, message: messages[code] ?? messages['VALUE_INVALID']! })

function flatten(error: ValidationError, at: string): FieldError[] {
  const path = at + (/^\d+$/.test(error.property) ? `[${error.property}]` : `${at && !at.endsWith('.') ? '.' : ''}${error.property}`)
  const failed = Object.keys(error.constraints ?? {})
  const code = failed.includes('isNotEmpty') || error.value === undefined ? 'REQUIRED' : (codes[failed[0] ?? ''] ?? 'VALUE_INVALID')
  return [...(failed.length > 0 ? [fieldError(path, code)] : []), ...(error.children ?? []).flatMap((child) => flatten(child, path))]
}

/** Every id that a form names, with what it should be. */
export function referencesIn(cls: FormClass, values: FormValues, at = ''): { path: string; entity: string; id: string }[] {
  return rowFieldsOf(cls).flatMap((spec) => {
    const value = values[spec.name]
    if (!present(value)) return []
    const path = at + spec.name
    if (spec.kind === 'reference') return [{ path, entity: spec.entity!, id: value as string }]
    if (spec.kind === 'references') return (value as string[]).map((id, index) => ({ path: `${path}[${index}]`, entity: spec.entity!, id }))
    if (spec.rows) return (value as FormValues[]).flatMap((row, index) => referencesIn(spec.rows!(), row, `${path}[${index}].`))
    return []
  })
}
