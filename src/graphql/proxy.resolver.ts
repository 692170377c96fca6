import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { OrganisationChange } from '../engine/organisation-change.js'
import { refuse } from '../engine/refused.js'
import { ProxyGrantEntity } from '../persistence/entities.js'
import { administered } from './administered.js'
import { type RequestContext, uuid } from './context.js'
import { ProxyGrantType } from './proxy.type.js'
import { DateTime, Money } from './scalars.js'

const Key = () => Arg('idempotencyKey', () => String)
const invalid = (path: string, zh: string, en: string) => refuse('INPUT_INVALID', { fields: [{ path, code: 'VALUE_INVALID', message: [zh, en] }] })

@Resolver()
export class ProxyResolver {
  @Mutation(() => ProxyGrantType, {
    description:
      '设置代理：本人、上级，或管理员为离职人员 / Name a proxy: for oneself, for whoever works under one, or, by the administrator, for somebody who has left',
  })
  grantProxy(
    @Ctx() context: RequestContext,
    @Arg('principalId', () => ID) principalId: string,
    @Arg('proxyId', () => ID) proxyId: string,
    @Arg('validTo', () => DateTime) validTo: Date,
    @Arg('reason', () => String) reason: string,
    @Key() key: string,
    @Arg('validFrom', () => DateTime, { nullable: true }) validFrom?: Date,
    @Arg('processes', () => [ID], { nullable: true, description: '空表示全部 / None named means all' }) processes?: string[],
    @Arg('amountCap', () => Money, { nullable: true }) amountCap?: string,
  ): Promise<ProxyGrantType> {
    if (validTo <= (validFrom ?? new Date()) || validTo <= new Date())
      throw invalid('validTo', '须晚于开始时间和现在', 'must be later than the beginning, and than now')
    if (reason.trim() === '') throw invalid('reason', '必填', 'required')
    if (amountCap?.startsWith('-')) throw invalid('amountCap', '不得为负', 'not below zero')
    return changed(context, key, {
      action: 'GRANT_PROXY',
      employeeId: uuid(principalId),
      proxyId: uuid(proxyId),
      processes: [...new Set(processes ?? [])],
      amountCap: amountCap ?? null,
      validFrom: validFrom?.toISOString() ?? null,
      validTo: validTo.toISOString(),
      reason,
    })
  }
  @Mutation(() => ProxyGrantType, { description: '撤销代理，即时生效 / End a proxy; it ends with the next act' })
  async revokeProxy(@Ctx() context: RequestContext, @Arg('grantId', () => ID) grantId: string, @Key() key: string): Promise<ProxyGrantType> {
    const grant = await context.em.findOne(ProxyGrantEntity, { id: uuid(grantId) })
    if (!grant) throw refuse('NOT_FOUND')
    return changed(context, key, { action: 'REVOKE_PROXY', employeeId: grant.principalId, grantId: grant.id })
  }
}

async function changed(context: RequestContext, idempotencyKey: string, change: OrganisationChange): Promise<ProxyGrantType> {
  const id = await administered(context, idempotencyKey, change)
  const row = await context.em.findOne(ProxyGrantEntity, { id })
  if (!row) throw refuse('NOT_FOUND')
  return new ProxyGrantType(row)
}
