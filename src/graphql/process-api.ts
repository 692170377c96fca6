import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql'
import {
  type AnyProcess,
  type AnyStep,
  arrowsOf,
  type FormClass,
  isAskedFor,
  isCountersign,
  type Label,
  labelOfEvent,
  specOf,
  voteEvents,
} from '../define/index.js'
import type { Answer } from '../engine/commands.js'
import { refuse } from '../engine/refused.js'
import type { CaseRow } from '../persistence/entities.js'
import { CaseType } from './case.type.js'
import { type RequestContext, uuid, viewerOf } from './context.js'
import { inputTypeOf, outputTypeOf, plainly } from './form-types.js'
import { addToFormContent, FormVersionType } from './form-version.type.js'
import { forget } from './loaders.js'
import { shapeOf } from './mutation-shape.js'
import { actMutation, bundleName, openMutation, pascal, previewQuery, typeNameOf } from './names.js'
import { NodeType } from './node.type.js'
import { PreviewType, previewOf } from './preview.type.js'

const bilingual = ([zh, en]: Label): string => `${zh} / ${en}`

/** A definition in, its typed API out: the type of its cases, and one mutation to open and one for each event. */
export function processApi(definition: AnyProcess): { caseType: new (row: CaseRow) => CaseType; resolver: new () => object } {
  const caseType = caseTypeOf(definition)
  CaseType.byProcess.set(definition.id, caseType)
  class ProcessResolver {}
  Resolver()(ProcessResolver)
  addOpen(ProcessResolver, definition, caseType)
  addPreview(ProcessResolver, definition)
  for (const action of new Set(
    arrowsOf(definition)
      .filter(isAskedFor)
      .map(({ action }) => action),
  ))
    addAct(ProcessResolver, definition, action, caseType)
  return { caseType, resolver: ProcessResolver }
}

function caseTypeOf(definition: AnyProcess): new (row: CaseRow) => CaseType {
  const name = typeNameOf(definition)
  class ProcessCase extends CaseType {
    get currentState(): string {
      return this.row.state
    }
    async forms(context: RequestContext): Promise<object> {
      const newest = await context.loaders.newestForms.load(this.row.id)
      return Object.fromEntries(
        newest.map((paper) => [paper.key, new (outputTypeOf(definition.forms[paper.key] as FormClass))({ values: paper.values, paper, path: '' })]),
      )
    }
    async formVersions(context: RequestContext): Promise<FormVersionType[]> {
      return (await context.loaders.formVersions.load(this.row.id)).map((row) => new FormVersionType(row, this.row.process, this.row.definitionVersion))
    }
  }
  ObjectType(name, { implements: [CaseType, NodeType], description: bilingual(definition.title) })(ProcessCase)
  Field(() => stateEnumOf(definition, name) as never, { description: '当前状态 / The state as a type' })(ProcessCase.prototype, 'currentState')
  addField(ProcessCase, 'forms', () => formsTypeOf(definition, name), '各表单的最新版本 / The newest version of every form')
  addField(ProcessCase, 'formVersions', () => [FormVersionType], '所有表单版本 / Every version of every form')
  return ProcessCase
}
function addField(of: { prototype: object }, name: string, type: () => unknown, description: string): void {
  Ctx()(of.prototype, name, 0)
  Field(type as never, { description })(of.prototype, name, Object.getOwnPropertyDescriptor(of.prototype, name) as never)
}

const stateEnums = new Map<string, object>()
function stateEnumOf(definition: AnyProcess, name: string): object {
  const known = stateEnums.get(name)
  if (known) return known
  const values = Object.fromEntries(Object.keys(definition.states).map((state) => [state, state]))
  const valuesConfig = Object.fromEntries(
    Object.entries(definition.states).map(([state, step]) => [state, { description: bilingual((step as AnyStep).label) }]),
  )
  registerEnumType(values, { name: `${name}State`, description: `状态：${bilingual(definition.title)}: the states`, valuesConfig })
  stateEnums.set(name, values)
  return values
}
const formsTypes = new Map<string, object>()
function formsTypeOf(definition: AnyProcess, name: string): object {
  const known = formsTypes.get(name)
  if (known) return known
  class Forms {}
  formsTypes.set(name, Forms)
  ObjectType(`${name}Forms`, { description: `表单：${bilingual(definition.title)}: the forms` })(Forms)
  for (const [key, cls] of Object.entries(definition.forms)) Field(() => outputTypeOf(cls as FormClass) as never, { nullable: true })(Forms.prototype, key)
  return Forms
}
/** Types are decorated before the schema is built: inside a type thunk it would be too late. */
export function prepareTypes(definition: AnyProcess): void {
  const name = typeNameOf(definition)
  for (const cls of Object.values(definition.forms) as FormClass[]) {
    addToFormContent(specOf(cls).id, outputTypeOf(cls))
    inputTypeOf(cls)
  }
  stateEnumOf(definition, name)
  formsTypeOf(definition, name)
}

type Decorate = (target: object, key: string, index: number) => void
/** Adds a mutation to a resolver class, its arguments in order. */
function addMutation(
  to: { prototype: object },
  name: string,
  description: string,
  type: () => object,
  run: (...args: never[]) => unknown,
  args: readonly Decorate[],
): void {
  Object.defineProperty(to.prototype, name, { value: run, configurable: true })
  for (const [index, decorate] of args.entries()) decorate(to.prototype, name, index)
  Mutation(type as never, { description })(to.prototype, name, Object.getOwnPropertyDescriptor(to.prototype, name)!)
}
const argument = (name: string, type: () => unknown, nullable = false): Decorate => Arg(name, type as never, { nullable }) as Decorate
const idempotencyKey = argument('idempotencyKey', () => String)
const context = Ctx() as Decorate

function addOpen(to: { prototype: object }, definition: AnyProcess, caseType: new (row: CaseRow) => CaseType): void {
  const run = async (request: RequestContext, form: object, idempotencyKey: string) => {
    const answer = await request.door.open({
      process: definition.id,
      actorId: viewerOf(request).employeeId,
      form: plainly(form),
      idempotencyKey,
      requestId: request.requestId,
    })
    return caseAfter(request, answer)
  }
  addMutation(to, openMutation(definition), `发起：${bilingual(definition.title)}`, () => caseType, run, [
    context,
    argument('form', () => inputTypeOf(definition.forms[definition.startsWith])),
    idempotencyKey,
  ])
}

function addPreview(to: { prototype: object }, definition: AnyProcess): void {
  const name = previewQuery(definition)
  const run = (request: RequestContext, form: object) => {
    viewerOf(request)
    return previewOf(request, request.processes.current.get(definition.id)!, plainly(form))
  }
  Object.defineProperty(to.prototype, name, { value: run, configurable: true })
  context(to.prototype, name, 0)
  argument('form', () => inputTypeOf(definition.forms[definition.startsWith]))(to.prototype, name, 1)
  Query(() => PreviewType, { description: `预览审批人 / Who would have to decide: ${bilingual(definition.title)}` })(
    to.prototype,
    name,
    Object.getOwnPropertyDescriptor(to.prototype, name)!,
  )
}

function addAct(to: { prototype: object }, definition: AnyProcess, action: string, caseType: new (row: CaseRow) => CaseType): void {
  const shape = shapeOf(definition, action)
  const formInput =
    shape.kind === 'none' ? undefined : shape.kind === 'one' ? inputTypeOf(definition.forms[shape.key]) : bundleOf(definition, action, shape.keys)
  const seats = seatEnumOf(definition, action)
  const formsOf = (form: unknown): Record<string, unknown> =>
    form === undefined || form === null || shape.kind === 'none'
      ? {}
      : shape.kind === 'one'
        ? { [shape.key]: plainly(form) }
        : (plainly(form) as Record<string, unknown>)
  const { returns, resubmits } = choicesOf(definition, action)
  const optional: Record<string, Decorate> = {
    ...(formInput && { form: argument('form', () => formInput, shape.kind !== 'none' && shape.optional) }),
    ...(seats && { seat: argument('seat', () => seats, true) }),
    ...(returns && { to: argument('to', () => stateEnumOf(definition, typeNameOf(definition)), true) }),
    ...(resubmits && { straightBack: argument('straightBack', () => Boolean, true) }),
    expectedDigest: argument('expectedDigest', () => String, true),
    onBehalfOf: argument('onBehalfOf', () => ID, true),
  }
  const run = async (request: RequestContext, caseId: string, expectedVersion: number | null, idempotencyKey: string, ...rest: unknown[]) => {
    const given = Object.fromEntries(Object.keys(optional).map((name, index) => [name, rest[index] ?? undefined])) as Readonly<Record<string, any>>
    const answer = await request.door.decide({
      caseId: uuid(caseId),
      process: definition.id,
      action,
      actorId: viewerOf(request).employeeId,
      forms: formsOf(given['form']),
      idempotencyKey,
      requestId: request.requestId,
      ...(expectedVersion != null && { expectedVersion }),
      ...present({ seat: given['seat'], to: given['to'], expectedDigest: given['expectedDigest'] }),
      ...(given['straightBack'] && { straightBack: true }),
      ...(given['onBehalfOf'] !== undefined && { onBehalfOfId: uuid(given['onBehalfOf']) }),
    })
    return caseAfter(request, answer)
  }
  addMutation(to, actMutation(definition, action), bilingual(labelOfEvent(definition, action)), () => caseType, run as never, [
    context,
    argument('caseId', () => ID),
    argument('expectedVersion', () => Int, true),
    idempotencyKey,
    ...Object.values(optional),
  ])
}
/** What an act lets one choose: the state to return to, or the straight way back. */
function choicesOf(definition: AnyProcess, action: string): { returns: boolean; resubmits: boolean } {
  const arrows = arrowsOf(definition).filter((arrow) => arrow.action === action)
  return { returns: arrows.some(({ returnsTo }) => returnsTo), resubmits: arrows.some(({ resubmits }) => resubmits) }
}
const present = <T extends object>(given: T): { [K in keyof T]: string } =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never

function bundleOf(definition: AnyProcess, action: string, keys: readonly { key: string; optional: boolean }[]): object {
  class Bundle {}
  InputType(bundleName(definition, action), { description: `${bilingual(labelOfEvent(definition, action))}: the forms` })(Bundle)
  for (const { key, optional } of keys) Field(() => inputTypeOf(definition.forms[key]) as never, { nullable: optional })(Bundle.prototype, key)
  return Bundle
}
const seatEnums = new Map<string, object>()
function seatEnumOf(definition: AnyProcess, action: string): object | undefined {
  const steps = (Object.values(definition.states) as AnyStep[]).filter(
    (step) => isCountersign(step) && step.seats !== undefined && voteEvents(step).includes(action),
  )
  const seats = Object.fromEntries(steps.flatMap((step) => (isCountersign(step) ? Object.entries(step.seats ?? {}) : [])))
  if (Object.keys(seats).length === 0) return undefined
  const name = `${typeNameOf(definition)}${pascal(action)}Seat`
  const known = seatEnums.get(name)
  if (known) return known
  const values = Object.fromEntries(Object.keys(seats).map((seat) => [seat, seat]))
  registerEnumType(values, {
    name,
    description: `席位：${bilingual(labelOfEvent(definition, action))}: the seats`,
    valuesConfig: Object.fromEntries(Object.entries(seats).map(([seat, { label }]) => [seat, { description: bilingual(label) }])),
  })
  seatEnums.set(name, values)
  return values
}

/** The case as it stands after the command; nothing that was loaded before it counts. */
async function caseAfter(request: RequestContext, answer: Answer): Promise<CaseType> {
  if (answer.replayed) request.markReplayed()
  forget(request)
  const row = await request.loaders.case.load(answer.caseId)
  if (!row) throw refuse('NOT_FOUND')
  return CaseType.of(row)
}
