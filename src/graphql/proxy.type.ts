import { Ctx, Field, ID, ObjectType } from 'type-graphql'
import type { ProxyGrantRow } from '../persistence/entities.js'
import type { RequestContext } from './context.js'
import { EmployeeType, employeeOf } from './people.type.js'
import { ProcessType } from './process.type.js'
import { DateTime, Money } from './scalars.js'

@ObjectType('ProxyGrant', { description: '代理授权 / Somebody decides in another’s place, for a time' })
export class ProxyGrantType {
  constructor(readonly row: ProxyGrantRow) {}
  @Field(() => ID) get id(): string {
    return this.row.id
  }
  @Field(() => EmployeeType, { nullable: true, description: '被代理人 / In whose place' }) principal(
    @Ctx() { loaders }: RequestContext,
  ): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.principalId)
  }
  @Field(() => EmployeeType, { nullable: true, description: '代理人 / Who decides' }) proxy(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.proxyId)
  }
  @Field(() => [ProcessType], { description: '适用流程，空表示全部 / The processes; none named means all' }) processes(
    @Ctx() { processes }: RequestContext,
  ): ProcessType[] {
    return this.row.processes.flatMap((id) => {
      const loaded = processes.current.get(id)
      return loaded ? [new ProcessType(loaded)] : []
    })
  }
  @Field(() => Money, { nullable: true, description: '金额上限 / The highest amount' }) get amountCap(): string | null {
    return this.row.amountCap ?? null
  }
  @Field(() => DateTime) get validFrom(): Date {
    return this.row.validFrom
  }
  @Field(() => DateTime, { description: '不含该时刻 / Up to, not including' }) get validTo(): Date {
    return this.row.validTo
  }
  @Field(() => DateTime, { nullable: true }) get revokedAt(): Date | null {
    return this.row.revokedAt ?? null
  }
  @Field(() => String) get reason(): string {
    return this.row.reason
  }
}
