import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql'
import { refuse } from '../engine/refused.js'
import { exportOf, requestExport } from '../persistence/exports.js'
import { AuditFilterInput, auditFilterOf } from './audit-trail.resolver.js'
import { type RequestContext, uuid, viewerOf } from './context.js'
import { ExportFormatType, ExportType } from './export.type.js'

/** Parts of the history that leave the house. They are fetched over HTTP, and every step is on record. */
@Resolver()
export class ExportResolver {
  @Query(() => ExportType, { description: '本人申请的导出 / An export that you have asked for' })
  async export(@Ctx() context: RequestContext, @Arg('id', () => ID) id: string): Promise<ExportType> {
    const row = await exportOf(context.pool, viewerOf(context).employeeId, uuid(id))
    if (!row) throw refuse('NOT_FOUND')
    return new ExportType(row)
  }
  @Mutation(() => ExportType, {
    description: '申请导出历史：审计员可导出全部，流程负责人可导出该流程 / Ask for a part of the history: the auditor for all, the owner of a process for it',
  })
  async requestExport(
    @Ctx() context: RequestContext,
    @Arg('format', () => ExportFormatType) format: ExportFormatType,
    @Arg('purpose', () => String, { description: '用途，记入历史 / What for; it is on record' }) purpose: string,
    @Arg('idempotencyKey', () => String) idempotencyKey: string,
    @Arg('filter', () => AuditFilterInput, { nullable: true }) filter: AuditFilterInput | null,
  ): Promise<ExportType> {
    const { requestId } = context
    const { row, replayed } = await requestExport(context, {
      actor: viewerOf(context),
      format,
      filter: auditFilterOf(filter),
      purpose,
      idempotencyKey,
      requestId,
    })
    if (replayed) context.markReplayed()
    return new ExportType(row)
  }
}
