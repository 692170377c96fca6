import type { GraphQLScalarType } from 'graphql'
import { GraphQLLocalTime } from 'graphql-scalars'
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { collectedFieldsOf, type FieldSpec, type FormClass, type FormValues, isDerived, type Label, specOf } from '../define/index.js'
import { CaseType } from './case.type.js'
import type { RequestContext } from './context.js'
import { pascal } from './names.js'
import { CustomerType, customerOf, DepartmentType, departmentOf, EmployeeType, employeeOf } from './people.type.js'
import { DateTime, DecimalText, LocalDate, Money } from './scalars.js'
import { addOutput, addProfileFlag, addSensitiveField, type FilledForm } from './sensitive-fields.js'
import { SignatureType, signatureIn } from './signature.type.js'

type OutputClass = new (filled: FilledForm) => FilledForm
type InputClass = new () => object

const outputs = new Map<FormClass, OutputClass>()
const inputs = new Map<FormClass, InputClass>()
const enums = new Map<string, object>()
const bilingual = ([zh, en]: Label): string => `${zh} / ${en}`

/** The object type of a form, made once. */
export function outputTypeOf(cls: FormClass): OutputClass {
  const known = outputs.get(cls)
  if (known) return known
  const made = outputTypeNamed(cls, specOf(cls).name, specOf(cls).label)
  addProfileFlag(made, cls)
  return made
}
/** The input type of a form, made once; what the system fills in is not in it. */
export const inputTypeOf = (cls: FormClass): InputClass => inputTypeNamed(cls, specOf(cls).name, specOf(cls).label)

function outputTypeNamed(cls: FormClass, name: string, label?: Label): OutputClass {
  const known = outputs.get(cls)
  if (known) return known
  class Output implements FilledForm {
    readonly values: FormValues
    readonly paper: FilledForm['paper']
    readonly path: string
    constructor({ values, paper, path }: FilledForm) {
      this.values = values
      this.paper = paper
      this.path = path
    }
  }
  outputs.set(cls, Output)
  ObjectType(name, label ? { description: bilingual(label) } : {})(Output)
  for (const spec of collectedFieldsOf(cls)) addOutputField(Output, name, spec)
  return Output
}

function addOutputField(Output: OutputClass, owner: string, spec: FieldSpec): void {
  const description = bilingual(spec.label)
  const type = () => outputTypeOfField(spec, owner)
  const read = resolverOf(spec, owner)
  if (spec.sensitivity) addSensitiveField(Output, spec, { type, description, read })
  else addOutput(Output, spec.name, type, { nullable: spec.optional, description }, read)
}

/** How a field is read off the stored values. Runs with the form as `this`. */
function resolverOf(spec: FieldSpec, owner: string): (this: FilledForm, context: RequestContext) => unknown {
  const { name, entity } = spec
  if (spec.kind === 'signature')
    return function (context) {
      return signatureIn(context, this.paper.caseId, spec.signedIn ?? [])
    }
  if (spec.kind === 'ownCase')
    return function ({ loaders }) {
      return caseOf(loaders, this.paper.caseId)
    }
  if (spec.kind === 'reference')
    return function ({ loaders }) {
      return behind(loaders, entity!, this.values[name] as string | undefined)
    }
  if (spec.kind === 'references')
    return async function ({ loaders }) {
      return (await Promise.all(((this.values[name] ?? []) as string[]).map((id) => behind(loaders, entity!, id)))).filter((found) => found !== null)
    }
  if (spec.rows) {
    const Row = outputTypeNamed(spec.rows(), rowName(spec, owner), spec.label)
    return function () {
      return (this.values[name] as FormValues[] | undefined)?.map((values) => new Row({ values, paper: this.paper, path: `${this.path}${name}.` })) ?? null
    }
  }
  return function () {
    return this.values[name] ?? null
  }
}
const caseOf = async (loaders: RequestContext['loaders'], id: string | undefined) => {
  const row = id ? await loaders.case.load(id) : null
  return row && CaseType.of(row)
}
const behind = (loaders: RequestContext['loaders'], entity: string, id: string | undefined): Promise<unknown> =>
  entity === 'Customer'
    ? customerOf(loaders, id)
    : entity === 'Employee'
      ? employeeOf(loaders, id)
      : entity === 'Department'
        ? departmentOf(loaders, id)
        : caseOf(loaders, id)

function outputTypeOfField(spec: FieldSpec, owner: string): unknown {
  const entities: Record<string, unknown> = { Customer: CustomerType, Employee: EmployeeType, Department: DepartmentType, Case: CaseType }
  switch (spec.kind) {
    case 'reference':
    case 'ownCase':
      return entities[spec.entity!]
    case 'references':
      return [entities[spec.entity!]]
    case 'signature':
      return SignatureType
    case 'rows':
      return [outputTypeNamed(spec.rows!(), rowName(spec, owner), spec.label)]
    default:
      return plainType(spec, owner)
  }
}

function inputTypeNamed(cls: FormClass, name: string, label?: Label): InputClass {
  const known = inputs.get(cls)
  if (known) return known
  class Input {}
  inputs.set(cls, Input)
  InputType(`${name}Input`, label ? { description: bilingual(label) } : {})(Input)
  for (const spec of collectedFieldsOf(cls).filter((field) => !isDerived(field))) {
    const type = inputTypeOfField(spec, name)
    Field(() => type as never, { nullable: spec.optional, description: bilingual(spec.label) })(Input.prototype, spec.name)
  }
  return Input
}
function inputTypeOfField(spec: FieldSpec, owner: string): unknown {
  if (spec.kind === 'reference') return ID
  if (spec.kind === 'references') return [ID]
  return spec.rows ? [inputTypeNamed(spec.rows(), rowName(spec, owner), spec.label)] : plainType(spec, owner)
}

function plainType(spec: FieldSpec, owner: string): unknown {
  const scalars: Partial<Record<FieldSpec['kind'], GraphQLScalarType | typeof Int | typeof Boolean>> = {
    date: LocalDate,
    time: GraphQLLocalTime,
    datetime: DateTime,
    integer: Int,
    decimal: DecimalText,
    money: Money,
    flag: Boolean,
  }
  if (spec.kind === 'choice') return enumOf(spec, owner)
  if (spec.kind === 'choices') return [enumOf(spec, owner)]
  return spec.kind === 'texts' ? [String] : (scalars[spec.kind] ?? String)
}
function enumOf(spec: FieldSpec, owner: string): object {
  const name = spec.choicesName ?? `${owner}${spec.name.charAt(0).toUpperCase()}${spec.name.slice(1)}`
  const known = enums.get(name)
  if (known) return known
  const values = Object.fromEntries(Object.keys(spec.choices!).map((code) => [code, code]))
  const valuesConfig = Object.fromEntries(Object.entries(spec.choices!).map(([code, label]) => [code, { description: bilingual(label) }]))
  registerEnumType(values, { name, description: bilingual(spec.label), valuesConfig })
  enums.set(name, values)
  return values
}
const rowName = (spec: FieldSpec, owner: string): string => spec.rows!().name || `${owner}${pascal(spec.name)}`

/** The name of the GraphQL type of a field, as a generic client needs it. */
export function typeNameOfField(spec: FieldSpec, owner: string): string {
  if (spec.kind === 'reference' || spec.kind === 'references') return 'ID'
  if (spec.rows) return `${rowName(spec, owner)}Input`
  if (spec.choices) return spec.choicesName ?? `${owner}${spec.name.charAt(0).toUpperCase()}${spec.name.slice(1)}`
  const type = [plainType(spec, owner)].flat()[0] as { name: string }
  return type.name
}

/** An input object as plain data: instances and dates become what the door stores. */
export function plainly(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(plainly)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, part]) => part !== undefined)
        .map(([name, part]) => [name, plainly(part)]),
    )
  return value
}
