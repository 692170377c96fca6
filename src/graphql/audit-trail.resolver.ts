import { Arg, Ctx, Field, ID, InputType, Int, Query, Resolver, registerEnumType } from 'type-graphql'
import type { AuditFilter, AuditStream } from '../persistence/queries/audit-filter.js'
import { findEntries } from '../persistence/queries/audit-queries.js'
import { AuditEntryConnection, AuditEntryType, AuditResult, AuditStreamEnum } from './audit-entry.type.js'
import { type Connection, connect } from './connection.js'
import { type RequestContext, uuidIf, viewerOf } from './context.js'
import { DateTime, Money } from './scalars.js'

enum ActorKind {
  PERSON = 'PERSON',
  SYSTEM = 'SYSTEM',
}
registerEnumType(ActorKind, { name: 'ActorKind', description: '人员；系统（定时与服务账号） / A person; the system: the clock and the service accounts' })
enum AuditOrder {
  NEWEST_FIRST = 'NEWEST_FIRST',
  OLDEST_FIRST = 'OLDEST_FIRST',
}
registerEnumType(AuditOrder, { name: 'AuditOrder', description: '按记录时间 / By the time of recording' })

@InputType({
  description:
    '筛选历史：所列条件须同时满足，列表中任一即可（1–50 项）；未知代码、颠倒的区间会被拒绝 / Which entries: all that is said must hold, of a list one of its 1 to 50 values; unknown codes and ranges that end before they begin are refused',
})
export class AuditFilterInput {
  @Field(() => ID, { nullable: true }) caseId?: string | null
  @Field(() => String, { nullable: true, description: '案件编号 / The number of the case' }) caseNumber?: string | null
  @Field(() => [ID], { nullable: true, description: '流程代码 / Process ids' }) processes?: string[] | null
  @Field(() => String, { nullable: true, description: '流程族，见 Process.family / The family of processes, as Process.family' }) family?: string | null
  @Field(() => ID, { nullable: true }) customerId?: string | null
  @Field(() => ID, { nullable: true }) actorId?: string | null
  @Field(() => ID, { nullable: true, description: '被代理人 / In whose place it was done' }) onBehalfOfId?: string | null
  @Field(() => ActorKind, { nullable: true }) actorKind?: ActorKind | null
  @Field(() => ID, { nullable: true, description: '行使的角色 / The role that was used' }) role?: string | null
  @Field(() => [String], { nullable: true }) actions?: string[] | null
  @Field(() => [AuditResult], { nullable: true }) results?: AuditResult[] | null
  @Field(() => [String], { nullable: true, description: '拒绝原因代码之一 / One of these among the reasons of the refusal' }) reasonCodes?: string[] | null
  @Field(() => String, { nullable: true, description: '由其他状态进入 / The state that the act led to from another' }) stateEntered?: string | null
  @Field(() => String, { nullable: true, description: '离开的状态 / The state that the act led out of' }) stateLeft?: string | null
  @Field(() => Money, { nullable: true, description: '操作后案件金额不低于 / What the case was about after the act, at least' }) amountFrom?: string | null
  @Field(() => Money, { nullable: true, description: '不高于 / At most' }) amountTo?: string | null
  @Field(() => DateTime, { nullable: true, description: '发生时间起，含 / From when it happened, included' }) occurredFrom?: Date | null
  @Field(() => DateTime, { nullable: true, description: '发生时间止，不含 / Before when it happened' }) occurredBefore?: Date | null
  @Field(() => DateTime, { nullable: true, description: '记录时间起，含 / From when it was recorded, included' }) recordedFrom?: Date | null
  @Field(() => DateTime, { nullable: true, description: '记录时间止，不含 / Before when it was recorded' }) recordedBefore?: Date | null
  @Field(() => AuditStreamEnum, { nullable: true }) stream?: AuditStream | null
}

/** The filter with its ids looked at: what is no UUID is nobody's. Throws `NOT_FOUND`. */
export const auditFilterOf = (input: AuditFilterInput | null | undefined): AuditFilter => ({
  ...input,
  caseId: uuidIf(input?.caseId),
  customerId: uuidIf(input?.customerId),
  actorId: uuidIf(input?.actorId),
  onBehalfOfId: uuidIf(input?.onBehalfOfId),
})

@Resolver()
export class AuditTrailResolver {
  @Query(() => AuditEntryConnection, {
    description: '审计轨迹：审计员见全部，他人见其有权查看的案件 / The audit trail: all of it for auditors, for others that of the cases that they may see',
  })
  async auditTrail(
    @Ctx() context: RequestContext,
    @Arg('filter', () => AuditFilterInput, { nullable: true }) filter: AuditFilterInput | null,
    @Arg('first', () => Int, { nullable: true, description: '1–100，默认 20 / 1 to 100, 20 unless told' }) first?: number,
    @Arg('after', () => String, { nullable: true }) after?: string,
    @Arg('order', () => AuditOrder, { defaultValue: AuditOrder.NEWEST_FIRST }) order = AuditOrder.NEWEST_FIRST,
  ): Promise<Connection<AuditEntryType>> {
    const request = { first, after, oldestFirst: order === AuditOrder.OLDEST_FIRST }
    const page = await findEntries(context.pool, context.processes, viewerOf(context), auditFilterOf(filter), request)
    return connect(
      page,
      (ids) => context.loaders.entry.loadMany(ids),
      (row) => new AuditEntryType(row),
    )
  }
}
