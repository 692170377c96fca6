import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { Answer } from '../engine/commands.js'
import { refuse } from '../engine/refused.js'
import { CaseType } from './case.type.js'
import { type RequestContext, uuid, viewerOf } from './context.js'
import { forget } from './loaders.js'

const Key = () => Arg('idempotencyKey', () => String)

/** What is done with a case beside its states. */
@Resolver()
export class BesideResolver {
  @Mutation(() => CaseType, { description: '抄送：让他人可查看本案，至多 20 人 / Let others see the case, up to 20 at once; they may decide nothing by it' })
  async copyCase(
    @Ctx() context: RequestContext,
    @Arg('caseId', () => ID) caseId: string,
    @Arg('employeeIds', () => [ID]) employeeIds: string[],
    @Key() idempotencyKey: string,
    @Arg('note', () => String, { nullable: true }) note?: string,
  ): Promise<CaseType> {
    const command = { caseId: uuid(caseId), what: 'COPY' as const, employeeIds: employeeIds.map(uuid), text: note ?? '', idempotencyKey }
    return caseAfter(context, await context.door.copy({ ...command, ...requestOf(context) }))
  }
  @Mutation(() => CaseType, {
    description:
      '撤销已通过：发起撤销审批，通过前原案仍有效；返回新案件 / Revoke a completed case by a new one that passes the same approvals; returns the new case',
  })
  async revokeCase(
    @Ctx() context: RequestContext,
    @Arg('caseId', () => ID) caseId: string,
    @Arg('reason', () => String) reason: string,
    @Key() idempotencyKey: string,
  ): Promise<CaseType> {
    if (reason.trim() === '') throw refuse('INPUT_INVALID', { fields: [{ path: 'reason', code: 'REQUIRED', message: ['必填', 'required'] }] })
    return caseAfter(context, await context.door.revoke({ caseId: uuid(caseId), what: 'REVOKE', text: reason, idempotencyKey, ...requestOf(context) }))
  }
  @Mutation(() => CaseType, {
    description: '暂停计时：流程负责人，法定期限除外 / Stop the clocks of a case, all but those that the law sets; by the owner of the process',
  })
  pauseCase(
    @Ctx() context: RequestContext,
    @Arg('caseId', () => ID) caseId: string,
    @Arg('reason', () => String) reason: string,
    @Key() idempotencyKey: string,
  ): Promise<CaseType> {
    return clocks(context, { caseId, what: 'PAUSE', text: reason, idempotencyKey })
  }
  @Mutation(() => CaseType, { description: '恢复计时：各期限顺延暂停的时间 / Let the clocks run again; every term ends later by as long as it stood' })
  resumeCase(
    @Ctx() context: RequestContext,
    @Arg('caseId', () => ID) caseId: string,
    @Arg('reason', () => String) reason: string,
    @Key() idempotencyKey: string,
  ): Promise<CaseType> {
    return clocks(context, { caseId, what: 'RESUME', text: reason, idempotencyKey })
  }
}
const clocks = async (context: RequestContext, { caseId, ...asked }: { caseId: string; what: 'PAUSE' | 'RESUME'; text: string; idempotencyKey: string }) =>
  caseAfter(context, await context.door.pause({ caseId: uuid(caseId), ...asked, ...requestOf(context) }))
const requestOf = (context: RequestContext) => ({ actorId: viewerOf(context).employeeId, requestId: context.requestId })
async function caseAfter(context: RequestContext, answer: Answer): Promise<CaseType> {
  if (answer.replayed) context.markReplayed()
  forget(context)
  const row = await context.loaders.case.load(answer.caseId)
  if (!row) throw refuse('NOT_FOUND')
  return CaseType.of(row)
}
