import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql'
import { reason } from '../define/index.js'
import { Refused, refuse } from '../engine/refused.js'
import { erasuresIn, findErasures, holdById } from '../persistence/queries/erasure-queries.js'
import { administered } from './administered.js'
import { type Connection, connect } from './connection.js'
import { type RequestContext, uuid, viewerOf } from './context.js'
import { ErasureConnection, ErasureStatus, ErasureType, LegalHoldType, mayReadErasures } from './erasure.type.js'
import { CustomerType } from './people.type.js'

const Key = () => Arg('idempotencyKey', () => String)
const Reason = () => Arg('reason', () => String)

@Resolver(() => CustomerType)
export class ErasureResolver {
  @Mutation(() => LegalHoldType, { description: '对案件设置法律保留 / Keep everything of a case from being erased' })
  async placeHold(
    @Ctx() context: RequestContext,
    @Arg('caseId', () => ID) caseId: string,
    @Reason() reason: string,
    @Key() key: string,
  ): Promise<LegalHoldType> {
    return holdOf(context, await administered(context, key, { action: 'PLACE_HOLD', caseId: uuid(caseId), reason }))
  }
  @Mutation(() => LegalHoldType, { description: '解除法律保留；延期的删除随后自动执行 / A deferred erasure then runs by itself' })
  async liftHold(
    @Ctx() context: RequestContext,
    @Arg('holdId', () => ID) holdId: string,
    @Reason() reason: string,
    @Key() key: string,
  ): Promise<LegalHoldType> {
    return holdOf(context, await administered(context, key, { action: 'LIFT_HOLD', holdId: uuid(holdId), reason }))
  }
  @Mutation(() => ErasureType, {
    description:
      '删除客户的个人信息，不可恢复；有未结案件或法律保留时延期，之后自动执行 / For good; deferred while a case is open or a hold stands, and run by itself after that',
  })
  async eraseCustomer(
    @Ctx() context: RequestContext,
    @Arg('customerId', () => ID) customerId: string,
    @Reason() reason: string,
    @Key() key: string,
  ): Promise<ErasureType> {
    const id = await administered(context, key, { action: 'ERASE_CUSTOMER', customerId: uuid(customerId), reason })
    const [row] = await erasuresIn(context.pool, [id])
    if (!row) throw refuse('NOT_FOUND')
    return new ErasureType(row)
  }
  @Query(() => ErasureConnection, { description: '删除申请，新的在前 / Requests to be forgotten, newest first' })
  async erasures(
    @Ctx() context: RequestContext,
    @Arg('status', () => ErasureStatus, { nullable: true }) status?: ErasureStatus,
    @Arg('first', () => Int, { nullable: true, description: '1–100，默认 20 / 1 to 100, 20 unless told' }) first?: number,
    @Arg('after', () => String, { nullable: true }) after?: string,
  ): Promise<Connection<ErasureType>> {
    viewerOf(context)
    if (!mayReadErasures(context)) throw new Refused([reason('NOT_AUTHORISED')])
    const load = async (ids: readonly string[]) => {
      const rows = new Map((await erasuresIn(context.pool, ids)).map((row) => [row.id, row]))
      return ids.map((id) => rows.get(id) ?? null)
    }
    return connect(await findErasures(context.pool, status, { first, after }), load, (row) => new ErasureType(row))
  }
  @FieldResolver(() => ErasureType, {
    nullable: true,
    description: '最近一次删除申请，限审计员、客户信息主管与客户服务部经理 / The newest request; for the auditor, the information supervisor and the manager',
  })
  async erasure(@Root() { row }: CustomerType, @Ctx() context: RequestContext): Promise<ErasureType | null> {
    const found = mayReadErasures(context) ? await context.loaders.erasure.load(row.id) : null
    return found && new ErasureType(found)
  }
}

async function holdOf({ pool }: RequestContext, id: string): Promise<LegalHoldType> {
  const row = await holdById(pool, id)
  if (!row) throw refuse('NOT_FOUND')
  return new LegalHoldType(row)
}
