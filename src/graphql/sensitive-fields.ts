import { Arg, Ctx, Field } from 'type-graphql'
import { collectedFieldsOf, type FieldSpec, type FormClass, type FormValues, handlingOf, isMasked, type Level, plainName } from '../define/index.js'
import type { RequestContext } from './context.js'
import { type Placed, readInPlain, shownTo } from './plain-reading.js'

/** A filled-in form or row on its way out: the stored values, and which form they are of. */
export interface FilledForm extends Placed {
  readonly values: FormValues
}
type Resolver = (this: FilledForm, context: RequestContext) => unknown
/** A field in the making: its GraphQL type, its words, and how it is read by whoever may. */
interface FieldToBe {
  readonly type: () => unknown
  readonly description: string
  readonly read: Resolver
}
type OutputClass = { readonly prototype: object }

/** A field of a level: what it shows by itself and, where that is a mask, the field beside it that gives the value. All may be null: values are erased. */
export function addSensitiveField(to: OutputClass, spec: FieldSpec, field: FieldToBe): void {
  if (isMasked(spec)) {
    addMask(to, spec, field)
    addPlainField(to, spec, field)
  } else addGuardedField(to, spec, field)
}

function addMask(to: OutputClass, spec: FieldSpec, { description }: FieldToBe): void {
  const mask: Resolver = function (context) {
    return shownTo(context, this, spec, this.values[spec.name])
  }
  const type = isList(spec) ? [String] : String
  addOutput(to, spec.name, () => type, { nullable: true, description: `${description}（${spec.sensitivity}，脱敏 / masked）` }, mask)
}
const isList = ({ kind }: FieldSpec): boolean => ['rows', 'texts', 'references', 'choices'].includes(kind)

/** The value for its readers, null for others. */
function addGuardedField(to: OutputClass, spec: FieldSpec, { type, description, read }: FieldToBe): void {
  const value: Resolver = async function (context) {
    return (await shownTo(context, this, spec, this.values[spec.name])) === null ? null : read.call(this, context)
  }
  addOutput(to, spec.name, type, { nullable: true, description: `${description}（${spec.sensitivity}）` }, value)
}

function addPlainField(to: OutputClass, spec: FieldSpec, { type, description, read }: FieldToBe): void {
  const name = plainName(spec)
  const plain = async function (this: FilledForm, context: RequestContext, purpose: string | null = null) {
    await readInPlain(context, this, spec, this.values[spec.name], purpose)
    return read.call(this, context)
  }
  addOutput(to, name, type, { nullable: true, description: `${description}（明文，读取留痕 / in plain; reading it goes on record）` }, plain)
  if (handlingOf[spec.sensitivity as Level].purpose)
    Arg('purpose', () => String, { description: '读取目的，留痕 / What for; it goes on record' })(to.prototype, name, 1)
}

/** A field that is read with the form as `this`. */
export function addOutput(to: OutputClass, name: string, type: () => unknown, options: { nullable: boolean; description: string }, value: unknown): void {
  Object.defineProperty(to.prototype, name, { value, configurable: true, writable: true })
  Ctx()(to.prototype, name, 0)
  Field(type as never, options)(to.prototype, name, { value } as never)
}

/** On a form with S3 fields: whether anything stands in them. */
export function addProfileFlag(to: OutputClass, cls: FormClass): void {
  if (!hasFieldsOfS3(cls)) return
  const value: Resolver = function () {
    return hasValuesOfS3(cls, this.values)
  }
  const description = '含有敏感个人信息 / Sensitive personal values stand in it'
  addOutput(to, 'hasSensitiveProfile', () => Boolean, { nullable: false, description }, value)
}
const hasFieldsOfS3 = (cls: FormClass): boolean =>
  collectedFieldsOf(cls).some(({ sensitivity, rows }) => sensitivity === 'S3' || (rows && hasFieldsOfS3(rows())))
const hasValuesOfS3 = (cls: FormClass, values: FormValues): boolean =>
  collectedFieldsOf(cls).some(({ name, sensitivity, rows }) => {
    const value = values[name]
    if (value === undefined || value === null) return false
    return sensitivity === 'S3' || (rows !== undefined && (value as FormValues[]).some((row) => hasValuesOfS3(rows(), row)))
  })
