import { Ctx, Field, ID, Int, ObjectType } from 'type-graphql'
import { type Actor, fieldError } from '../define/index.js'
import { refuseInput } from '../engine/refused.js'
import { actorsOf, limitsIn } from '../persistence/actors.js'
import { type CaseAt, caseAt } from '../persistence/case-at.js'
import { candidatesAt, staffAt } from '../persistence/people-at.js'
import { inPlaceOfOthers } from '../persistence/proxies.js'
import { laterOffers, type TaskThen } from '../persistence/tasks-at.js'
import { AuditEntryType } from './audit-entry.type.js'
import { AvailableActionType, actionsOn } from './available-action.type.js'
import { CaseOutcome } from './case.type.js'
import { type RequestContext, read, viewerOf } from './context.js'
import { FormVersionType } from './form-version.type.js'
import { EmployeeType, employeeOf } from './people.type.js'
import { DateTime } from './scalars.js'
import { labelOfTask, namedSeat, TaskKind, TaskStatus } from './task.type.js'

@ObjectType('TaskAt', { description: '某一时刻的任务 / A task as it stood at a moment' })
export class TaskAtType {
  constructor(
    readonly then: TaskThen,
    readonly stood: CaseAt,
    /** Of all tasks of the case: who could take each. */
    readonly candidatesOf: () => Promise<ReadonlyMap<string, readonly string[]>>,
  ) {}
  @Field(() => ID, { description: '任务的编号，见 Task / The id of the task' }) get id(): string {
    return this.then.id
  }
  @Field(() => String) get state(): string {
    return this.then.state
  }
  @Field(() => String) label(@Ctx() context: RequestContext): string {
    return labelOfTask(context, this.stood.loaded.definition, this.then)
  }
  @Field(() => String, { nullable: true, description: '会签席位，仅限具名席位 / The seat of a countersign, where it has a name' }) get seat(): string | null {
    return namedSeat(this.stood.loaded.definition, this.then)
  }
  @Field(() => TaskKind) get kind(): TaskKind {
    return TaskKind[this.then.kind]
  }
  @Field(() => TaskStatus) async status(): Promise<string> {
    const { ended, kind, seat, holder, id } = this.then
    if (ended) return ended.status
    if (kind === 'DECIDE' && this.stood.context.work!.isSuspended(seat)) return TaskStatus.SUSPENDED
    if (((await this.candidatesOf()).get(id) ?? []).length === 0) return TaskStatus.UNASSIGNABLE
    return holder ? TaskStatus.CLAIMED : TaskStatus.OPEN
  }
  @Field(() => EmployeeType, { nullable: true, description: '当时的签收人，已结束的为办理人 / Who held it then; of one that was over, who had done it' })
  assignee(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.then.ended?.byId ?? this.then.holder?.employeeId)
  }
  @Field(() => [EmployeeType], { description: '当时的候选人（至多 100 人） / Who could take it then, at most 100' })
  async candidates(@Ctx() { loaders }: RequestContext): Promise<EmployeeType[]> {
    if (!this.then.isOpen) return []
    const people = await Promise.all(((await this.candidatesOf()).get(this.then.id) ?? []).map((id) => employeeOf(loaders, id)))
    return people.filter((person) => person !== null)
  }
  @Field(() => DateTime) get openedAt(): Date {
    return this.then.openedAt
  }
  @Field(() => DateTime, { nullable: true, description: '当时已结束的时间 / When it ended, if it was over then' }) get closedAt(): Date | null {
    return this.then.ended?.at ?? null
  }
  @Field(() => DateTime, { nullable: true, description: '到期时间，以最近一次计算为准 / When its time is over, as it was reckoned last' })
  get dueAt(): Date | null {
    return this.then.dueAt
  }
  @Field(() => Int) get round(): number {
    return this.then.round
  }
}

@ObjectType('CaseAt', { description: '某一时刻的案件 / A case as it stood at a moment, by its history' })
export class CaseAtType {
  constructor(
    readonly at: Date,
    readonly stood: CaseAt,
  ) {}
  @Field(() => DateTime, { name: 'at' }) get asked(): Date {
    return this.at
  }
  @Field(() => String) get state(): string {
    return this.stood.record.state
  }
  @Field(() => String) stateLabel(@Ctx() context: RequestContext): string {
    return read(context, this.stood.loaded.definition.states[this.stood.record.state]!.label)
  }
  @Field(() => CaseOutcome, { nullable: true }) get outcome(): string | null {
    return this.stood.record.outcome
  }
  @Field(() => Int) get version(): number {
    return this.stood.record.version
  }
  @Field(() => Int) get round(): number {
    return this.stood.record.round
  }
  @Field(() => [TaskAtType], { description: '当时已产生的任务 / The tasks that there were, those that were over included' }) async tasks(
    @Ctx() { pool }: RequestContext,
  ): Promise<TaskAtType[]> {
    const { tasks, raisedLater, when } = this.stood
    const open = tasks.flatMap(({ id, isOpen }) => (isOpen ? [id] : []))
    let found: ReturnType<typeof candidatesAt> | undefined
    const candidates = () => (found ??= laterOffers(pool, raisedLater).then((later) => candidatesAt(pool, open, later, when)))
    return tasks.map((task) => new TaskAtType(task, this.stood, candidates))
  }
  @Field(() => [FormVersionType], { description: '各表单当时的最新版本 / The newest version of every form that there was' })
  async forms(@Ctx() { loaders }: RequestContext): Promise<FormVersionType[]> {
    const { id, process, definitionVersion, version } = this.stood.record
    const versions = (await loaders.formVersions.load(id)).filter(({ sequence }) => sequence <= version)
    const newest = new Map(versions.map((row) => [row.key, row]))
    return [...newest.values()].map((row) => new FormVersionType(row, process, definitionVersion))
  }
  @Field(() => [AvailableActionType], {
    description:
      '当时的操作，按您当时的角色 / What could be done then, judged by the roles and limits that you held then; settings and departments are as of now',
  })
  async availableActions(@Ctx() context: RequestContext): Promise<AvailableActionType[]> {
    const { loaded, record, when, context: judged } = this.stood
    const viewer = await viewerThen(context, this.stood)
    const [inPlaceOf] = await inPlaceOfOthers(context.pool, viewer, [record.process], when)
    return actionsOn(context, {
      loaded,
      judged: { record, context: judged },
      viewer,
      inPlaceOf: inPlaceOf!,
      staff: (roles, shutOut) => staffAt(context.pool, roles, shutOut, when),
    })
  }
  @Field(() => [AuditEntryType], { description: '当时仍有效的决定 / The decisions that counted then: a return makes them lapse' })
  async decisions(@Ctx() { loaders }: RequestContext): Promise<AuditEntryType[]> {
    const counted = new Set(this.stood.record.decisions.map(({ sequence }) => sequence))
    return (await loaders.doneEntries.load(this.stood.record.id)).filter(({ sequence }) => counted.has(sequence)).map((row) => new AuditEntryType(row))
  }
}

/** The viewer with the roles and limits of then; whose account was not active held none. */
async function viewerThen(context: RequestContext, { when, record }: CaseAt): Promise<Actor> {
  const { limits: _none, ...viewer } = viewerOf(context)
  const [people, limits] = [await actorsOf(context.pool, [viewer.employeeId], when), await limitsIn(context.pool, record.process, [viewer.employeeId], when)]
  return { ...(people.get(viewer.employeeId) ?? { ...viewer, roles: [] }), ...limits.get(viewer.employeeId)! }
}

/** The case with everything that was recorded in or before a millisecond. Null: it was not open yet. Throws `INPUT_INVALID` for the future. */
export async function asOf({ pool, processes, keys }: RequestContext, caseId: string, at: Date): Promise<CaseAtType | null> {
  const { rows } = await pool.query('select $1::timestamptz > clock_timestamp() as future', [at])
  if (rows[0].future) throw refuseInput([fieldError('at', 'IN_THE_FUTURE')])
  const stood = await caseAt(pool, { processes, keys }, caseId, { at: at.toISOString().replace('Z', '999Z') })
  return stood && new CaseAtType(at, stood)
}
