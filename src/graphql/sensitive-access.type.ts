import { Ctx, Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import type { AccessGrantRow } from '../persistence/sensitive-access.js'
import { CaseType } from './case.type.js'
import { connectionType } from './connection.js'
import type { RequestContext } from './context.js'
import { CustomerType, customerOf, EmployeeType, employeeOf } from './people.type.js'
import { DateTime } from './scalars.js'

export enum SensitiveAccessStatus {
  PENDING = 'PENDING',
  ACTIVE = 'ACTIVE',
  EXPIRED = 'EXPIRED',
  REVOKED = 'REVOKED',
}
registerEnumType(SensitiveAccessStatus, {
  name: 'SensitiveAccessStatus',
  description: '待批准、有效、已到期、已撤销 / PENDING: it is in force once it is approved',
})

@ObjectType('SensitiveAccess', {
  description: '按需知密授权 / Somebody may read the sensitive personal values of a customer or a case, for a purpose and a time',
})
export class SensitiveAccessType {
  constructor(readonly row: AccessGrantRow) {}
  @Field(() => ID) get id(): string {
    return this.row.id
  }
  @Field(() => EmployeeType, { nullable: true, description: '读取人 / Who may read' }) reader(
    @Ctx() { loaders }: RequestContext,
  ): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.employeeId)
  }
  @Field(() => CustomerType, { nullable: true }) customer(@Ctx() { loaders }: RequestContext): Promise<CustomerType | null> {
    return customerOf(loaders, this.row.customerId)
  }
  @Field(() => CaseType, { nullable: true, description: '案件，若您有权查看 / The case, if you may see it' })
  async case(@Ctx() { loaders }: RequestContext): Promise<CaseType | null> {
    const row = this.row.caseId ? await loaders.case.load(this.row.caseId) : null
    return row && CaseType.of(row)
  }
  @Field(() => String, { description: '目的 / What for' }) get purpose(): string {
    return this.row.purpose
  }
  @Field(() => SensitiveAccessStatus) get status(): string {
    return this.row.status
  }
  @Field(() => DateTime, { description: '不含该时刻 / Up to, not including' }) get validTo(): Date {
    return this.row.validTo
  }
  @Field(() => EmployeeType, { nullable: true, description: '申请人 / Who proposed it' }) grantedBy(
    @Ctx() { loaders }: RequestContext,
  ): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.grantedById)
  }
  @Field(() => DateTime) get grantedAt(): Date {
    return this.row.grantedAt
  }
  @Field(() => EmployeeType, { nullable: true, description: '批准人 / Who approved it' }) approvedBy(
    @Ctx() { loaders }: RequestContext,
  ): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.approvedById)
  }
  @Field(() => DateTime, { nullable: true }) get approvedAt(): Date | null {
    return this.row.approvedAt
  }
  @Field(() => EmployeeType, { nullable: true }) revokedBy(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.revokedById)
  }
  @Field(() => DateTime, { nullable: true }) get revokedAt(): Date | null {
    return this.row.revokedAt
  }
}
export const SensitiveAccessConnection = connectionType('SensitiveAccess', () => SensitiveAccessType)
