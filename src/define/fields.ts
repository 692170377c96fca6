import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsIn, IsInt, IsNotEmpty, IsOptional, Max, MaxLength, Min, ValidateNested } from 'class-validator'
import { ArrayOf, IsAmount, IsCleanText, IsDay, IsInstant, IsPhone, IsTimeOfDay, IsUuid } from './checks.js'
import type { Label } from './label.js'

/** The values of a choice and how each is read: `{ MEAL: ['餐饮', 'Meal'] }`. */
export type Choices = Readonly<Record<string, Label>>
export type Sensitivity = 'S1' | 'S2' | 'S3' | 'S4'
export type Entity = 'Customer' | 'Employee' | 'Department' | 'Case'
export type FieldKind =
  | 'text'
  | 'date'
  | 'time'
  | 'datetime'
  | 'integer'
  | 'decimal'
  | 'money'
  | 'flag'
  | 'choice'
  | 'choices'
  | 'reference'
  | 'references'
  | 'texts'
  | 'rows'
  | 'phone'
  | 'file'
  | 'signature'
  | 'ownCase'

/** One field of a form or of a row in it, as data. */
export interface FieldSpec {
  readonly name: string
  readonly kind: FieldKind
  readonly label: Label
  readonly optional: boolean
  /** Levels of `catalogue/forms/privacy.md`; absent: not personal, not secret. */
  readonly sensitivity?: Sensitivity
  readonly choices?: Choices
  /** The GraphQL name of a set of choices that several forms share, as in `Urgency3`. */
  readonly choicesName?: string
  readonly entity?: Entity
  readonly rows?: () => FormClass
  readonly unit?: string
  /** The states whose newest decision fills the signature box. */
  readonly signedIn?: readonly string[]
}
export type FormClass<T extends object = any> = new () => T
export interface FormSpec {
  /** The catalogue's id (`catalogue/forms.json`), or one of our own where the catalogue prints no form. */
  readonly id: string
  readonly name: string
  readonly label: Label
  readonly fields: readonly FieldSpec[]
}

const fieldsOf = new WeakMap<object, FieldSpec[]>()
const formOf = new WeakMap<object, FormSpec>()

/** A paper. `id`: its id in the catalogue. */
export const form =
  (id: string, zh: string, en: string): ClassDecorator =>
  (target) => {
    formOf.set(target, { id, name: target.name, label: [zh, en], fields: rowFieldsOf(target as unknown as FormClass) })
  }
/** The paper's description. Throws when the class is not a {@link form}. */
export function specOf(cls: FormClass): FormSpec {
  const spec = formOf.get(cls)
  if (!spec) throw new Error(`${cls.name} is not a @form`)
  return spec
}
/** The fields of a form class or of a row class, in the order in which they are written. */
export const rowFieldsOf = (cls: FormClass): readonly FieldSpec[] => fieldsOf.get(cls.prototype) ?? []

/** The fields that are collected: not S4, nor rows in which nothing else is left (`catalogue/forms/privacy.md`). */
export const collectedFieldsOf = (cls: FormClass): readonly FieldSpec[] =>
  rowFieldsOf(cls).filter(({ sensitivity, rows }) => sensitivity !== 'S4' && (!rows || collectedFieldsOf(rows()).length > 0))

/** Filled in by the system and never handed in: the boxes that other people sign, the number of the case itself. */
export const isDerived = ({ kind }: FieldSpec): boolean => kind === 'signature' || kind === 'ownCase'

export interface FieldOptions {
  optional?: boolean
  sensitivity?: Sensitivity
}
type Extra = Partial<Pick<FieldSpec, 'choices' | 'choicesName' | 'entity' | 'rows' | 'unit' | 'signedIn'>>

function field(kind: FieldKind, label: Label, options: FieldOptions, extra: Extra, ...checks: PropertyDecorator[]): PropertyDecorator {
  return (prototype, key) => {
    const { optional = false, sensitivity } = options
    const spec: FieldSpec = { name: String(key), kind, label, optional, ...(sensitivity && { sensitivity }), ...extra }
    fieldsOf.set(prototype, [...(fieldsOf.get(prototype) ?? []), spec])
    for (const check of optional ? [IsOptional(), ...checks] : checks) check(prototype, key)
  }
}
const filled = (o: FieldOptions) => (o.optional ? [] : [IsNotEmpty()])

/** A line of text, at most `max` characters (200 unless told). */
export const text = (zh: string, en: string, o: FieldOptions & { max?: number } = {}) =>
  field('text', [zh, en], o, {}, IsCleanText(), ...filled(o), MaxLength(o.max ?? 200))
/** A paragraph: text of at most 4,000 characters. */
export const paragraph = (zh: string, en: string, o: FieldOptions = {}) => text(zh, en, { ...o, max: 4000 })
/** A calendar day, `YYYY-MM-DD`. */
export const date = (zh: string, en: string, o: FieldOptions = {}) => field('date', [zh, en], o, {}, IsDay())
/** A time of day, `HH:MM` or `HH:MM:SS`. */
export const time = (zh: string, en: string, o: FieldOptions = {}) => field('time', [zh, en], o, {}, IsTimeOfDay())
/** An instant, ISO 8601 with its offset; kept in UTC. */
export const datetime = (zh: string, en: string, o: FieldOptions = {}) => field('datetime', [zh, en], o, {}, IsInstant())
/** A whole number from `min` (0) to `max`. */
export const integer = (zh: string, en: string, o: FieldOptions & { min?: number; max?: number; unit?: string } = {}) =>
  field('integer', [zh, en], o, unitOf(o.unit), IsInt(), Min(o.min ?? 0), Max(o.max ?? 2 ** 31 - 1))
/** A decimal string, from `min` (0) to `max`, at most four decimals. */
export const decimal = (zh: string, en: string, o: FieldOptions & { min?: string; max?: string; unit?: string } = {}) =>
  field('decimal', [zh, en], o, unitOf(o.unit), IsAmount({ decimals: 4, min: o.min ?? '0', ...(o.max !== undefined && { max: o.max }) }))
/** A decimal string from 0 to 100. */
export const percent = (zh: string, en: string, o: FieldOptions = {}) => decimal(zh, en, { ...o, max: '100', unit: '%' })
/** An amount in CNY as a decimal string with at most two decimals, from `min` (0). */
export const money = (zh: string, en: string, o: FieldOptions & { min?: string } = {}) =>
  field('money', [zh, en], o, { unit: 'CNY' }, IsAmount({ decimals: 2, min: o.min ?? '0' }))
export const flag = (zh: string, en: string, o: FieldOptions = {}) => field('flag', [zh, en], o, {}, IsBoolean())
/** One of a set of codes. `name`: the set's own name where several forms share it. */
export const choice = (zh: string, en: string, choices: Choices, o: FieldOptions & { name?: string } = {}) =>
  field('choice', [zh, en], o, choiceOf(choices, o.name), IsIn(Object.keys(choices)))
/** Several of a set of codes. */
export const choices = (zh: string, en: string, set: Choices, o: FieldOptions & { name?: string } = {}) =>
  field('choices', [zh, en], o, choiceOf(set, o.name), IsArray(), ArrayMaxSize(Object.keys(set).length), IsIn(Object.keys(set), { each: true }))
/** The id of a customer, employee, department or case; the door checks that it exists. */
export const reference = (entity: Entity, zh: string, en: string, o: FieldOptions = {}) => field('reference', [zh, en], o, { entity }, IsUuid())
export const references = (entity: Entity, zh: string, en: string, o: FieldOptions = {}) =>
  field('references', [zh, en], o, { entity }, IsArray(), ...atLeastOne(o), ArrayMaxSize(100), ArrayOf(IsUuid))
/** A list of short texts. */
export const texts = (zh: string, en: string, o: FieldOptions = {}) =>
  field('texts', [zh, en], o, {}, IsArray(), ...atLeastOne(o), ArrayMaxSize(100), ArrayOf(IsCleanText), MaxLength(200, { each: true }))
/** Sub-rows: a class of fields of its own. */
export const rows = (of: () => FormClass, zh: string, en: string, o: FieldOptions = {}) =>
  field('rows', [zh, en], o, { rows: of }, IsArray(), ...atLeastOne(o), ArrayMaxSize(200), ValidateNested({ each: true }))
export const phone = (zh: string, en: string, o: FieldOptions = {}) => field('phone', [zh, en], o, {}, IsPhone())
/** The reference of a stored file (its number or digest), not the file. */
export const file = (zh: string, en: string, o: FieldOptions = {}) => field('file', [zh, en], o, {}, IsCleanText(), ...filled(o), MaxLength(200))
/** 签字栏: a box that others sign by deciding in the states named. Read only. */
export const signature = (states: readonly string[], zh: string, en: string) => field('signature', [zh, en], { optional: true }, { signedIn: states })
/** The number of the case that the paper belongs to. Read only. */
export const ownCase = (zh: string, en: string) => field('ownCase', [zh, en], { optional: true }, { entity: 'Case' })

const atLeastOne = (o: FieldOptions) => (o.optional ? [] : [ArrayMinSize(1)])
const unitOf = (unit: string | undefined): Extra => (unit === undefined ? {} : { unit })
const choiceOf = (choices: Choices, name: string | undefined): Extra => ({ choices, ...(name !== undefined && { choicesName: name }) })
