import { Arg, Ctx, Field, ID, Int, InterfaceType, registerEnumType } from 'type-graphql'
import { type AnyProcess, fieldError, labelOfEvent } from '../define/index.js'
import { refuseInput } from '../engine/refused.js'
import type { CaseRow } from '../persistence/entities.js'
import { findHistory } from '../persistence/queries/audit-queries.js'
import { AuditEntryConnection, AuditEntryType } from './audit-entry.type.js'
import { AvailableActionType, availableActions, ReasonType, whyNot } from './available-action.type.js'
import { BallotType, ballotOf } from './ballot.type.js'
import { asOf, CaseAtType } from './case-at.type.js'
import { type Connection, connect, connectionType } from './connection.js'
import { type RequestContext, read, viewerOf } from './context.js'
import { DeadlineType, deadlinesOf } from './deadline.type.js'
import { LegalHoldType, mayReadErasures } from './erasure.type.js'
import { FieldChangeType, fieldChanges } from './field-change.type.js'
import { NodeType } from './node.type.js'
import { CustomerType, customerOf, EmployeeType, employeeOf } from './people.type.js'
import { ProcessType } from './process.type.js'
import { DateTime } from './scalars.js'
import { TaskType } from './task.type.js'

export enum CaseStatus {
  OPEN = 'OPEN',
  CLOSED = 'CLOSED',
}
registerEnumType(CaseStatus, { name: 'CaseStatus', description: '办理中 / 已办结' })
export enum CaseOutcome {
  COMPLETED = 'completed',
  REJECTED = 'rejected',
  WITHDRAWN = 'withdrawn',
  CANCELLED = 'cancelled',
}
registerEnumType(CaseOutcome, { name: 'CaseOutcome', description: '办结、否决、撤回、取消' })

/** One case, whatever its process. The type of each process adds its forms and its states. */
@InterfaceType('Case', { implements: NodeType, description: '案件 / One run of a process' })
export abstract class CaseType implements NodeType {
  constructor(readonly row: CaseRow) {}

  /** Which type of process a row becomes; filled in when the schema is built. */
  static readonly byProcess = new Map<string, new (row: CaseRow) => CaseType>()
  static of(row: CaseRow): CaseType {
    return new (CaseType.byProcess.get(row.process)!)(row)
  }

  @Field(() => ID) get id(): string {
    return this.row.id
  }
  @Field(() => String, { description: '案件编号 / The number that people quote' }) get number(): string {
    return this.row.number
  }
  @Field(() => ProcessType) process(@Ctx() { processes }: RequestContext): ProcessType {
    return new ProcessType(processes.at(this.row.process, this.row.definitionVersion)!)
  }
  @Field(() => String, { description: '状态（目录中的代码） / The state, by its id in the catalogue' }) get state(): string {
    return this.row.state
  }
  @Field(() => String) stateLabel(@Ctx() context: RequestContext): string {
    return read(context, this.definition(context).states[this.row.state]!.label)
  }
  @Field(() => CaseStatus) get status(): CaseStatus {
    return this.row.outcome === null ? CaseStatus.OPEN : CaseStatus.CLOSED
  }
  @Field(() => CaseOutcome, { nullable: true }) get outcome(): string | null {
    return this.row.outcome ?? null
  }
  @Field(() => Int, { description: '版本号，等于历史的最后序号 / Equals the sequence of the newest entry' }) get version(): number {
    return this.row.version
  }
  @Field(() => Int, { description: '轮次 / A return starts a new round' }) get round(): number {
    return this.row.round
  }
  @Field(() => EmployeeType) applicant(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.applicantId)
  }
  @Field(() => CustomerType, { nullable: true }) customer(@Ctx() { loaders }: RequestContext): Promise<CustomerType | null> {
    return customerOf(loaders, this.row.customerId)
  }
  @Field(() => CaseType, { nullable: true, description: '发起本案的案件，若您有权查看 / The case that opened this one, if you may see it' })
  async parent(@Ctx() { loaders }: RequestContext): Promise<CaseType | null> {
    const row = this.row.parentId ? await loaders.case.load(this.row.parentId) : null
    return row && CaseType.of(row)
  }
  @Field(() => [CaseType], { description: '由本案发起的案件 / The cases that this one opened, as far as you may see them' })
  async children(@Ctx() { loaders }: RequestContext): Promise<CaseType[]> {
    const rows = await Promise.all((await loaders.childIds.load(this.row.id)).map((id) => loaders.case.load(id)))
    return rows.flatMap((row) => (row ? [CaseType.of(row)] : []))
  }
  @Field(() => DateTime) get openedAt(): Date {
    return this.row.openedAt
  }
  @Field(() => DateTime, { nullable: true }) get closedAt(): Date | null {
    return this.row.closedAt ?? null
  }
  @Field(() => DateTime, { nullable: true, description: '承诺期限（上海时间当日结束） / The end of the promised day in Shanghai' })
  get dueAt(): Date | null {
    return this.row.dueAt ?? null
  }
  @Field(() => Boolean, { description: '已逾期；暂停期间不计 / Past its end; no clock that stands still makes it so' }) get overdue(): boolean {
    return this.row.outcome === null && this.row.dueAt != null && this.row.dueAt.valueOf() < (this.row.pausedAt?.valueOf() ?? Date.now())
  }
  @Field(() => [DeadlineType], { description: '期限 / The terms of the case, in the order in which they are due' }) deadlines(
    @Ctx() context: RequestContext,
  ): Promise<DeadlineType[]> {
    return deadlinesOf(context, this.row)
  }
  @Field(() => DateTime, { nullable: true, description: '计时暂停自，空表示计时中 / Since when its clocks stand still; null: they run' })
  get pausedAt(): Date | null {
    return this.row.pausedAt ?? null
  }
  @Field(() => String, { description: '内容摘要：随决定传回 expectedDigest，内容变更即拒绝 / What approvals are bound to: pass it back as expectedDigest' })
  async contentDigest(@Ctx() { loaders }: RequestContext): Promise<string> {
    return (await loaders.judged.load(this.row.id))!.context.facts.contentDigest
  }
  @Field(() => BallotType, { nullable: true, description: '当前会签 / The present countersign' }) ballot(
    @Ctx() context: RequestContext,
  ): Promise<BallotType | null> {
    return ballotOf(context, this.row)
  }
  @Field(() => CaseType, { nullable: true, description: '本案所撤销的案件 / The completed case that this one revokes' })
  async revokes(@Ctx() { loaders }: RequestContext): Promise<CaseType | null> {
    const row = this.row.revokesId ? await loaders.case.load(this.row.revokesId) : null
    return row && CaseType.of(row)
  }
  @Field(() => CaseType, { nullable: true, description: '撤销本案且已通过的案件 / The case that has revoked this one' })
  async revokedBy(@Ctx() { loaders }: RequestContext): Promise<CaseType | null> {
    const [id] = await loaders.revokedBy.load(this.row.id)
    const row = id ? await loaders.case.load(id) : null
    return row && CaseType.of(row)
  }
  @Field(() => [CaseType], {
    description: '疑似拆分：同一申请人近 30 天对同一客户的同类案件 / Perhaps one request split: the applicant’s cases for the same counterparty within 30 days',
  })
  async similar(@Ctx() { loaders }: RequestContext): Promise<CaseType[]> {
    const rows = await Promise.all((await loaders.similar.load(this.row.id)).map((id) => loaders.case.load(id)))
    return rows.flatMap((row) => (row ? [CaseType.of(row)] : []))
  }
  @Field(() => [LegalHoldType], {
    nullable: true,
    description:
      '法律保留，旧的在前，限审计员、客户信息主管与客户服务部经理 / Holds, oldest first; for the auditor, the information supervisor and the manager',
  })
  async holds(@Ctx() context: RequestContext): Promise<LegalHoldType[] | null> {
    return mayReadErasures(context) ? (await context.loaders.holds.load(this.row.id)).map((row) => new LegalHoldType(row)) : null
  }
  @Field(() => [TaskType]) async tasks(@Ctx() { loaders }: RequestContext): Promise<TaskType[]> {
    const rows = await Promise.all((await loaders.taskIds.load(this.row.id)).map((id) => loaders.task.load(id)))
    return rows.flatMap((row) => (row ? [new TaskType(row)] : []))
  }
  @Field(() => [AvailableActionType], { description: '当前状态的操作，您能否执行及原因 / What can be done now, whether you may, and why not' })
  availableActions(@Ctx() context: RequestContext): Promise<AvailableActionType[]> {
    return availableActions(context, this.row)
  }
  @Field(() => [ReasonType], { description: '为何不能：本流程的任一操作，为空即可执行 / Why you may not do any act of the process; empty when you may' })
  whyNot(@Ctx() context: RequestContext, @Arg('action', () => String) action: string): Promise<ReasonType[]> {
    return whyNot(context, this.row, action)
  }
  @Field(() => AuditEntryConnection, { description: '历史，按序 / The history, oldest first' })
  async history(
    @Ctx() context: RequestContext,
    @Arg('first', () => Int, { nullable: true }) first?: number,
    @Arg('after', () => String, { nullable: true }) after?: string,
    @Arg('includeRefusals', () => Boolean, { defaultValue: false }) includeRefusals = false,
  ): Promise<Connection<AuditEntryType>> {
    const page = await findHistory(context.pool, this.row.id, viewerOf(context), includeRefusals, { first, after })
    return connect(
      page,
      (ids) => context.loaders.entry.loadMany(ids),
      (row) => new AuditEntryType(row),
    )
  }
  @Field(() => CaseAtType, {
    nullable: true,
    description:
      '某一时刻的案件：含该毫秒内所记的一切；发起之前为空，未来时刻 INPUT_INVALID / As it stood with everything recorded in or before that millisecond; null before it was opened, INPUT_INVALID for the future',
  })
  asOf(@Ctx() context: RequestContext, @Arg('at', () => DateTime) at: Date): Promise<CaseAtType | null> {
    return asOf(context, this.row.id, at)
  }
  @Field(() => [FieldChangeType], {
    description: '同一表单两个版本之间的逐项差异 / Field by field, how one version of a form differs from another',
  })
  async formChanges(
    @Ctx() context: RequestContext,
    @Arg('key', () => String) key: string,
    @Arg('from', () => Int) from: number,
    @Arg('to', () => Int) to: number,
  ): Promise<FieldChangeType[]> {
    const { forms } = this.definition(context)
    if (!Object.hasOwn(forms, key)) throw refuseInput([fieldError('key', 'CHOICE_UNKNOWN')])
    const versions = await context.loaders.formVersions.load(this.row.id)
    const [before, after] = [from, to].map((version) => versions.find((row) => row.key === key && row.version === version))
    if (!before || !after) throw refuseInput([fieldError(before ? 'to' : 'from', 'NOT_FOUND')])
    return fieldChanges(forms[key], before, after)
  }

  /** The definition that the case is pinned to. */
  protected definition({ processes }: RequestContext): AnyProcess {
    return processes.at(this.row.process, this.row.definitionVersion)!.definition
  }
}

export const CaseConnection = connectionType('Case', () => CaseType)

export const labelOfAction = (definition: AnyProcess, action: string) => (action === 'OPEN' ? (['发起', 'Open'] as const) : labelOfEvent(definition, action))
