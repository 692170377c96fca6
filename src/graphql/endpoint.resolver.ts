import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql'
import type { OrganisationChange } from '../engine/organisation-change.js'
import { refuse } from '../engine/refused.js'
import { endpointsIn, findEndpoints } from '../persistence/endpoints.js'
import { administered, administratorsOnly } from './administered.js'
import { type Connection, connect } from './connection.js'
import { type RequestContext, uuid } from './context.js'
import { EndpointConnection, EndpointKindType, EndpointType } from './endpoint.type.js'

const Key = () => Arg('idempotencyKey', () => String)

/** Where word of what was done goes: the administrator's to say, and in the history of the organisation. */
@Resolver()
export class EndpointResolver {
  @Query(() => EndpointConnection, { description: '推送地址，旧的在前，仅限组织管理员 / Where word goes, the oldest first; for the administrator' })
  async endpoints(
    @Ctx() context: RequestContext,
    @Arg('first', () => Int, { nullable: true, description: '1–100，默认 20 / 1 to 100, 20 unless told' }) first?: number,
    @Arg('after', () => String, { nullable: true }) after?: string,
  ): Promise<Connection<EndpointType>> {
    administratorsOnly(context)
    return connect(
      await findEndpoints(context.pool, { first, after }),
      (ids) => endpointsIn(context.pool, ids),
      (row) => new EndpointType(row),
    )
  }
  @Mutation(() => EndpointType, { description: '新增推送地址 / Add a webhook or the robot of a group' })
  addEndpoint(
    @Ctx() context: RequestContext,
    @Arg('kind', () => EndpointKindType) kind: EndpointKindType,
    @Arg('label', () => String) label: string,
    @Arg('url', () => String) url: string,
    @Key() key: string,
    @Arg('secret', () => String, { nullable: true, description: '签名密钥，网络回调必填（whsec_…） / The signing key; a webhook must have one (whsec_…)' })
    secret?: string,
    @Arg('processes', () => [ID], { nullable: true, description: '空表示全部 / None named means all' }) processes?: string[],
  ): Promise<EndpointType> {
    return changed(context, key, { action: 'ADD_ENDPOINT', kind, label, url, secret: secret ?? null, processes: [...new Set(processes ?? [])] })
  }
  @Mutation(() => EndpointType, { description: '修改推送地址；未给出的保持不变 / Change an endpoint; what is left out stays as it is' })
  changeEndpoint(
    @Ctx() context: RequestContext,
    @Arg('endpointId', () => ID) endpointId: string,
    @Key() key: string,
    @Arg('label', () => String, { nullable: true }) label?: string,
    @Arg('url', () => String, { nullable: true }) url?: string,
    @Arg('secret', () => String, { nullable: true }) secret?: string,
    @Arg('processes', () => [ID], { nullable: true }) processes?: string[],
  ): Promise<EndpointType> {
    return changed(context, key, {
      action: 'CHANGE_ENDPOINT',
      endpointId: uuid(endpointId),
      label: label ?? undefined,
      url: url ?? undefined,
      secret: secret ?? undefined,
      processes: processes ? [...new Set(processes)] : undefined,
    })
  }
  @Mutation(() => EndpointType, { description: '停用或启用；停用后待发的不再发送 / Switch it off or on; what waits for one that is off is dropped' })
  setEndpointActive(
    @Ctx() context: RequestContext,
    @Arg('endpointId', () => ID) endpointId: string,
    @Arg('active', () => Boolean) active: boolean,
    @Key() key: string,
  ): Promise<EndpointType> {
    return changed(context, key, { action: 'SET_ENDPOINT_ACTIVE', endpointId: uuid(endpointId), active })
  }
}

async function changed(context: RequestContext, key: string, change: OrganisationChange): Promise<EndpointType> {
  const [row] = await endpointsIn(context.pool, [await administered(context, key, change)])
  if (!row) throw refuse('NOT_FOUND')
  return new EndpointType(row)
}
