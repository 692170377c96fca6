import {
  type AnyProcess,
  type Arrow,
  arrowsOf,
  type FieldError,
  type FormClass,
  type FormValues,
  fieldError,
  fillIn,
  listOf,
  mayBeEmpty,
  referencesIn,
  specOf,
} from '../define/index.js'
import type { FormSubmission } from './case-record.js'
import type { CommandTransaction } from './case-store.js'
import { refuseForm } from './refused.js'

/** Checks forms against their classes and their references against the database. Throws `FORM_INVALID` with every wrong field. */
export async function fillInAll(tx: CommandTransaction, definition: AnyProcess, given: Readonly<Record<string, unknown>>): Promise<FormSubmission[]> {
  const errors: FieldError[] = []
  const filled: FormSubmission[] = []
  for (const [key, input] of Object.entries(given)) {
    const cls: FormClass | undefined = Object.hasOwn(definition.forms, key) ? definition.forms[key] : undefined
    const result = cls ? fillIn(cls, input) : { errors: [fieldError('', 'UNKNOWN_FIELD')] }
    if ('errors' in result) errors.push(...result.errors.map((error) => within(key, error)))
    else filled.push({ key, formId: specOf(cls!).id, values: result.values })
  }
  if (errors.length === 0) errors.push(...(await unknownReferences(tx, definition, filled)))
  if (errors.length > 0) throw refuseForm(errors)
  return filled
}
const within = (key: string, error: FieldError): FieldError => ({ ...error, path: error.path ? `${key}.${error.path}` : key })

async function unknownReferences(tx: CommandTransaction, definition: AnyProcess, forms: readonly FormSubmission[]): Promise<FieldError[]> {
  const named = forms.flatMap(({ key, values }) => referencesIn(definition.forms[key], values, `${key}.`))
  if (named.length === 0) return []
  const missing = new Set(await tx.missing(named))
  return named.filter(({ entity, id }) => missing.has(`${entity}:${id}`)).map(({ path }) => fieldError(path, 'NOT_FOUND'))
}

/** The other cases that the forms name. */
export const casesNamed = (definition: AnyProcess, data: Readonly<Record<string, FormValues>>): string[] =>
  Object.entries(data).flatMap(([key, values]) => referencesIn(definition.forms[key], values).flatMap(({ entity, id }) => (entity === 'Case' ? [id] : [])))

/** The forms that an act asks for in this state, over all its branches. */
export const askedFor = (arrows: readonly Arrow[]): { required: readonly string[]; welcome: readonly string[] } => ({
  required: [...new Set(arrows.flatMap(({ form }) => listOf(form)))].filter((key) => arrows.every(({ form }) => listOf(form).includes(key))),
  welcome: [...new Set(arrows.flatMap(({ form, revises }) => [...listOf(form), ...listOf(revises)]))],
})

/** What is missing or not asked for, before any field is looked at. A form that may be empty counts as handed in empty. */
export function complete(definition: AnyProcess, arrows: readonly Arrow[], given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { required, welcome } = askedFor(arrows)
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null))
  const errors = [
    ...Object.keys(present)
      .filter((key) => !welcome.includes(key))
      .map((key) => fieldError(key, 'NOT_ASKED')),
    ...required.filter((key) => !(key in present) && !mayBeEmpty(definition.forms[key])).map((key) => fieldError(key, 'REQUIRED')),
  ]
  if (errors.length > 0) throw refuseForm(errors)
  return { ...Object.fromEntries(required.filter((key) => !(key in present)).map((key) => [key, {}])), ...present }
}

/** Every form that an act asks for anywhere in its process: the shape of its mutation. */
export const formsOfAction = (definition: AnyProcess, action: string): { always: readonly string[]; sometimes: readonly string[] } => {
  const arrows = arrowsOf(definition).filter((arrow) => arrow.action === action)
  const { required, welcome } = askedFor(arrows)
  return { always: required, sometimes: welcome.filter((key) => !required.includes(key)) }
}

/** The newest data with the forms just handed in laid over it. */
export const overlay = (data: Readonly<Record<string, FormValues>>, forms: readonly FormSubmission[]): Record<string, FormValues> => ({
  ...data,
  ...Object.fromEntries(forms.map(({ key, values }) => [key, values])),
})

/** Whatever a form may name a person by. */
export const idsNamedIn = (data: Readonly<Record<string, FormValues>>): string[] =>
  Object.values(data)
    .flatMap((values) => Object.values(values).flat())
    .filter((value) => typeof value === 'string')
