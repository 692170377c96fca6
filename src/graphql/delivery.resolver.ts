import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql'
import { refuse } from '../engine/refused.js'
import { endpointsIn } from '../persistence/endpoints.js'
import { type DeliveryRow, deliveriesAt, deliveryById, findDeliveries } from '../persistence/queries/delivery-queries.js'
import { administered, administratorsOnly } from './administered.js'
import { type Connection, connect } from './connection.js'
import { type RequestContext, uuid } from './context.js'
import { DeliveryConnection, DeliveryStatus, DeliveryType } from './delivery.type.js'

const Key = () => Arg('idempotencyKey', () => String)

/** The delivery queue, for the administrator. */
@Resolver()
export class DeliveryResolver {
  @Query(() => DeliveryConnection, { description: '投递队列，新的在前，仅限组织管理员 / The delivery queue, newest first; for the administrator' })
  async deliveries(
    @Ctx() context: RequestContext,
    @Arg('status', () => DeliveryStatus, { nullable: true }) status?: DeliveryStatus,
    @Arg('first', () => Int, { nullable: true, description: '1–100，默认 20 / 1 to 100, 20 unless told' }) first?: number,
    @Arg('after', () => String, { nullable: true }) after?: string,
  ): Promise<Connection<DeliveryType>> {
    administratorsOnly(context)
    const page = await findDeliveries(context.pool, status, { first, after })
    const rows = await deliveriesAt(
      context.pool,
      page.items.map(({ id }) => id),
    )
    const nodes = await nodesOf(context, rows)
    return connect(
      page,
      async () => nodes,
      (node) => node,
    )
  }
  @Mutation(() => DeliveryType, { description: '重新投递失败的信件，其后的随之继续 / Send a dead letter again; what waits behind it goes on' })
  retryDelivery(@Ctx() context: RequestContext, @Arg('id', () => ID) id: string, @Key() key: string): Promise<DeliveryType> {
    return changed(context, key, 'RETRY_DELIVERY', id)
  }
  @Mutation(() => DeliveryType, { description: '放弃失败的信件，其后的随之继续 / Give up a dead letter; what waits behind it goes on' })
  dropDelivery(@Ctx() context: RequestContext, @Arg('id', () => ID) id: string, @Key() key: string): Promise<DeliveryType> {
    return changed(context, key, 'DROP_DELIVERY', id)
  }
}

async function nodesOf({ pool }: RequestContext, rows: readonly (DeliveryRow | null)[]): Promise<(DeliveryType | null)[]> {
  const endpoints = new Map((await endpointsIn(pool, [...new Set(rows.flatMap((row) => row?.endpointId ?? []))])).map((row) => [row.id, row]))
  return rows.map((row) => row && new DeliveryType(row, endpoints.get(row.endpointId ?? '') ?? null))
}
async function changed(context: RequestContext, key: string, action: 'RETRY_DELIVERY' | 'DROP_DELIVERY', id: string): Promise<DeliveryType> {
  const [node] = await nodesOf(context, [await deliveryById(context.pool, await administered(context, key, { action, deliveryId: uuid(id) }))])
  if (!node) throw refuse('NOT_FOUND')
  return node
}
