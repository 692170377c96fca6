import { Ctx, Field, ID, Int, ObjectType } from 'type-graphql'
import {
  type AnyProcess,
  type AnyStep,
  type Authority,
  arrowsFrom,
  arrowsOf,
  collectedFieldsOf,
  type FieldSpec,
  isAskedFor,
  isCountersign,
  isFinal,
  judge,
  labelOfEvent,
  noCaseYet,
  type Role,
  roleOfRule,
  rulesOf,
  specOf,
} from '../define/index.js'
import type { LoadedProcess } from '../engine/processes.js'
import { type RequestContext, read, viewerOf } from './context.js'
import { ProcessTermType, termsOfProcess } from './deadline.type.js'
import { diagramOf } from './diagram.js'
import { typeNameOfField } from './form-types.js'
import { formTypeOf } from './mutation-shape.js'
import { actMutation, inputNameOf, openMutation } from './names.js'
import { RoleType } from './people.type.js'

@ObjectType('ProcessState', { description: '流程的一个状态 / A state of a process' })
class ProcessStateType {
  @Field(() => ID) id!: string
  @Field(() => String) label!: string
  @Field(() => Boolean) final!: boolean
  @Field(() => String, { nullable: true }) outcome!: string | null
  @Field(() => [RoleType], { description: '办理角色 / Whose task it is' }) assignees!: RoleType[]
  @Field(() => [String], { description: '会签席位 / The seats of a countersign' }) seats!: string[]
}
@ObjectType('ProcessAction', { description: '流程的一个操作 / An act that leads from a state' })
class ProcessActionType {
  @Field(() => ID) action!: string
  @Field(() => String) label!: string
  @Field(() => String) from!: string
  @Field(() => String, { nullable: true, description: '空表示状态不变 / Null: the state stays' }) to!: string | null
  @Field(() => [RoleType]) roles!: RoleType[]
  @Field(() => String, { nullable: true, description: '前提条件 / The condition that must hold' }) condition!: string | null
  @Field(() => String) mutation!: string
  @Field(() => String, { nullable: true }) formType!: string | null
  @Field(() => String, { nullable: true }) seat!: string | null
}
@ObjectType('FormChoice', { description: '选项 / A value that a field may take' })
class FormChoiceType {
  @Field(() => ID) code!: string
  @Field(() => String) label!: string
}
@ObjectType('FormField', { description: '表单的一个字段 / A field of a form' })
class FormFieldType {
  @Field(() => ID) name!: string
  @Field(() => String) label!: string
  @Field(() => String, { description: '字段种类 / The kind of field, as money or reference' }) kind!: string
  @Field(() => String, { description: 'GraphQL 类型名 / The name of its GraphQL type' }) type!: string
  @Field(() => Boolean) required!: boolean
  @Field(() => Boolean, { description: '由系统填写 / Filled in by the system' }) readOnly!: boolean
  @Field(() => Boolean) list!: boolean
  @Field(() => String, { nullable: true }) unit!: string | null
  @Field(() => String, { nullable: true, description: '敏感级别 / Level of sensitivity, S1 to S3' }) sensitivity!: string | null
  @Field(() => [FormChoiceType]) choices!: FormChoiceType[]
  @Field(() => [FormFieldType], { description: '明细行的字段 / The fields of its rows' }) rows!: FormFieldType[]
}
@ObjectType('ProcessForm', { description: '流程的一张表单 / A form of a process' })
class ProcessFormType {
  @Field(() => ID, { description: '表单在流程中的键 / The key in the process' }) key!: string
  @Field(() => String, { description: '目录中的表单代码 / The id in the catalogue' }) form!: string
  @Field(() => String) label!: string
  @Field(() => String) inputType!: string
  @Field(() => [FormFieldType]) fields!: FormFieldType[]
}
@ObjectType('ProcessLimit', { description: '审批权限 / An authority limit in force now' })
class ProcessLimitType {
  @Field(() => RoleType) role!: RoleType
  @Field(() => String, { description: '人民币元 / CNY' }) amount!: string
  @Field(() => String, { nullable: true, description: '同一对象每期累计上限 / What a counterparty’s period may come to' }) cumulative!: string | null
}

@ObjectType('Process', { description: '流程 / A documented process, complete enough for a client that knows none' })
export class ProcessType {
  constructor(readonly loaded: LoadedProcess) {}
  get #definition() {
    return this.loaded.definition
  }
  @Field(() => ID) get id(): string {
    return this.#definition.id
  }
  @Field(() => String, { nullable: true, description: '流程族 / The family that it belongs to' }) get family(): string | null {
    return this.loaded.family
  }
  @Field(() => Int) get version(): number {
    return this.#definition.version
  }
  @Field(() => String, { description: '定义的结构指纹 / SHA-256 of the definition' }) get fingerprint(): string {
    return this.loaded.fingerprint
  }
  @Field(() => String) title(@Ctx() context: RequestContext): string {
    return read(context, this.#definition.title)
  }
  @Field(() => String, { description: '出处 / Where it is documented' }) get source(): string {
    return this.#definition.source
  }
  @Field(() => String) get openMutation(): string {
    return openMutation(this.#definition)
  }
  @Field(() => String, { description: '发起表单的输入类型 / The input type of the opening form' }) get opensWith(): string {
    return inputNameOf(this.#definition.forms[this.#definition.startsWith])
  }
  @Field(() => Boolean, { description: '您能否发起 / Whether you may open a case' }) mayOpen(@Ctx() context: RequestContext): boolean {
    const viewer = viewerOf(context)
    return judge(this.#definition.startedBy, viewer, noCaseYet(viewer.personId)).allowed
  }
  @Field(() => [ProcessStateType]) states(@Ctx() context: RequestContext): ProcessStateType[] {
    return Object.entries(this.#definition.states).map(([id, step]) => stateOf(context, this.#definition, id, step as AnyStep))
  }
  @Field(() => [ProcessActionType]) actions(@Ctx() context: RequestContext): ProcessActionType[] {
    return arrowsOf(this.#definition)
      .filter(isAskedFor)
      .map((arrow) => ({
        action: arrow.action,
        label: read(context, labelOfEvent(this.#definition, arrow.action)),
        from: arrow.from,
        to: arrow.target ?? null,
        roles: rolesOf(arrow.by),
        condition: arrow.guard ? read(context, arrow.guard.label) : null,
        mutation: actMutation(this.#definition, arrow.action),
        formType: formTypeOf(this.#definition, arrow.action),
        seat: arrow.seat ?? null,
      }))
  }
  @Field(() => [ProcessFormType]) forms(@Ctx() context: RequestContext): ProcessFormType[] {
    return Object.entries(this.#definition.forms).map(([key, cls]) => {
      const spec = specOf(cls as never)
      return {
        key,
        form: spec.id,
        label: read(context, spec.label),
        inputType: inputNameOf(cls as never),
        fields: fieldsOf(context, collectedFieldsOf(cls as never), spec.name),
      }
    })
  }
  @Field(() => [ProcessTermType], { description: '期限 / The terms that the process declares' }) terms(@Ctx() context: RequestContext): ProcessTermType[] {
    return termsOfProcess(context, this.#definition)
  }
  @Field(() => [RoleType]) get roles(): RoleType[] {
    return rolesOf({ kind: 'anyOf', rules: [this.#definition.startedBy, ...arrowsOf(this.#definition).map(({ by }) => by)] })
  }
  @Field(() => [ProcessLimitType]) async limits(@Ctx() { loaders }: RequestContext): Promise<ProcessLimitType[]> {
    return (await loaders.roleLimits.load(this.id)).map(({ role, amount, cumulative }) => ({ role: new RoleType(role as Role), amount, cumulative }))
  }
  @Field(() => String, { description: 'Mermaid 状态图 / A state diagram in Mermaid' }) diagram(@Ctx() { language }: RequestContext): string {
    return diagramOf(this.#definition, language)
  }
}

const rolesOf = (authority: Authority): RoleType[] => [...new Set(rulesOf(authority).map(roleOfRule))].map((role) => new RoleType(role))

const stateOf = (context: RequestContext, definition: AnyProcess, id: string, step: AnyStep): ProcessStateType => ({
  id,
  label: read(context, step.label),
  final: isFinal(step),
  outcome: isFinal(step) ? step.outcome : null,
  assignees: isFinal(step)
    ? []
    : isCountersign(step)
      ? rolesOf({ kind: 'anyOf', rules: arrowsFrom(definition, id).flatMap(({ by, vote }) => (vote ? [by] : [])) })
      : rolesOf(step.assignee),
  seats: isCountersign(step) ? Object.keys(step.seats ?? {}) : [],
})

function fieldsOf(context: RequestContext, specs: readonly FieldSpec[], owner: string): FormFieldType[] {
  return specs.map((spec) => ({
    name: spec.name,
    label: read(context, spec.label),
    kind: spec.kind,
    type: typeNameOfField(spec, owner),
    required: !spec.optional,
    readOnly: spec.kind === 'signature' || spec.kind === 'ownCase',
    list: ['rows', 'texts', 'references', 'choices'].includes(spec.kind),
    unit: spec.unit ?? null,
    sensitivity: spec.sensitivity ?? null,
    choices: Object.entries(spec.choices ?? {}).map(([code, label]) => ({ code, label: read(context, label) })),
    rows: spec.rows ? fieldsOf(context, collectedFieldsOf(spec.rows()), spec.rows().name) : [],
  }))
}
