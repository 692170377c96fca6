import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { Role } from '../define/index.js'
import type { OrganisationChange } from '../engine/organisation-change.js'
import { refuse } from '../engine/refused.js'
import { administered } from './administered.js'
import { type RequestContext, uuid, uuidIf } from './context.js'
import { EmployeeType } from './people.type.js'
import { ProcessType } from './process.type.js'
import { DateTime, Money } from './scalars.js'

const Key = () => Arg('idempotencyKey', () => String)

/** What the organisation's administrator may do; every change goes through the door and into the history. */
@Resolver()
export class AdministrationResolver {
  @Mutation(() => EmployeeType, { description: '授予角色 / Give a role, from now or for a period' })
  grantRole(
    @Ctx() context: RequestContext,
    @Arg('employeeId', () => ID) employeeId: string,
    @Arg('role', () => ID) role: string,
    @Key() key: string,
    @Arg('validFrom', () => DateTime, { nullable: true }) validFrom?: Date,
    @Arg('validTo', () => DateTime, { nullable: true }) validTo?: Date,
  ): Promise<EmployeeType> {
    refuseEmptyPeriod(validFrom, validTo)
    return changedPerson(context, key, { action: 'GRANT_ROLE', employeeId: uuid(employeeId), role: role as Role, ...periodOf(validFrom, validTo) })
  }
  @Mutation(() => EmployeeType, { description: '收回角色，即时生效 / Take a role away; it ends with the next act' })
  revokeRole(
    @Ctx() context: RequestContext,
    @Arg('employeeId', () => ID) employeeId: string,
    @Arg('role', () => ID) role: string,
    @Key() key: string,
  ): Promise<EmployeeType> {
    return changedPerson(context, key, { action: 'REVOKE_ROLE', employeeId: uuid(employeeId), role: role as Role })
  }
  @Mutation(() => EmployeeType, { description: '停用或启用员工，从不删除 / Deactivate or reactivate; nobody is ever deleted' })
  setEmployeeActive(
    @Ctx() context: RequestContext,
    @Arg('employeeId', () => ID) employeeId: string,
    @Arg('active', () => Boolean) active: boolean,
    @Key() key: string,
  ): Promise<EmployeeType> {
    return changedPerson(context, key, { action: 'SET_ACTIVE', employeeId: uuid(employeeId), active })
  }
  @Mutation(() => ProcessType, {
    description: '设定审批权限；金额为空表示取消，即一律上报 / Set an authority limit; without an amount there is none, and everything escalates',
  })
  async setAuthorityLimit(
    @Ctx() context: RequestContext,
    @Arg('process', () => ID) process: string,
    @Arg('role', () => ID) role: string,
    @Key() key: string,
    @Arg('amount', () => Money, { nullable: true }) amount?: string,
    @Arg('cumulative', () => Money, { nullable: true, description: '同一对象每期累计上限 / What a counterparty’s period may come to' }) cumulative?: string,
    @Arg('employeeId', () => ID, { nullable: true }) employeeId?: string,
    @Arg('validFrom', () => DateTime, { nullable: true }) validFrom?: Date,
    @Arg('validTo', () => DateTime, { nullable: true }) validTo?: Date,
  ): Promise<ProcessType> {
    const below = Object.entries({ amount, cumulative }).filter(([, money]) => money?.startsWith('-'))
    if (below.length > 0)
      throw refuse('INPUT_INVALID', { fields: below.map(([path]) => ({ path, code: 'TOO_SMALL', message: ['不得为负', 'not below zero'] })) })
    refuseEmptyPeriod(validFrom, validTo)
    await administered(context, key, {
      action: 'SET_LIMIT',
      process,
      role: role as Role,
      employeeId: uuidIf(employeeId) ?? null,
      amount: amount ?? null,
      cumulative: cumulative ?? null,
      ...periodOf(validFrom, validTo),
    })
    return new ProcessType(context.processes.current.get(process)!)
  }
}

function refuseEmptyPeriod(validFrom: Date | undefined | null, validTo: Date | undefined | null): void {
  if (validTo && validTo <= (validFrom ?? new Date()))
    throw refuse('INPUT_INVALID', {
      fields: [{ path: 'validTo', code: 'DATETIME_INVALID', message: ['须晚于开始时间', 'must be later than the beginning'] }],
    })
}
const periodOf = (validFrom: Date | undefined | null, validTo: Date | undefined | null) => ({
  ...(validFrom && { validFrom: validFrom.toISOString() }),
  ...(validTo && { validTo: validTo.toISOString() }),
})

async function changedPerson(context: RequestContext, key: string, what: OrganisationChange): Promise<EmployeeType> {
  const row = await context.loaders.employee.load(await administered(context, key, what))
  if (!row) throw refuse('NOT_FOUND')
  return new EmployeeType(row)
}
