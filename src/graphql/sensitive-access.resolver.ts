import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql'
import { labelOfRole, type Role, reason } from '../define/index.js'
import { Refused, refuse } from '../engine/refused.js'
import type { AccessChange } from '../engine/sensitive-access.js'
import { accessGrants, findAccessGrants } from '../persistence/sensitive-access.js'
import { administered } from './administered.js'
import { type Connection, connect } from './connection.js'
import { type RequestContext, uuid, uuidIf, viewerOf } from './context.js'
import { DateTime } from './scalars.js'
import { SensitiveAccessConnection, SensitiveAccessType } from './sensitive-access.type.js'

const Key = () => Arg('idempotencyKey', () => String)
const GrantId = () => Arg('grantId', () => ID)
const readers: readonly Role[] = ['AUDITOR', 'INFO_SUPERVISOR', 'CS_MANAGER']

/** 按需知密: proposed by 客户信息主管, in force once the CS manager has approved it; every step goes through the door and into the history. */
@Resolver()
export class SensitiveAccessResolver {
  @Mutation(() => SensitiveAccessType, {
    description:
      '申请按需知密授权：一个客户或一个案件，经批准后生效 / Propose that somebody may read sensitive values of one customer or one case; it waits for approval',
  })
  grantSensitiveAccess(
    @Ctx() context: RequestContext,
    @Arg('employeeId', () => ID, { description: '读取人 / Who is to read' }) employeeId: string,
    @Arg('purpose', () => String) purpose: string,
    @Arg('validTo', () => DateTime) validTo: Date,
    @Key() key: string,
    @Arg('customerId', () => ID, { nullable: true }) customerId?: string,
    @Arg('caseId', () => ID, { nullable: true }) caseId?: string,
  ): Promise<SensitiveAccessType> {
    return changed(context, key, {
      action: 'GRANT_SENSITIVE_ACCESS',
      employeeId: uuid(employeeId),
      customerId: uuidIf(customerId) ?? null,
      caseId: uuidIf(caseId) ?? null,
      purpose,
      validTo: validTo.toISOString(),
    })
  }
  @Mutation(() => SensitiveAccessType, { description: '批准授权：须由另一人 / Approve a grant: another person than its reader and whoever proposed it' })
  approveSensitiveAccess(@Ctx() context: RequestContext, @GrantId() grantId: string, @Key() key: string): Promise<SensitiveAccessType> {
    return changed(context, key, { action: 'APPROVE_SENSITIVE_ACCESS', grantId: uuid(grantId) })
  }
  @Mutation(() => SensitiveAccessType, { description: '撤销授权，即时生效 / End a grant, at once' })
  revokeSensitiveAccess(@Ctx() context: RequestContext, @GrantId() grantId: string, @Key() key: string): Promise<SensitiveAccessType> {
    return changed(context, key, { action: 'REVOKE_SENSITIVE_ACCESS', grantId: uuid(grantId) })
  }
  @Query(() => SensitiveAccessConnection, { description: '按需知密授权，新的在前 / Every grant, newest first: for auditors and those who propose and approve' })
  async sensitiveAccess(
    @Ctx() context: RequestContext,
    @Arg('employeeId', () => ID, { nullable: true }) employeeId?: string,
    @Arg('first', () => Int, { nullable: true }) first?: number,
    @Arg('after', () => String, { nullable: true }) after?: string,
  ): Promise<Connection<SensitiveAccessType>> {
    const { roles } = viewerOf(context)
    if (!readers.some((role) => roles.includes(role))) throw new Refused(readers.map((role) => reason('NOT_AUTHORISED', labelOfRole(role))))
    return connect(
      await findAccessGrants(context.pool, uuidIf(employeeId), { first, after }),
      async (ids) => {
        const rows = await accessGrants(context.pool, ids)
        return ids.map((id) => rows.find((row) => row.id === id) ?? null)
      },
      (row) => new SensitiveAccessType(row),
    )
  }
}

async function changed(context: RequestContext, idempotencyKey: string, change: AccessChange): Promise<SensitiveAccessType> {
  const [row] = await accessGrants(context.pool, [await administered(context, idempotencyKey, change)])
  if (!row) throw refuse('NOT_FOUND')
  return new SensitiveAccessType(row)
}
