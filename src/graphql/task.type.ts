import { GraphQLDateTime } from 'graphql-scalars'
import { Ctx, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { isCountersign, isFinal } from '../define/index.js'
import type { TaskRow } from '../persistence/entities.js'
import { CaseType } from './case.type.js'
import { connectionType } from './connection.js'
import { type RequestContext, read } from './context.js'
import { NodeType } from './node.type.js'
import { EmployeeType, employeeOf, RoleType } from './people.type.js'

export enum TaskStatus {
  OPEN = 'OPEN',
  CLAIMED = 'CLAIMED',
  COMPLETED = 'COMPLETED',
  SUPERSEDED = 'SUPERSEDED',
}
registerEnumType(TaskStatus, { name: 'TaskStatus', description: '待办、已签收、已办、已失效' })

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
    const step = row && context.processes.at(row.process, row.definitionVersion)?.definition.states[this.row.state]
    if (!step || isFinal(step)) return this.row.state
    const seat = isCountersign(step) && this.row.seat ? step.seats[this.row.seat]?.label : undefined
    return seat ? `${read(context, step.label)} · ${read(context, seat)}` : read(context, step.label)
  }
  @Field(() => RoleType, { nullable: true, description: '首要角色 / The first role that may take it' }) async role(
    @Ctx() { loaders }: RequestContext,
  ): Promise<RoleType | null> {
    const [offer] = await loaders.offers.load(this.row.id)
    return offer ? new RoleType(offer.role) : null
  }
  @Field(() => String, { nullable: true, description: '会签席位 / The seat of a countersign' }) get seat(): string | null {
    return this.row.seat ?? null
  }
  @Field(() => EmployeeType, { nullable: true, description: '签收人或办理人 / Who holds it, or who did it' }) assignee(
    @Ctx() { loaders }: RequestContext,
  ): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.completedById ?? this.row.claimedById)
  }
  @Field(() => [EmployeeType], { description: '候选人（至多 100 人） / Who may take it now, at most 100' }) async candidates(
    @Ctx() { loaders }: RequestContext,
  ): Promise<EmployeeType[]> {
    if (this.row.status !== 'OPEN') return []
    const people = await Promise.all((await loaders.candidateIds.load(this.row.id)).map((id) => employeeOf(loaders, id)))
    return people.filter((person) => person !== null)
  }
  @Field(() => TaskStatus) get status(): string {
    return this.row.status === 'OPEN' && this.row.claimedById ? TaskStatus.CLAIMED : this.row.status
  }
  @Field(() => GraphQLDateTime, { nullable: true }) get claimedAt(): Date | null {
    return this.row.claimedAt ?? null
  }
  @Field(() => GraphQLDateTime) get openedAt(): Date {
    return this.row.openedAt
  }
  @Field(() => GraphQLDateTime, { nullable: true }) get closedAt(): Date | null {
    return this.row.closedAt ?? null
  }
  @Field(() => GraphQLDateTime, { nullable: true }) get dueAt(): Date | null {
    return this.row.dueAt ?? null
  }
  @Field(() => Boolean) get overdue(): boolean {
    return this.row.status === 'OPEN' && this.row.dueAt != null && this.row.dueAt.valueOf() < Date.now()
  }
  @Field(() => Int) get round(): number {
    return this.row.round
  }
}
export const TaskConnection = connectionType('Task', () => TaskType)
