import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql'
import { isUuid } from '../define/index.js'
import { Refused, refuse } from '../engine/refused.js'
import { casesById } from '../persistence/case-rows.js'
import { ReasonType, reasonType } from './available-action.type.js'
import { CaseType } from './case.type.js'
import { type RequestContext, viewerOf } from './context.js'
import { forget } from './loaders.js'

@InputType({ description: '批量办理的一项 / One decision of a batch' })
export class BatchItemInput {
  @Field(() => ID) caseId!: string
  @Field(() => String, { description: '事件代码，须为本流程允许批量的 / An event that its process lets one decide in batches' }) action!: string
  @Field(() => Int, { nullable: true }) expectedVersion?: number
  @Field(() => String, { nullable: true }) expectedDigest?: string
  @Field(() => String) idempotencyKey!: string
}
@ObjectType('BatchResult', { description: '一项的结果 / What came of one decision' })
export class BatchResultType {
  @Field(() => ID) caseId!: string
  @Field(() => Boolean) done!: boolean
  @Field(() => Boolean, { description: '同一幂等键此前已执行 / The key had done it before' }) replayed!: boolean
  @Field(() => CaseType, { nullable: true }) case!: CaseType | null
  @Field(() => [ReasonType]) reasons!: ReasonType[]
}
const itemsMax = 100

@Resolver()
export class BatchResolver {
  @Mutation(() => [BatchResultType], {
    description: '批量办理，至多 100 项，逐项执行、逐项返回 / Decide up to 100 cases: a transaction and a result each, in the order given',
  })
  async decideMany(@Ctx() context: RequestContext, @Arg('items', () => [BatchItemInput]) items: BatchItemInput[]): Promise<BatchResultType[]> {
    viewerOf(context)
    if (items.length === 0 || items.length > itemsMax)
      throw refuse('INPUT_INVALID', { fields: [{ path: 'items', code: 'VALUE_INVALID', message: [`须为 1–${itemsMax} 项`, `1 to ${itemsMax} items`] }] })
    const results: BatchResultType[] = []
    for (const item of items) results.push(await decideOne(context, item))
    return results
  }
}

async function decideOne(
  context: RequestContext,
  { caseId, action, expectedVersion, expectedDigest, idempotencyKey }: BatchItemInput,
): Promise<BatchResultType> {
  try {
    // Whoever may not see the case is refused by the door, which puts that on record.
    const [row] = isUuid(caseId) ? await casesById(context.pool, [caseId.toLowerCase()]) : []
    if (!row) throw refuse('NOT_FOUND')
    const answer = await context.door.decide({
      caseId: row.id,
      process: row.process,
      action,
      actorId: viewerOf(context).employeeId,
      forms: {},
      inBatch: true,
      idempotencyKey,
      requestId: context.requestId,
      ...(expectedVersion != null && { expectedVersion }),
      ...(expectedDigest != null && { expectedDigest }),
    })
    forget(context)
    const after = await context.loaders.case.load(answer.caseId)
    return { caseId, done: true, replayed: answer.replayed, case: after && CaseType.of(after), reasons: [] }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { caseId, done: false, replayed: false, case: null, reasons: error.reasons.map((one) => reasonType(context, one)) }
  }
}
