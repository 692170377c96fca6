import { Ctx, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { type AnyProcess, isCountersign, isFinal, stepIn } from '../define/index.js'
import type { TaskRow } from '../persistence/entities.js'
import { AskType } from './ask.type.js'
import { CaseType } from './case.type.js'
import { connectionType } from './connection.js'
import { type RequestContext, read } from './context.js'
import { NodeType } from './node.type.js'
import { EmployeeType, employeeOf, RoleType } from './people.type.js'
import { DateTime } from './scalars.js'
import { TaskActionType, taskActions } from './task-action.type.js'

export enum TaskStatus {
  OPEN = 'OPEN',
  CLAIMED = 'CLAIMED',
  SUSPENDED = 'SUSPENDED',
  UNASSIGNABLE = 'UNASSIGNABLE',
  COMPLETED = 'COMPLETED',
  SUPERSEDED = 'SUPERSEDED',
}
registerEnumType(TaskStatus, {
  name: 'TaskStatus',
  description: '待办、已签收、暂停、无人可办、已办、已失效 / UNASSIGNABLE: nobody may do it now; its owner is alerted',
})

export enum TaskKind {
  DECIDE = 'DECIDE',
  SIGN = 'SIGN',
  ADVISE = 'ADVISE',
  ANSWER = 'ANSWER',
}
registerEnumType(TaskKind, { name: 'TaskKind', description: '办理、加签、征询意见、补充信息' })

interface Place {
  readonly state: string
  readonly seat?: string | null | undefined
}
/** The state in words, and the seat where it has a name. */
export function labelOfTask(context: RequestContext, definition: AnyProcess, { state, seat }: Place): string {
  const step = stepIn(definition, state)
  if (!step || isFinal(step)) return state
  const named = isCountersign(step) && seat ? step.seats?.[seat]?.label : undefined
  return named ? `${read(context, step.label)} · ${read(context, named)}` : read(context, step.label)
}
/** The seat of a countersign, where it has a name. */
export function namedSeat(definition: AnyProcess, { state, seat }: Place): string | null {
  const step = stepIn(definition, state)
  return step && isCountersign(step) && step.seats && seat && seat in step.seats ? seat : null
}

@ObjectType('Draft', { description: '草稿 / A decision that is not taken yet' })
export class DraftType {
  @Field(() => String) action!: string
  @Field(() => String, { description: '表单内容，JSON 文本 / The forms, as JSON text' }) content!: string
  @Field(() => DateTime) savedAt!: Date
}

@ObjectType('Task', { implements: NodeType, description: '任务 / Somebody has to act: one a waiting state, or one an open seat' })
export class TaskType implements NodeType {
  constructor(readonly row: TaskRow) {}
  @Field(() => ID) get id(): string {
    return this.row.id
  }
  @Field(() => CaseType) async case(@Ctx() { loaders }: RequestContext): Promise<CaseType | null> {
    const row = await loaders.case.load(this.row.caseId)
    return row && CaseType.of(row)
  }
  @Field(() => String) get state(): string {
    return this.row.state
  }
  @Field(() => String) async label(@Ctx() context: RequestContext): Promise<string> {
    const row = await context.loaders.case.load(this.row.caseId)
    return row ? labelOfTask(context, context.processes.at(row.process, row.definitionVersion)!.definition, this.row) : this.row.state
  }
  @Field(() => RoleType, { nullable: true, description: '首要角色 / The first role that may take it' }) async role(
    @Ctx() { loaders }: RequestContext,
  ): Promise<RoleType | null> {
    const [offer] = await loaders.offers.load(this.row.id)
    return offer ? new RoleType(offer.role) : null
  }
  @Field(() => String, { nullable: true, description: '会签席位，仅限具名席位 / The seat of a countersign, where it has a name' }) async seat(
    @Ctx() context: RequestContext,
  ): Promise<string | null> {
    const row = await context.loaders.case.load(this.row.caseId)
    return row ? namedSeat(context.processes.at(row.process, row.definitionVersion)!.definition, this.row) : null
  }
  @Field(() => EmployeeType, { nullable: true, description: '签收人或办理人 / Who holds it, or who did it' }) assignee(
    @Ctx() { loaders }: RequestContext,
  ): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.completedById ?? this.row.claimedById)
  }
  @Field(() => [EmployeeType], { description: '候选人（至多 100 人） / Who may take it now, at most 100' }) async candidates(
    @Ctx() { loaders }: RequestContext,
  ): Promise<EmployeeType[]> {
    if (this.row.status !== 'OPEN' && this.row.status !== 'SUSPENDED') return []
    const people = await Promise.all((await loaders.candidateIds.load(this.row.id)).map((id) => employeeOf(loaders, id)))
    return people.filter((person) => person !== null)
  }
  @Field(() => TaskStatus) async status(@Ctx() { loaders }: RequestContext): Promise<string> {
    if (this.row.status !== 'OPEN') return this.row.status
    if ((await loaders.candidateIds.load(this.row.id)).length === 0) return TaskStatus.UNASSIGNABLE
    return this.row.claimedById ? TaskStatus.CLAIMED : TaskStatus.OPEN
  }
  @Field(() => TaskKind, { description: '办理，或被征询 / To decide, or what somebody is asked for' }) get kind(): string {
    return this.row.kind
  }
  @Field(() => [TaskActionType], { description: '任务操作，您能否执行及原因 / What may be done with it besides deciding, and why not' })
  actions(@Ctx() context: RequestContext): Promise<TaskActionType[]> {
    return taskActions(context, this.row)
  }
  @Field(() => [AskType], { description: '征询与加签 / What was asked around it, oldest first' })
  async asks(@Ctx() { loaders }: RequestContext): Promise<AskType[]> {
    return (await loaders.asks.load(this.row)).map((row) => new AskType(row))
  }
  @Field(() => DraftType, { nullable: true, description: '您的草稿 / Your draft' }) draft(@Ctx() { loaders }: RequestContext): Promise<DraftType | null> {
    return loaders.draft.load(this.row.id)
  }
  @Field(() => Int, { nullable: true, description: '结束该任务的历史序号 / The sequence of the entry that ended it' }) get closedSequence(): number | null {
    return this.row.closedSequence ?? null
  }
  @Field(() => DateTime, { nullable: true }) get claimedAt(): Date | null {
    return this.row.claimedAt ?? null
  }
  @Field(() => DateTime) get openedAt(): Date {
    return this.row.openedAt
  }
  @Field(() => DateTime, { nullable: true }) get closedAt(): Date | null {
    return this.row.closedAt ?? null
  }
  @Field(() => DateTime, { nullable: true }) get dueAt(): Date | null {
    return this.row.dueAt ?? null
  }
  @Field(() => Boolean, { description: '已逾期；暂停期间不计 / Past its end; no clock that stands still makes it so' })
  async overdue(@Ctx() { loaders }: RequestContext): Promise<boolean> {
    const { status, dueAt, caseId } = this.row
    if (status !== 'OPEN' || dueAt == null) return false
    return dueAt.valueOf() < ((await loaders.case.load(caseId))?.pausedAt?.valueOf() ?? Date.now())
  }
  @Field(() => Int) get round(): number {
    return this.row.round
  }
}
export const TaskConnection = connectionType('Task', () => TaskType)
