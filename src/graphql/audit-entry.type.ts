import { Ctx, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import type { Role } from '../define/index.js'
import { materialForms } from '../engine/content.js'
import type { AuditEntryRow } from '../persistence/entities.js'
import { type AuditStream, auditStreams, kindOfStream } from '../persistence/queries/audit-filter.js'
import { auditCountMax } from '../persistence/queries/audit-queries.js'
import { ReasonType } from './available-action.type.js'
import { besides } from './beside-labels.js'
import { CaseType, labelOfAction } from './case.type.js'
import { connectionType } from './connection.js'
import { type RequestContext, read } from './context.js'
import { CouldHaveActedType, couldHaveActed } from './could-have-acted.type.js'
import { FormVersionType } from './form-version.type.js'
import { auditorsOnly, InclusionProofType } from './log.type.js'
import { CustomerType, customerOf, EmployeeType, employeeOf, RoleType } from './people.type.js'
import { DateTime, Money } from './scalars.js'
import { commentOf, type EntryContent, factsOf, meaningOf, movesCase } from './signature.type.js'

export enum AuditResult {
  DONE = 'DONE',
  REFUSED = 'REFUSED',
  CONFLICT = 'CONFLICT',
}
registerEnumType(AuditResult, { name: 'AuditResult', description: '已执行、被拒绝、版本冲突' })

export const AuditStreamEnum = Object.fromEntries(auditStreams.map((kind) => [kind, kind]))
registerEnumType(AuditStreamEnum, {
  name: 'AuditStream',
  description: '历史类别；后三类仅限审计员 / The kind of a chain of entries; the last three are for auditors alone',
  valuesConfig: {
    CASE: { description: '案件的操作 / What was done in a case' },
    ATTEMPT: { description: '被拒绝的尝试 / What was refused' },
    WORK: { description: '任务操作 / What was done with its tasks' },
    ORGANISATION: { description: '组织变更 / Changes of the organisation' },
    ACCESS: { description: '查阅与导出 / Who has read or taken out what' },
    SIGN_IN: { description: '登录失败 / Sign-ins that failed' },
    VERIFICATION: { description: '核验 / Runs of the verifier' },
  },
})

@ObjectType('AuditEntry', { description: '历史记录 / One act, done or refused; never changed afterwards' })
export class AuditEntryType {
  readonly #facts: EntryContent
  constructor(readonly row: AuditEntryRow) {
    this.#facts = factsOf(row)
  }
  @Field(() => ID) get id(): string {
    return this.row.position
  }
  @Field(() => CaseType, { nullable: true }) async case(@Ctx() { loaders }: RequestContext): Promise<CaseType | null> {
    const row = this.row.caseId ? await loaders.case.load(this.row.caseId) : null
    return row && CaseType.of(row)
  }
  @Field(() => Int, { description: '序号：案件版本，或被拒尝试的计数 / The version of the case; attempts are counted apart' }) get sequence(): number {
    return this.row.sequence
  }
  @Field(() => DateTime, { description: '发生时间 / When it happened' }) get occurredAt(): Date {
    return this.row.occurredAt
  }
  @Field(() => DateTime, { description: '记录时间（数据库时钟） / When it was recorded, by the clock of the database' }) get recordedAt(): Date {
    return this.row.recordedAt
  }
  @Field(() => AuditStreamEnum) get stream(): AuditStream {
    return kindOfStream(this.row.stream)
  }
  @Field(() => CustomerType, { nullable: true, description: '所涉客户 / Whom the case was about then' }) customer(
    @Ctx() { loaders }: RequestContext,
  ): Promise<CustomerType | null> {
    return customerOf(loaders, this.row.customerId)
  }
  @Field(() => Money, { nullable: true, description: '操作后案件金额，人民币元 / What the case was about after the act, CNY' }) get amount(): string | null {
    return this.row.amount ?? null
  }
  @Field(() => EmployeeType, {
    nullable: true,
    description: '空表示系统，或登录失败且账号不存在 / Null: the system, or a sign-in with a login that is nobody’s',
  })
  actor(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.actorId)
  }
  @Field(() => EmployeeType, { nullable: true }) onBehalfOf(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.onBehalfOfId)
  }
  @Field(() => String, { nullable: true, description: '签字人姓名，签署时的样子 / The name as it was printed then' }) get signedName(): string | null {
    return this.row.aside?.signedName ?? null
  }
  @Field(() => String, { description: '含义：状态与决定 / What it means: the state and the decision' }) meaning(@Ctx() context: RequestContext): string {
    return meaningOf(context, this.row)
  }
  @Field(() => String, { nullable: true, description: '决定时的内容摘要 / What the content was when it was decided' }) get contentDigest(): string | null {
    return this.#facts.contentDigest ?? null
  }
  @Field(() => Boolean, {
    description: '该决定现在仍有效；退回、撤回后失效但不删除 / Whether the decision still counts: a return makes it lapse, and it stays here',
  })
  async counts(@Ctx() { loaders }: RequestContext): Promise<boolean> {
    if (!movesCase(this.row)) return false
    const judged = await loaders.judged.load(this.row.caseId)
    return judged?.record.decisions.some(({ sequence }) => sequence === this.row.sequence) ?? false
  }
  @Field(() => Boolean, { description: '决定后内容有变更 / The content has changed since' }) async amended(@Ctx() context: RequestContext): Promise<boolean> {
    const { loaders } = context
    if (!movesCase(this.row) || !this.#facts.contentDigest) return false
    const erasedAt = (await loaders.case.load(this.row.caseId))?.erasedAt
    if (erasedAt && this.row.recordedAt < erasedAt) return this.handedInAgain(context, this.row.caseId)
    return (await loaders.judged.load(this.row.caseId))?.context.facts.contentDigest !== this.#facts.contentDigest
  }
  /** Once personal values are erased no digest fits any more: then what counts is whether a form that the decision is bound to came after it. */
  private async handedInAgain({ loaders, processes }: RequestContext, caseId: string): Promise<boolean> {
    const { definition } = processes.at(this.row.process, this.#facts.definitionVersion)!
    const versions = await loaders.formVersions.load(caseId)
    return versions.some(({ key, sequence }) => sequence > this.row.sequence && materialForms(definition).includes(key))
  }
  @Field(() => CouldHaveActedType, {
    nullable: true,
    description:
      '当时还有谁能执行这一操作；仅限人在案件中的操作 / Who could have done the very same at that moment, beside whoever did; only for what people did to a case',
  })
  couldHaveActed(@Ctx() context: RequestContext): Promise<CouldHaveActedType | null> {
    return couldHaveActed(context, this.row)
  }
  @Field(() => RoleType, { nullable: true }) get roleUsed(): RoleType | null {
    return this.row.roleUsed ? new RoleType(this.row.roleUsed as Role) : null
  }
  @Field(() => String) get action(): string {
    return this.row.action
  }
  @Field(() => String) actionLabel(@Ctx() context: RequestContext): string {
    const loaded = context.processes.at(this.row.process, this.#facts.definitionVersion)
    const beside = movesCase(this.row) ? undefined : besides[this.row.action]
    if (beside) return read(context, beside)
    return loaded ? read(context, labelOfAction(loaded.definition, this.row.action)) : this.row.action
  }
  @Field(() => AuditResult) get result(): string {
    return this.row.result
  }
  @Field(() => String, { nullable: true }) get from(): string | null {
    return this.row.fromState ?? null
  }
  @Field(() => String, { nullable: true }) get to(): string | null {
    return this.row.toState ?? null
  }
  @Field(() => String, { nullable: true }) get seat(): string | null {
    return this.#facts.seat
  }
  @Field(() => Int) get round(): number {
    return this.#facts.round
  }
  @Field(() => [FormVersionType], { description: '随此操作提交的表单版本 / The form versions handed in with the act' })
  async forms(@Ctx() { loaders }: RequestContext): Promise<FormVersionType[]> {
    if (!movesCase(this.row)) return []
    const versions = await loaders.formVersions.load(this.row.caseId)
    return versions
      .filter(({ sequence }) => sequence === this.row.sequence)
      .map((row) => new FormVersionType(row, this.row.process, this.#facts.definitionVersion))
  }
  @Field(() => String, { nullable: true, description: '意见或理由 / The opinion or reason given' }) comment(
    @Ctx() { loaders }: RequestContext,
  ): Promise<string | null> {
    return commentOf(loaders, this.row)
  }
  @Field(() => [ReasonType]) reasons(@Ctx() { language }: RequestContext): ReasonType[] {
    return this.#facts.reasons.map(({ code, zh, en }) => ({ code, message: language === 'en' ? en : zh }))
  }
  @Field(() => [LinkType], { description: '由此发起的案件 / The cases that the act opened, or why not' }) get links(): LinkType[] {
    return this.#facts.links.map(({ process, caseId, refused }) => ({ process, caseId: caseId ?? null, refused: refused ?? null }))
  }
  @Field(() => [AuditDetailType], { description: '组织变更的内容，或读取了什么 / What a change of the organisation set, or what was read' })
  get details(): AuditDetailType[] {
    const { address, loginDigest } = this.row.aside ?? {}
    const details = { ...this.#facts.details, ...(address && { address }), ...(loginDigest && { loginDigest }) }
    return Object.entries(details).map(([name, value]) => ({ name, value }))
  }
  @Field(() => DateTime, { nullable: true, description: '系统到期执行：应执行时间 / Done by the clock: when it was due' }) get dueAt(): Date | null {
    const due = this.#facts.details?.['dueAt']
    return due === undefined ? null : new Date(due)
  }
  @Field(() => Int, { nullable: true, description: '系统到期执行：迟延秒数 / Done by the clock: how many seconds after it was due' }) get lateBySeconds():
    | number
    | null {
    const late = this.#facts.details?.['lateBy']
    return late === undefined ? null : Number(late)
  }
  @Field(() => Int) get definitionVersion(): number {
    return this.#facts.definitionVersion
  }
  @Field(() => String) get requestId(): string {
    return this.#facts.requestId
  }
  @Field(() => String, { description: 'SHA-256' }) get hash(): string {
    return this.row.hash
  }
  @Field(() => String) get previousHash(): string {
    return this.row.previousHash
  }
  @Field(() => InclusionProofType, {
    nullable: true,
    description: '在历史日志中的证明，仅限审计员；尚无检查点覆盖时为空 / That it is in the log of the history; null until a checkpoint covers it. For auditors',
  })
  async proof(@Ctx() context: RequestContext): Promise<InclusionProofType | null> {
    auditorsOnly(context)
    const inclusion = await context.loaders.inclusion.load(this.row.position)
    return inclusion && new InclusionProofType(inclusion)
  }
}

@ObjectType('Link', { description: '流程之间的关联 / A link from one process to another' })
export class LinkType {
  @Field(() => String) process!: string
  @Field(() => ID, { nullable: true }) caseId!: string | null
  @Field(() => String, { nullable: true, description: '未发起的原因代码 / The code of the refusal' }) refused!: string | null
}
@ObjectType('AuditDetail', { description: '变更细节 / A detail of what was changed' })
export class AuditDetailType {
  @Field(() => String) name!: string
  @Field(() => String) value!: string
}
export const AuditEntryConnection = connectionType('AuditEntry', () => AuditEntryType, auditCountMax)
